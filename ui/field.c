/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An entry under its name and, below it, what is wrong with what stands in it: in words, marked, and told to a screen reader. What is
 * wrong is said until it is edited. Dialogs own it. Main thread.
 */
#include "ui/field.h"

#include <glib/gi18n.h>

struct _NjField
{
  GtkBox parent_instance;

  GtkLabel *name;
  GtkEntry *entry;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (NjField, nj_field, GTK_TYPE_BOX)

/**
 * nj_field_say:
 * @self: the field
 * @problem: (nullable): what is wrong with it; %NULL for nothing
 *
 * With something wrong the focus goes back to it. Main thread.
 */
void
nj_field_say (NjField *self, const char *problem)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self->entry));
  AtkObject       *accessible = gtk_widget_get_accessible (GTK_WIDGET (self->entry));

  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
  atk_object_set_description (accessible, problem != NULL ? problem : "");
  if (problem == NULL)
    {
      gtk_style_context_remove_class (context, "error");
      return;
    }

  gtk_style_context_add_class (context, "error");
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

/**
 * nj_field_entry:
 * @self: the field
 *
 * Main thread.
 *
 * Returns: (transfer none): its entry
 */
GtkEntry *
nj_field_entry (NjField *self)
{
  return self->entry;
}

/**
 * nj_field_text:
 * @self: the field
 *
 * Main thread.
 *
 * Returns: (transfer full): what stands in it, without blanks around it
 */
char *
nj_field_text (NjField *self)
{
  return g_strstrip (g_strdup (gtk_entry_get_text (self->entry)));
}

static void
on_changed (GtkEditable *entry, gpointer user_data)
{
  nj_field_say (user_data, NULL);
}

/**
 * nj_field_new:
 * @name: what is wanted
 * @example: what it looks like
 *
 * Main thread.
 *
 * Returns: (transfer floating): the field
 */
GtkWidget *
nj_field_new (const char *name, const char *example)
{
  NjField *self = g_object_new (NJ_TYPE_FIELD, "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 3, "visible", TRUE, NULL);

  gtk_entry_set_placeholder_text (self->entry, example);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self->entry)), name);
  gtk_label_set_text (self->name, name);
  return GTK_WIDGET (self);
}

static void
nj_field_class_init (NjFieldClass *klass)
{
}

static void
nj_field_init (NjField *self)
{
  self->name = GTK_LABEL (gtk_label_new (NULL));
  self->entry = GTK_ENTRY (gtk_entry_new ());
  gtk_label_set_xalign (self->name, 0);
  gtk_label_set_mnemonic_widget (self->name, GTK_WIDGET (self->entry));
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self->name)), "caption");
  self->problem = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->problem, 0);
  gtk_label_set_line_wrap (self->problem, TRUE);
  gtk_label_set_line_wrap_mode (self->problem, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (self->problem, 44);
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self->problem)), "error");
  gtk_widget_set_hexpand (GTK_WIDGET (self->entry), TRUE);
  gtk_container_add (GTK_CONTAINER (self), GTK_WIDGET (self->name));
  gtk_container_add (GTK_CONTAINER (self), GTK_WIDGET (self->entry));
  gtk_container_add (GTK_CONTAINER (self), GTK_WIDGET (self->problem));
  gtk_widget_show (GTK_WIDGET (self->name));
  gtk_widget_show (GTK_WIDGET (self->entry));
  g_signal_connect (self->entry, "changed", G_CALLBACK (on_changed), self);
}
