/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Groups of exits under a name of the user's own, that can be chosen like a country: "Work", "Fast ones". An exit may
 * be in several. Kept in the catalogue's file. Main thread only.
 *
 *     [group Work]
 *     exits=3f2a90c1d77e;77e3f2a90c1d;
 */
#include "exits/catalogue-private.h"

#include <string.h>

#define PREFIX "group "

/* Bytes of a name. */
#define NAME_MAX_BYTES 60

static void
group_free (gpointer user_data)
{
  NjCatalogueGroup *group = user_data;

  g_free (group->name);
  g_ptr_array_unref (group->ids);
  g_free (group);
}

/**
 * nj_catalogue_group_is_name:
 * @name: text
 *
 * A name stands between brackets in one file and between semicolons in another. Any thread.
 *
 * Returns: whether a group may be called so
 */
gboolean
nj_catalogue_group_is_name (const char *name)
{
  gsize len = strlen (name);

  if (len == 0 || len > NAME_MAX_BYTES || name[0] == ' ' || name[len - 1] == ' ' || !g_utf8_validate (name, (gssize) len, NULL))
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if ((guchar) name[i] < ' ' || name[i] == 0x7f || strchr ("[];@", name[i]) != NULL)
      return FALSE;
  return TRUE;
}

/**
 * nj_catalogue_groups_find:
 * @catalogue: a catalogue
 * @name: what it is called
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): the group
 */
NjCatalogueGroup *
nj_catalogue_groups_find (const NjCatalogue *catalogue, const char *name)
{
  for (guint i = 0; i < catalogue->groups->len; i++)
    {
      NjCatalogueGroup *group = g_ptr_array_index (catalogue->groups, i);

      if (g_str_equal (group->name, name))
        return group;
    }
  return NULL;
}

static void
take_ids (NjCatalogueGroup *group, const char *const *ids)
{
  g_ptr_array_set_size (group->ids, 0);
  for (guint i = 0; ids != NULL && ids[i] != NULL && group->ids->len < NJ_CATALOGUE_MAX; i++)
    if (nj_catalogue_place_kind (ids[i]) == NJ_PLACE_EXIT)
      g_ptr_array_add (group->ids, g_strdup (ids[i]));
}

static NjCatalogueGroup *
make (NjCatalogue *catalogue, const char *name)
{
  NjCatalogueGroup *group = g_new0 (NjCatalogueGroup, 1);

  group->name = g_strdup (name);
  group->ids = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (catalogue->groups, group);
  return group;
}

/**
 * nj_catalogue_set_group:
 * @catalogue: a catalogue
 * @name: what it is called
 * @ids: (nullable): its exits; %NULL or none takes the group away
 * @error: %NJ_EXIT_ERROR_BAD_URI for a name that is none, %NJ_EXIT_ERROR_NO_EXIT for an exit that is not there,
 *   %NJ_EXIT_ERROR_BAD_FILE when there are too many groups; then nothing has changed
 *
 * Main thread.
 *
 * Returns: whether it is as asked
 */
gboolean
nj_catalogue_set_group (NjCatalogue *catalogue, const char *name, const char *const *ids, GError **error)
{
  NjCatalogueGroup *group = nj_catalogue_groups_find (catalogue, name);
  g_autofree char  *place = g_strconcat ("@", name, NULL);

  if (!nj_catalogue_group_is_name (name))
    {
      g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI,
                   "“%s” is no name for a list of exits: at most %d bytes, without brackets, semicolons and “@”", name, NAME_MAX_BYTES);
      return FALSE;
    }
  if (ids == NULL || ids[0] == NULL)
    {
      if (group != NULL)
        g_ptr_array_remove (catalogue->groups, group);
      nj_catalogue_places_forget (catalogue, place);
      return TRUE;
    }
  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (NjExit) exit = nj_catalogue_find (catalogue, ids[i]);

      if (exit == NULL)
        {
          g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT, "no exit “%s”", ids[i]);
          return FALSE;
        }
    }
  if (group == NULL && catalogue->groups->len >= NJ_CATALOGUE_GROUPS)
    {
      g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "there are more than %d lists of exits", NJ_CATALOGUE_GROUPS);
      return FALSE;
    }

  take_ids (group != NULL ? group : make (catalogue, name), ids);
  return TRUE;
}

/**
 * nj_catalogue_groups:
 * @catalogue: a catalogue
 *
 * Main thread.
 *
 * Returns: (transfer full): the names of all groups, in the user's order
 */
char **
nj_catalogue_groups (const NjCatalogue *catalogue)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < catalogue->groups->len; i++)
    g_strv_builder_add (builder, ((NjCatalogueGroup *) g_ptr_array_index (catalogue->groups, i))->name);
  return g_strv_builder_end (builder);
}

/**
 * nj_catalogue_group_exits:
 * @catalogue: a catalogue
 * @name: a group
 *
 * Main thread.
 *
 * Returns: (transfer full) (element-type NjExit): those of its exits that are there, in the order of the group
 */
GPtrArray *
nj_catalogue_group_exits (NjCatalogue *catalogue, const char *name)
{
  const NjCatalogueGroup *group = nj_catalogue_groups_find (catalogue, name);
  GPtrArray              *exits = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_exit_unref);

  for (guint i = 0; group != NULL && i < group->ids->len; i++)
    {
      NjExit *exit = nj_catalogue_find (catalogue, g_ptr_array_index (group->ids, i));

      if (exit != NULL)
        g_ptr_array_add (exits, exit);
    }
  return exits;
}

/**
 * nj_catalogue_best_in_group:
 * @catalogue: a catalogue
 * @name: a group
 * @error: %NJ_EXIT_ERROR_NO_EXIT when it has none
 *
 * Chosen as nj_catalogue_best_in_country() does. Main thread.
 *
 * Returns: (transfer full) (nullable): an exit of that group
 */
NjExit *
nj_catalogue_best_in_group (NjCatalogue *catalogue, const char *name, GError **error)
{
  g_autoptr (GPtrArray) exits = nj_catalogue_group_exits (catalogue, name);
  NjExit *best = NULL;

  for (guint i = 0; i < exits->len; i++)
    if (best == NULL || nj_catalogue_rank (exits->pdata[i]) < nj_catalogue_rank (best))
      best = exits->pdata[i];

  if (best == NULL)
    g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT, "no exit in the list “%s”", name);
  return best != NULL ? nj_exit_ref (best) : NULL;
}

static gint
on_compare (gconstpointer a, gconstpointer b)
{
  guint64 rank_a = nj_catalogue_rank (*(NjExit *const *) a);
  guint64 rank_b = nj_catalogue_rank (*(NjExit *const *) b);

  return rank_a < rank_b ? -1 : rank_a > rank_b;
}

/**
 * nj_catalogue_group_others:
 * @catalogue: a catalogue
 * @name: a group
 * @exit: an exit that was chosen for being in it
 *
 * Main thread.
 *
 * Returns: (transfer full) (element-type NjExit): the others of the group, by how well they do; nobody else stands in
 */
GPtrArray *
nj_catalogue_group_others (NjCatalogue *catalogue, const char *name, NjExit *exit)
{
  GPtrArray *others = nj_catalogue_group_exits (catalogue, name);

  g_ptr_array_remove (others, exit);
  g_ptr_array_sort (others, on_compare);
  return others;
}

/**
 * nj_catalogue_groups_print:
 * @catalogue: a catalogue
 * @file: gets its groups
 *
 * Main thread.
 */
void
nj_catalogue_groups_print (const NjCatalogue *catalogue, GKeyFile *file)
{
  for (guint i = 0; i < catalogue->groups->len; i++)
    {
      const NjCatalogueGroup *group = g_ptr_array_index (catalogue->groups, i);
      g_autofree char        *name = g_strconcat (PREFIX, group->name, NULL);

      g_key_file_set_string_list (file, name, "exits", (const char *const *) group->ids->pdata, group->ids->len);
    }
}

/**
 * nj_catalogue_groups_parse:
 * @catalogue: a catalogue being loaded
 * @file: its file
 * @group: a group of the file
 *
 * Main thread.
 *
 * Returns: whether @group is one of exits
 */
gboolean
nj_catalogue_groups_parse (NjCatalogue *catalogue, GKeyFile *file, const char *group)
{
  const char    *name = group + strlen (PREFIX);
  g_auto (GStrv) ids = NULL;

  if (!g_str_has_prefix (group, PREFIX))
    return FALSE;

  ids = g_key_file_get_string_list (file, group, "exits", NULL, NULL);
  if (nj_catalogue_group_is_name (name) && catalogue->groups->len < NJ_CATALOGUE_GROUPS)
    take_ids (make (catalogue, name), (const char *const *) ids);
  return TRUE;
}

/**
 * nj_catalogue_groups_clear:
 * @catalogue: a catalogue
 *
 * It has no groups then. Main thread.
 */
void
nj_catalogue_groups_clear (NjCatalogue *catalogue)
{
  g_clear_pointer (&catalogue->groups, g_ptr_array_unref);
  catalogue->groups = g_ptr_array_new_with_free_func (group_free);
}
