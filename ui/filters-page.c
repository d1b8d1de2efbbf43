/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The filter lists with their check boxes and counts, and the way to add one. The window owns it. Main thread.
 */
#include "ui/filters-page.h"

#include "ui/amount.h"
#include "ui/call.h"
#include "ui/list-row.h"

#include <glib/gi18n.h>
#include <string.h>

struct _NjFiltersPage
{
  GtkBin parent_instance;

  NjRemote   *remote; /* (nullable) owned */
  GHashTable *rows;   /* id → NjListRow, borrowed from the list */

  GtkLabel     *summary;
  GtkWidget    *update;
  GtkWidget    *add;
  GtkPopover   *add_popover;
  GtkEntry     *address;
  GtkWidget    *add_address;
  GtkWidget    *add_file;
  GtkContainer *list;
};

G_DEFINE_FINAL_TYPE (NjFiltersPage, nj_filters_page, GTK_TYPE_BIN)

static void
rebuild (NjFiltersPage *self, const NjStatus *status)
{
  g_autoptr (GList) children = gtk_container_get_children (self->list);

  g_hash_table_remove_all (self->rows);
  for (GList *l = children; l != NULL; l = l->next)
    gtk_widget_destroy (l->data);

  for (guint i = 0; i < status->lists->len; i++)
    {
      const NjStatusList *list = g_ptr_array_index (status->lists, i);
      GtkWidget          *row = nj_list_row_new (self->remote, list);

      g_hash_table_insert (self->rows, g_strdup (list->id), row);
      gtk_container_add (self->list, row);
    }
}

static gboolean
has_same_lists (NjFiltersPage *self, const NjStatus *status)
{
  if (g_hash_table_size (self->rows) != status->lists->len)
    return FALSE;

  for (guint i = 0; i < status->lists->len; i++)
    {
      const NjStatusList *list = g_ptr_array_index (status->lists, i);

      if (!g_hash_table_contains (self->rows, list->id))
        return FALSE;
    }

  return TRUE;
}

static void
show_summary (NjFiltersPage *self, const NjStatus *status)
{
  guint64          used = 0;
  guint            enabled = 0;
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;

  for (guint i = 0; i < status->lists->len; i++)
    {
      const NjStatusList *list = g_ptr_array_index (status->lists, i);

      enabled += list->is_enabled;
      used += list->is_enabled ? list->rules_used + list->pages_used : 0;
    }

  count = nj_amount_count (used);
  text = g_strdup_printf (ngettext ("%u list in use, %s rules", "%u lists in use, %s rules", enabled), enabled, count);
  gtk_label_set_text (self->summary, status->state == NJ_STATE_ABSENT ? _ ("The service is not running.") : text);
}

static void
on_changed (NjRemote *remote, gpointer user_data)
{
  NjFiltersPage  *self = user_data;
  const NjStatus *status = nj_remote_status (remote);

  if (!has_same_lists (self, status))
    rebuild (self, status);
  for (guint i = 0; i < status->lists->len; i++)
    {
      const NjStatusList *list = g_ptr_array_index (status->lists, i);

      nj_list_row_set (g_hash_table_lookup (self->rows, list->id), list);
    }

  show_summary (self, status);
  gtk_widget_set_visible (GTK_WIDGET (self->list), status->lists->len > 0);
  gtk_widget_set_sensitive (self->add, status->state != NJ_STATE_ABSENT);
  gtk_widget_set_sensitive (self->update, status->lists->len > 0);
}

/* The box moved at once; a refusal of the service moves it back. */
static void
on_call_failed (NjRemote *remote, const char *text, gpointer user_data)
{
  on_changed (remote, user_data);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  NjFiltersPage   *self = user_data;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (dialog));
  if (path != NULL)
    nj_call_add_list (self->remote, path);
  g_object_unref (dialog);
}

static void
on_address_changed (GtkEditable *editable, gpointer user_data)
{
  NjFiltersPage *self = user_data;

  gtk_widget_set_sensitive (self->add_address, strstr (gtk_entry_get_text (self->address), "://") != NULL);
}

static void
on_add_address (GtkWidget *widget, gpointer user_data)
{
  NjFiltersPage   *self = user_data;
  g_autofree char *address = g_strstrip (g_strdup (gtk_entry_get_text (self->address)));

  if (!gtk_widget_get_sensitive (self->add_address))
    return;

  nj_call_add_list (self->remote, address);
  gtk_entry_set_text (self->address, "");
  gtk_popover_popdown (self->add_popover);
}

static void
on_add_file (GtkButton *button, gpointer user_data)
{
  NjFiltersPage        *self = user_data;
  GtkWindow            *window = GTK_WINDOW (gtk_widget_get_toplevel (GTK_WIDGET (self)));
  GtkFileChooserNative *dialog;

  gtk_popover_popdown (self->add_popover);
  dialog = gtk_file_chooser_native_new (_ ("Add a Filter List"), window, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Add"),
                                        _ ("_Cancel"));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

/**
 * nj_filters_page_set_remote:
 * @self: the page
 * @remote: the service
 *
 * Main thread; once.
 */
void
nj_filters_page_set_remote (NjFiltersPage *self, NjRemote *remote)
{
  g_set_object (&self->remote, remote);
  g_signal_connect_object (remote, "changed", G_CALLBACK (on_changed), self, 0);
  g_signal_connect_object (remote, "call-failed", G_CALLBACK (on_call_failed), self, 0);
  on_changed (remote, self);
}

static void
nj_filters_page_finalize (GObject *object)
{
  NjFiltersPage *self = NJ_FILTERS_PAGE (object);

  g_clear_object (&self->remote);
  g_hash_table_unref (self->rows);

  G_OBJECT_CLASS (nj_filters_page_parent_class)->finalize (object);
}

static void
nj_filters_page_class_init (NjFiltersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = nj_filters_page_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/nightjar/Nightjar/filters-page.ui");
  gtk_widget_class_bind_template_child (widget_class, NjFiltersPage, summary);
  gtk_widget_class_bind_template_child (widget_class, NjFiltersPage, update);
  gtk_widget_class_bind_template_child (widget_class, NjFiltersPage, add);
  gtk_widget_class_bind_template_child (widget_class, NjFiltersPage, add_popover);
  gtk_widget_class_bind_template_child (widget_class, NjFiltersPage, address);
  gtk_widget_class_bind_template_child (widget_class, NjFiltersPage, add_address);
  gtk_widget_class_bind_template_child (widget_class, NjFiltersPage, add_file);
  gtk_widget_class_bind_template_child (widget_class, NjFiltersPage, list);
}

static void
nj_filters_page_init (NjFiltersPage *self)
{
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->address, "changed", G_CALLBACK (on_address_changed), self);
  g_signal_connect (self->address, "activate", G_CALLBACK (on_add_address), self);
  g_signal_connect (self->add_address, "clicked", G_CALLBACK (on_add_address), self);
  g_signal_connect (self->add_file, "clicked", G_CALLBACK (on_add_file), self);
}
