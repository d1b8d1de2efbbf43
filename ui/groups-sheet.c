/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of exits of the user's own: chosen like a country, its exits stand in for each other. One is made, its exits are
 * changed, it is taken away. A name stays, because ways and favourites go by it. The exits page opens it. Main thread.
 */
#include "ui/groups-sheet.h"

#include "ui/exit-picker.h"
#include "ui/field.h"
#include "ui/sheet.h"

#include <glib/gi18n.h>
#include <string.h>

#define NJ_TYPE_GROUPS_SHEET (nj_groups_sheet_get_type ())
G_DECLARE_FINAL_TYPE (NjGroupsSheet, nj_groups_sheet, NJ, GROUPS_SHEET, NjSheet)

struct _NjGroupsSheet
{
  NjSheet parent_instance;

  char         *edited; /* (nullable): name of the list whose exits are changed; %NULL for a new one */
  GtkWidget    *overview;
  GtkContainer *card;
  GtkWidget    *add;
  GtkWidget    *editor;
  GtkLabel     *heading;
  NjField      *name;
  NjExitPicker *picker;
  GtkLabel     *problem;
};

G_DEFINE_FINAL_TYPE (NjGroupsSheet, nj_groups_sheet, NJ_TYPE_SHEET)

static void
say (NjGroupsSheet *self, const char *problem)
{
  gtk_label_set_text (self->problem, problem != NULL ? problem : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), problem != NULL);
}

/* @name: (nullable): of the list whose exits are changed */
static void
edit (NjGroupsSheet *self, const char *name, char **exits)
{
  g_free (self->edited);
  self->edited = g_strdup (name);
  gtk_label_set_text (self->heading, name != NULL ? name : _ ("New list"));
  gtk_widget_set_visible (GTK_WIDGET (self->name), name == NULL);
  gtk_entry_set_text (nj_field_entry (self->name), "");
  nj_exit_picker_show (self->picker, nj_remote_status (nj_sheet_remote (NJ_SHEET (self))), exits);
  say (self, NULL);
  gtk_widget_hide (self->overview);
  gtk_widget_show (self->editor);
  if (name == NULL)
    gtk_widget_grab_focus (GTK_WIDGET (nj_field_entry (self->name)));
}

static void
back (NjGroupsSheet *self)
{
  gtk_widget_hide (self->editor);
  gtk_widget_show (self->overview);
}

static void
on_edit (GtkButton *button, gpointer user_data)
{
  NjGroupsSheet  *self = NJ_GROUPS_SHEET (gtk_widget_get_toplevel (user_data));
  const char     *name = g_object_get_data (G_OBJECT (user_data), "name");
  const NjStatus *status = nj_remote_status (nj_sheet_remote (NJ_SHEET (self)));

  for (guint i = 0; i < status->groups->len; i++)
    {
      const NjStatusGroup *group = g_ptr_array_index (status->groups, i);

      if (strcmp (group->name, name) == 0)
        {
          edit (self, name, group->exits);
          return;
        }
    }
}

static void
on_removed (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  say (owner, problem);
}

static void
on_remove (GtkButton *button, gpointer user_data)
{
  static const char *const none[] = { NULL };

  nj_sheet_ask (NJ_SHEET (gtk_widget_get_toplevel (user_data)), "SetGroup",
                g_variant_new ("(s^as)", g_object_get_data (G_OBJECT (user_data), "name"), none), on_removed);
}

static void
add_row (NjGroupsSheet *self, const NjStatusGroup *group)
{
  guint            n = g_strv_length (group->exits);
  g_autofree char *exits = g_strdup_printf (ngettext ("%u exit", "%u exits", n), n);
  g_autofree char *edit_name = g_strdup_printf (_ ("Change %s"), group->name);
  g_autofree char *remove_name = g_strdup_printf (_ ("Remove %s"), group->name);
  GtkWidget       *row = nj_sheet_row (group->name, exits);
  GtkWidget       *change = nj_sheet_button ("document-edit-symbolic", edit_name);
  GtkWidget       *remove = nj_sheet_button ("user-trash-symbolic", remove_name);

  g_object_set_data_full (G_OBJECT (row), "name", g_strdup (group->name), g_free);
  g_signal_connect (change, "clicked", G_CALLBACK (on_edit), row);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove), row);
  gtk_container_add (GTK_CONTAINER (row), change);
  gtk_container_add (GTK_CONTAINER (row), remove);
  gtk_container_add (self->card, row);
}

/* What a row shows, so that it is made anew only when that changed. */
static char *
signature (const NjStatus *status)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < status->groups->len; i++)
    {
      const NjStatusGroup *group = g_ptr_array_index (status->groups, i);

      g_string_append_printf (text, "%s\n%u\n", group->name, g_strv_length (group->exits));
    }
  return g_string_free (text, FALSE);
}

static void
show_status (NjSheet *sheet, const NjStatus *status)
{
  NjGroupsSheet *self = NJ_GROUPS_SHEET (sheet);
  char          *now = signature (status);
  const char    *before = g_object_get_data (G_OBJECT (self->card), "shown");

  gtk_widget_set_sensitive (self->add, status->exits->len > 0);
  if (g_strcmp0 (before, now) == 0)
    {
      g_free (now);
      return;
    }

  g_object_set_data_full (G_OBJECT (self->card), "shown", now, g_free);
  nj_sheet_empty (self->card);
  for (guint i = 0; i < status->groups->len; i++)
    add_row (self, g_ptr_array_index (status->groups, i));
  gtk_widget_set_visible (GTK_WIDGET (self->card), status->groups->len > 0);
}

static void
on_saved (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  NjGroupsSheet *self = owner;

  if (answer != NULL)
    back (self);
  else if (strcmp (kind, "BadValue") == 0 && self->edited == NULL)
    nj_field_say (self->name, problem);
  else
    say (self, problem);
}

static gboolean
is_taken (NjGroupsSheet *self, const char *name)
{
  const NjStatus *status = nj_remote_status (nj_sheet_remote (NJ_SHEET (self)));

  for (guint i = 0; i < status->groups->len; i++)
    if (strcmp (((NjStatusGroup *) g_ptr_array_index (status->groups, i))->name, name) == 0)
      return TRUE;
  return FALSE;
}

static void
on_save (GtkWidget *widget, gpointer user_data)
{
  NjGroupsSheet   *self = user_data;
  g_autofree char *name = self->edited != NULL ? g_strdup (self->edited) : nj_field_text (self->name);
  g_auto (GStrv)   ids = nj_exit_picker_ids (self->picker);

  say (self, NULL);
  if (*name == '\0')
    nj_field_say (self->name, _ ("A name is wanted."));
  else if (self->edited == NULL && is_taken (self, name))
    nj_field_say (self->name, _ ("There is a list of that name already."));
  else if (ids[0] == NULL)
    say (self, _ ("A list holds one exit at least."));
  else
    nj_sheet_ask (NJ_SHEET (self), "SetGroup", g_variant_new ("(s^as)", name, ids), on_saved);
}

static void
on_add (GtkButton *button, gpointer user_data)
{
  edit (user_data, NULL, NULL);
}

static void
on_cancel (GtkButton *button, gpointer user_data)
{
  back (user_data);
}

static GtkWidget *
make_overview (NjGroupsSheet *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->card = GTK_CONTAINER (nj_sheet_card (_ ("Lists of your own")));
  self->add = gtk_button_new_with_label (_ ("New list…"));
  gtk_widget_set_halign (self->add, GTK_ALIGN_END);
  gtk_widget_show (self->add);
  g_signal_connect (self->add, "clicked", G_CALLBACK (on_add), self);
  gtk_container_add (GTK_CONTAINER (box), nj_sheet_words (_ ("A list is chosen like a country. When one of its exits is down "
                                                             "another one of it stands in, and no exit that is not in it.")));
  gtk_container_add (GTK_CONTAINER (box), GTK_WIDGET (self->card));
  gtk_container_add (GTK_CONTAINER (box), self->add);
  gtk_widget_show (box);
  return box;
}

static GtkWidget *
make_editor (NjGroupsSheet *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *cancel = gtk_button_new_with_label (_ ("Cancel"));
  GtkWidget *save = gtk_button_new_with_label (_ ("Save"));

  self->heading = GTK_LABEL (gtk_label_new (NULL));
  self->name = NJ_FIELD (nj_field_new (_ ("Name of your list"), _ ("Near me")));
  self->picker = NJ_EXIT_PICKER (nj_exit_picker_new ());
  gtk_label_set_xalign (self->heading, 0);
  gtk_label_set_ellipsize (self->heading, PANGO_ELLIPSIZE_END);
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self->heading)), "heading");
  gtk_style_context_add_class (gtk_widget_get_style_context (save), "suggested-action");
  gtk_box_pack_end (GTK_BOX (buttons), save, FALSE, FALSE, 0);
  gtk_box_pack_end (GTK_BOX (buttons), cancel, FALSE, FALSE, 0);
  gtk_container_add (GTK_CONTAINER (box), GTK_WIDGET (self->heading));
  gtk_container_add (GTK_CONTAINER (box), GTK_WIDGET (self->name));
  gtk_container_add (GTK_CONTAINER (box), GTK_WIDGET (self->picker));
  gtk_container_add (GTK_CONTAINER (box), GTK_WIDGET (self->problem));
  gtk_container_add (GTK_CONTAINER (box), buttons);
  gtk_widget_show (GTK_WIDGET (self->heading));
  gtk_widget_show_all (buttons);
  g_signal_connect (cancel, "clicked", G_CALLBACK (on_cancel), self);
  g_signal_connect (save, "clicked", G_CALLBACK (on_save), self);
  g_signal_connect (nj_field_entry (self->name), "activate", G_CALLBACK (on_save), self);
  return box;
}

/**
 * nj_groups_sheet_open:
 * @parent: the window that it stands before
 * @remote: the service
 *
 * Main thread.
 */
void
nj_groups_sheet_open (GtkWindow *parent, NjRemote *remote)
{
  nj_sheet_open (g_object_new (NJ_TYPE_GROUPS_SHEET, NULL), parent, remote, _ ("Lists of Your Own"));
}

static void
nj_groups_sheet_finalize (GObject *object)
{
  g_free (NJ_GROUPS_SHEET (object)->edited);
  G_OBJECT_CLASS (nj_groups_sheet_parent_class)->finalize (object);
}

static void
nj_groups_sheet_class_init (NjGroupsSheetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nj_groups_sheet_finalize;
  NJ_SHEET_CLASS (klass)->show_status = show_status;
}

static void
nj_groups_sheet_init (NjGroupsSheet *self)
{
  GtkBox *column = nj_sheet_column (NJ_SHEET (self));

  self->problem = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (self->problem, 0);
  gtk_label_set_line_wrap (self->problem, TRUE);
  gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self->problem)), "error");
  self->overview = make_overview (self);
  self->editor = make_editor (self);
  gtk_container_add (GTK_CONTAINER (column), self->overview);
  gtk_container_add (GTK_CONTAINER (column), self->editor);
}
