/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where connections leave: direct, the fastest, or an exit, grouped by country. A click chooses at once. Rows are
 * changed in place and made anew only when exits came or went, so neither focus nor scroll position is lost. The
 * window owns it. Main thread.
 */
#include "ui/exits-page.h"

#include "ui/add-exit-dialog.h"
#include "ui/call.h"
#include "ui/country.h"
#include "ui/exit-row.h"

#include <glib/gi18n.h>
#include <string.h>

struct _NjExitsPage
{
  GtkBin parent_instance;

  NjRemote   *remote; /* (nullable) owned */
  GHashTable *rows;   /* id → NjExitRow, borrowed from the list */
  char       *wanted; /* case-folded search text */

  GtkEntry      *search;
  GtkWidget     *add;
  GtkWidget     *add_first;
  GtkListBox    *ways;
  GtkListBoxRow *direct;
  GtkWidget     *direct_mark;
  GtkListBoxRow *fastest;
  GtkListBox    *list;
  GtkWidget     *empty;
};

G_DEFINE_FINAL_TYPE (NjExitsPage, nj_exits_page, GTK_TYPE_BIN)

static void
on_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  const char *country = nj_exit_row_country (NJ_EXIT_ROW (row));
  GtkWidget  *label;

  if (before != NULL && strcmp (country, nj_exit_row_country (NJ_EXIT_ROW (before))) == 0)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }

  label = gtk_label_new (*country != '\0' ? nj_country_name (country) : _ ("Country not known"));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_style_context_add_class (gtk_widget_get_style_context (label), "country");
  gtk_widget_show (label);
  gtk_list_box_row_set_header (row, label);
}

static gboolean
on_filter (GtkListBoxRow *row, gpointer user_data)
{
  NjExitsPage *self = user_data;

  return nj_exit_row_matches (NJ_EXIT_ROW (row), self->wanted);
}

static void
on_search_changed (GtkSearchEntry *search, gpointer user_data)
{
  NjExitsPage *self = user_data;

  g_free (self->wanted);
  self->wanted = g_utf8_casefold (gtk_entry_get_text (self->search), -1);
  gtk_list_box_invalidate_filter (self->list);
}

static gboolean
has_same_exits (NjExitsPage *self, const NjStatus *status)
{
  if (g_hash_table_size (self->rows) != status->exits->len)
    return FALSE;

  for (guint i = 0; i < status->exits->len; i++)
    {
      const NjStatusExit *exit = g_ptr_array_index (status->exits, i);
      NjExitRow          *row = g_hash_table_lookup (self->rows, exit->id);

      if (row == NULL || strcmp (nj_exit_row_country (row), exit->country) != 0)
        return FALSE;
    }

  return TRUE;
}

static void
rebuild (NjExitsPage *self, const NjStatus *status)
{
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (self->list));

  g_hash_table_remove_all (self->rows);
  for (GList *l = children; l != NULL; l = l->next)
    gtk_widget_destroy (l->data);

  for (guint i = 0; i < status->exits->len; i++)
    {
      const NjStatusExit *exit = g_ptr_array_index (status->exits, i);
      GtkWidget          *row = nj_exit_row_new (self->remote, exit);

      g_hash_table_insert (self->rows, g_strdup (exit->id), row);
      gtk_container_add (GTK_CONTAINER (self->list), row);
    }
}

static void
on_changed (NjRemote *remote, gpointer user_data)
{
  NjExitsPage    *self = user_data;
  const NjStatus *status = nj_remote_status (remote);
  gboolean        is_direct = status->state != NJ_STATE_ABSENT && *status->exit == '\0';

  if (!has_same_exits (self, status))
    rebuild (self, status);
  for (guint i = 0; i < status->exits->len; i++)
    {
      const NjStatusExit *exit = g_ptr_array_index (status->exits, i);

      nj_exit_row_set (g_hash_table_lookup (self->rows, exit->id), exit);
    }

  gtk_widget_set_opacity (self->direct_mark, is_direct ? 1 : 0);
  atk_object_set_name (gtk_widget_get_accessible (self->direct_mark), is_direct ? _ ("Chosen") : _ ("Not chosen"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->ways), status->state != NJ_STATE_ABSENT);
  gtk_widget_set_sensitive (GTK_WIDGET (self->fastest), status->exits->len > 0);
  gtk_widget_set_sensitive (self->add, status->state != NJ_STATE_ABSENT);
  gtk_widget_set_visible (GTK_WIDGET (self->list), status->exits->len > 0);
  gtk_widget_set_visible (self->empty, status->exits->len == 0 && status->state != NJ_STATE_ABSENT);
}

static void
on_way_activated (GtkListBox *ways, GtkListBoxRow *row, gpointer user_data)
{
  NjExitsPage *self = user_data;

  if (row == self->direct)
    nj_call_select_direct (self->remote);
  else
    nj_call_select_fastest (self->remote);
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  NjExitsPage *self = user_data;

  nj_call_select_exit (self->remote, nj_exit_row_id (NJ_EXIT_ROW (row)));
}

static void
on_add (GtkButton *button, gpointer user_data)
{
  NjExitsPage *self = user_data;
  GtkWidget   *window = gtk_widget_get_toplevel (GTK_WIDGET (self));

  gtk_widget_show (nj_add_exit_dialog_new (GTK_WINDOW (window), self->remote));
}

/**
 * nj_exits_page_set_remote:
 * @self: the page
 * @remote: the service
 *
 * Main thread; once.
 */
void
nj_exits_page_set_remote (NjExitsPage *self, NjRemote *remote)
{
  g_set_object (&self->remote, remote);
  g_signal_connect_object (remote, "changed", G_CALLBACK (on_changed), self, 0);
  on_changed (remote, self);
}

/**
 * nj_exits_page_focus_search:
 * @self: the page
 *
 * Main thread.
 */
void
nj_exits_page_focus_search (NjExitsPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
nj_exits_page_finalize (GObject *object)
{
  NjExitsPage *self = NJ_EXITS_PAGE (object);

  g_clear_object (&self->remote);
  g_hash_table_unref (self->rows);
  g_free (self->wanted);

  G_OBJECT_CLASS (nj_exits_page_parent_class)->finalize (object);
}

static void
nj_exits_page_class_init (NjExitsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nj_exits_page_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/nightjar/Nightjar/exits-page.ui");
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, search);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, add);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, add_first);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, ways);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, direct);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, direct_mark);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, fastest);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, list);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, empty);
}

static void
nj_exits_page_init (NjExitsPage *self)
{
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->wanted = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->list, on_header, self, NULL);
  gtk_list_box_set_filter_func (self->list, on_filter, self, NULL);
  g_signal_connect (self->search, "search-changed", G_CALLBACK (on_search_changed), self);
  g_signal_connect (self->ways, "row-activated", G_CALLBACK (on_way_activated), self);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  g_signal_connect (self->add, "clicked", G_CALLBACK (on_add), self);
  g_signal_connect (self->add_first, "clicked", G_CALLBACK (on_add), self);
}
