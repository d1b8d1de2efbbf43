/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Places: what people choose instead of an exit's address. A country's code ("DE"), an exit's id, or "@" and the name
 * of a group of the user's own. Which of them are starred, and which were used last, is kept in the catalogue's file
 * and shown first everywhere; exits/ keeps a connection warm to what is starred. Main thread only.
 *
 *     [places]
 *     favourites=DE;3f2a90c1d77e;
 *     recents=@Work;DE;
 */
#include "exits/catalogue-private.h"

#include <string.h>

#define GROUP "places"

/**
 * nj_catalogue_places_clear:
 * @catalogue: a catalogue
 *
 * Nothing is starred then, and nothing was used. Main thread.
 */
void
nj_catalogue_places_clear (NjCatalogue *catalogue)
{
  g_clear_pointer (&catalogue->favourites, g_ptr_array_unref);
  g_clear_pointer (&catalogue->recents, g_ptr_array_unref);
  catalogue->favourites = g_ptr_array_new_with_free_func (g_free);
  catalogue->recents = g_ptr_array_new_with_free_func (g_free);
}

/**
 * nj_catalogue_place_kind:
 * @place: text
 *
 * What @place would be; whether it is there is another question. Any thread.
 *
 * Returns: which kind of place, %NJ_PLACE_NONE for text that is none
 */
NjPlace
nj_catalogue_place_kind (const char *place)
{
  if (strlen (place) == 2 && g_ascii_isupper (place[0]) && g_ascii_isupper (place[1]))
    return NJ_PLACE_COUNTRY;
  if (strlen (place) == 12 && strspn (place, "0123456789abcdef") == 12)
    return NJ_PLACE_EXIT;
  if (place[0] == '@' && nj_catalogue_group_is_name (place + 1))
    return NJ_PLACE_GROUP;
  return NJ_PLACE_NONE;
}

/**
 * nj_catalogue_at:
 * @catalogue: a catalogue
 * @place: a place
 *
 * Main thread.
 *
 * Returns: (transfer full) (element-type NjExit): all exits there
 */
GPtrArray *
nj_catalogue_at (NjCatalogue *catalogue, const char *place)
{
  NjPlace    kind = nj_catalogue_place_kind (place);
  GPtrArray *found;

  if (kind == NJ_PLACE_GROUP)
    return nj_catalogue_group_exits (catalogue, place + 1);

  found = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_exit_unref);
  for (guint i = 0; i < catalogue->exits->len; i++)
    {
      NjExit *exit = g_ptr_array_index (catalogue->exits, i);

      if ((kind == NJ_PLACE_COUNTRY && g_str_equal (nj_exit_country (exit), place))
          || (kind == NJ_PLACE_EXIT && g_str_equal (nj_exit_id (exit), place)))
        g_ptr_array_add (found, nj_exit_ref (exit));
    }
  return found;
}

/**
 * nj_catalogue_has:
 * @catalogue: a catalogue
 * @place: a place
 *
 * Main thread.
 *
 * Returns: whether an exit answers to it
 */
gboolean
nj_catalogue_has (NjCatalogue *catalogue, const char *place)
{
  g_autoptr (NjExit) exit = nj_catalogue_best (catalogue, place, NULL);

  return exit != NULL;
}

/**
 * nj_catalogue_best:
 * @catalogue: a catalogue
 * @place: a place
 * @error: %NJ_EXIT_ERROR_NO_EXIT when it is empty, or none
 *
 * Chosen as nj_catalogue_best_in_country() does. Main thread.
 *
 * Returns: (transfer full) (nullable): the exit that does best there
 */
NjExit *
nj_catalogue_best (NjCatalogue *catalogue, const char *place, GError **error)
{
  NjExit *exit = NULL;

  switch (nj_catalogue_place_kind (place))
    {
    case NJ_PLACE_COUNTRY:
      return nj_catalogue_best_in_country (catalogue, place, error);
    case NJ_PLACE_GROUP:
      return nj_catalogue_best_in_group (catalogue, place + 1, error);
    case NJ_PLACE_EXIT:
      exit = nj_catalogue_find (catalogue, place);
      break;
    case NJ_PLACE_NONE:
    default:
      break;
    }

  if (exit == NULL)
    g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT, "no exit “%s”", place);
  return exit;
}

static gint
index_of (const GPtrArray *places, const char *place)
{
  guint i;

  return g_ptr_array_find_with_equal_func ((GPtrArray *) places, place, g_str_equal, &i) ? (gint) i : -1;
}

/**
 * nj_catalogue_set_favourite:
 * @catalogue: a catalogue
 * @place: a place
 * @is_favourite: whether it is starred from now on
 * @error: %NJ_EXIT_ERROR_NO_EXIT when nothing answers to a place that shall be starred, %NJ_EXIT_ERROR_BAD_FILE when
 *   there are too many
 *
 * Main thread.
 *
 * Returns: whether it is as asked
 */
gboolean
nj_catalogue_set_favourite (NjCatalogue *catalogue, const char *place, gboolean is_favourite, GError **error)
{
  gint               i = index_of (catalogue->favourites, place);
  g_autoptr (NjExit) exit = NULL;

  if (is_favourite == (i >= 0))
    return TRUE;
  if (!is_favourite)
    {
      g_ptr_array_remove_index (catalogue->favourites, (guint) i);
      return TRUE;
    }

  exit = nj_catalogue_best (catalogue, place, error);
  if (exit == NULL)
    return FALSE;
  if (catalogue->favourites->len >= NJ_CATALOGUE_FAVOURITES)
    {
      g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "there are more than %d favourites", NJ_CATALOGUE_FAVOURITES);
      return FALSE;
    }

  g_ptr_array_add (catalogue->favourites, g_strdup (place));
  return TRUE;
}

/**
 * nj_catalogue_is_favourite:
 * @catalogue: a catalogue
 * @place: a place
 *
 * Main thread.
 *
 * Returns: whether it is starred
 */
gboolean
nj_catalogue_is_favourite (const NjCatalogue *catalogue, const char *place)
{
  return index_of (catalogue->favourites, place) >= 0;
}

/**
 * nj_catalogue_note_used:
 * @catalogue: a catalogue
 * @place: what was chosen
 *
 * It is the last one used; the oldest of more than %NJ_CATALOGUE_RECENTS goes. Main thread.
 */
void
nj_catalogue_note_used (NjCatalogue *catalogue, const char *place)
{
  gint i = index_of (catalogue->recents, place);

  if (nj_catalogue_place_kind (place) == NJ_PLACE_NONE)
    return;
  if (i >= 0)
    g_ptr_array_remove_index (catalogue->recents, (guint) i);

  g_ptr_array_insert (catalogue->recents, 0, g_strdup (place));
  if (catalogue->recents->len > NJ_CATALOGUE_RECENTS)
    g_ptr_array_set_size (catalogue->recents, NJ_CATALOGUE_RECENTS);
}

/* Places at which there is an exit now. */
static char **
those_there (NjCatalogue *catalogue, const GPtrArray *places)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < places->len; i++)
    if (nj_catalogue_has (catalogue, places->pdata[i]))
      g_strv_builder_add (builder, places->pdata[i]);
  return g_strv_builder_end (builder);
}

/**
 * nj_catalogue_favourites:
 * @catalogue: a catalogue
 *
 * Main thread.
 *
 * Returns: (transfer full): the places that are starred and that some exit answers to, in the order of starring
 */
char **
nj_catalogue_favourites (NjCatalogue *catalogue)
{
  return those_there (catalogue, catalogue->favourites);
}

/**
 * nj_catalogue_recents:
 * @catalogue: a catalogue
 *
 * Main thread.
 *
 * Returns: (transfer full): the places used last that some exit answers to, the last one first
 */
char **
nj_catalogue_recents (NjCatalogue *catalogue)
{
  return those_there (catalogue, catalogue->recents);
}

/**
 * nj_catalogue_favourite_exits:
 * @catalogue: a catalogue
 *
 * The exit that would be used if a starred place were chosen now: to these a warm connection is worth its keep.
 * Main thread.
 *
 * Returns: (transfer full) (element-type NjExit): exits that differ, in the order of starring
 */
GPtrArray *
nj_catalogue_favourite_exits (NjCatalogue *catalogue)
{
  GPtrArray *exits = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_exit_unref);

  for (guint i = 0; i < catalogue->favourites->len; i++)
    {
      g_autoptr (NjExit) exit = nj_catalogue_best (catalogue, catalogue->favourites->pdata[i], NULL);

      if (exit != NULL && !g_ptr_array_find (exits, exit, NULL))
        g_ptr_array_add (exits, g_steal_pointer (&exit));
    }
  return exits;
}

/**
 * nj_catalogue_places_forget:
 * @catalogue: a catalogue
 * @place: a place that the user took away
 *
 * Main thread.
 */
void
nj_catalogue_places_forget (NjCatalogue *catalogue, const char *place)
{
  gint favourite = index_of (catalogue->favourites, place);
  gint recent = index_of (catalogue->recents, place);

  if (favourite >= 0)
    g_ptr_array_remove_index (catalogue->favourites, (guint) favourite);
  if (recent >= 0)
    g_ptr_array_remove_index (catalogue->recents, (guint) recent);
}

static void
print_places (const GPtrArray *places, GKeyFile *file, const char *key)
{
  if (places->len > 0)
    g_key_file_set_string_list (file, GROUP, key, (const char *const *) places->pdata, places->len);
}

/**
 * nj_catalogue_places_print:
 * @catalogue: a catalogue
 * @file: gets what is starred and what was used
 *
 * Main thread.
 */
void
nj_catalogue_places_print (const NjCatalogue *catalogue, GKeyFile *file)
{
  print_places (catalogue->favourites, file, "favourites");
  print_places (catalogue->recents, file, "recents");
}

static void
parse_places (GPtrArray *places, GKeyFile *file, const char *key, guint most)
{
  g_auto (GStrv) all = g_key_file_get_string_list (file, GROUP, key, NULL, NULL);

  g_ptr_array_set_size (places, 0);
  for (guint i = 0; all != NULL && all[i] != NULL && places->len < most; i++)
    if (nj_catalogue_place_kind (all[i]) != NJ_PLACE_NONE && index_of (places, all[i]) < 0)
      g_ptr_array_add (places, g_strdup (all[i]));
}

/**
 * nj_catalogue_places_parse:
 * @catalogue: a catalogue being loaded
 * @file: its file
 * @group: a group of it
 *
 * Takes what it understands: a lost star is no damage. Main thread.
 *
 * Returns: whether @group is the one with the places
 */
gboolean
nj_catalogue_places_parse (NjCatalogue *catalogue, GKeyFile *file, const char *group)
{
  if (!g_str_equal (group, GROUP))
    return FALSE;

  parse_places (catalogue->favourites, file, "favourites", NJ_CATALOGUE_FAVOURITES);
  parse_places (catalogue->recents, file, "recents", NJ_CATALOGUE_RECENTS);
  return TRUE;
}
