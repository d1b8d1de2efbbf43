/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Copies of fetched lists in the profile's data folder, one file each, and a small file beside them that holds
 * how the last update of each went. When to fetch is list-updates.c's business. Main thread.
 */
#include "settings/list-store.h"

#include "settings/list-parts.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

struct NjListStore
{
  char     *folder; /* owned */
  char     *path;   /* owned: of the states */
  GKeyFile *states; /* owned: a group for each list */
};

/**
 * nj_list_store_new:
 * @folders: whose data folder is used
 *
 * Reads what is known; without a readable file nothing is, and every list is fetched anew.
 *
 * Returns: (transfer full): a store
 */
NjListStore *
nj_list_store_new (const NjFolders *folders)
{
  NjListStore *store = g_new0 (NjListStore, 1);

  store->folder = g_build_filename (folders->data, "lists", NULL);
  store->path = g_build_filename (store->folder, "state.ini", NULL);
  store->states = g_key_file_new ();
  if (!g_key_file_load_from_file (store->states, store->path, G_KEY_FILE_NONE, NULL))
    {
      g_key_file_free (store->states);
      store->states = g_key_file_new ();
    }
  return store;
}

/**
 * nj_list_store_free:
 * @store: (nullable) (transfer full): a store
 */
void
nj_list_store_free (NjListStore *store)
{
  if (store == NULL)
    return;

  g_key_file_free (store->states);
  g_free (store->folder);
  g_free (store->path);
  g_free (store);
}

/* Ids are made by us or by the catalogue: they hold nothing that a path could mean. */
static char *
path_of (NjListStore *store, const NjList *list, const char *end)
{
  g_autofree char *name = g_strconcat (list->id, end, NULL);

  return g_build_filename (store->folder, name, NULL);
}

/**
 * nj_list_store_copy_path:
 * @store: a store
 * @list: a list
 *
 * Returns: (transfer full): where its last good copy lies, if there is one
 */
char *
nj_list_store_copy_path (NjListStore *store, const NjList *list)
{
  return path_of (store, list, ".txt");
}

/**
 * nj_list_store_part_path:
 * @store: a store
 * @list: a list
 *
 * Makes the folder as well.
 *
 * Returns: (transfer full): where a download goes until it is found good
 */
char *
nj_list_store_part_path (NjListStore *store, const NjList *list)
{
  g_mkdir_with_parents (store->folder, 0700);
  return path_of (store, list, ".part");
}

/**
 * nj_list_store_folder:
 * @store: a store
 * @list: a list
 *
 * Returns: (transfer full) (nullable): where the parts lie that it includes, %NULL unless it is read from its fetched
 *   copy: a file of this machine has them beside it
 */
char *
nj_list_store_folder (NjListStore *store, const NjList *list)
{
  g_autofree char *copy = nj_list_store_copy_path (store, list);

  return g_strcmp0 (copy, list->path) == 0 ? path_of (store, list, ".parts") : NULL;
}

static gint64
modified (const char *path)
{
  GStatBuf status;

  return g_stat (path, &status) == 0 && S_ISREG (status.st_mode) ? (gint64) status.st_mtim.tv_sec : 0;
}

/* A copy that the system brings counts as long as it is the newer one: then packages were updated. */
static gboolean
take_copy (NjListStore *store, NjList *list)
{
  g_autofree char *copy = nj_list_store_copy_path (store, list);
  gint64           fetched = modified (copy);
  gint64           packaged = list->path != NULL ? modified (list->path) : 0;

  if (fetched == 0 || fetched < packaged)
    return FALSE;

  g_free (list->path);
  list->path = g_steal_pointer (&copy);
  return TRUE;
}

static gint64
number_of (NjListStore *store, const char *id, const char *key)
{
  gint64 number = g_key_file_get_int64 (store->states, id, key, NULL);

  return MAX (number, 0);
}

/**
 * nj_list_store_load:
 * @store: a store
 * @list: a list; gets what is known of its updates, and the path of its copy
 */
void
nj_list_store_load (NjListStore *store, NjList *list)
{
  g_autofree char *problem = g_key_file_get_string (store->states, list->id, "problem", NULL);
  g_autofree char *title = g_key_file_get_string (store->states, list->id, "title", NULL);

  list->last_success = number_of (store, list->id, "last-success");
  list->last_attempt = number_of (store, list->id, "last-attempt");
  list->last_whole = number_of (store, list->id, "last-whole");
  list->next_update = number_of (store, list->id, "next-update");
  list->expires_s = (guint) MIN (number_of (store, list->id, "expires"), G_MAXINT);
  list->failures = (guint) MIN (number_of (store, list->id, "failures"), 1000);
  list->is_held = g_key_file_get_boolean (store->states, list->id, "held", NULL);
  nj_list_set_problem (list, problem);
  if (title != NULL && !list->is_built_in)
    {
      g_free (list->title);
      list->title = g_steal_pointer (&title);
    }

  /* What a server said of a copy means nothing without that copy. */
  if (take_copy (store, list))
    {
      list->etag = g_key_file_get_string (store->states, list->id, "etag", NULL);
      list->last_modified = g_key_file_get_string (store->states, list->id, "last-modified", NULL);
      list->diff_path = g_key_file_get_string (store->states, list->id, "diff-path", NULL);
      list->fetched_from = g_key_file_get_string (store->states, list->id, "fetched-from", NULL);
      list->moved_to = g_key_file_get_string (store->states, list->id, "moved-to", NULL);
    }
  else if (list->failures == 0)
    list->next_update = 0;
}

static void
put_text (NjListStore *store, const char *id, const char *key, const char *text)
{
  if (text != NULL && text[0] != '\0')
    g_key_file_set_string (store->states, id, key, text);
  else
    g_key_file_remove_key (store->states, id, key, NULL);
}

static gboolean
write_states (NjListStore *store, GError **error)
{
  g_mkdir_with_parents (store->folder, 0700);
  return g_key_file_save_to_file (store->states, store->path, error);
}

/**
 * nj_list_store_save:
 * @store: a store
 * @list: a list whose update ended
 *
 * Returns: whether what is known of it is on the disk
 */
gboolean
nj_list_store_save (NjListStore *store, const NjList *list, GError **error)
{
  GKeyFile   *states = store->states;
  const char *id = list->id;

  g_key_file_set_int64 (states, id, "last-success", list->last_success);
  g_key_file_set_int64 (states, id, "last-attempt", list->last_attempt);
  g_key_file_set_int64 (states, id, "last-whole", list->last_whole);
  g_key_file_set_int64 (states, id, "next-update", list->next_update);
  g_key_file_set_int64 (states, id, "expires", list->expires_s);
  g_key_file_set_int64 (states, id, "failures", list->failures);
  g_key_file_set_boolean (states, id, "held", list->is_held);
  put_text (store, id, "title", list->title);
  put_text (store, id, "problem", list->problem);
  put_text (store, id, "etag", list->etag);
  put_text (store, id, "last-modified", list->last_modified);
  put_text (store, id, "diff-path", list->diff_path);
  put_text (store, id, "fetched-from", list->fetched_from);
  put_text (store, id, "moved-to", list->moved_to);
  return write_states (store, error);
}

/**
 * nj_list_store_remove:
 * @store: a store
 * @list: a list that is no longer wanted
 *
 * Forgets it and its copy.
 */
void
nj_list_store_remove (NjListStore *store, const NjList *list)
{
  g_autofree char *copy = nj_list_store_copy_path (store, list);
  g_autofree char *folder = path_of (store, list, ".parts");

  g_unlink (copy);
  nj_list_parts_remove (folder);
  if (g_key_file_remove_group (store->states, list->id, NULL))
    write_states (store, NULL);
}
