/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Adds an exit from a pasted address. It judges nothing itself: the service says what is wrong with an address, and
 * its words are shown here, so window and command line never differ. The exits page opens it. Main thread.
 */
#include "ui/add-exit-dialog.h"

#include "ui/call.h"
#include "ui/country.h"
#include "ui/service-words.h"

#include <glib/gi18n.h>
#include <string.h>

struct _NjAddExitDialog
{
  GtkDialog parent_instance;

  NjRemote     *remote; /* owned */
  GCancellable *cancellable;

  GtkEntry  *uri;
  GtkEntry  *country;
  GtkLabel  *country_name;
  GtkEntry  *name;
  GtkLabel  *failure;
  GtkWidget *accept;
};

G_DEFINE_FINAL_TYPE (NjAddExitDialog, nj_add_exit_dialog, GTK_TYPE_DIALOG)

static char *
entered_country (NjAddExitDialog *self)
{
  return g_ascii_strup (gtk_entry_get_text (self->country), -1);
}

static void
on_edited (GtkEditable *editable, gpointer user_data)
{
  NjAddExitDialog *self = user_data;
  g_autofree char *uri = g_strstrip (g_strdup (gtk_entry_get_text (self->uri)));
  g_autofree char *code = entered_country (self);
  const char      *words = "";

  if (nj_country_is_known (code))
    words = nj_country_name (code);
  else if (strlen (code) == 2)
    words = _ ("No such country");

  gtk_label_set_text (self->country_name, words);
  gtk_widget_set_visible (GTK_WIDGET (self->country_name), *words != '\0');
  gtk_widget_hide (GTK_WIDGET (self->failure));
  gtk_widget_set_sensitive (self->accept, *uri != '\0' && (*code == '\0' || nj_country_is_known (code)));
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = nj_call_finish (NJ_REMOTE (source), result, &error);
  NjAddExitDialog     *self = user_data;
  g_autofree char     *words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (answer != NULL)
    {
      gtk_widget_destroy (GTK_WIDGET (self));
      return;
    }

  words = nj_service_words (error->message);
  gtk_label_set_text (self->failure, words);
  gtk_widget_show (GTK_WIDGET (self->failure));
  gtk_widget_set_sensitive (self->accept, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->uri));
}

static void
nj_add_exit_dialog_response (GtkDialog *dialog, int response)
{
  NjAddExitDialog *self = NJ_ADD_EXIT_DIALOG (dialog);
  g_autofree char *uri = NULL;
  g_autofree char *code = NULL;

  if (response != GTK_RESPONSE_OK)
    {
      gtk_widget_destroy (GTK_WIDGET (dialog));
      return;
    }

  uri = g_strstrip (g_strdup (gtk_entry_get_text (self->uri)));
  code = entered_country (self);
  gtk_widget_set_sensitive (self->accept, FALSE);
  nj_call_add_exit (self->remote, uri, code, gtk_entry_get_text (self->name), self->cancellable, on_added, self);
}

/**
 * nj_add_exit_dialog_new:
 * @parent: the window that it stands before
 * @remote: the service
 *
 * Main thread.
 *
 * Returns: (transfer floating): the dialog, which destroys itself when it is done
 */
GtkWidget *
nj_add_exit_dialog_new (GtkWindow *parent, NjRemote *remote)
{
  NjAddExitDialog *self = g_object_new (NJ_TYPE_ADD_EXIT_DIALOG, "transient-for", parent, "use-header-bar", TRUE, NULL);

  self->remote = g_object_ref (remote);
  return GTK_WIDGET (self);
}

static void
nj_add_exit_dialog_dispose (GObject *object)
{
  NjAddExitDialog *self = NJ_ADD_EXIT_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->remote);

  G_OBJECT_CLASS (nj_add_exit_dialog_parent_class)->dispose (object);
}

static void
nj_add_exit_dialog_class_init (NjAddExitDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = nj_add_exit_dialog_dispose;
  GTK_DIALOG_CLASS (klass)->response = nj_add_exit_dialog_response;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/nightjar/Nightjar/add-exit-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, NjAddExitDialog, uri);
  gtk_widget_class_bind_template_child (widget_class, NjAddExitDialog, country);
  gtk_widget_class_bind_template_child (widget_class, NjAddExitDialog, country_name);
  gtk_widget_class_bind_template_child (widget_class, NjAddExitDialog, name);
  gtk_widget_class_bind_template_child (widget_class, NjAddExitDialog, failure);
  gtk_widget_class_bind_template_child (widget_class, NjAddExitDialog, accept);
}

static void
nj_add_exit_dialog_init (NjAddExitDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->uri, "changed", G_CALLBACK (on_edited), self);
  g_signal_connect (self->country, "changed", G_CALLBACK (on_edited), self);
}
