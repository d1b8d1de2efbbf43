/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where connections leave: direct, the fastest, what is starred, or an exit, grouped by country. A click chooses at once. Rows are
 * changed in place and made anew only when exits came or went, so neither focus nor scroll position is lost; of very
 * many exits only the first are shown until one searches; hidden, the page does nothing. The window owns it.
 * Main thread.
 */
#include "ui/exits-page.h"

#include "ui/add-exit-dialog.h"
#include "ui/call.h"
#include "ui/country.h"
#include "ui/exit-row.h"
#include "ui/exits-more.h"
#include "ui/first-places.h"
#include "ui/level-card.h"
#include "ui/places.h"
#include "ui/star-button.h"

#include <glib/gi18n.h>
#include <string.h>

/* A row takes about 1 ms and 40 KiB; 2,000 of them froze the window for seconds. */
#define ROWS_MAX 150

struct _NjExitsPage
{
  GtkBin parent_instance;

  NjRemote   *remote; /* (nullable) owned */
  GtkWidget  *first;  /* what is starred and was used last */
  GtkWidget  *level;
  GtkWidget  *seldom; /* what one sets seldom */
  GHashTable *stars;  /* country → NjStarButton, borrowed from its heading */
  GHashTable *rows;   /* id → NjExitRow, borrowed from the list */
  char       *wanted; /* case-folded search text */

  GtkEntry      *search;
  GtkWidget     *add;
  GtkMenuButton *menu;
  GtkWidget     *add_first;
  GtkListBox    *ways;
  GtkListBoxRow *direct;
  GtkWidget     *direct_mark;
  GtkListBoxRow *fastest;
  GtkContainer  *groups;
  GtkLabel      *more;
  GtkWidget     *empty;
};

G_DEFINE_FINAL_TYPE (NjExitsPage, nj_exits_page, GTK_TYPE_BIN)

static gboolean
is_wanted (NjExitsPage *self, const NjStatusExit *exit)
{
  g_autofree char *text = NULL;
  g_autofree char *folded = NULL;

  if (*self->wanted == '\0')
    return TRUE;

  text = g_strjoin (" ", exit->name, exit->address, exit->country, nj_country_name (exit->country), exit->kind, NULL);
  folded = g_utf8_casefold (text, -1);
  return strstr (folded, self->wanted) != NULL;
}

/* The exits to show, the chosen one always among them; how many more fit the search in @ret_left_out. */
static GPtrArray *
pick (NjExitsPage *self, const NjStatus *status, guint *ret_left_out)
{
  GPtrArray *picked = g_ptr_array_new ();

  *ret_left_out = 0;
  for (guint i = 0; i < status->exits->len; i++)
    {
      NjStatusExit *exit = g_ptr_array_index (status->exits, i);

      if (!is_wanted (self, exit))
        continue;
      if (picked->len < ROWS_MAX || exit->is_chosen)
        g_ptr_array_add (picked, exit);
      else
        (*ret_left_out)++;
    }

  return picked;
}

static gboolean
has_same_exits (NjExitsPage *self, GPtrArray *picked)
{
  if (g_hash_table_size (self->rows) != picked->len)
    return FALSE;

  for (guint i = 0; i < picked->len; i++)
    {
      const NjStatusExit *exit = g_ptr_array_index (picked, i);
      NjExitRow          *row = g_hash_table_lookup (self->rows, exit->id);

      if (row == NULL || strcmp (nj_exit_row_country (row), exit->country) != 0)
        return FALSE;
    }

  return TRUE;
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  NjExitsPage *self = user_data;

  nj_call_select_exit (self->remote, nj_exit_row_id (NJ_EXIT_ROW (row)));
}

/* (transfer floating): the country's name, and its star: to be used for any exit there. */
static GtkWidget *
add_heading (NjExitsPage *self, const char *country, GtkWidget *label)
{
  GtkWidget *heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *star;

  gtk_box_pack_start (GTK_BOX (heading), label, TRUE, TRUE, 0);
  if (*country == '\0')
    return heading;

  star = nj_star_button_new (self->remote, country, nj_country_name (country));
  gtk_box_pack_end (GTK_BOX (heading), star, FALSE, FALSE, 0);
  g_hash_table_replace (self->stars, g_strdup (country), star);
  return heading;
}

/* A card of its own for each country, under its name. */
static GtkContainer *
add_group (NjExitsPage *self, const char *country)
{
  const char *name = *country != '\0' ? nj_country_name (country) : _ ("Country not known");
  GtkWidget  *group = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget  *label = gtk_label_new (name);
  GtkWidget  *list = gtk_list_box_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_style_context_add_class (gtk_widget_get_style_context (label), "country");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_style_context_add_class (gtk_widget_get_style_context (list), "content");
  atk_object_set_name (gtk_widget_get_accessible (list), name);
  g_signal_connect (list, "row-activated", G_CALLBACK (on_row_activated), self);

  gtk_container_add (GTK_CONTAINER (group), add_heading (self, country, label));
  gtk_container_add (GTK_CONTAINER (group), list);
  gtk_container_add (self->groups, group);
  gtk_widget_show_all (group);
  return GTK_CONTAINER (list);
}

static void
rebuild (NjExitsPage *self, GPtrArray *picked)
{
  g_autoptr (GList) children = gtk_container_get_children (self->groups);
  GtkContainer     *list = NULL;
  const char       *country = NULL;

  g_hash_table_remove_all (self->rows);
  g_hash_table_remove_all (self->stars);
  for (GList *l = children; l != NULL; l = l->next)
    gtk_widget_destroy (l->data);

  for (guint i = 0; i < picked->len; i++)
    {
      const NjStatusExit *exit = g_ptr_array_index (picked, i);
      GtkWidget          *row = nj_exit_row_new (self->remote, exit);

      if (list == NULL || strcmp (country, exit->country) != 0)
        list = add_group (self, exit->country);
      country = exit->country;
      g_hash_table_insert (self->rows, g_strdup (exit->id), row);
      gtk_container_add (list, row);
    }
}

static void
show_exits (NjExitsPage *self, const NjStatus *status)
{
  guint                 left_out;
  GHashTableIter        stars;
  gpointer              country, star;
  g_autoptr (GPtrArray) picked = pick (self, status, &left_out);
  g_autofree char      *more = g_strdup_printf (ngettext ("%u more; search to find it", "%u more; search to find them",
                                                          left_out), left_out);

  if (!has_same_exits (self, picked))
    rebuild (self, picked);
  for (guint i = 0; i < picked->len; i++)
    {
      const NjStatusExit *exit = g_ptr_array_index (picked, i);

      nj_exit_row_set (g_hash_table_lookup (self->rows, exit->id), exit);
    }

  g_hash_table_iter_init (&stars, self->stars);
  while (g_hash_table_iter_next (&stars, &country, &star))
    nj_star_button_set (star, nj_places_is_favourite (status, country));
  nj_first_places_show (NJ_FIRST_PLACES (self->first), status);
  nj_level_card_show (NJ_LEVEL_CARD (self->level), status);
  nj_exits_more_show (NJ_EXITS_MORE (self->seldom), status);
  gtk_label_set_text (self->more, more);
  gtk_widget_set_visible (GTK_WIDGET (self->more), left_out > 0);
}

static void
on_changed (NjRemote *remote, gpointer user_data)
{
  NjExitsPage    *self = user_data;
  const NjStatus *status = nj_remote_status (remote);
  gboolean        is_there = status->state != NJ_STATE_ABSENT;
  gboolean        is_direct = is_there && *status->exit == '\0';

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  show_exits (self, status);
  gtk_widget_set_opacity (self->direct_mark, is_direct ? 1 : 0);
  atk_object_set_name (gtk_widget_get_accessible (self->direct_mark), is_direct ? _ ("Chosen") : _ ("Not chosen"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->ways), is_there);
  gtk_widget_set_sensitive (GTK_WIDGET (self->fastest), status->exits->len > 0);
  gtk_widget_set_sensitive (self->add, is_there);
  gtk_widget_set_visible (GTK_WIDGET (self->groups), status->exits->len > 0);
  gtk_widget_set_visible (self->empty, status->exits->len == 0 && is_there);
}

static void
on_search_changed (GtkSearchEntry *search, gpointer user_data)
{
  NjExitsPage *self = user_data;

  g_free (self->wanted);
  self->wanted = g_utf8_casefold (gtk_entry_get_text (self->search), -1);
  on_changed (self->remote, self);
}

static void
nj_exits_page_map (GtkWidget *widget)
{
  NjExitsPage *self = NJ_EXITS_PAGE (widget);

  GTK_WIDGET_CLASS (nj_exits_page_parent_class)->map (widget);
  on_changed (self->remote, self);
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
  GtkBox *column = GTK_BOX (gtk_widget_get_parent (GTK_WIDGET (self->groups)));

  g_set_object (&self->remote, remote);
  self->first = nj_first_places_new (remote);
  self->level = nj_level_card_new (remote);
  gtk_box_pack_start (column, self->first, FALSE, FALSE, 0);
  gtk_box_reorder_child (column, self->first, 1);
  gtk_box_pack_start (column, self->level, FALSE, FALSE, 0);
  self->seldom = nj_exits_more_new (remote);
  gtk_box_pack_start (column, self->seldom, FALSE, FALSE, 0);
  nj_exits_more_menu (NJ_EXITS_MORE (self->seldom), self->menu);
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
  g_hash_table_unref (self->stars);
  g_free (self->wanted);

  G_OBJECT_CLASS (nj_exits_page_parent_class)->finalize (object);
}

static void
nj_exits_page_class_init (NjExitsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nj_exits_page_finalize;
  widget_class->map = nj_exits_page_map;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/nightjar/Nightjar/exits-page.ui");
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, search);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, add);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, menu);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, add_first);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, ways);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, direct);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, direct_mark);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, fastest);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, groups);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, more);
  gtk_widget_class_bind_template_child (widget_class, NjExitsPage, empty);
}

static void
nj_exits_page_init (NjExitsPage *self)
{
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->stars = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->wanted = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->search, "search-changed", G_CALLBACK (on_search_changed), self);
  g_signal_connect (self->ways, "row-activated", G_CALLBACK (on_way_activated), self);
  g_signal_connect (self->add, "clicked", G_CALLBACK (on_add), self);
  g_signal_connect (self->add_first, "clicked", G_CALLBACK (on_add), self);
}
