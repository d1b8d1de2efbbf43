/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which lists there are: the starter list, those of the catalogue, those that the system brings, those that the
 * user added, and last the user's own rules. Called by filter-lists.c at start and when a list is added.
 * Main thread.
 */
#include "settings/filter-lists-gather.h"

#include "filter/lists.h"
#include "filter/starter.h"
#include "settings/list-catalogue.h"
#include "settings/own-rules.h"

#include <string.h>

/* Hexadecimal digits of the location's digest in the id of an added list. */
#define ID_DIGITS 8

/* What the user said goes above what the list says of itself. */
static gboolean
chosen (char **yes, char **no, const char *id, gboolean standard)
{
  if (standard)
    return !g_strv_contains ((const char *const *) no, id);

  return g_strv_contains ((const char *const *) yes, id);
}

static void
take_choices (const NjSettings *settings, NjList *list)
{
  list->is_enabled = chosen (settings->lists_on, settings->lists_off, list->id, list->is_default);
  list->is_trusted = chosen (settings->lists_trusted, settings->lists_untrusted, list->id, list->is_trusted_default);
}

static NjList *
built_in (const char *id, const char *title, const char *path, gboolean is_default, gboolean is_trusted)
{
  NjList *list = nj_list_new (id, title, path != NULL ? path : "");

  list->path = g_strdup (path);
  list->is_built_in = TRUE;
  list->is_default = is_default;
  list->is_trusted_default = is_trusted;
  return list;
}

static NjList *
find (GPtrArray *all, const char *id)
{
  for (guint i = 0; i < all->len; i++)
    if (g_str_equal (((NjList *) g_ptr_array_index (all, i))->id, id))
      return g_ptr_array_index (all, i);

  return NULL;
}

static void
put (GPtrArray *all, const NjSettings *settings, NjList *list)
{
  take_choices (settings, list);
  g_ptr_array_add (all, list);
}

static void
put_catalogue (GPtrArray *all, const NjSettings *settings, NjListStore *store)
{
  g_autoptr (GPtrArray) files = nj_lists_find ();
  g_autoptr (GPtrArray) catalogue = nj_list_catalogue_read (g_get_language_names ());

  for (guint i = 0; i < files->len; i++)
    {
      const NjListFile *file = g_ptr_array_index (files, i);
      NjList           *known = find (catalogue, file->id);

      if (known != NULL)
        {
          known->path = g_strdup (file->path);
          known->is_default = known->is_default || file->is_default;
        }
    }

  g_ptr_array_set_free_func (catalogue, NULL);
  for (guint i = 0; i < catalogue->len; i++)
    {
      NjList *list = g_ptr_array_index (catalogue, i);

      nj_list_store_load (store, list);
      put (all, settings, list);
    }

  for (guint i = 0; i < files->len; i++)
    {
      const NjListFile *file = g_ptr_array_index (files, i);

      if (find (all, file->id) == NULL)
        put (all, settings, built_in (file->id, file->title, file->path, file->is_default, file->is_trusted));
    }
}

static char *
id_of (const char *location)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, location, -1);

  return g_strdup_printf ("added-%.*s", ID_DIGITS, digest);
}

/* Until the list says itself. */
static char *
title_of (const char *location)
{
  g_autofree char *bare = g_strndup (location, strcspn (location, "?#"));

  return g_path_get_basename (bare);
}

/**
 * nj_filter_lists_gather_added:
 * @settings: what the user chose
 * @store: where copies lie
 * @location: a path or an address that the user added
 *
 * Returns: (transfer full): its list
 */
NjList *
nj_filter_lists_gather_added (const NjSettings *settings, NjListStore *store, const char *location)
{
  g_autofree char *id = id_of (location);
  g_autofree char *title = title_of (location);
  NjList *list = nj_list_new (id, title, location);

  list->is_default = TRUE;
  take_choices (settings, list);
  if (strstr (location, "://") != NULL)
    {
      g_strfreev (list->addresses);
      list->addresses = g_strsplit (location, "\n", 1);
      nj_list_store_load (store, list);
    }
  else
    list->path = g_strdup (location);
  return list;
}

/**
 * nj_filter_lists_gather_all:
 * @settings: what the user chose
 * @folders: where own rules are
 * @store: where copies lie
 *
 * Returns: (transfer full) (element-type NjList): all lists, in the order in which they are compiled
 */
GPtrArray *
nj_filter_lists_gather_all (const NjSettings *settings, const NjFolders *folders, NjListStore *store)
{
  GPtrArray       *all = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_list_free);
  g_autofree char *own = nj_folders_own_rules (folders);

  put (all, settings, built_in (NJ_STARTER_ID, "Nightjar starter list", NULL, TRUE, TRUE));
  put_catalogue (all, settings, store);
  for (guint i = 0; settings->lists_added[i] != NULL; i++)
    g_ptr_array_add (all, nj_filter_lists_gather_added (settings, store, settings->lists_added[i]));
  put (all, settings, built_in (NJ_OWN_RULES_ID, "Own rules", own, TRUE, TRUE));
  return all;
}
