/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a fetched list includes ("!#include part.txt"), fetched one after the other into a folder of the list's own,
 * and what those include. Only from the list's server and below its folder there; each part is judged as lists are,
 * and the last good copy of it stays until a better one is in place. Called by list-update.c when the list itself is
 * as it should be. Main thread; what reads whole lists is done on a helper thread.
 */
#include "settings/list-parts.h"

#include "filter/list-folder.h"
#include "settings/list-download.h"
#include "settings/list-fetch.h"

#include <glib/gstdio.h>
#include <string.h>

/* Behind the folder's name: which parts there are, and what the server said of each. */
#define STATES ".ini"
/* All parts together may take as long as so many slow ones. */
#define PATIENCE 5

/*           all that is wanted was asked for
 *   SEARCH ────────────────────────────────▶ ended      SEARCH: which parts does the text ask for by now?
 *     │  ▲                                              FETCH: the next of those that are wanted
 *     ▼  │ nothing more is wanted
 *    FETCH ──▶ PLACE ──┐
 *      ▲               │
 *      └───────────────┘
 */
typedef struct
{
  NjListPartsTerms  terms;    /* texts owned */
  GHashTable       *seen;     /* (element-type utf8), owned: paths that were asked for */
  GQueue            wanted;   /* (element-type utf8), owned: paths still to be fetched */
  GKeyFile         *states;   /* owned: a group for each part that is there */
  char             *at;       /* (nullable) owned: the path that is being fetched */
  NjListFetchReply *reply;    /* (nullable) owned: what the server said of it */
  gint64            deadline; /* monotonic */
  gsize             left;     /* bytes that parts may still have */
  gboolean          is_changed;
  char             *problem;  /* (nullable) owned */
  NjListPartsDone   done;
  gpointer          user_data;
} Parts;

static char *
states_path (const char *folder)
{
  return g_strconcat (folder, STATES, NULL);
}

/* Groups of a key file hold no brackets. */
static char *
group_of (const char *path)
{
  return g_uri_escape_string (path, "/", FALSE);
}

static char *
file_of (Parts *parts, const char *path)
{
  return g_build_filename (parts->terms.folder, path, NULL);
}

/* A part that is gone, and the folders that are empty without it. */
static void
remove_file (const char *folder, const char *path)
{
  g_autofree char *file = g_build_filename (folder, path, NULL);
  gsize            len = strlen (folder);

  g_unlink (file);
  for (char *slash = strrchr (file, '/'); slash != NULL && slash >= file + len; slash = strrchr (file, '/'))
    {
      *slash = '\0';
      if (g_rmdir (file) != 0)
        return;
    }
}

/**
 * nj_list_parts_remove:
 * @folder: where the parts of a list lie that is no longer wanted
 *
 * Forgets them. Main thread.
 */
void
nj_list_parts_remove (const char *folder)
{
  g_autofree char *path = states_path (folder);
  g_autoptr (GKeyFile) states = g_key_file_new ();
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_file (states, path, G_KEY_FILE_NONE, NULL))
    return;

  groups = g_key_file_get_groups (states, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_autofree char *part = g_uri_unescape_string (groups[i], NULL);

      /* The file is ours, but whoever changed it must not have us delete what is not. */
      if (part != NULL && part[0] != '/' && strstr (part, "..") == NULL)
        remove_file (folder, part);
    }
  g_unlink (path);
}

/* Whether a server, or a proxy on the way, could read it as a way up. */
static gboolean
leads_up (const char *path)
{
  g_autofree char *plain = g_uri_unescape_string (path, NULL);
  g_auto (GStrv)   segments = plain != NULL ? g_strsplit_set (plain, "/?", -1) : NULL;

  if (plain == NULL || strchr (plain, '\\') != NULL)
    return TRUE;
  for (guint i = 0; segments[i] != NULL; i++)
    if (g_str_equal (segments[i], ".") || g_str_equal (segments[i], ".."))
      return TRUE;

  return FALSE;
}

/**
 * nj_list_parts_address:
 * @list_address: where a list is from
 * @path: what it includes: relative, with neither ".." nor scheme
 *
 * Any thread. Source: uBlock Origin, which fetches parts from the list's own server, below the list's folder.
 *
 * Returns: (transfer full) (nullable): where that part is, %NULL if it may not be fetched
 */
char *
nj_list_parts_address (const char *list_address, const char *path)
{
  g_autoptr (GUri) base = g_uri_parse (list_address, G_URI_FLAGS_ENCODED, NULL);
  g_autofree char *escaped = g_uri_escape_string (path, "/%?&=+,;@!$'()*~", FALSE);
  g_autofree char *folder = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *address = NULL;
  const char      *slash, *reason;

  if (base == NULL || leads_up (escaped))
    return NULL;

  slash = strrchr (g_uri_get_path (base), '/');
  folder = slash != NULL ? g_strndup (g_uri_get_path (base), slash + 1 - g_uri_get_path (base)) : g_strdup ("/");
  whole = g_strconcat (folder, escaped, NULL);
  address = g_uri_join (G_URI_FLAGS_ENCODED, g_uri_get_scheme (base), NULL, g_uri_get_host (base), g_uri_get_port (base), whole, NULL,
                        NULL);
  return nj_list_fetch_may (address, &reason) ? g_steal_pointer (&address) : NULL;
}

static void
parts_free (Parts *parts)
{
  g_unlink (parts->terms.part);
  g_free ((char *) parts->terms.text);
  g_free ((char *) parts->terms.folder);
  g_free ((char *) parts->terms.part);
  g_free ((char *) parts->terms.address);
  g_free ((char *) parts->terms.proxy);
  g_object_unref (parts->terms.cancellable);
  g_hash_table_unref (parts->seen);
  g_queue_clear_full (&parts->wanted, g_free);
  g_key_file_free (parts->states);
  g_free (parts->at);
  nj_list_fetch_reply_free (parts->reply);
  g_free (parts->problem);
  g_free (parts);
}

/* What the list does not include any more. */
static void
forget_unseen (Parts *parts)
{
  g_auto (GStrv) groups = g_key_file_get_groups (parts->states, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_autofree char *path = g_uri_unescape_string (groups[i], NULL);

      if (path != NULL && g_hash_table_contains (parts->seen, path))
        continue;
      if (path != NULL)
        remove_file (parts->terms.folder, path);
      g_key_file_remove_group (parts->states, groups[i], NULL);
      parts->is_changed = TRUE;
    }
}

static void
end (Parts *parts)
{
  g_autofree char *path = states_path (parts->terms.folder);
  g_auto (GStrv)   groups = NULL;

  if (!g_cancellable_is_cancelled (parts->terms.cancellable))
    {
      forget_unseen (parts);
      groups = g_key_file_get_groups (parts->states, NULL);
      if (groups[0] == NULL)
        g_unlink (path);
      else if (!g_key_file_save_to_file (parts->states, path, NULL) && parts->problem == NULL)
        parts->problem = g_strdup ("what it includes cannot be kept");
    }

  parts->done (parts->is_changed, parts->problem, parts->user_data);
  parts_free (parts);
}

/* What was fetched before is a part of the list; what was not is wanted. */
static gboolean
include (NjBytes path, gpointer user_data, NjBytes *ret_text)
{
  gpointer       *search = user_data;
  Parts          *parts = search[0];
  g_autofree char *name = nj_bytes_dup (path);

  if (g_hash_table_contains (parts->seen, name))
    return nj_list_folder_include (path, search[1], ret_text);
  if (g_hash_table_size (parts->seen) + parts->wanted.length < NJ_LIST_WALK_PARTS
      && g_queue_find_custom (&parts->wanted, name, (GCompareFunc) g_strcmp0) == NULL)
    g_queue_push_tail (&parts->wanted, g_steal_pointer (&name));
  return FALSE;
}

static void
search_on_thread (GTask *task, gpointer source, gpointer user_data, GCancellable *cancellable)
{
  Parts *parts = user_data;
  g_autoptr (GMappedFile) file = g_mapped_file_new (parts->terms.text, FALSE, NULL);
  NjBytes text = file != NULL ? nj_bytes (g_mapped_file_get_contents (file), g_mapped_file_get_length (file)) : NJ_BYTES_NONE;
  NjListFolder *folder = nj_list_folder_new_at (parts->terms.folder);
  gpointer      search[] = { parts, folder };

  if (nj_list_walk_includes (text, include))
    nj_list_walk_hash (text, include, search);
  nj_list_folder_free (folder);
  g_task_return_boolean (task, TRUE);
}

static void fetch_next (Parts *parts);

static void
on_searched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Parts *parts = user_data;

  if (g_queue_is_empty (&parts->wanted) || g_cancellable_is_cancelled (parts->terms.cancellable))
    end (parts);
  else
    fetch_next (parts);
}

static void
search (Parts *parts)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_searched, parts);

  g_task_set_source_tag (task, search);
  g_task_set_task_data (task, parts, NULL);
  g_task_run_in_thread (task, search_on_thread);
}

/* The next, if this one is done with; the reason that is told is that of the first. */
static void
go_on (Parts *parts, const char *problem)
{
  if (problem != NULL && parts->problem == NULL)
    parts->problem = g_strdup_printf ("what it includes as “%s” could not be had: %s", parts->at, problem);

  if (g_cancellable_is_cancelled (parts->terms.cancellable))
    end (parts);
  else if (g_queue_is_empty (&parts->wanted))
    search (parts);
  else
    fetch_next (parts);
}

static void
put_text (Parts *parts, const char *group, const char *key, const char *text)
{
  if (text != NULL)
    g_key_file_set_string (parts->states, group, key, text);
  else
    g_key_file_remove_key (parts->states, group, key, NULL);
}

static void
on_placed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Parts           *parts = user_data;
  NjListDownload  *download = nj_list_download_place_finish (result);
  g_autofree char *group = group_of (parts->at);
  GStatBuf         status = { 0 };

  if (download->problem != NULL)
    {
      go_on (parts, download->problem);
      return;
    }

  if (g_stat (download->copy, &status) == 0)
    parts->left -= MIN (parts->left, (gsize) status.st_size);
  g_key_file_set_int64 (parts->states, group, "fetched", g_get_real_time () / G_USEC_PER_SEC);
  put_text (parts, group, "etag", parts->reply->etag);
  put_text (parts, group, "last-modified", parts->reply->last_modified);
  parts->is_changed = TRUE;
  go_on (parts, NULL);
}

static void
place (Parts *parts)
{
  NjListDownload  *download = g_new0 (NjListDownload, 1);
  g_autofree char *folder = NULL;

  download->part = g_strdup (parts->terms.part);
  download->copy = file_of (parts, parts->at);
  download->old = g_file_test (download->copy, G_FILE_TEST_IS_REGULAR) ? g_strdup (download->copy) : NULL;
  download->name = g_strdup ("");
  download->is_included = TRUE;
  download->is_forced = parts->terms.is_forced;
  folder = g_path_get_dirname (download->copy);
  g_mkdir_with_parents (folder, 0700);
  nj_list_download_place_async (download, on_placed, parts);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Parts *parts = user_data;
  g_autoptr (NjListFetchReply) reply = nj_list_fetch_finish (result);

  if (g_cancellable_is_cancelled (parts->terms.cancellable) || reply->outcome == NJ_LIST_FETCH_NOT_MODIFIED)
    go_on (parts, NULL);
  else if (reply->outcome != NJ_LIST_FETCH_FETCHED)
    go_on (parts, reply->problem != NULL ? reply->problem : "the server gave nothing");
  else
    {
      nj_list_fetch_reply_free (parts->reply);
      parts->reply = g_steal_pointer (&reply);
      place (parts);
    }
}

static void
begin_fetch (Parts *parts, const char *address)
{
  g_autofree char   *group = group_of (parts->at);
  g_autofree char   *file = file_of (parts, parts->at);
  g_autofree char   *etag = NULL;
  g_autofree char   *last_modified = NULL;
  NjListFetchRequest request = { .address = address, .proxy = parts->terms.proxy, .path = parts->terms.part, .limit = parts->left,
                                 .timeout_s = parts->terms.timeout_s };

  /* What a server said of a part means nothing without that part. */
  if (!parts->terms.is_forced && g_file_test (file, G_FILE_TEST_IS_REGULAR))
    {
      request.etag = etag = g_key_file_get_string (parts->states, group, "etag", NULL);
      request.last_modified = last_modified = g_key_file_get_string (parts->states, group, "last-modified", NULL);
    }
  nj_list_fetch_async (&request, parts->terms.cancellable, on_fetched, parts);
}

static void
fetch_next (Parts *parts)
{
  g_autofree char *address = NULL;

  g_free (parts->at);
  parts->at = g_queue_pop_head (&parts->wanted);
  g_hash_table_add (parts->seen, g_strdup (parts->at));
  address = nj_list_parts_address (parts->terms.address, parts->at);

  if (address == NULL)
    go_on (parts, "it may not be fetched from there");
  else if (parts->left == 0)
    go_on (parts, "all parts together are too long");
  else if (g_get_monotonic_time () > parts->deadline)
    go_on (parts, "all parts together took too long");
  else
    begin_fetch (parts, address);
}

/**
 * nj_list_parts_fetch:
 * @terms: how
 * @done: called when it ended, never before this returns
 * @user_data: for @done
 *
 * Fetches what a list includes. A part that cannot be had is left as it was. Main thread.
 */
void
nj_list_parts_fetch (const NjListPartsTerms *terms, NjListPartsDone done, gpointer user_data)
{
  Parts           *parts = g_new0 (Parts, 1);
  g_autofree char *path = states_path (terms->folder);

  parts->terms = *terms;
  parts->terms.text = g_strdup (terms->text);
  parts->terms.folder = g_strdup (terms->folder);
  parts->terms.part = g_strdup (terms->part);
  parts->terms.address = g_strdup (terms->address);
  parts->terms.proxy = g_strdup (terms->proxy);
  parts->terms.cancellable = g_object_ref (terms->cancellable);
  parts->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  parts->states = g_key_file_new ();
  g_key_file_load_from_file (parts->states, path, G_KEY_FILE_NONE, NULL);
  parts->deadline = g_get_monotonic_time () + (gint64) terms->timeout_s * PATIENCE * G_USEC_PER_SEC;
  parts->left = NJ_LIST_WALK_BYTES;
  parts->done = done;
  parts->user_data = user_data;
  search (parts);
}
