/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exits from a file and into one. What a file may hold the service knows, and takes all of it or nothing. Passwords go
 * along only when the user says so, and what that means stands beside it. The exits page opens it. Main thread.
 */
#include "ui/exits-file.h"

#include "ui/ask.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

/* What the service takes. */
#define FILE_MAX (2 * 1024 * 1024)

/* (transfer full): everything goes into one box, good or bad. */
static void
tell (GtkWindow *parent, GtkMessageType type, const char *words)
{
  GtkWidget *dialog = gtk_message_dialog_new (parent, GTK_DIALOG_MODAL | GTK_DIALOG_DESTROY_WITH_PARENT, type, GTK_BUTTONS_CLOSE,
                                              "%s", words);

  g_signal_connect (dialog, "response", G_CALLBACK (gtk_widget_destroy), NULL);
  gtk_widget_show (dialog);
}

static void
on_imported (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  g_autoptr (GtkWindow) parent = owner;
  g_autofree char      *words = NULL;
  guint32               count;

  if (answer == NULL)
    {
      words = g_strdup_printf (_ ("Nothing was read from the file: %s"), problem);
      tell (parent, GTK_MESSAGE_ERROR, words);
      return;
    }

  g_variant_get (answer, "(u)", &count);
  words = g_strdup_printf (ngettext ("%u exit was read from the file.", "%u exits were read from the file.", count), count);
  tell (parent, GTK_MESSAGE_INFO, words);
}

/* (transfer full) (nullable): the file's text, as the service takes it. */
static char *
read_text (const char *path, char **ret_problem)
{
  g_autoptr (GMappedFile) file = NULL;
  g_autoptr (GError) error = NULL;

  file = g_mapped_file_new (path, FALSE, &error);
  if (file == NULL)
    *ret_problem = g_strdup (error->message);
  else if (g_mapped_file_get_length (file) == 0)
    *ret_problem = g_strdup (_ ("it is empty"));
  else if (g_mapped_file_get_length (file) > FILE_MAX)
    *ret_problem = g_strdup (_ ("it is larger than 2 MB"));
  else if (!g_utf8_validate (g_mapped_file_get_contents (file), (gssize) g_mapped_file_get_length (file), NULL))
    *ret_problem = g_strdup (_ ("it is not text"));
  else
    return g_strndup (g_mapped_file_get_contents (file), g_mapped_file_get_length (file));

  return NULL;
}

static void
on_read (GtkDialog *dialog, int response, gpointer user_data)
{
  NjRemote        *remote = user_data;
  GtkWindow       *parent = gtk_window_get_transient_for (GTK_WINDOW (dialog));
  g_autofree char *path = gtk_file_chooser_get_filename (GTK_FILE_CHOOSER (dialog));
  g_autofree char *problem = NULL;
  g_autofree char *text = response == GTK_RESPONSE_ACCEPT && path != NULL ? read_text (path, &problem) : NULL;

  if (text != NULL)
    nj_ask (remote, "ImportExits", g_variant_new ("(s)", text), NULL, on_imported, g_object_ref (parent));
  else if (problem != NULL)
    on_imported (g_object_ref (parent), NULL, problem, "");
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

/* Where the program was started from means nothing to whoever sees its window. */
static void
begin_at_home (GtkDialog *dialog)
{
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);

  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), documents != NULL ? documents : g_get_home_dir ());
  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  gtk_dialog_set_default_response (dialog, GTK_RESPONSE_ACCEPT);
}

/**
 * nj_exits_file_read:
 * @parent: the window that it stands before
 * @remote: the service
 *
 * Asks for a file and has its exits put into the catalogue. Main thread.
 */
void
nj_exits_file_read (GtkWindow *parent, NjRemote *remote)
{
  GtkWidget *dialog = gtk_file_chooser_dialog_new (_ ("Read Exits From a File"), parent, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Cancel"),
                                                   GTK_RESPONSE_CANCEL, _ ("_Read"), GTK_RESPONSE_ACCEPT, NULL);

  begin_at_home (GTK_DIALOG (dialog));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_read), remote, 0);
  gtk_widget_show (dialog);
}

/* Where a file is written to, kept until the service has answered. */
typedef struct
{
  GtkWindow *parent; /* owned */
  char      *path;
} Saving;

/* Who else works on this machine shall not read it, passwords or not. */
static void
on_exported (gpointer owner, GVariant *answer, const char *problem, const char *kind)
{
  Saving            *saving = owner;
  g_autoptr (GError) error = NULL;
  g_autofree char   *words = NULL;
  const char        *text = "";

  if (answer != NULL)
    g_variant_get (answer, "(&s)", &text);
  if (answer != NULL && !g_file_set_contents_full (saving->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    problem = error->message;
  if (problem != NULL)
    {
      words = g_strdup_printf (_ ("The exits were not saved: %s"), problem);
      tell (saving->parent, GTK_MESSAGE_ERROR, words);
    }

  g_object_unref (saving->parent);
  g_free (saving->path);
  g_free (saving);
}

static void
on_save (GtkDialog *dialog, int response, gpointer user_data)
{
  NjRemote       *remote = user_data;
  GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);
  char           *path = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_filename (chooser) : NULL;
  gboolean        has_passwords = gtk_toggle_button_get_active (g_object_get_data (G_OBJECT (dialog), "passwords"));
  Saving         *saving;

  if (path != NULL)
    {
      saving = g_new0 (Saving, 1);
      saving->parent = g_object_ref (gtk_window_get_transient_for (GTK_WINDOW (dialog)));
      saving->path = path;
      nj_ask (remote, "ExportExits", g_variant_new ("(asb)", NULL, has_passwords), NULL, on_exported, saving);
    }
  gtk_widget_destroy (GTK_WIDGET (dialog));
}

/* (transfer floating): the choice, and what it means while it is on. */
static GtkWidget *
passwords_choice (GtkWidget *dialog)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *check = gtk_check_button_new_with_mnemonic (_ ("With user names and _passwords"));
  GtkWidget *warning = gtk_label_new (_ ("Whoever reads that file can use your exits in your name. Keep it where only you can."));

  gtk_label_set_xalign (GTK_LABEL (warning), 0);
  gtk_label_set_line_wrap (GTK_LABEL (warning), TRUE);
  gtk_style_context_add_class (gtk_widget_get_style_context (warning), "warning");
  gtk_container_add (GTK_CONTAINER (box), check);
  gtk_container_add (GTK_CONTAINER (box), warning);
  gtk_widget_show (check);
  g_object_bind_property (check, "active", warning, "visible", G_BINDING_SYNC_CREATE);
  g_object_set_data (G_OBJECT (dialog), "passwords", check);
  return box;
}

/**
 * nj_exits_file_save:
 * @parent: the window that it stands before
 * @remote: the service
 *
 * Asks where to and writes all exits there, as lines that can be read again. Main thread.
 */
void
nj_exits_file_save (GtkWindow *parent, NjRemote *remote)
{
  GtkWidget *dialog = gtk_file_chooser_dialog_new (_ ("Save Exits to a File"), parent, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Cancel"),
                                                   GTK_RESPONSE_CANCEL, _ ("_Save"), GTK_RESPONSE_ACCEPT, NULL);

  begin_at_home (GTK_DIALOG (dialog));
  gtk_file_chooser_set_do_overwrite_confirmation (GTK_FILE_CHOOSER (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), "nightjar-exits.txt");
  gtk_file_chooser_set_extra_widget (GTK_FILE_CHOOSER (dialog), passwords_choice (dialog));
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_save), remote, 0);
  gtk_widget_show (dialog);
}
