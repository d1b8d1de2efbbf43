/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every desktop test has: a desktop of its own, the real service on its bus, the real program in it, and a way to
 * ask the service what became of a click. A screen and a bus take longer to start than a case to run, so all cases of
 * a program share them.
 */
#include "session.h"

#include <string.h>
#include <unistd.h>

Session session;

/**
 * session_open:
 * @in_tray: whether the program starts as an icon; else with its window
 *
 * Opens the desktop; where there can be none, session_is_skipped() says so in every case.
 */
void
session_open (gboolean in_tray)
{
  const char        *arguments[] = { g_getenv ("NIGHTJAR"), "--profile", NULL, in_tray ? "--tray" : NULL, NULL };
  g_autoptr (GError) error = NULL;

  session.desk = desk_open (g_getenv ("NIGHTJARD"), nj_remote_bus_name, &session.skip_reason);
  if (session.desk == NULL)
    return;

  session.bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  session.service = nj_dbus_nightjar1_proxy_new_sync (session.bus, G_DBUS_PROXY_FLAGS_NONE, session.desk->bus_name,
                                                      SESSION_ROOT, NULL, &error);
  g_assert_no_error (error);
  session.remote = nj_remote_new (session.desk->profile);
  arguments[2] = session.desk->profile;
  session.app = desk_start (session.desk, arguments);
  if (!hand_begin ())
    session.skip_reason = g_strdup ("the accessibility bus does not answer");
}

/**
 * session_close:
 * @code: what g_test_run() said
 *
 * Does not return: libdbus ends the process when its bus goes, so nothing may follow.
 *
 * Returns: nothing
 */
int
session_close (int code)
{
  if (session.desk != NULL)
    desk_close (session.desk);
  _exit (code);
}

/**
 * session_is_skipped:
 *
 * Returns: whether there is no desktop here; the case is then marked as skipped
 */
gboolean
session_is_skipped (void)
{
  if (session.skip_reason != NULL)
    g_test_skip (session.skip_reason);
  return session.skip_reason != NULL;
}

/**
 * session_ask:
 * @method: a method of the service
 * @arguments: (nullable) (transfer floating): its arguments
 *
 * Fails the test when the service refuses.
 */
void
session_ask (const char *method, GVariant *arguments)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_sync (G_DBUS_PROXY (session.service), method, arguments, 0, -1, NULL,
                                                        &error);

  g_assert_no_error (error);
}

/**
 * session_is_state:
 * @state: a state as the bus has it
 *
 * Returns: whether the service says so
 */
gboolean
session_is_state (const char *state)
{
  return g_strcmp0 (nj_dbus_nightjar1_get_state (session.service), state) == 0;
}

/**
 * session_begin:
 *
 * Windows and icon of the program that a case left behind do not matter to the next one: protection off, direct.
 */
void
session_begin (void)
{
  session_ask ("SelectDirect", NULL);
  session_ask ("TurnOff", NULL);
  WAIT_FOR (session_is_state ("off"));
}

/**
 * session_go_to:
 * @page: title of a page of the window
 */
void
session_go_to (const char *page)
{
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_RADIO_BUTTON, page));
  hand_rests (400);
}

/**
 * session_list_by_title:
 * @title: of a filter list
 *
 * Returns: (nullable): it, as the service has it; until the main context runs
 */
const NjStatusList *
session_list_by_title (const char *title)
{
  const NjStatus *status = nj_remote_status (session.remote);

  for (guint i = 0; i < status->lists->len; i++)
    {
      const NjStatusList *list = g_ptr_array_index (status->lists, i);

      if (strcmp (list->title, title) == 0)
        return list;
    }

  return NULL;
}

/**
 * session_is_list_enabled:
 * @title: of a filter list
 *
 * Returns: whether it is there and on
 */
gboolean
session_is_list_enabled (const char *title)
{
  const NjStatusList *list = session_list_by_title (title);

  return list != NULL && list->is_enabled;
}
