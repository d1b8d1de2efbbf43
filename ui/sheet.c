/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A window over the window for what one sets seldom: one scrolled column of cards, which follows what the service says
 * and is closed with Escape. What stands in the column is each sheet's own; what all of them are made of is here.
 * Main thread.
 */
#include "ui/sheet.h"

#include <glib/gi18n.h>
#include <handy.h>

typedef struct
{
  NjRemote     *remote; /* owned */
  GCancellable *cancellable;
  GtkBox       *column;
} NjSheetPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (NjSheet, nj_sheet, GTK_TYPE_DIALOG)

static void
on_changed (NjRemote *remote, gpointer user_data)
{
  NjSheet *self = user_data;

  if (NJ_SHEET_GET_CLASS (self)->show_status != NULL)
    NJ_SHEET_GET_CLASS (self)->show_status (self, nj_remote_status (remote));
}

/**
 * nj_sheet_open:
 * @self: (transfer full): a sheet that was just made
 * @parent: the window that it stands before
 * @remote: the service
 * @title: what it is about
 *
 * Shows it; it destroys itself when it is closed. Main thread.
 */
void
nj_sheet_open (NjSheet *self, GtkWindow *parent, NjRemote *remote, const char *title)
{
  NjSheetPrivate *private = nj_sheet_get_instance_private (self);

  private->remote = g_object_ref (remote);
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_window_set_transient_for (GTK_WINDOW (self), parent);
  g_signal_connect_object (remote, "changed", G_CALLBACK (on_changed), self, 0);
  on_changed (remote, self);
  gtk_widget_show (GTK_WIDGET (self));
}

/**
 * nj_sheet_remote:
 * @self: a sheet that is open
 *
 * Main thread.
 *
 * Returns: (transfer none): the service
 */
NjRemote *
nj_sheet_remote (NjSheet *self)
{
  return ((NjSheetPrivate *) nj_sheet_get_instance_private (self))->remote;
}

/**
 * nj_sheet_column:
 * @self: a sheet
 *
 * Main thread.
 *
 * Returns: (transfer none): where its cards stand
 */
GtkBox *
nj_sheet_column (NjSheet *self)
{
  return ((NjSheetPrivate *) nj_sheet_get_instance_private (self))->column;
}

/**
 * nj_sheet_ask:
 * @self: a sheet that is open
 * @method: what the service is asked
 * @arguments: (nullable): its arguments; a floating reference is taken
 * @done: gets the answer, with the sheet as owner; never when it was closed before
 *
 * Main thread.
 */
void
nj_sheet_ask (NjSheet *self, const char *method, GVariant *arguments, NjAskDone done)
{
  NjSheetPrivate *private = nj_sheet_get_instance_private (self);

  nj_ask (private->remote, method, arguments, private->cancellable, done, self);
}

/**
 * nj_sheet_words:
 * @text: what a sheet is about, in a sentence or two
 *
 * Main thread.
 *
 * Returns: (transfer floating): it as a paragraph
 */
GtkWidget *
nj_sheet_words (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 50);
  gtk_style_context_add_class (gtk_widget_get_style_context (label), "words");
  gtk_widget_show (label);
  return label;
}

/**
 * nj_sheet_card:
 * @name: what a screen reader calls it
 *
 * Main thread.
 *
 * Returns: (transfer floating): a list for rows
 */
GtkWidget *
nj_sheet_card (const char *name)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_style_context_add_class (gtk_widget_get_style_context (list), "content");
  atk_object_set_name (gtk_widget_get_accessible (list), name);
  gtk_widget_show (list);
  return list;
}

/**
 * nj_sheet_row:
 * @title: first line
 * @subtitle: (nullable): below it
 *
 * Both are plain text. Main thread.
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
nj_sheet_row (const char *title, const char *subtitle)
{
  GtkWidget       *row = hdy_action_row_new ();
  g_autofree char *title_markup = g_markup_escape_text (title, -1);
  g_autofree char *subtitle_markup = g_markup_escape_text (subtitle != NULL ? subtitle : "", -1);

  hdy_preferences_row_set_title (HDY_PREFERENCES_ROW (row), title_markup);
  hdy_action_row_set_subtitle (HDY_ACTION_ROW (row), subtitle_markup);
  hdy_action_row_set_title_lines (HDY_ACTION_ROW (row), 1);
  hdy_action_row_set_subtitle_lines (HDY_ACTION_ROW (row), 4);
  atk_object_set_name (gtk_widget_get_accessible (row), title);
  atk_object_set_description (gtk_widget_get_accessible (row), subtitle != NULL ? subtitle : "");
  gtk_widget_show (row);
  return row;
}

/**
 * nj_sheet_button:
 * @icon: name of an icon
 * @name: what it does, to what
 *
 * Main thread.
 *
 * Returns: (transfer floating): a button for a row
 */
GtkWidget *
nj_sheet_button (const char *icon, const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon, GTK_ICON_SIZE_BUTTON);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, name);
  atk_object_set_name (gtk_widget_get_accessible (button), name);
  gtk_style_context_add_class (gtk_widget_get_style_context (button), "flat");
  gtk_widget_show (button);
  return button;
}

/**
 * nj_sheet_warn:
 * @row: a row
 * @is_warning: whether its second line is a warning
 *
 * Marks it. Main thread.
 */
void
nj_sheet_warn (GtkWidget *row, gboolean is_warning)
{
  GtkWidget *mark = g_object_get_data (G_OBJECT (row), "warning");

  if (mark == NULL && !is_warning)
    return;
  if (mark == NULL)
    {
      mark = gtk_image_new_from_icon_name ("dialog-warning-symbolic", GTK_ICON_SIZE_MENU);
      gtk_style_context_add_class (gtk_widget_get_style_context (mark), "warning");
      atk_object_set_name (gtk_widget_get_accessible (mark), _ ("Warning"));
      hdy_action_row_add_prefix (HDY_ACTION_ROW (row), mark);
      g_object_set_data (G_OBJECT (row), "warning", mark);
    }
  gtk_widget_set_visible (mark, is_warning);
}

/**
 * nj_sheet_empty:
 * @list: a list
 *
 * Takes its rows away. Main thread.
 */
void
nj_sheet_empty (GtkContainer *list)
{
  g_autoptr (GList) children = gtk_container_get_children (list);

  for (GList *l = children; l != NULL; l = l->next)
    gtk_widget_destroy (l->data);
}

static void
nj_sheet_response (GtkDialog *dialog, int response)
{
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

static void
nj_sheet_dispose (GObject *object)
{
  NjSheetPrivate *private = nj_sheet_get_instance_private (NJ_SHEET (object));

  g_cancellable_cancel (private->cancellable);
  g_clear_object (&private->cancellable);
  g_clear_object (&private->remote);
  G_OBJECT_CLASS (nj_sheet_parent_class)->dispose (object);
}

/* Whether there is a header bar can be said only here. */
static GObject *
nj_sheet_constructor (GType type, guint n, GObjectConstructParam *properties)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (properties[i].pspec->name, "use-header-bar"))
      g_value_set_int (properties[i].value, TRUE);

  return G_OBJECT_CLASS (nj_sheet_parent_class)->constructor (type, n, properties);
}

static void
nj_sheet_class_init (NjSheetClass *klass)
{
  G_OBJECT_CLASS (klass)->constructor = nj_sheet_constructor;
  G_OBJECT_CLASS (klass)->dispose = nj_sheet_dispose;
  GTK_DIALOG_CLASS (klass)->response = nj_sheet_response;
}

static void
nj_sheet_init (NjSheet *self)
{
  NjSheetPrivate *private = nj_sheet_get_instance_private (self);
  GtkWidget      *scrolled = gtk_scrolled_window_new (NULL, NULL);
  GtkWidget      *clamp = hdy_clamp_new ();

  private->cancellable = g_cancellable_new ();
  private->column = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 12));
  g_object_set (private->column, "margin", 18, NULL);
  g_object_set (self, "modal", TRUE, "default-width", 480, "default-height", 560, NULL);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_container_add (GTK_CONTAINER (clamp), GTK_WIDGET (private->column));
  gtk_container_add (GTK_CONTAINER (scrolled), clamp);
  gtk_box_pack_start (GTK_BOX (gtk_dialog_get_content_area (GTK_DIALOG (self))), scrolled, TRUE, TRUE, 0);
  gtk_widget_show_all (scrolled);
}
