/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much the choice of an exit weighs: what happens while it is down, and lockdown. With what follows from it in a
 * sentence or two. The exits page owns it. Main thread.
 */
#include "ui/level-card.h"

#include "ui/call.h"
#include "ui/level.h"

#include <glib/gi18n.h>
#include <handy.h>
#include <string.h>

struct _NjLevelCard
{
  GtkBin parent_instance;

  NjRemote     *remote; /* owned */
  HdyActionRow *row;
  GtkComboBox  *combo;
  gboolean      is_following; /* what is set now comes from the service */
};

G_DEFINE_FINAL_TYPE (NjLevelCard, nj_level_card, GTK_TYPE_BIN)

static void
on_chosen (GtkComboBox *combo, gpointer user_data)
{
  NjLevelCard *self = user_data;
  int          i = gtk_combo_box_get_active (combo);

  if (!self->is_following && i >= 0)
    nj_call_set_level (self->remote, nj_level ((guint) i)->name);
}

/**
 * nj_level_card_show:
 * @self: the card
 * @status: what the service says
 *
 * Main thread.
 */
void
nj_level_card_show (NjLevelCard *self, const NjStatus *status)
{
  gtk_widget_set_visible (GTK_WIDGET (self), *status->level != '\0');
  for (guint i = 0; nj_level (i) != NULL; i++)
    if (strcmp (nj_level (i)->name, status->level) == 0)
      {
        self->is_following = TRUE;
        gtk_combo_box_set_active (self->combo, (int) i);
        self->is_following = FALSE;
        hdy_action_row_set_subtitle (self->row, _ (nj_level (i)->sentence));
        atk_object_set_description (gtk_widget_get_accessible (GTK_WIDGET (self->row)), _ (nj_level (i)->sentence));
      }
}

/**
 * nj_level_card_new:
 * @remote: the service
 *
 * Main thread.
 *
 * Returns: (transfer floating): the card
 */
GtkWidget *
nj_level_card_new (NjRemote *remote)
{
  NjLevelCard *self = g_object_new (NJ_TYPE_LEVEL_CARD, NULL);

  self->remote = g_object_ref (remote);
  return GTK_WIDGET (self);
}

static void
nj_level_card_finalize (GObject *object)
{
  g_clear_object (&NJ_LEVEL_CARD (object)->remote);
  G_OBJECT_CLASS (nj_level_card_parent_class)->finalize (object);
}

static void
nj_level_card_class_init (NjLevelCardClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nj_level_card_finalize;
}

static void
nj_level_card_init (NjLevelCard *self)
{
  const char *title = _ ("When the exit is down");
  GtkWidget  *list = gtk_list_box_new ();
  GtkWidget  *combo = gtk_combo_box_text_new ();

  self->row = HDY_ACTION_ROW (hdy_action_row_new ());
  self->combo = GTK_COMBO_BOX (combo);
  for (guint i = 0; nj_level (i) != NULL; i++)
    gtk_combo_box_text_append_text (GTK_COMBO_BOX_TEXT (combo), _ (nj_level (i)->word));
  gtk_widget_set_valign (combo, GTK_ALIGN_CENTER);
  atk_object_set_name (gtk_widget_get_accessible (combo), title);
  g_signal_connect (combo, "changed", G_CALLBACK (on_chosen), self);
  hdy_preferences_row_set_title (HDY_PREFERENCES_ROW (self->row), title);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->row)), title);
  hdy_action_row_set_subtitle_lines (self->row, 5);
  gtk_container_add (GTK_CONTAINER (self->row), combo);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_style_context_add_class (gtk_widget_get_style_context (list), "content");
  gtk_container_add (GTK_CONTAINER (list), GTK_WIDGET (self->row));
  gtk_container_add (GTK_CONTAINER (self), list);
  gtk_widget_show_all (list);
}
