/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One filter list: whether it counts, how many of its rules are used and how many are not, why it could
 * not be read. The filters page owns it. Main thread.
 */
#include "ui/list-row.h"

#include "ui/amount.h"
#include "ui/call.h"
#include "ui/list-details.h"

#include <glib/gi18n.h>

struct _NjListRow
{
  HdyActionRow parent_instance;

  NjRemote *remote; /* owned */
  char     *id;
  gboolean  is_filling; /* the check box is set by us, not by the user */

  GtkToggleButton *check;
  GtkWidget       *warning;
  GtkWidget       *remove;
  GtkMenuButton   *more;
  GtkWidget       *details; /* borrowed from more */
};

G_DEFINE_FINAL_TYPE (NjListRow, nj_list_row, HDY_TYPE_ACTION_ROW)

static const struct
{
  const char *name; /* on the bus */
  const char *words;
} purposes[] = {
  { "ads", N_ ("Advertisements") },         { "privacy", N_ ("Trackers") },
  { "security", N_ ("Dangerous sites") },   { "cookies", N_ ("Cookie notices") },
  { "annoyances", N_ ("Other annoyances") }, { "social", N_ ("Buttons of social networks") },
  { "regional", N_ ("For sites of one region") },
};

static const char *
purpose_of (const NjStatusList *list)
{
  for (guint i = 0; i < G_N_ELEMENTS (purposes); i++)
    if (g_str_equal (purposes[i].name, list->purpose))
      return _ (purposes[i].words);

  return "";
}

static char *
describe (const NjStatusList *list)
{
  guint            n_used = list->rules_used + list->pages_used;
  g_autofree char *used = nj_amount_count (n_used);
  g_autofree char *refused = nj_amount_count (list->rules_refused + list->pages_refused);
  g_autofree char *ago = nj_amount_ago (list->last_success_s, g_get_real_time () / G_USEC_PER_SEC);
  GString         *text = g_string_new (NULL);

  if (*list->problem != '\0')
    g_string_append_printf (text, "%s\n", list->problem);
  if (n_used == 0 && *purpose_of (list) != '\0')
    {
      g_string_append (text, purpose_of (list));
      return g_string_free (text, FALSE);
    }

  g_string_append_printf (text, ngettext ("%s rule", "%s rules", n_used), used);
  if (list->rules_refused + list->pages_refused > 0)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, _ ("%s not used"), refused);
    }

  if (list->last_success_s > 0)
    g_string_append_printf (text, " · %s", ago);
  if (list->is_trusted)
    g_string_append_printf (text, " · %s", _ ("may rewrite pages"));
  return g_string_free (text, FALSE);
}

/**
 * nj_list_row_set:
 * @self: the row
 * @list: what the service says of it now
 *
 * Main thread.
 */
void
nj_list_row_set (NjListRow *self, const NjStatusList *list)
{
  g_autofree char *text = describe (list);
  g_autofree char *subtitle = g_markup_escape_text (text, -1);
  g_autofree char *title = g_markup_escape_text (list->title, -1);
  g_autofree char *remove = g_strdup_printf (_ ("Remove %s"), list->title);
  g_autofree char *more = g_strdup_printf (_ ("Details of %s"), list->title);

  hdy_preferences_row_set_title (HDY_PREFERENCES_ROW (self), title);
  hdy_action_row_set_subtitle (HDY_ACTION_ROW (self), subtitle);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), list->location);
  gtk_widget_set_visible (self->warning, *list->problem != '\0');
  gtk_widget_set_visible (self->remove, !list->is_built_in);
  gtk_widget_set_tooltip_text (self->remove, remove);
  atk_object_set_name (gtk_widget_get_accessible (self->remove), remove);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), list->title);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->check)), list->title);
  atk_object_set_name (gtk_widget_get_accessible (self->warning), _ ("Could not be read"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->more), more);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->more)), more);
  nj_list_details_set (NJ_LIST_DETAILS (self->details), list);

  self->is_filling = TRUE;
  gtk_toggle_button_set_active (self->check, list->is_enabled);
  self->is_filling = FALSE;
}

static void
on_toggled (GtkToggleButton *check, gpointer user_data)
{
  NjListRow *self = user_data;

  if (!self->is_filling)
    nj_call_set_list_enabled (self->remote, self->id, gtk_toggle_button_get_active (check));
}

static void
on_remove (GtkButton *button, gpointer user_data)
{
  NjListRow *self = user_data;

  nj_call_remove_list (self->remote, self->id);
}

/**
 * nj_list_row_new:
 * @remote: the service
 * @list: what it says of the list
 *
 * Main thread.
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *
nj_list_row_new (NjRemote *remote, const NjStatusList *list)
{
  NjListRow *self = g_object_new (NJ_TYPE_LIST_ROW, "visible", TRUE, NULL);

  self->remote = g_object_ref (remote);
  self->id = g_strdup (list->id);
  self->details = nj_list_details_new (remote, list->id);
  gtk_menu_button_set_popover (self->more, self->details);
  nj_list_row_set (self, list);
  return GTK_WIDGET (self);
}

static void
nj_list_row_finalize (GObject *object)
{
  NjListRow *self = NJ_LIST_ROW (object);

  g_clear_object (&self->remote);
  g_free (self->id);

  G_OBJECT_CLASS (nj_list_row_parent_class)->finalize (object);
}

static void
nj_list_row_class_init (NjListRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nj_list_row_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/nightjar/Nightjar/list-row.ui");
  gtk_widget_class_bind_template_child (widget_class, NjListRow, check);
  gtk_widget_class_bind_template_child (widget_class, NjListRow, warning);
  gtk_widget_class_bind_template_child (widget_class, NjListRow, remove);
  gtk_widget_class_bind_template_child (widget_class, NjListRow, more);
}

static void
nj_list_row_init (NjListRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->check, "toggled", G_CALLBACK (on_toggled), self);
  g_signal_connect (self->remove, "clicked", G_CALLBACK (on_remove), self);
}
