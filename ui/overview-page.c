/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first page: the one big switch, the state in words, what is wrong and the way to mend it, today's numbers.
 * The numbers are read and the seconds of a pause counted only while the page is on screen; hidden, it does nothing.
 * The window owns it. Main thread.
 */
#include "ui/overview-page.h"

#include "ui/amount.h"
#include "ui/call.h"
#include "ui/country.h"

#include <glib/gi18n.h>
#include <string.h>

#define REFRESH_MS 1000

struct _NjOverviewPage
{
  GtkBin parent_instance;

  NjRemote     *remote;      /* (nullable) owned */
  GCancellable *cancellable; /* of the reading of counts; ends with the page's visibility */
  guint         refresh;
  gboolean      is_filling;  /* the switch is set by us, not by the user */
  const char   *style;       /* static; class that the hero has now */

  GtkWidget *hero;
  GtkImage  *icon;
  GtkLabel  *word;
  GtkLabel  *sentence;
  GtkSwitch *protection;
  GtkWidget *start;
  GtkWidget *pause;
  GtkWidget *resume;
  GtkWidget *extend;
  GtkWidget *banner;
  GtkLabel  *banner_label;
  GtkButton *banner_button;
  GtkWidget *chips;
  GtkButton *exit_chip;
  GtkButton *lists_chip;
  GtkButton *address_chip;
  GtkWidget *numbers;
  GtkWidget *blocked_tile;
  GtkLabel  *blocked;
  GtkWidget *requests_tile;
  GtkLabel  *requests;
  GtkWidget *bytes_tile;
  GtkLabel  *bytes;
};

G_DEFINE_FINAL_TYPE (NjOverviewPage, nj_overview_page, GTK_TYPE_BIN)

static void
show_word (NjOverviewPage *self)
{
  const NjStatus  *status = nj_remote_status (self->remote);
  g_autofree char *word = nj_status_word (status);
  g_autofree char *left = NULL;
  g_autofree char *text = NULL;

  if (nj_remote_is_loading (self->remote))
    {
      gtk_label_set_text (self->word, _ ("Looking for the service…"));
      return;
    }

  if (status->state == NJ_STATE_PAUSED && status->paused_until_s > 0)
    {
      left = nj_amount_left (status->paused_until_s, g_get_real_time () / G_USEC_PER_SEC);
      text = g_strdup_printf ("%s %s", word, left);
    }

  gtk_label_set_text (self->word, text != NULL ? text : word);
}

static void
show_hero (NjOverviewPage *self, const NjStatus *status)
{
  GtkStyleContext *context = gtk_widget_get_style_context (self->hero);
  g_autofree char *sentence = nj_status_sentence (status);
  gboolean         is_there = status->state != NJ_STATE_ABSENT;
  gboolean         is_paused = status->state == NJ_STATE_PAUSED;

  gtk_image_set_from_icon_name (self->icon, nj_status_icon (status), GTK_ICON_SIZE_DIALOG);
  gtk_style_context_remove_class (context, self->style);
  self->style = nj_status_style (status);
  gtk_style_context_add_class (context, self->style);

  show_word (self);
  gtk_label_set_text (self->sentence, nj_remote_is_loading (self->remote) ? "" : sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->protection), is_there);
  gtk_widget_set_visible (self->start, !is_there && !nj_remote_is_loading (self->remote));
  gtk_widget_set_visible (self->pause, status->has_protection && !is_paused);
  gtk_widget_set_visible (self->resume, is_paused);
  gtk_widget_set_visible (self->extend, is_paused && status->paused_until_s > 0);

  self->is_filling = TRUE;
  gtk_switch_set_active (self->protection, status->has_protection);
  self->is_filling = FALSE;
}

static const char *
first_broken_list (const NjStatus *status)
{
  for (guint i = 0; i < status->lists->len; i++)
    {
      const NjStatusList *list = g_ptr_array_index (status->lists, i);

      if (nj_status_list_is_failing (list))
        return list->title;
    }

  return NULL;
}

/* The target comes first: an action name without the target that it needs is warned about. */
static void
set_action (GtkActionable *button, const char *detailed)
{
  g_autoptr (GVariant) target = NULL;
  g_autofree char     *name = NULL;

  if (!g_action_parse_detailed_name (detailed, &name, &target, NULL))
    g_assert_not_reached ();

  gtk_actionable_set_action_name (button, NULL);
  gtk_actionable_set_action_target_value (button, target);
  gtk_actionable_set_action_name (button, name);
}

/* What would help differs: in lockdown nothing goes direct, not for a while either. */
static const char *
blocked_words (const NjStatus *status)
{
  gboolean is_locked = strcmp (status->level, "lockdown") == 0;

  if (is_locked && *status->exit == '\0')
    return _ ("Lockdown is on and no exit is chosen, so nothing leaves. Choose an exit, or end the lockdown.");
  if (is_locked)
    return _ ("The exit does not answer, so nothing leaves. Choose another one, or end the lockdown.");

  return _ ("The exit does not answer, so nothing leaves. Choose another one, or go direct for a while.");
}

static void
show_banner (NjOverviewPage *self, const NjStatus *status)
{
  const char      *broken = first_broken_list (status);
  const char      *action = NULL;
  const char      *label = NULL;
  g_autofree char *text = NULL;

  if (status->state == NJ_STATE_BLOCKED)
    {
      text = g_strdup (blocked_words (status));
      action = "app.open('exits')";
      label = _ ("Exits");
    }
  else if (status->state == NJ_STATE_UNPROTECTED)
    {
      text = g_strdup (_ ("Something else changed the system’s proxy settings."));
      action = "app.turn(true)";
      label = _ ("Put back");
    }
  else if (status->state == NJ_STATE_PROTECTED && broken != NULL)
    {
      text = g_strdup_printf (_ ("The filter list “%s” could not be read."), broken);
      action = "app.open('filters')";
      label = _ ("Show");
    }

  gtk_widget_set_visible (self->banner, text != NULL);
  if (text == NULL)
    return;

  gtk_label_set_text (self->banner_label, text);
  gtk_button_set_label (self->banner_button, label);
  set_action (GTK_ACTIONABLE (self->banner_button), action);
}

static void
show_chips (NjOverviewPage *self, const NjStatus *status)
{
  const NjStatusExit *chosen = nj_status_chosen_exit (status);
  g_autofree char    *exit_text = NULL;
  g_autofree char    *lists_text = NULL;
  g_autofree char    *rules = NULL;
  guint64             used = 0;
  guint               enabled = 0;

  for (guint i = 0; i < status->lists->len; i++)
    {
      const NjStatusList *list = g_ptr_array_index (status->lists, i);

      enabled += list->is_enabled;
      used += list->is_enabled ? list->rules_used + list->pages_used : 0;
    }

  if (chosen == NULL)
    exit_text = g_strdup (_ ("Exit: direct"));
  else
    exit_text = g_strdup_printf (_ ("Exit: %s"), *chosen->country != '\0' ? nj_country_name (chosen->country)
                                                                           : chosen->name);
  rules = nj_amount_count (used);
  lists_text = g_strdup_printf (ngettext ("%u list, %s rules", "%u lists, %s rules", enabled), enabled, rules);

  gtk_button_set_label (self->exit_chip, exit_text);
  gtk_button_set_label (self->lists_chip, lists_text);
  gtk_button_set_label (self->address_chip, status->address);
  gtk_widget_set_visible (self->chips, status->state != NJ_STATE_ABSENT);
  gtk_widget_set_visible (self->numbers, status->state != NJ_STATE_ABSENT);
}

static void
on_changed (NjRemote *remote, gpointer user_data)
{
  NjOverviewPage *self = user_data;
  const NjStatus *status = nj_remote_status (remote);

  show_hero (self, status);
  show_banner (self, status);
  show_chips (self, status);
}

/* A screen reader reads the button's name, not the two labels in it. */
static void
show_number (GtkWidget *tile, GtkLabel *label, const char *number, const char *caption)
{
  g_autofree char *name = g_strdup_printf ("%s %s", number, caption);

  gtk_label_set_text (label, number);
  atk_object_set_name (gtk_widget_get_accessible (tile), name);
}

static void
on_statistics (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = nj_call_finish (NJ_REMOTE (source), result, &error);
  g_autoptr (GVariant) counts = NULL;
  g_autofree char     *blocked_text = NULL;
  g_autofree char     *requests_text = NULL;
  g_autofree char     *bytes_text = NULL;
  NjOverviewPage      *self = user_data;
  guint64              blocked = 0;
  guint64              requests = 0;
  guint64              up = 0;
  guint64              down = 0;

  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("(v)")))
    return;

  g_variant_get (answer, "(v)", &counts);
  if (!g_variant_is_of_type (counts, G_VARIANT_TYPE ("a{st}")))
    return;

  g_variant_lookup (counts, "blocked", "t", &blocked);
  g_variant_lookup (counts, "requests", "t", &requests);
  g_variant_lookup (counts, "bytes-up", "t", &up);
  g_variant_lookup (counts, "bytes-down", "t", &down);
  blocked_text = nj_amount_count (blocked);
  requests_text = nj_amount_count (requests);
  bytes_text = nj_amount_bytes (up + down);
  show_number (self->blocked_tile, self->blocked, blocked_text, _ ("blocked today"));
  show_number (self->requests_tile, self->requests, requests_text, _ ("requests"));
  show_number (self->bytes_tile, self->bytes, bytes_text, _ ("transferred"));
}

static gboolean
on_refresh (gpointer user_data)
{
  NjOverviewPage *self = user_data;

  if (self->remote == NULL)
    return G_SOURCE_CONTINUE;

  show_word (self);
  if (nj_remote_status (self->remote)->state != NJ_STATE_ABSENT)
    nj_call_read_statistics (self->remote, self->cancellable, on_statistics, self);
  return G_SOURCE_CONTINUE;
}

static void
nj_overview_page_map (GtkWidget *widget)
{
  NjOverviewPage *self = NJ_OVERVIEW_PAGE (widget);

  GTK_WIDGET_CLASS (nj_overview_page_parent_class)->map (widget);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_handle_id (&self->refresh, g_source_remove);
  self->refresh = g_timeout_add (REFRESH_MS, on_refresh, self);
  on_refresh (self);
}

static void
nj_overview_page_unmap (GtkWidget *widget)
{
  NjOverviewPage *self = NJ_OVERVIEW_PAGE (widget);

  g_clear_handle_id (&self->refresh, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  GTK_WIDGET_CLASS (nj_overview_page_parent_class)->unmap (widget);
}

/* The switch moves at once, as a finger expects; the service's answer puts it where the truth is. */
static gboolean
on_state_set (GtkSwitch *protection, gboolean on, gpointer user_data)
{
  NjOverviewPage *self = user_data;

  if (!self->is_filling)
    nj_call_turn (self->remote, on);
  return GDK_EVENT_PROPAGATE;
}

static void
on_call_failed (NjRemote *remote, const char *text, gpointer user_data)
{
  on_changed (remote, user_data);
}

/**
 * nj_overview_page_set_remote:
 * @self: the page
 * @remote: the service
 *
 * Main thread; once.
 */
void
nj_overview_page_set_remote (NjOverviewPage *self, NjRemote *remote)
{
  g_set_object (&self->remote, remote);
  g_signal_connect_object (remote, "changed", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (remote, "call-failed", G_CALLBACK (on_call_failed), self, 0);
  on_changed (remote, self);
}

static void
nj_overview_page_dispose (GObject *object)
{
  NjOverviewPage *self = NJ_OVERVIEW_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->refresh, g_source_remove);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->remote);

  G_OBJECT_CLASS (nj_overview_page_parent_class)->dispose (object);
}

static void
nj_overview_page_class_init (NjOverviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = nj_overview_page_dispose;
  widget_class->map = nj_overview_page_map;
  widget_class->unmap = nj_overview_page_unmap;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/nightjar/Nightjar/overview-page.ui");
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, hero);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, icon);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, word);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, sentence);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, protection);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, start);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, pause);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, resume);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, extend);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, banner);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, banner_label);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, banner_button);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, chips);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, exit_chip);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, lists_chip);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, address_chip);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, numbers);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, blocked_tile);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, blocked);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, requests_tile);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, requests);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, bytes_tile);
  gtk_widget_class_bind_template_child (widget_class, NjOverviewPage, bytes);
}

static void
nj_overview_page_init (NjOverviewPage *self)
{
  self->style = "absent";
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->protection, "state-set", G_CALLBACK (on_state_set), self);
}
