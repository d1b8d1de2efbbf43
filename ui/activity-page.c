/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request log as a list, newest first, with a filter that the service applies. New entries are read only while
 * the page is on screen, and only those after the last one seen. The window owns it. Main thread.
 */
#include "ui/activity-page.h"

#include "ui/call.h"
#include "ui/certificates-sheet.h"
#include "ui/entry.h"

#include <string.h>

#define REFRESH_MS 1500
#define BATCH_MAX 500
#define ROWS_MAX 1000

enum
{
  COLUMN_ICON,
  COLUMN_TEXT,
  COLUMN_ENTRY,
  N_COLUMNS
};

struct _NjActivityPage
{
  GtkBin parent_instance;

  NjRemote     *remote; /* (nullable) owned */
  GtkListStore *store;  /* owned */
  GCancellable *cancellable;
  GCancellable *asking; /* (nullable) owned: what was changed in the selected entry */
  guint64       serial; /* of the newest entry shown */
  guint         refresh;
  gboolean      is_reading;
  char         *site;    /* (nullable) owned: whose certificates the selected entry is about */

  GtkEntry    *filter;
  GtkStack    *stack;
  GtkTreeView *view;
  GtkRevealer *detail;
  GtkLabel    *detail_title;
  GtkLabel    *detail_text;
  GtkWidget   *certificates;
};

G_DEFINE_FINAL_TYPE (NjActivityPage, nj_activity_page, GTK_TYPE_BIN)

static void
prepend (NjActivityPage *self, GVariant *entry)
{
  g_autofree char *headline = nj_entry_headline (entry);
  g_autofree char *summary = nj_entry_summary (entry);
  g_autofree char *markup = g_markup_printf_escaped ("%s\n<span size=\"small\" alpha=\"65%%\">%s</span>", headline, summary);

  gtk_list_store_insert_with_values (self->store, NULL, 0, COLUMN_ICON, nj_entry_icon (entry), COLUMN_TEXT, markup,
                                     COLUMN_ENTRY, entry, -1);
  self->serial = MAX (self->serial, nj_entry_serial (entry));
}

static void
trim (NjActivityPage *self)
{
  GtkTreeModel *model = GTK_TREE_MODEL (self->store);
  GtkTreeIter   last;
  int           count;

  while ((count = gtk_tree_model_iter_n_children (model, NULL)) > ROWS_MAX
         && gtk_tree_model_iter_nth_child (model, &last, NULL, count - 1))
    gtk_list_store_remove (self->store, &last);
}

static void
on_log (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = nj_call_finish (NJ_REMOTE (source), result, &error);
  g_autoptr (GVariant) entries = NULL;
  NjActivityPage      *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->is_reading = FALSE;
  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("(a(txa{sv}))")))
    return;

  entries = g_variant_get_child_value (answer, 0);
  for (gsize i = 0; i < g_variant_n_children (entries); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (entries, i);

      prepend (self, entry);
    }

  trim (self);
  gtk_stack_set_visible_child_name (
    self->stack, gtk_tree_model_iter_n_children (GTK_TREE_MODEL (self->store), NULL) > 0 ? "entries" : "empty");
}

static gboolean
on_refresh (gpointer user_data)
{
  NjActivityPage *self = user_data;

  if (self->remote == NULL || self->is_reading || nj_remote_status (self->remote)->state == NJ_STATE_ABSENT)
    return G_SOURCE_CONTINUE;

  self->is_reading = TRUE;
  nj_call_read_log (self->remote, self->serial, BATCH_MAX, gtk_entry_get_text (self->filter), self->cancellable, on_log,
                    self);
  return G_SOURCE_CONTINUE;
}

static void
renew_cancellable (NjActivityPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->is_reading = FALSE;
}

static void
begin_anew (NjActivityPage *self)
{
  renew_cancellable (self);
  gtk_list_store_clear (self->store);
  self->serial = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    on_refresh (self);
}

static void
nj_activity_page_map (GtkWidget *widget)
{
  NjActivityPage *self = NJ_ACTIVITY_PAGE (widget);

  GTK_WIDGET_CLASS (nj_activity_page_parent_class)->map (widget);
  renew_cancellable (self);
  g_clear_handle_id (&self->refresh, g_source_remove);
  self->refresh = g_timeout_add (REFRESH_MS, on_refresh, self);
  on_refresh (self);
}

static void
nj_activity_page_unmap (GtkWidget *widget)
{
  NjActivityPage *self = NJ_ACTIVITY_PAGE (widget);

  g_clear_handle_id (&self->refresh, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  GTK_WIDGET_CLASS (nj_activity_page_parent_class)->unmap (widget);
}

static void
on_changed (NjRemote *remote, gpointer user_data)
{
  NjActivityPage *self = user_data;

  /* A service that starts anew numbers its log from the beginning. */
  if (nj_remote_status (remote)->state == NJ_STATE_ABSENT && self->serial != 0)
    begin_anew (self);
}

static void
on_filter_changed (GtkSearchEntry *filter, gpointer user_data)
{
  begin_anew (user_data);
}

/* The row may be another by now: then its own question is under way. */
static void
on_changes (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GVariant) answer = nj_call_finish (NJ_REMOTE (source), result, NULL);
  g_autoptr (GVariant) changes = NULL;
  g_autofree char     *text = NULL;
  g_autofree char     *all = NULL;
  NjActivityPage      *self = user_data;

  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("(a(sssss)b)")))
    return;

  changes = g_variant_get_child_value (answer, 0);
  text = nj_entry_changes (changes);
  all = g_strconcat (gtk_label_get_label (self->detail_text), text, NULL);
  gtk_label_set_markup (self->detail_text, all);
}

static void
on_selected (GtkTreeSelection *selection, gpointer user_data)
{
  NjActivityPage      *self = user_data;
  GtkTreeModel        *model;
  GtkTreeIter          row;
  g_autoptr (GVariant) entry = NULL;
  g_autofree char     *title = NULL;
  g_autofree char     *text = NULL;

  if (!gtk_tree_selection_get_selected (selection, &model, &row))
    {
      gtk_revealer_set_reveal_child (self->detail, FALSE);
      return;
    }

  gtk_tree_model_get (model, &row, COLUMN_ENTRY, &entry, -1);
  title = nj_entry_headline (entry);
  text = nj_entry_details (entry);
  gtk_label_set_text (self->detail_title, title);
  gtk_label_set_markup (self->detail_text, text);
  g_free (self->site);
  self->site = nj_entry_site (entry);
  gtk_widget_set_visible (self->certificates, self->site[0] != '\0');
  gtk_revealer_set_reveal_child (self->detail, TRUE);

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->asking = g_cancellable_new ();
  nj_call_read_changes (self->remote, nj_entry_serial (entry), self->asking, on_changes, self);
}

static void
on_certificates (GtkButton *button, gpointer user_data)
{
  NjActivityPage *self = user_data;

  nj_certificates_sheet_open (GTK_WINDOW (gtk_widget_get_toplevel (GTK_WIDGET (self))), self->remote, self->site);
}

static void
make_columns (NjActivityPage *self)
{
  GtkTreeViewColumn *column = gtk_tree_view_column_new ();
  GtkCellRenderer   *icon = gtk_cell_renderer_pixbuf_new ();
  GtkCellRenderer   *text = gtk_cell_renderer_text_new ();

  g_object_set (icon, "xpad", 12, NULL);
  g_object_set (text, "ellipsize", PANGO_ELLIPSIZE_MIDDLE, "ypad", 6, NULL);
  gtk_tree_view_column_set_sizing (column, GTK_TREE_VIEW_COLUMN_FIXED);
  gtk_tree_view_column_set_expand (column, TRUE);
  gtk_tree_view_column_pack_start (column, icon, FALSE);
  gtk_tree_view_column_pack_start (column, text, TRUE);
  gtk_tree_view_column_add_attribute (column, icon, "icon-name", COLUMN_ICON);
  gtk_tree_view_column_add_attribute (column, text, "markup", COLUMN_TEXT);
  gtk_tree_view_append_column (self->view, column);
  gtk_tree_view_set_model (self->view, GTK_TREE_MODEL (self->store));
}

/**
 * nj_activity_page_set_remote:
 * @self: the page
 * @remote: the service
 *
 * Main thread; once.
 */
void
nj_activity_page_set_remote (NjActivityPage *self, NjRemote *remote)
{
  g_set_object (&self->remote, remote);
  g_signal_connect_object (remote, "changed", G_CALLBACK (on_changed), self, 0);
}

/**
 * nj_activity_page_show_only:
 * @self: the page
 * @filter: text that an entry must hold, "" for all
 *
 * Main thread.
 */
void
nj_activity_page_show_only (NjActivityPage *self, const char *filter)
{
  gtk_entry_set_text (self->filter, filter);
}

/**
 * nj_activity_page_focus_filter:
 * @self: the page
 *
 * Main thread.
 */
void
nj_activity_page_focus_filter (NjActivityPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->filter));
}

static void
nj_activity_page_dispose (GObject *object)
{
  NjActivityPage *self = NJ_ACTIVITY_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_handle_id (&self->refresh, g_source_remove);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->remote);
  g_clear_object (&self->store);
  g_clear_pointer (&self->site, g_free);

  G_OBJECT_CLASS (nj_activity_page_parent_class)->dispose (object);
}

static void
nj_activity_page_class_init (NjActivityPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = nj_activity_page_dispose;
  widget_class->map = nj_activity_page_map;
  widget_class->unmap = nj_activity_page_unmap;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/nightjar/Nightjar/activity-page.ui");
  gtk_widget_class_bind_template_child (widget_class, NjActivityPage, filter);
  gtk_widget_class_bind_template_child (widget_class, NjActivityPage, stack);
  gtk_widget_class_bind_template_child (widget_class, NjActivityPage, view);
  gtk_widget_class_bind_template_child (widget_class, NjActivityPage, detail);
  gtk_widget_class_bind_template_child (widget_class, NjActivityPage, detail_title);
  gtk_widget_class_bind_template_child (widget_class, NjActivityPage, detail_text);
  gtk_widget_class_bind_template_child (widget_class, NjActivityPage, certificates);
}

static void
nj_activity_page_init (NjActivityPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->store = gtk_list_store_new (N_COLUMNS, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_VARIANT);
  gtk_widget_init_template (GTK_WIDGET (self));
  make_columns (self);
  gtk_stack_set_visible_child_name (self->stack, "empty");
  g_signal_connect (self->certificates, "clicked", G_CALLBACK (on_certificates), self);
  g_signal_connect (self->filter, "search-changed", G_CALLBACK (on_filter_changed), self);
  g_signal_connect (gtk_tree_view_get_selection (self->view), "changed", G_CALLBACK (on_selected), self);
}
