/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A question to the service whose answer, or refusal, is shown where it was asked: at the field of a dialog and not in
 * the window's bar, where call.c sends what nobody waits for. Main thread.
 */
#include "ui/ask.h"

#include "ui/service-words.h"

#include <glib/gi18n.h>
#include <string.h>

#define ERRORS "org.nightjar.Error."

typedef struct
{
  NjAskDone done;
  gpointer  owner; /* borrowed: it cancels when it goes */
} Question;

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Question *question = user_data;
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  g_autofree char     *name = NULL;
  g_autofree char     *words = NULL;

  if (answer != NULL)
    {
      question->done (question->owner, answer, NULL, NULL);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  name = g_dbus_error_get_remote_error (error);
  g_dbus_error_strip_remote_error (error);
  words = nj_service_words (error->message);
  question->done (question->owner, NULL, words, name != NULL && g_str_has_prefix (name, ERRORS) ? name + strlen (ERRORS) : "");
}

/**
 * nj_ask:
 * @remote: the service
 * @method: what it is asked, as the bus names it
 * @arguments: (nullable): its arguments; a floating reference is taken
 * @cancellable: cancelled when @owner goes; then @done is not called
 * @done: gets the answer
 * @owner: for @done
 *
 * Waits as long as the service does: it gives each server its time. Main thread.
 */
void
nj_ask (NjRemote *remote, const char *method, GVariant *arguments, GCancellable *cancellable, NjAskDone done, gpointer owner)
{
  GDBusProxy *service = nj_remote_service (remote);
  Question   *question;

  if (service == NULL)
    {
      if (arguments != NULL)
        g_variant_unref (g_variant_ref_sink (arguments));
      done (owner, NULL, _ ("Service not running"), "");
      return;
    }

  question = g_new0 (Question, 1);
  question->done = done;
  question->owner = owner;
  g_dbus_proxy_call (service, method, arguments, G_DBUS_CALL_FLAGS_NONE, G_MAXINT, cancellable, on_answered, question);
}
