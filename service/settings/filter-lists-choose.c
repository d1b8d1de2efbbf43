/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the user does with filter lists: on and off, trusted or not, one more, one less. All of it goes into the
 * settings, which the caller saves; the rules in force change with the next compilation (filter-lists.c). Main
 * thread.
 */
#include "settings/filter-lists.h"

#include "settings/filter-lists-gather.h"
#include "settings/list-fetch.h"

#include <string.h>

static char **
strv_with (char **list, const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_addv (builder, (const char **) list);
  if (!g_strv_contains ((const char *const *) list, text))
    g_strv_builder_add (builder, text);
  g_strfreev (list);
  return g_strv_builder_end (builder);
}

static char **
strv_without (char **list, const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; list[i] != NULL; i++)
    if (!g_str_equal (list[i], text))
      g_strv_builder_add (builder, list[i]);
  g_strfreev (list);
  return g_strv_builder_end (builder);
}

/**
 * nj_filter_lists_set_enabled:
 * @lists: the lists
 * @id: which
 * @enabled: whether its rules are wanted
 *
 * Changes the settings, which the caller saves; the engine changes with the next compilation.
 *
 * Returns: whether there is such a list; @error is %NJ_FILTER_LISTS_ERROR_NO_SUCH_LIST
 */
gboolean
nj_filter_lists_set_enabled (NjFilterLists *lists, const char *id, gboolean enabled, GError **error)
{
  NjSettings *settings = nj_filter_lists_settings (lists);
  NjList     *list = nj_filter_lists_find (lists, id, error);

  if (list == NULL)
    return FALSE;

  list->is_enabled = enabled;
  settings->lists_off = enabled ? strv_without (settings->lists_off, id) : strv_with (settings->lists_off, id);
  settings->lists_on = enabled ? strv_with (settings->lists_on, id) : strv_without (settings->lists_on, id);
  return TRUE;
}

/**
 * nj_filter_lists_set_trusted:
 * @lists: the lists
 * @id: which
 * @trusted: whether its rules may rewrite what pages get
 *
 * Changes the settings, which the caller saves; the engine changes with the next compilation.
 *
 * Returns: whether there is such a list; @error is %NJ_FILTER_LISTS_ERROR_NO_SUCH_LIST
 */
gboolean
nj_filter_lists_set_trusted (NjFilterLists *lists, const char *id, gboolean trusted, GError **error)
{
  NjSettings *settings = nj_filter_lists_settings (lists);
  NjList     *list = nj_filter_lists_find (lists, id, error);

  if (list == NULL)
    return FALSE;

  list->is_trusted = trusted;
  settings->lists_untrusted = trusted ? strv_without (settings->lists_untrusted, id) : strv_with (settings->lists_untrusted, id);
  settings->lists_trusted = trusted ? strv_with (settings->lists_trusted, id) : strv_without (settings->lists_trusted, id);
  return TRUE;
}

/* (transfer full) (nullable): the whole path of a file that can be read */
static char *
check_file (const char *location, GError **error)
{
  g_autoptr (GFile) file = g_str_has_prefix (location, "file://") ? g_file_new_for_uri (location) : g_file_new_for_path (location);
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GError) local = NULL;

  if (path == NULL || (g_file_test (path, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_IS_REGULAR)))
    {
      g_set_error (error, NJ_FILTER_LISTS_ERROR, NJ_FILTER_LISTS_ERROR_UNREADABLE, "“%s” is not a file", location);
      return NULL;
    }

  /* Opened once to hear the reason; a pipe would wait for its writer, hence the check before. */
  stream = g_file_read (file, NULL, &local);
  if (stream == NULL)
    {
      g_set_error_literal (error, NJ_FILTER_LISTS_ERROR, NJ_FILTER_LISTS_ERROR_UNREADABLE, local->message);
      return NULL;
    }

  return g_steal_pointer (&path);
}

static char *
check_address (const char *location, GError **error)
{
  const char *reason = NULL;

  if (nj_list_fetch_may (location, &reason))
    return g_strdup (location);

  g_set_error (error, NJ_FILTER_LISTS_ERROR, NJ_FILTER_LISTS_ERROR_BAD_ADDRESS, "“%s” is not taken: %s", location, reason);
  return NULL;
}

static NjList *
find_address (NjFilterLists *lists, const char *address)
{
  GPtrArray *all = nj_filter_lists_all (lists);

  for (guint i = 0; i < all->len; i++)
    if (nj_list_has_address (g_ptr_array_index (all, i), address))
      return g_ptr_array_index (all, i);

  return NULL;
}

/**
 * nj_filter_lists_add:
 * @lists: the lists
 * @location: a list file, or the address of a list
 *
 * Changes the settings, which the caller saves. What is there already keeps its place and is switched on; an
 * address of the catalogue is the list there.
 *
 * Returns: (transfer full) (nullable): its id; @error is %NJ_FILTER_LISTS_ERROR_UNREADABLE or
 *   %NJ_FILTER_LISTS_ERROR_BAD_ADDRESS
 */
char *
nj_filter_lists_add (NjFilterLists *lists, const char *location, GError **error)
{
  gboolean is_address = strstr (location, "://") != NULL && !g_str_has_prefix (location, "file://");
  g_autofree char *whole = is_address ? check_address (location, error) : check_file (location, error);
  NjSettings      *settings = nj_filter_lists_settings (lists);
  GPtrArray       *all = nj_filter_lists_all (lists);
  g_autoptr (NjList) list = NULL;
  NjList *known;

  if (whole == NULL)
    return NULL;

  list = nj_filter_lists_gather_added (settings, nj_filter_lists_store (lists), whole);
  known = is_address ? find_address (lists, whole) : nj_filter_lists_find (lists, list->id, NULL);
  if (known != NULL)
    {
      nj_filter_lists_set_enabled (lists, known->id, TRUE, NULL);
      return g_strdup (known->id);
    }

  settings->lists_added = strv_with (settings->lists_added, whole);
  known = g_steal_pointer (&list);
  /* Own rules stay last. */
  g_ptr_array_insert (all, (int) all->len - 1, known);
  return g_strdup (known->id);
}

/**
 * nj_filter_lists_remove:
 * @lists: the lists
 * @id: which
 *
 * Changes the settings, which the caller saves.
 *
 * Returns: whether it is gone; @error is %NJ_FILTER_LISTS_ERROR_NO_SUCH_LIST or %NJ_FILTER_LISTS_ERROR_BUILT_IN
 */
gboolean
nj_filter_lists_remove (NjFilterLists *lists, const char *id, GError **error)
{
  NjSettings *settings = nj_filter_lists_settings (lists);
  NjList     *list = nj_filter_lists_find (lists, id, error);

  if (list == NULL)
    return FALSE;
  if (list->is_built_in)
    {
      g_set_error (error, NJ_FILTER_LISTS_ERROR, NJ_FILTER_LISTS_ERROR_BUILT_IN,
                   "list “%s” comes with Nightjar or the system; switch it off instead", id);
      return FALSE;
    }

  settings->lists_added = strv_without (settings->lists_added, list->location);
  settings->lists_off = strv_without (settings->lists_off, list->id);
  settings->lists_on = strv_without (settings->lists_on, list->id);
  settings->lists_trusted = strv_without (settings->lists_trusted, list->id);
  settings->lists_untrusted = strv_without (settings->lists_untrusted, list->id);
  if (nj_list_is_fetched (list))
    nj_list_store_remove (nj_filter_lists_store (lists), list);
  g_ptr_array_remove (nj_filter_lists_all (lists), list);
  return TRUE;
}
