/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One filter list as the main thread holds it: what it is, and how its last update went. Which lists there are
 * is filter-lists.c's business, where their copies lie list-store.c's. Main thread.
 */
#include "settings/filter-list.h"

/**
 * nj_list_new:
 * @id: a stable name
 * @title: what to call it
 * @location: an address, a path, or ""
 *
 * Returns: (transfer full): a list with nothing known of it
 */
NjList *
nj_list_new (const char *id, const char *title, const char *location)
{
  NjList *list = g_new0 (NjList, 1);

  list->id = g_strdup (id);
  list->title = g_strdup (title);
  list->location = g_strdup (location);
  list->addresses = g_new0 (char *, 1);
  list->languages = g_new0 (char *, 1);
  list->purpose = g_strdup ("");
  list->homepage = g_strdup ("");
  list->licence = g_strdup ("");
  list->problem = g_strdup ("");
  return list;
}

/**
 * nj_list_free:
 * @list: (nullable) (transfer full): a list
 */
void
nj_list_free (NjList *list)
{
  if (list == NULL)
    return;

  g_free (list->id);
  g_free (list->title);
  g_free (list->location);
  g_free (list->path);
  g_strfreev (list->addresses);
  g_strfreev (list->languages);
  g_free (list->purpose);
  g_free (list->homepage);
  g_free (list->licence);
  g_free (list->problem);
  g_free (list->etag);
  g_free (list->last_modified);
  g_free (list->diff_path);
  g_free (list->fetched_from);
  g_free (list->moved_to);
  g_free (list);
}

/**
 * nj_list_has_address:
 * @list: a list
 * @address: where something is fetched
 *
 * Returns: whether @list may be fetched there
 */
gboolean
nj_list_has_address (const NjList *list, const char *address)
{
  return g_strv_contains ((const char *const *) list->addresses, address);
}

/**
 * nj_list_is_fetched:
 * @list: a list
 *
 * Returns: whether it comes from an address, so that it has updates
 */
gboolean
nj_list_is_fetched (const NjList *list)
{
  return list->addresses[0] != NULL;
}

/**
 * nj_list_set_problem:
 * @list: a list
 * @problem: (nullable): why the last attempt failed
 */
void
nj_list_set_problem (NjList *list, const char *problem)
{
  char *copy = g_strdup (problem != NULL ? problem : "");

  g_free (list->problem);
  list->problem = copy;
}
