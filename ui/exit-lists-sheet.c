/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of exits that somebody else keeps at an address: how each stands, fetched anew, taken away with its exits or
 * without; and one more, of which the service says what is wrong with it. The exits page opens it. Main thread.
 */
#include "ui/exit-lists-sheet.h"

#include "ui/field.h"
#include "ui/sheet.h"

#include <glib/gi18n.h>
#include <handy.h>

#define NJ_TYPE_EXIT_LISTS_SHEET (nj_exit_lists_sheet_get_type ())
G_DECLARE_FINAL_TYPE (NjExitListsSheet, nj_exit_lists_sheet, NJ, EXIT_LISTS_SHEET, NjSheet)

struct _NjExitListsSheet
{
  NjSheet parent_instance;

  GHashTable   *rows; /* id → row, borrowed from the card */
  GtkContainer *card;
  NjField      *address;
  NjField      *name;
  GtkWidget    *add;
  GtkSpinner   *spinner;
};

G_DEFINE_FINAL_TYPE (NjExitListsSheet, nj_exit_lists_sheet, NJ_TYPE_SHEET)

static const char *
id_of (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), "id");
}

/* What failed is in the list's problem, which comes as a property. */
static void
on_fetched (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  gtk_widget_set_sensitive (GTK_WIDGET (NJ_EXIT_LISTS_SHEET (owner)->card), TRUE);
}

static void
on_fetch (GtkButton *button, gpointer user_data)
{
  NjExitListsSheet *self = NJ_EXIT_LISTS_SHEET (gtk_widget_get_toplevel (user_data));
  const char       *ids[] = { id_of (user_data), NULL };

  gtk_widget_set_sensitive (GTK_WIDGET (self->card), FALSE);
  nj_sheet_ask (NJ_SHEET (self), "UpdateSubscriptions", g_variant_new ("(^as)", ids), on_fetched);
}

static void
on_removed (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
}

static void
on_remove (GSimpleAction *action, GVariant *keep, gpointer user_data)
{
  NjSheet *self = NJ_SHEET (gtk_widget_get_toplevel (user_data));

  nj_sheet_ask (self, "RemoveSubscription", g_variant_new ("(sb)", id_of (user_data), g_variant_get_boolean (keep)), on_removed);
}

/* (transfer floating): asks whether its exits shall go as well. */
static GtkWidget *
remove_button (GtkWidget *row, const NjExitList *list)
{
  static const GActionEntry actions[] = { { .name = "remove", .activate = on_remove, .parameter_type = "b" } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char  *name = g_strdup_printf (_ ("Remove %s"), list->name);
  GtkWidget        *button = gtk_menu_button_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group), actions, G_N_ELEMENTS (actions), row);
  gtk_widget_insert_action_group (row, "list", G_ACTION_GROUP (group));
  g_menu_append (menu, _ ("Remove it and its exits"), "list.remove(false)");
  g_menu_append (menu, _ ("Remove it, keep its exits"), "list.remove(true)");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_container_add (GTK_CONTAINER (button), gtk_image_new_from_icon_name ("user-trash-symbolic", GTK_ICON_SIZE_BUTTON));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, name);
  atk_object_set_name (gtk_widget_get_accessible (button), name);
  gtk_style_context_add_class (gtk_widget_get_style_context (button), "flat");
  gtk_widget_show_all (button);
  return button;
}

static void
add_row (NjExitListsSheet *self, const NjExitList *list)
{
  GtkWidget       *row = nj_sheet_row (list->name, NULL);
  g_autofree char *name = g_strdup_printf (_ ("Fetch %s now"), list->name);
  GtkWidget       *fetch = nj_sheet_button ("view-refresh-symbolic", name);

  g_object_set_data_full (G_OBJECT (row), "id", g_strdup (list->id), g_free);
  gtk_widget_set_tooltip_text (row, list->address);
  g_signal_connect (fetch, "clicked", G_CALLBACK (on_fetch), row);
  gtk_container_add (GTK_CONTAINER (row), fetch);
  gtk_container_add (GTK_CONTAINER (row), remove_button (row, list));
  gtk_container_add (self->card, row);
  g_hash_table_insert (self->rows, g_strdup (list->id), row);
}

static gboolean
has_same (NjExitListsSheet *self, GPtrArray *lists)
{
  for (guint i = 0; i < lists->len; i++)
    if (!g_hash_table_contains (self->rows, ((NjExitList *) g_ptr_array_index (lists, i))->id))
      return FALSE;

  return g_hash_table_size (self->rows) == lists->len;
}

static void
show_status (NjSheet *sheet, const NjStatus *status)
{
  NjExitListsSheet *self = NJ_EXIT_LISTS_SHEET (sheet);
  GPtrArray        *lists = status->exit_lists;

  if (!has_same (self, lists))
    {
      g_hash_table_remove_all (self->rows);
      nj_sheet_empty (self->card);
      for (guint i = 0; i < lists->len; i++)
        add_row (self, g_ptr_array_index (lists, i));
    }
  for (guint i = 0; i < lists->len; i++)
    {
      const NjExitList *list = g_ptr_array_index (lists, i);
      HdyActionRow     *row = g_hash_table_lookup (self->rows, list->id);
      g_autofree char  *words = nj_exit_list_words (list);
      g_autofree char  *markup = g_markup_escape_text (words, -1);

      hdy_action_row_set_subtitle (row, markup);
      nj_sheet_warn (GTK_WIDGET (row), *list->problem != '\0');
      atk_object_set_description (gtk_widget_get_accessible (GTK_WIDGET (row)), words);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->card), lists->len > 0);
}

static void
set_busy (NjExitListsSheet *self, gboolean is_busy)
{
  g_object_set (self->spinner, "active", is_busy, NULL);
  gtk_widget_set_sensitive (self->add, !is_busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->address), !is_busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->name), !is_busy);
}

static void
on_added (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  NjExitListsSheet *self = owner;

  set_busy (self, FALSE);
  if (answer == NULL)
    {
      nj_field_say (self->address, problem);
      return;
    }
  gtk_entry_set_text (nj_field_entry (self->address), "");
  gtk_entry_set_text (nj_field_entry (self->name), "");
}

static void
on_add (GtkWidget *widget, gpointer user_data)
{
  NjExitListsSheet *self = user_data;
  g_autofree char  *address = nj_field_text (self->address);
  g_autofree char  *name = nj_field_text (self->name);

  if (*address == '\0')
    {
      nj_field_say (self->address, _ ("An address is wanted."));
      return;
    }
  set_busy (self, TRUE);
  nj_sheet_ask (NJ_SHEET (self), "AddSubscription", g_variant_new ("(ss)", address, name), on_added);
}

static GtkWidget *
add_form (NjExitListsSheet *self)
{
  GtkWidget *form = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->address = NJ_FIELD (nj_field_new (_ ("Address of the list"), "https://…"));
  self->name = NJ_FIELD (nj_field_new (_ ("Name of the list"), _ ("Any name, or empty")));
  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  self->add = gtk_button_new_with_label (_ ("Fetch and add"));
  gtk_style_context_add_class (gtk_widget_get_style_context (self->add), "suggested-action");
  gtk_box_pack_end (GTK_BOX (line), self->add, FALSE, FALSE, 0);
  gtk_box_pack_end (GTK_BOX (line), GTK_WIDGET (self->spinner), FALSE, FALSE, 0);
  gtk_container_add (GTK_CONTAINER (form), GTK_WIDGET (self->address));
  gtk_container_add (GTK_CONTAINER (form), GTK_WIDGET (self->name));
  gtk_container_add (GTK_CONTAINER (form), line);
  gtk_widget_show_all (line);
  gtk_widget_show (form);
  g_signal_connect (self->add, "clicked", G_CALLBACK (on_add), self);
  g_signal_connect (nj_field_entry (self->address), "activate", G_CALLBACK (on_add), self);
  g_signal_connect (nj_field_entry (self->name), "activate", G_CALLBACK (on_add), self);
  return form;
}

/**
 * nj_exit_lists_sheet_open:
 * @parent: the window that it stands before
 * @remote: the service
 *
 * Main thread.
 */
void
nj_exit_lists_sheet_open (GtkWindow *parent, NjRemote *remote)
{
  nj_sheet_open (g_object_new (NJ_TYPE_EXIT_LISTS_SHEET, NULL), parent, remote, _ ("Lists by Address"));
}

static void
nj_exit_lists_sheet_finalize (GObject *object)
{
  g_hash_table_unref (NJ_EXIT_LISTS_SHEET (object)->rows);
  G_OBJECT_CLASS (nj_exit_lists_sheet_parent_class)->finalize (object);
}

static void
nj_exit_lists_sheet_class_init (NjExitListsSheetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nj_exit_lists_sheet_finalize;
  NJ_SHEET_CLASS (klass)->show_status = show_status;
}

static void
nj_exit_lists_sheet_init (NjExitListsSheet *self)
{
  GtkBox *column = nj_sheet_column (NJ_SHEET (self));

  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->card = GTK_CONTAINER (nj_sheet_card (_ ("Lists by address")));
  gtk_container_add (GTK_CONTAINER (column), nj_sheet_words (_ ("A provider’s list is fetched by itself every day. "
                                                                "Exits that it drops go, but not the one in use.")));
  gtk_container_add (GTK_CONTAINER (column), GTK_WIDGET (self->card));
  gtk_container_add (GTK_CONTAINER (column), add_form (self));
}
