/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Notifications: only what the user must know and cannot see. None while the window is on screen, the same state
 * never twice, an old one is taken back when it is no longer true. The application calls it. Main thread.
 */
#include "app/notices.h"

#include "ui/service-words.h"

#include <glib/gi18n.h>
#include <string.h>

#define STATE_ID "state"

static GNotification *
begin (const char *title, const char *body)
{
  g_autoptr (GIcon) icon = g_themed_icon_new ("org.nightjar.Nightjar");
  GNotification    *notification = g_notification_new (title);

  g_notification_set_body (notification, body);
  g_notification_set_icon (notification, icon);
  g_notification_set_default_action_and_target (notification, "app.open", "s", "overview");
  return notification;
}

/**
 * nj_notices_tell:
 * @application: who speaks
 * @id: one with the same id takes its place
 * @title: what happened
 * @body: what it means
 *
 * Main thread.
 */
void
nj_notices_tell (GApplication *application, const char *id, const char *title, const char *body)
{
  g_autoptr (GNotification) notification = begin (title, body);

  g_application_send_notification (application, id, notification);
}

static void
tell_blocked (GApplication *application, const NjStatus *status)
{
  g_autoptr (GNotification) notification = begin (_ ("The exit stopped answering"),
                                                  _ ("Nothing leaves unprotected. Connections wait until it is back."));

  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_URGENT);
  g_notification_add_button_with_target (notification, _ ("Try again"), "app.test-exit", "s", status->exit);
  g_notification_add_button_with_target (notification, _ ("Other exit"), "app.open", "s", "exits");
  g_notification_add_button_with_target (notification, _ ("Go direct 5 minutes"), "app.pause", "(us)", 300, "exit");
  g_application_send_notification (application, STATE_ID, notification);
}

static void
tell_unprotected (GApplication *application)
{
  g_autoptr (GNotification) notification = begin (_ ("Apps no longer go through Nightjar"),
                                                  _ ("Something changed the system’s proxy settings."));

  g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_URGENT);
  g_notification_add_button_with_target (notification, _ ("Put back"), "app.turn", "b", TRUE);
  g_application_send_notification (application, STATE_ID, notification);
}

/**
 * nj_notices_refuse:
 * @application: who speaks
 * @site: a site that could not be verified
 * @problem: which check failed
 *
 * One for all such sites: the last one is what the user waits for. Main thread.
 */
void
nj_notices_refuse (GApplication *application, const char *site, const char *problem)
{
  g_autofree char *title = g_strdup_printf (_ ("%s did not prove who it is"), site);
  g_autofree char *words = nj_service_words (problem);
  g_autofree char *first = g_utf8_substring (words, 0, MIN (1, g_utf8_strlen (words, -1)));
  g_autofree char *capital = g_utf8_strup (first, -1);
  g_autofree char *body = g_strdup_printf (_ ("%s%s. Nothing was sent to it."), capital, words + strlen (first));
  g_autoptr (GNotification) notification = begin (title, body);

  g_notification_set_default_action_and_target (notification, "app.open", "s", "https");
  g_notification_add_button_with_target (notification, _ ("Details"), "app.show-certificates", "s", site);
  g_notification_add_button_with_target (notification, _ ("Open without looking into it"), "app.tunnel-site", "s", site);
  g_application_send_notification (application, "refused", notification);
}

/**
 * nj_notices_follow:
 * @self: what was said before
 * @application: who speaks
 * @status: what the service says now
 * @is_window_visible: whether the user sees it anyway
 *
 * Main thread.
 */
void
nj_notices_follow (NjNotices *self, GApplication *application, const NjStatus *status, gboolean is_window_visible)
{
  if (status->state == self->last)
    return;

  self->last = status->state;
  if (status->state == NJ_STATE_BLOCKED && !is_window_visible)
    tell_blocked (application, status);
  else if (status->state == NJ_STATE_UNPROTECTED && !is_window_visible)
    tell_unprotected (application);
  else if (status->state != NJ_STATE_CONNECTING)
    g_application_withdraw_notification (application, STATE_ID);
}
