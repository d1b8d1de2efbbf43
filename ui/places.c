/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people choose: a country, a list of their own, an exit of no known country. Those that are starred come first,
 * then those used last, then the rest; tray and window show them in this order. Pure: no bus, no widget. Main thread.
 */
#include "ui/places.h"

#include "ui/country.h"

#include <string.h>

static void
place_clear (gpointer item)
{
  g_free (((NjPlacesPlace *) item)->key);
}

static gboolean
is_country (const char *key)
{
  return strlen (key) == 2 && g_ascii_isupper (key[0]) && g_ascii_isupper (key[1]);
}

static const NjStatusGroup *
find_group (const NjStatus *status, const char *name)
{
  for (guint i = 0; i < status->groups->len; i++)
    {
      const NjStatusGroup *group = g_ptr_array_index (status->groups, i);

      if (strcmp (group->name, name) == 0)
        return group;
    }

  return NULL;
}

static gboolean
is_at (const NjStatus *status, const NjStatusExit *exit, const char *key)
{
  const NjStatusGroup *group;

  if (is_country (key))
    return strcmp (exit->country, key) == 0;
  if (key[0] != '@')
    return strcmp (exit->id, key) == 0;

  group = find_group (status, key + 1);
  return group != NULL && g_strv_contains ((const char *const *) group->exits, exit->id);
}

static const char *
label_of (const NjStatus *status, const NjStatusExit *exit, const char *key)
{
  if (is_country (key))
    return nj_country_name (exit->country);

  return key[0] == '@' ? find_group (status, key + 1)->name : exit->name;
}

/* Adds the place unless nobody is there or it stands there already. */
static void
add (GArray *places, guint most, const NjStatus *status, const char *key, NjPlacesPart part)
{
  NjPlacesPlace place = { .part = part, .is_dead = TRUE, .is_link_encrypted = TRUE };
  gboolean      holds_chosen = FALSE;

  if (places->len >= most)
    return;
  for (guint i = 0; i < places->len; i++)
    if (strcmp (g_array_index (places, NjPlacesPlace, i).key, key) == 0)
      return;

  for (guint i = 0; i < status->exits->len; i++)
    {
      const NjStatusExit *exit = g_ptr_array_index (status->exits, i);

      if (!is_at (status, exit, key))
        continue;
      place.label = label_of (status, exit, key);
      place.exits++;
      place.is_dead &= strcmp (exit->state, "dead") == 0;
      place.is_link_encrypted &= exit->is_link_encrypted;
      holds_chosen |= exit->is_chosen;
      if (exit->latency_ms != 0 && (place.latency_ms == 0 || exit->latency_ms < place.latency_ms))
        place.latency_ms = exit->latency_ms;
    }
  if (place.exits == 0)
    return;

  /* The exit in use is in many places; where the service says which one was meant, only that one is marked. */
  place.is_chosen = strcmp (status->choice, key) == 0 || (holds_chosen && is_country (key) && *status->choice == '\0');
  place.key = g_strdup (key);
  g_array_append_val (places, place);
}

/* An exit that was chosen by itself, or as the fastest, still marks the country it is in. */
static void
mark_country (GArray *places, const NjStatus *status)
{
  const NjStatusExit *chosen = nj_status_chosen_exit (status);

  for (guint i = 0; i < places->len; i++)
    if (g_array_index (places, NjPlacesPlace, i).is_chosen)
      return;

  for (guint i = 0; chosen != NULL && i < places->len; i++)
    {
      NjPlacesPlace *place = &g_array_index (places, NjPlacesPlace, i);

      place->is_chosen = place->key[0] != '@' && is_at (status, chosen, place->key);
    }
}

/**
 * nj_places_list:
 * @status: a sorted status
 * @most: how many at most
 *
 * An exit of no known country stands for itself. Main thread.
 *
 * Returns: (transfer full) (element-type NjPlacesPlace): the places, no one twice, with labels that borrow from @status
 */
GArray *
nj_places_list (const NjStatus *status, guint most)
{
  GArray *places = g_array_new (FALSE, TRUE, sizeof (NjPlacesPlace));

  g_array_set_clear_func (places, place_clear);
  for (guint i = 0; status->favourites[i] != NULL; i++)
    add (places, most, status, status->favourites[i], NJ_PLACES_FAVOURITE);
  for (guint i = 0; status->recents[i] != NULL; i++)
    add (places, most, status, status->recents[i], NJ_PLACES_RECENT);
  for (guint i = 0; i < status->groups->len; i++)
    {
      g_autofree char *key = g_strconcat ("@", ((NjStatusGroup *) g_ptr_array_index (status->groups, i))->name, NULL);

      add (places, most, status, key, NJ_PLACES_GROUP);
    }
  for (guint i = 0; i < status->exits->len; i++)
    {
      const NjStatusExit *exit = g_ptr_array_index (status->exits, i);
      const NjStatusExit *before = i > 0 ? g_ptr_array_index (status->exits, i - 1) : NULL;

      /* Sorted by country: one look at the one before it saves going through all of them. */
      if (*exit->country == '\0')
        add (places, most, status, exit->id, NJ_PLACES_OTHER);
      else if (before == NULL || strcmp (before->country, exit->country) != 0)
        add (places, most, status, exit->country, NJ_PLACES_OTHER);
    }

  mark_country (places, status);
  return places;
}

/**
 * nj_places_is_favourite:
 * @status: a status
 * @key: a place
 *
 * Main thread.
 *
 * Returns: whether it is starred
 */
gboolean
nj_places_is_favourite (const NjStatus *status, const char *key)
{
  return g_strv_contains ((const char *const *) status->favourites, key);
}

/**
 * nj_places_action:
 * @key: a place
 *
 * Main thread.
 *
 * Returns: (transfer none): the action of the application that chooses it; its target is nj_places_target()
 */
const char *
nj_places_action (const char *key)
{
  if (is_country (key))
    return "select-country";

  return key[0] == '@' ? "select-group" : "select-exit";
}

/**
 * nj_places_target:
 * @key: a place
 *
 * Main thread.
 *
 * Returns: (transfer none): what the action wants to know
 */
const char *
nj_places_target (const char *key)
{
  return key[0] == '@' ? key + 1 : key;
}
