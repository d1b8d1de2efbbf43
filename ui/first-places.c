/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user most likely wants, on top of the exits page: places that are starred, that were used last, and lists of
 * his own. A click chooses. Rows are changed in place and made anew only when places came or went. The exits page owns it.
 * Main thread.
 */
#include "ui/first-places.h"

#include "ui/amount.h"
#include "ui/call.h"
#include "ui/places.h"
#include "ui/star-button.h"

#include <glib/gi18n.h>
#include <handy.h>
#include <string.h>

#define PLACES_MAX 60

struct _NjFirstPlaces
{
  GtkBox parent_instance;

  NjRemote   *remote; /* owned */
  GtkWidget  *list;
  GPtrArray  *rows;   /* (element-type Row) owned */
};

/* One place and what is shown of it. */
typedef struct
{
  char      *key;
  GtkWidget *row;  /* this and below borrowed from the list */
  GtkWidget *mark;
  GtkLabel  *latency;
  GtkWidget *star;
} Row;

G_DEFINE_FINAL_TYPE (NjFirstPlaces, nj_first_places, GTK_TYPE_BOX)

static void
row_free (gpointer item)
{
  Row *row = item;

  g_free (row->key);
  g_free (row);
}

static void
on_activated (GtkListBox *list, GtkListBoxRow *widget, gpointer user_data)
{
  NjFirstPlaces *self = user_data;
  Row           *row = g_ptr_array_index (self->rows, (guint) gtk_list_box_row_get_index (widget));

  if (row->key[0] == '@')
    nj_call_select_group (self->remote, row->key + 1);
  else if (strcmp (nj_places_action (row->key), "select-country") == 0)
    nj_call_select_country (self->remote, row->key);
  else
    nj_call_select_exit (self->remote, row->key);
}

static Row *
add_row (NjFirstPlaces *self, const NjPlacesPlace *place)
{
  Row *row = g_new0 (Row, 1);

  row->key = g_strdup (place->key);
  row->row = hdy_action_row_new ();
  row->mark = gtk_image_new_from_icon_name ("object-select-symbolic", GTK_ICON_SIZE_BUTTON);
  row->latency = GTK_LABEL (gtk_label_new (NULL));
  row->star = nj_star_button_new (self->remote, place->key, place->label);
  gtk_style_context_add_class (gtk_widget_get_style_context (row->mark), "mark");
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (row->latency)), "latency");
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (row->latency)), "dim-label");
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row->row), TRUE);
  hdy_action_row_add_prefix (HDY_ACTION_ROW (row->row), row->mark);
  gtk_container_add (GTK_CONTAINER (row->row), GTK_WIDGET (row->latency));
  gtk_container_add (GTK_CONTAINER (row->row), row->star);
  atk_object_set_name (gtk_widget_get_accessible (row->row), place->label);
  gtk_container_add (GTK_CONTAINER (self->list), row->row);
  gtk_widget_show_all (row->row);
  g_ptr_array_add (self->rows, row);
  return row;
}

static void
show_row (Row *row, const NjStatus *status, const NjPlacesPlace *place)
{
  g_autofree char *title = g_markup_escape_text (place->label, -1);
  g_autofree char *exits = g_strdup_printf (ngettext ("%u exit", "%u exits", place->exits), place->exits);
  g_autofree char *subtitle = place->is_link_encrypted ? g_strdup (exits) : g_strdup_printf ("%s · %s", exits, _ ("link not encrypted"));
  g_autofree char *latency = place->is_dead          ? g_strdup (_ ("not answering"))
                             : place->latency_ms > 0 ? nj_amount_latency (place->latency_ms)
                                                     : g_strdup ("");

  hdy_preferences_row_set_title (HDY_PREFERENCES_ROW (row->row), title);
  hdy_action_row_set_subtitle (HDY_ACTION_ROW (row->row), subtitle);
  gtk_widget_set_opacity (row->mark, place->is_chosen ? 1 : 0);
  atk_object_set_name (gtk_widget_get_accessible (row->mark), place->is_chosen ? _ ("Chosen") : _ ("Not chosen"));
  gtk_label_set_text (row->latency, latency);
  nj_star_button_set (NJ_STAR_BUTTON (row->star), nj_places_is_favourite (status, place->key));
}

static gboolean
has_same (NjFirstPlaces *self, GArray *places)
{
  if (self->rows->len != places->len)
    return FALSE;
  for (guint i = 0; i < places->len; i++)
    if (strcmp (((Row *) self->rows->pdata[i])->key, g_array_index (places, NjPlacesPlace, i).key) != 0)
      return FALSE;
  return TRUE;
}

/**
 * nj_first_places_show:
 * @self: the card
 * @status: what the service says
 *
 * Main thread.
 */
void
nj_first_places_show (NjFirstPlaces *self, const NjStatus *status)
{
  g_autoptr (GArray) places = nj_places_list (status, PLACES_MAX);
  g_autoptr (GList)  children = NULL;

  while (places->len > 0 && g_array_index (places, NjPlacesPlace, places->len - 1).part == NJ_PLACES_OTHER)
    g_array_set_size (places, places->len - 1);

  if (!has_same (self, places))
    {
      children = gtk_container_get_children (GTK_CONTAINER (self->list));
      g_ptr_array_set_size (self->rows, 0);
      for (GList *l = children; l != NULL; l = l->next)
        gtk_widget_destroy (l->data);
      for (guint i = 0; i < places->len; i++)
        add_row (self, &g_array_index (places, NjPlacesPlace, i));
    }
  for (guint i = 0; i < places->len; i++)
    show_row (self->rows->pdata[i], status, &g_array_index (places, NjPlacesPlace, i));
  gtk_widget_set_visible (GTK_WIDGET (self), places->len > 0);
}

/**
 * nj_first_places_new:
 * @remote: the service
 *
 * Main thread.
 *
 * Returns: (transfer floating): the card, hidden while there is nothing to show
 */
GtkWidget *
nj_first_places_new (NjRemote *remote)
{
  NjFirstPlaces *self = g_object_new (NJ_TYPE_FIRST_PLACES, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 6, NULL);

  self->remote = g_object_ref (remote);
  return GTK_WIDGET (self);
}

static void
nj_first_places_finalize (GObject *object)
{
  NjFirstPlaces *self = NJ_FIRST_PLACES (object);

  g_clear_object (&self->remote);
  g_ptr_array_unref (self->rows);

  G_OBJECT_CLASS (nj_first_places_parent_class)->finalize (object);
}

static void
nj_first_places_class_init (NjFirstPlacesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nj_first_places_finalize;
}

static void
nj_first_places_init (NjFirstPlaces *self)
{
  const char *title = _ ("Favourites and last used");
  GtkWidget  *label = gtk_label_new (title);

  self->rows = g_ptr_array_new_with_free_func (row_free);
  self->list = gtk_list_box_new ();
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_style_context_add_class (gtk_widget_get_style_context (label), "country");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_style_context_add_class (gtk_widget_get_style_context (self->list), "content");
  atk_object_set_name (gtk_widget_get_accessible (self->list), title);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_activated), self);
  gtk_container_add (GTK_CONTAINER (self), label);
  gtk_container_add (GTK_CONTAINER (self), self->list);
  gtk_widget_show (label);
  gtk_widget_show (self->list);
}
