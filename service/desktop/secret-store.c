/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The user's keyring, by the Secret Service of the session's bus. A locked one is said to be locked: nobody is asked to
 * unlock it from here, and nothing waits longer than a few seconds. Main thread.
 */
#include "desktop/secret-store.h"

#include <libsecret/secret.h>
#include <string.h>

/* Whoever keeps secrets gets this long; seconds. */
#define PATIENCE_S 10

static const SecretSchema schema = {
  "org.nightjar.Secret", SECRET_SCHEMA_NONE, { { "what", SECRET_SCHEMA_ATTRIBUTE_STRING }, { "whose", SECRET_SCHEMA_ATTRIBUTE_STRING } },
};

/* One question. */
typedef struct
{
  char  *what;    /* owned */
  char  *whose;   /* owned */
  char  *label;   /* (nullable) owned */
  char  *text;    /* (nullable) owned: to be kept */
  guint  timer;
  SecretService *service; /* (nullable) counted */
} Question;

G_DEFINE_QUARK (nj-secret-store-error-quark, nj_secret_store_error)

static void
question_free (gpointer user_data)
{
  Question *question = user_data;

  g_clear_handle_id (&question->timer, g_source_remove);
  if (question->text != NULL)
    explicit_bzero (question->text, strlen (question->text));
  g_clear_object (&question->service);
  g_free (question->text);
  g_free (question->label);
  g_free (question->what);
  g_free (question->whose);
  g_free (question);
}

static gboolean
on_late (gpointer user_data)
{
  GTask    *task = user_data;
  Question *question = g_task_get_task_data (task);

  question->timer = 0;
  g_cancellable_cancel (g_task_get_cancellable (task));
  return G_SOURCE_REMOVE;
}

/* Takes @error and the reference of @task. */
static void
fail (GTask *task, NjSecretStoreError code, GError *error)
{
  if (error == NULL)
    g_task_return_new_error (task, NJ_SECRET_STORE_ERROR, (gint) code, "the keyring is locked");
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_new_error (task, NJ_SECRET_STORE_ERROR, NJ_SECRET_STORE_ERROR_FAILED, "the keyring did not answer in time");
  else
    g_task_return_new_error (task, NJ_SECRET_STORE_ERROR, (gint) code, "the keyring: %s", error->message);
  g_clear_error (&error);
  g_object_unref (task);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask  *task = user_data;
  GError *error = NULL;

  if (!secret_service_store_finish (SECRET_SERVICE (source), result, &error))
    {
      fail (task, NJ_SECRET_STORE_ERROR_FAILED, error);
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

/* Keeping something in a locked collection would put a prompt on the screen and wait for it. */
static void
on_collection (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask    *task = user_data;
  Question *question = g_task_get_task_data (task);
  GError   *error = NULL;
  g_autoptr (SecretCollection) collection = secret_collection_for_alias_finish (result, &error);
  g_autoptr (SecretValue) value = NULL;
  g_autoptr (GHashTable) attributes = NULL;

  if (error != NULL || collection == NULL || secret_collection_get_locked (collection))
    {
      fail (task, error != NULL ? NJ_SECRET_STORE_ERROR_FAILED : NJ_SECRET_STORE_ERROR_LOCKED, error);
      return;
    }

  value = secret_value_new (question->text, -1, "text/plain");
  attributes = secret_attributes_build (&schema, "what", question->what, "whose", question->whose, NULL);
  secret_service_store (question->service, &schema, attributes, SECRET_COLLECTION_DEFAULT, question->label, value,
                        g_task_get_cancellable (task), on_saved, task);
}

/* A keyring that is locked may also not tell what it holds. */
static void
on_collection_of_none (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask  *task = user_data;
  GError *error = NULL;
  g_autoptr (SecretCollection) collection = secret_collection_for_alias_finish (result, &error);

  if (error != NULL || (collection != NULL && secret_collection_get_locked (collection)))
    {
      fail (task, error != NULL ? NJ_SECRET_STORE_ERROR_FAILED : NJ_SECRET_STORE_ERROR_LOCKED, error);
      return;
    }
  g_task_return_pointer (task, g_strdup (""), g_free);
  g_object_unref (task);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask  *task = user_data;
  GError *error = NULL;
  GList  *items = secret_service_search_finish (SECRET_SERVICE (source), result, &error);
  SecretItem *item = items != NULL ? items->data : NULL;
  g_autoptr (SecretValue) value = item != NULL ? secret_item_get_secret (item) : NULL;

  if (error != NULL)
    fail (task, NJ_SECRET_STORE_ERROR_FAILED, error);
  else if (item == NULL)
    secret_collection_for_alias (SECRET_SERVICE (source), SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE,
                                 g_task_get_cancellable (task), on_collection_of_none, task);
  else if (value == NULL)
    fail (task, NJ_SECRET_STORE_ERROR_LOCKED, NULL);
  else
    {
      const char *text = secret_value_get_text (value);

      g_task_return_pointer (task, g_strdup (text != NULL ? text : ""), g_free);
      g_object_unref (task);
    }
  g_list_free_full (items, g_object_unref);
}

static void
on_service (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask    *task = user_data;
  Question *question = g_task_get_task_data (task);
  GError   *error = NULL;
  g_autoptr (GHashTable) attributes = NULL;

  question->service = secret_service_get_finish (result, &error);
  if (question->service == NULL)
    {
      fail (task, NJ_SECRET_STORE_ERROR_NONE_HERE, error);
      return;
    }
  if (question->text != NULL)
    {
      secret_collection_for_alias (question->service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, g_task_get_cancellable (task),
                                   on_collection, task);
      return;
    }

  attributes = secret_attributes_build (&schema, "what", question->what, "whose", question->whose, NULL);
  secret_service_search (question->service, &schema, attributes, SECRET_SEARCH_LOAD_SECRETS, g_task_get_cancellable (task), on_found, task);
}

static void
ask (gpointer tag, const char *what, const char *whose, const char *label, const char *text, GAsyncReadyCallback done, gpointer user_data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GTask    *task = g_task_new (NULL, cancellable, done, user_data);
  Question *question = g_new0 (Question, 1);

  question->what = g_strdup (what);
  question->whose = g_strdup (whose);
  question->label = g_strdup (label);
  question->text = g_strdup (text);
  g_task_set_source_tag (task, tag);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, question, question_free);
  question->timer = g_timeout_add_seconds (PATIENCE_S, on_late, task);
  secret_service_get (SECRET_SERVICE_OPEN_SESSION, cancellable, on_service, task);
}

/**
 * nj_secret_store_load_async:
 * @what: which text of ours
 * @whose: of which profile
 * @done: called when it is there, or cannot be had
 * @user_data: for @done
 *
 * Reads one text.
 */
void
nj_secret_store_load_async (const char *what, const char *whose, GAsyncReadyCallback done, gpointer user_data)
{
  ask (nj_secret_store_load_async, what, whose, NULL, NULL, done, user_data);
}

/**
 * nj_secret_store_load_finish:
 * @result: what @done was given
 * @error: a %NJ_SECRET_STORE_ERROR
 *
 * Returns: (transfer full) (nullable): the text, "" when there is none yet
 */
char *
nj_secret_store_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * nj_secret_store_save_async:
 * @what: which text of ours
 * @whose: of which profile
 * @label: what people read in the keyring's own window
 * @text: the text
 * @done: called when it is kept, or is not
 * @user_data: for @done
 *
 * Keeps one text in place of the one before.
 */
void
nj_secret_store_save_async (const char *what, const char *whose, const char *label, const char *text, GAsyncReadyCallback done,
                            gpointer user_data)
{
  ask (nj_secret_store_save_async, what, whose, label, text, done, user_data);
}

/**
 * nj_secret_store_save_finish:
 * @result: what @done was given
 * @error: a %NJ_SECRET_STORE_ERROR
 *
 * Returns: whether it is kept
 */
gboolean
nj_secret_store_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
