/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The user's own filter rules: an editor that marks the lines which are not understood and says below it why. While
 * the user types the service is asked what it thinks of the text; it is kept and used when the user says so, and
 * nothing is lost of it. The window owns it. Main thread.
 */
#include "ui/rules-page.h"

#include "ui/call.h"
#include "ui/refusal.h"

#include <glib/gi18n.h>

/* The service looks at the text when the user's fingers rest; milliseconds. */
#define REST_MS 300
/* More faults are only counted: who has that many looks at the first ones. */
#define SHOWN_MAX 100

struct _NjRulesPage
{
  GtkBin parent_instance;

  NjRemote     *remote;      /* (nullable) owned */
  GCancellable *asking;      /* (nullable) owned: ends what was asked before */
  GtkTextTag   *fault;       /* borrowed from the buffer */
  guint         rest;        /* source, 0 none */
  gboolean      is_loaded;   /* the buffer is the service's text, perhaps changed */
  gboolean      is_filling;  /* the buffer is set by us, not by the user */
  gboolean      is_saving;

  GtkLabel      *summary;
  GtkWidget     *save;
  GtkTextView   *editor;
  GtkWidget     *faults_area;
  GtkListBox    *faults;
};

G_DEFINE_FINAL_TYPE (NjRulesPage, nj_rules_page, GTK_TYPE_BIN)

static GtkTextBuffer *
buffer_of (NjRulesPage *self)
{
  return gtk_text_view_get_buffer (self->editor);
}

static char *
text_of (NjRulesPage *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer_of (self), &start, &end);
  return gtk_text_buffer_get_text (buffer_of (self), &start, &end, FALSE);
}

static void
mark_line (NjRulesPage *self, guint line)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_iter_at_line (buffer_of (self), &start, (int) line - 1);
  end = start;
  if (!gtk_text_iter_ends_line (&end))
    gtk_text_iter_forward_to_line_end (&end);
  gtk_text_buffer_apply_tag (buffer_of (self), self->fault, &start, &end);
}

static void
add_fault (NjRulesPage *self, guint line, const char *reason)
{
  g_autofree char *text = g_strdup_printf (_("Line %u: %s"), line, nj_refusal_words (reason));
  GtkWidget *label = gtk_label_new (text);
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  g_object_set (label, "margin", 6, NULL);
  gtk_container_add (GTK_CONTAINER (row), label);
  atk_object_set_name (gtk_widget_get_accessible (row), text);
  g_object_set_data (G_OBJECT (row), "line", GUINT_TO_POINTER (line));
  gtk_widget_show_all (row);
  gtk_list_box_insert (self->faults, row, -1);
}

static void
clear_faults (NjRulesPage *self)
{
  g_autoptr (GList) rows = gtk_container_get_children (GTK_CONTAINER (self->faults));
  GtkTextIter start, end;

  for (GList *item = rows; item != NULL; item = item->next)
    gtk_widget_destroy (item->data);
  gtk_text_buffer_get_bounds (buffer_of (self), &start, &end);
  gtk_text_buffer_remove_tag (buffer_of (self), self->fault, &start, &end);
}

static void
show_summary (NjRulesPage *self, guint n_faults)
{
  g_autofree char *text = NULL;

  if (n_faults == 0)
    text = g_strdup (_("Your own rules come last and count most. One a line, as in any filter list."));
  else
    text = g_strdup_printf (ngettext ("%u line is not used; it is kept all the same.", "%u lines are not used; they are kept all the same.",
                                      n_faults),
                            n_faults);
  gtk_label_set_text (self->summary, text);
}

static void
show_faults (NjRulesPage *self, GVariant *faults)
{
  GVariantIter iter;
  const char  *reason;
  guint32      line;
  guint        n = 0;

  clear_faults (self);
  g_variant_iter_init (&iter, faults);
  while (g_variant_iter_next (&iter, "(u&s)", &line, &reason))
    {
      mark_line (self, line);
      if (n++ < SHOWN_MAX)
        add_fault (self, line, reason);
    }

  gtk_widget_set_visible (self->faults_area, n > 0);
  show_summary (self, n);
}

static void
show_failure (NjRulesPage *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    gtk_label_set_text (self->summary, error->message);
}

static GCancellable *
ask_anew (NjRulesPage *self)
{
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->asking = g_cancellable_new ();
  return self->asking;
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (NjRulesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = nj_call_finish (NJ_REMOTE (source), result, &error);
  g_autoptr (GVariant) faults = NULL;

  if (answer == NULL)
    {
      show_failure (self, error);
      return;
    }

  faults = g_variant_get_child_value (answer, 0);
  show_faults (self, faults);
}

static gboolean
on_rest (gpointer user_data)
{
  NjRulesPage     *self = user_data;
  g_autofree char *text = text_of (self);

  self->rest = 0;
  nj_call_check_rules (self->remote, text, ask_anew (self), on_checked, g_object_ref (self));
  return G_SOURCE_REMOVE;
}

static void
on_edited (GtkTextBuffer *buffer, gpointer user_data)
{
  NjRulesPage *self = user_data;

  if (self->is_filling)
    return;

  gtk_widget_set_sensitive (self->save, self->is_loaded && !self->is_saving);
  g_clear_handle_id (&self->rest, g_source_remove);
  self->rest = g_timeout_add (REST_MS, on_rest, self);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (NjRulesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = nj_call_finish (NJ_REMOTE (source), result, &error);
  g_autoptr (GVariant) faults = NULL;

  self->is_saving = FALSE;
  if (answer == NULL)
    {
      gtk_text_buffer_set_modified (buffer_of (self), TRUE);
      show_failure (self, error);
    }
  else if (self->rest == 0)
    {
      faults = g_variant_get_child_value (answer, 0);
      show_faults (self, faults);
    }
  gtk_widget_set_sensitive (self->save, gtk_text_buffer_get_modified (buffer_of (self)));
}

static void
on_save (GtkButton *button, gpointer user_data)
{
  NjRulesPage     *self = user_data;
  g_autofree char *text = text_of (self);

  if (!self->is_loaded || self->is_saving || self->remote == NULL)
    return;

  self->is_saving = TRUE;
  gtk_widget_set_sensitive (self->save, FALSE);
  gtk_text_buffer_set_modified (buffer_of (self), FALSE);
  nj_call_write_own_rules (self->remote, text, on_saved, g_object_ref (self));
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (NjRulesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = nj_call_finish (NJ_REMOTE (source), result, &error);
  g_autoptr (GVariant) faults = NULL;
  const char *text;

  if (answer == NULL)
    {
      show_failure (self, error);
      return;
    }
  /* The user was quicker: what was typed counts. */
  if (gtk_text_buffer_get_modified (buffer_of (self)) && self->is_loaded)
    return;

  g_variant_get (answer, "(&s@a(us))", &text, &faults);
  self->is_filling = TRUE;
  gtk_text_buffer_set_text (buffer_of (self), text, -1);
  gtk_text_buffer_set_modified (buffer_of (self), FALSE);
  self->is_filling = FALSE;
  self->is_loaded = TRUE;
  gtk_text_view_set_editable (self->editor, TRUE);
  show_faults (self, faults);
}

/* Read when somebody looks, as the file may have been changed by hand; never over what the user typed. */
static void
on_mapped (GtkWidget *widget, gpointer user_data)
{
  NjRulesPage *self = user_data;

  if (self->remote != NULL && !(self->is_loaded && gtk_text_buffer_get_modified (buffer_of (self))))
    nj_call_read_own_rules (self->remote, ask_anew (self), on_read, g_object_ref (self));
}

static void
on_fault_activated (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  NjRulesPage *self = user_data;
  guint        line = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (row), "line"));
  GtkTextIter  start;

  gtk_text_buffer_get_iter_at_line (buffer_of (self), &start, (int) line - 1);
  gtk_text_buffer_place_cursor (buffer_of (self), &start);
  gtk_text_view_scroll_to_iter (self->editor, &start, 0.1, FALSE, 0, 0);
  gtk_widget_grab_focus (GTK_WIDGET (self->editor));
}

static gboolean
on_key (GtkWidget *widget, GdkEventKey *event, gpointer user_data)
{
  NjRulesPage *self = user_data;

  if ((event->state & gtk_accelerator_get_default_mod_mask ()) != GDK_CONTROL_MASK || event->keyval != GDK_KEY_s)
    return GDK_EVENT_PROPAGATE;

  if (gtk_widget_get_sensitive (self->save))
    on_save (NULL, self);
  return GDK_EVENT_STOP;
}

/* A service that was not there when the page was opened may be there now. */
static void
on_changed (NjRemote *remote, gpointer user_data)
{
  NjRulesPage *self = user_data;

  if (!self->is_loaded && gtk_widget_get_mapped (GTK_WIDGET (self)))
    on_mapped (NULL, self);
}

/**
 * nj_rules_page_set_remote:
 * @self: the page
 * @remote: the service
 *
 * Main thread; once.
 */
void
nj_rules_page_set_remote (NjRulesPage *self, NjRemote *remote)
{
  g_set_object (&self->remote, remote);
  g_signal_connect_object (remote, "changed", G_CALLBACK (on_changed), self, 0);
  on_changed (remote, self);
}

static void
nj_rules_page_dispose (GObject *object)
{
  NjRulesPage *self = NJ_RULES_PAGE (object);

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_handle_id (&self->rest, g_source_remove);
  g_clear_object (&self->remote);

  G_OBJECT_CLASS (nj_rules_page_parent_class)->dispose (object);
}

static void
nj_rules_page_class_init (NjRulesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = nj_rules_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/nightjar/Nightjar/rules-page.ui");
  gtk_widget_class_bind_template_child (widget_class, NjRulesPage, summary);
  gtk_widget_class_bind_template_child (widget_class, NjRulesPage, save);
  gtk_widget_class_bind_template_child (widget_class, NjRulesPage, editor);
  gtk_widget_class_bind_template_child (widget_class, NjRulesPage, faults_area);
  gtk_widget_class_bind_template_child (widget_class, NjRulesPage, faults);
}

static void
nj_rules_page_init (NjRulesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* Underlined as misspelt words are, so that it does not hang on the colour. */
  self->fault = gtk_text_buffer_create_tag (buffer_of (self), "fault", "underline", PANGO_UNDERLINE_ERROR, NULL);
  gtk_text_view_set_editable (self->editor, FALSE);
  show_summary (self, 0);

  g_signal_connect (self, "map", G_CALLBACK (on_mapped), self);
  g_signal_connect (buffer_of (self), "changed", G_CALLBACK (on_edited), self);
  g_signal_connect (self->save, "clicked", G_CALLBACK (on_save), self);
  g_signal_connect (self->faults, "row-activated", G_CALLBACK (on_fault_activated), self);
  g_signal_connect (self->editor, "key-press-event", G_CALLBACK (on_key), self);
}
