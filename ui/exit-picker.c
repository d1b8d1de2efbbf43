/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exits to be ticked, with a search above them. Of very many only the first are shown until one searches; what is ticked
 * stays so while it is not shown. Sheets own it. Main thread.
 */
#include "ui/exit-picker.h"

#include "ui/country.h"

#include <glib/gi18n.h>
#include <string.h>

#define ROWS_MAX 150

/* One exit, copied: a status does not last. */
typedef struct
{
  char *id;
  char *words;
} Candidate;

struct _NjExitPicker
{
  GtkBox parent_instance;

  GPtrArray    *candidates; /* (element-type Candidate) */
  GHashTable   *picked;     /* ids */
  GtkEntry     *search;
  GtkContainer *list;
};

G_DEFINE_FINAL_TYPE (NjExitPicker, nj_exit_picker, GTK_TYPE_BOX)

static void
candidate_free (gpointer memory)
{
  Candidate *candidate = memory;

  g_free (candidate->id);
  g_free (candidate->words);
  g_free (candidate);
}

static void
on_toggled (GtkToggleButton *button, gpointer user_data)
{
  NjExitPicker *self = NJ_EXIT_PICKER (user_data);
  const char   *id = g_object_get_data (G_OBJECT (button), "id");

  if (gtk_toggle_button_get_active (button))
    g_hash_table_add (self->picked, g_strdup (id));
  else
    g_hash_table_remove (self->picked, id);
}

static void
add_button (NjExitPicker *self, const Candidate *candidate)
{
  GtkWidget *button = gtk_check_button_new_with_label (candidate->words);

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), g_hash_table_contains (self->picked, candidate->id));
  gtk_label_set_ellipsize (GTK_LABEL (gtk_bin_get_child (GTK_BIN (button))), PANGO_ELLIPSIZE_END);
  g_object_set_data_full (G_OBJECT (button), "id", g_strdup (candidate->id), g_free);
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
  gtk_widget_show (button);
  gtk_container_add (self->list, button);
}

static void
show_list (NjExitPicker *self)
{
  g_autofree char  *wanted = g_utf8_casefold (gtk_entry_get_text (self->search), -1);
  g_autoptr (GList) children = gtk_container_get_children (self->list);
  guint             shown = 0;

  for (GList *l = children; l != NULL; l = l->next)
    gtk_widget_destroy (l->data);
  for (guint i = 0; i < self->candidates->len && shown < ROWS_MAX; i++)
    {
      const Candidate *candidate = g_ptr_array_index (self->candidates, i);
      g_autofree char *folded = g_utf8_casefold (candidate->words, -1);

      if (strstr (folded, wanted) == NULL)
        continue;
      add_button (self, candidate);
      shown++;
    }
}

static void
on_search (GtkSearchEntry *entry, gpointer user_data)
{
  show_list (user_data);
}

/**
 * nj_exit_picker_show:
 * @self: the picker
 * @status: what the service said: which exits there are
 * @picked: (nullable): ids of those that are ticked
 *
 * Main thread.
 */
void
nj_exit_picker_show (NjExitPicker *self, const NjStatus *status, char **picked)
{
  g_hash_table_remove_all (self->picked);
  for (guint i = 0; picked != NULL && picked[i] != NULL; i++)
    g_hash_table_add (self->picked, g_strdup (picked[i]));

  g_ptr_array_set_size (self->candidates, 0);
  for (guint i = 0; i < status->exits->len; i++)
    {
      const NjStatusExit *exit = g_ptr_array_index (status->exits, i);
      Candidate          *candidate = g_new0 (Candidate, 1);

      candidate->id = g_strdup (exit->id);
      candidate->words = *exit->country != '\0' ? g_strdup_printf ("%s · %s", nj_country_name (exit->country), exit->name)
                                                : g_strdup (exit->name);
      g_ptr_array_add (self->candidates, candidate);
    }

  gtk_entry_set_text (self->search, "");
  gtk_widget_set_visible (GTK_WIDGET (self->search), self->candidates->len > 10);
  show_list (self);
}

/**
 * nj_exit_picker_ids:
 * @self: the picker
 *
 * Main thread.
 *
 * Returns: (transfer full): what is ticked, in the order in which it is shown
 */
char **
nj_exit_picker_ids (NjExitPicker *self)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();

  for (guint i = 0; i < self->candidates->len; i++)
    {
      const Candidate *candidate = g_ptr_array_index (self->candidates, i);

      if (g_hash_table_contains (self->picked, candidate->id))
        g_strv_builder_add (ids, candidate->id);
    }
  return g_strv_builder_end (ids);
}

/**
 * nj_exit_picker_new:
 *
 * Main thread.
 *
 * Returns: (transfer floating): a picker of nothing
 */
GtkWidget *
nj_exit_picker_new (void)
{
  return g_object_new (NJ_TYPE_EXIT_PICKER, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 6, "visible", TRUE, NULL);
}

static void
nj_exit_picker_finalize (GObject *object)
{
  NjExitPicker *self = NJ_EXIT_PICKER (object);

  g_ptr_array_unref (self->candidates);
  g_hash_table_unref (self->picked);
  G_OBJECT_CLASS (nj_exit_picker_parent_class)->finalize (object);
}

static void
nj_exit_picker_class_init (NjExitPickerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nj_exit_picker_finalize;
}

static void
nj_exit_picker_init (NjExitPicker *self)
{
  self->candidates = g_ptr_array_new_with_free_func (candidate_free);
  self->picked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->search = GTK_ENTRY (gtk_search_entry_new ());
  self->list = GTK_CONTAINER (gtk_box_new (GTK_ORIENTATION_VERTICAL, 3));
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->search)), _ ("Search exits"));
  gtk_entry_set_placeholder_text (self->search, _ ("Country, name or address"));
  gtk_container_add (GTK_CONTAINER (self), GTK_WIDGET (self->search));
  gtk_container_add (GTK_CONTAINER (self), GTK_WIDGET (self->list));
  gtk_widget_show (GTK_WIDGET (self->list));
  g_signal_connect (self->search, "search-changed", G_CALLBACK (on_search), self);
}
