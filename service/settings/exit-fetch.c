/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One list of exits by address: fetched through our own port by the program nightjar-fetch, as filter lists are, read in
 * any format that exit-import.c knows, and put into the catalogue whole or not at all. When to do it is
 * exit-subscriptions.c's business. Main thread.
 */
#include "settings/exit-fetch.h"

#include "settings/exit-import.h"
#include "settings/list-fetch.h"
#include "settings/settings-routes.h"

#include <glib/gstdio.h>
#include <string.h>

/* A list may take so long to come; seconds. */
#define TIMEOUT_S 120
/* After the first failure; doubled with each more, to at most the usual interval. Seconds. */
#define BACK_OFF_MIN 300

/* One fetch of one list. */
typedef struct
{
  NjExitFetchTerms terms; /* what it points to is borrowed */
  char            *id;      /* owned */
  char            *address; /* owned */
  char            *name;    /* owned, "" none */
  char            *part;    /* owned: the file */
  gboolean         is_new;  /* it is added when it is good */
  NjExitFetchDone  done;
  gpointer         user_data;
} Fetch;

static gint64
now_s (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/**
 * nj_exit_fetch_kept_ids:
 * @settings: what the user chose
 *
 * Returns: (transfer full) (element-type utf8): exits that he named, which no list takes from him; borrows from @settings
 */
GHashTable *
nj_exit_fetch_kept_ids (const NjSettings *settings)
{
  GHashTable    *kept = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTable    *tables[] = { settings->routes, settings->programs };
  GHashTableIter all;
  gpointer       way;

  if (settings->exit_mode == NJ_EXIT_MODE_EXIT)
    g_hash_table_add (kept, settings->exit_id);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_hash_table_iter_init (&all, tables[i]);
      while (g_hash_table_iter_next (&all, NULL, &way))
        if (nj_settings_routes_way (way) == NJ_SETTINGS_WAY_EXIT)
          g_hash_table_add (kept, way);
    }
  return kept;
}

static void
fetch_free (Fetch *fetch)
{
  g_unlink (fetch->part);
  g_free (fetch->part);
  g_free (fetch->id);
  g_free (fetch->address);
  g_free (fetch->name);
  g_free (fetch);
}

static void
note_success (const Fetch *fetch, NjSubscription *subscription, const NjListFetchReply *reply)
{
  if (reply->outcome == NJ_LIST_FETCH_FETCHED)
    {
      g_free (subscription->etag);
      g_free (subscription->last_modified);
      subscription->etag = g_strdup (reply->etag);
      subscription->last_modified = g_strdup (reply->last_modified);
    }
  g_free (subscription->problem);
  subscription->problem = g_strdup ("");
  subscription->failures = 0;
  subscription->last_attempt = subscription->last_success = now_s ();
  subscription->next_update = now_s () + fetch->terms.settings->exit_interval / G_USEC_PER_SEC;
}

static void
note_failure (const Fetch *fetch, NjSubscription *subscription, const char *problem)
{
  gint64 wait = (gint64) BACK_OFF_MIN << MIN (subscription->failures, 16);

  g_free (subscription->problem);
  subscription->problem = g_strdup (problem);
  subscription->failures++;
  subscription->last_attempt = now_s ();
  subscription->next_update = now_s () + MIN (wait, fetch->terms.settings->exit_interval / G_USEC_PER_SEC);
}

/* (transfer full) (nullable): what the file holds. */
static GPtrArray *
read_exits (const char *path, GError **error)
{
  g_autoptr (NjCatalogue) fresh = nj_catalogue_new ();
  g_autofree char *text = NULL;
  gsize            len;

  if (!g_file_get_contents (path, &text, &len, error))
    return NULL;
  if (strlen (text) != len)
    {
      g_set_error_literal (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "it is not text");
      return NULL;
    }
  if (nj_exit_import (fresh, text, error) == 0)
    return NULL;
  return nj_catalogue_list (fresh);
}

/* What came, into the catalogue. */
static gboolean
take (const Fetch *fetch, GError **error)
{
  NjCatalogue    *catalogue = fetch->terms.catalogue;
  g_autoptr (GPtrArray) fresh = read_exits (fetch->part, error);
  g_autoptr (GHashTable) kept = nj_exit_fetch_kept_ids (fetch->terms.settings);
  gboolean        was_there = nj_subscription_find (catalogue, fetch->id) != NULL;
  NjSubscription *subscription;

  if (fresh == NULL)
    return FALSE;

  subscription = nj_subscription_add (catalogue, fetch->address, fetch->name, error);
  if (subscription != NULL && nj_subscription_apply (catalogue, subscription, fresh, kept, error))
    return TRUE;
  if (subscription != NULL && !was_there)
    nj_subscription_remove (catalogue, fetch->id, TRUE, kept);
  return FALSE;
}

/* (transfer full) (nullable): why it did not work. */
static char *
judge (const Fetch *fetch, const NjListFetchReply *reply)
{
  g_autoptr (GError) error = NULL;

  if (g_cancellable_is_cancelled (fetch->terms.cancellable))
    return g_strdup ("the service ends");
  if (!fetch->is_new && nj_subscription_find (fetch->terms.catalogue, fetch->id) == NULL)
    return g_strdup ("it was taken away");
  if (reply->outcome == NJ_LIST_FETCH_NOT_MODIFIED)
    return NULL;
  if (reply->outcome != NJ_LIST_FETCH_FETCHED)
    return g_strdup (reply->problem);
  return take (fetch, &error) ? NULL : g_strdup (error->message);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch           *fetch = user_data;
  g_autoptr (NjListFetchReply) reply = nj_list_fetch_finish (result);
  g_autofree char *problem = judge (fetch, reply);
  NjSubscription  *subscription = nj_subscription_find (fetch->terms.catalogue, fetch->id);

  if (subscription != NULL && problem == NULL)
    note_success (fetch, subscription, reply);
  else if (subscription != NULL && !g_cancellable_is_cancelled (fetch->terms.cancellable))
    note_failure (fetch, subscription, problem);

  fetch->done (fetch->id, problem, fetch->user_data);
  fetch_free (fetch);
}

/**
 * nj_exit_fetch_start:
 * @terms: how; copied
 * @address: where, as nj_list_fetch_may() takes it
 * @name: what to call it when it is new, "" for its host
 * @is_new: whether it becomes a subscription when it is good
 * @done: called when it ended, never before this returns
 * @user_data: for @done
 *
 * Fetches one list. What is known of it is in its subscription then.
 */
void
nj_exit_fetch_start (const NjExitFetchTerms *terms, const char *address, const char *name, gboolean is_new, NjExitFetchDone done,
                     gpointer user_data)
{
  Fetch                *fetch = g_new0 (Fetch, 1);
  const NjSubscription *known;
  NjListFetchRequest    request = { .proxy = terms->proxy, .limit = NJ_EXIT_IMPORT_MAX, .timeout_s = TIMEOUT_S };

  fetch->terms = *terms;
  fetch->id = nj_subscription_id (address);
  fetch->address = g_strdup (address);
  fetch->name = g_strdup (name);
  fetch->part = g_strdup_printf ("%s/%s.part", terms->folder, fetch->id);
  fetch->is_new = is_new;
  fetch->done = done;
  fetch->user_data = user_data;
  g_mkdir_with_parents (terms->folder, 0700);

  known = nj_subscription_find (terms->catalogue, fetch->id);
  request.address = fetch->address;
  request.path = fetch->part;
  request.etag = known != NULL ? known->etag : NULL;
  request.last_modified = known != NULL ? known->last_modified : NULL;
  nj_list_fetch_async (&request, terms->cancellable, on_fetched, fetch);
}
