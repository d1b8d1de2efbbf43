/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All exits the user has, in his order, and which of them answers "Germany" or "the fastest".
 * Reading and writing them as text is in catalogue-file.c, what is starred in catalogue-places.c. Main thread only.
 */
#include "exits/catalogue-private.h"

/**
 * nj_catalogue_new:
 *
 * Main thread.
 *
 * Returns: (transfer full): an empty catalogue
 */
NjCatalogue *
nj_catalogue_new (void)
{
  NjCatalogue *catalogue = g_new0 (NjCatalogue, 1);

  catalogue->exits = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_exit_unref);
  nj_catalogue_places_clear (catalogue);
  nj_catalogue_groups_clear (catalogue);
  nj_subscription_clear_all (catalogue);
  nj_catalogue_secrets_clear (catalogue);
  return catalogue;
}

/**
 * nj_catalogue_free:
 * @catalogue: (transfer full) (nullable): a catalogue
 *
 * Exits that others hold live on. Main thread.
 */
void
nj_catalogue_free (NjCatalogue *catalogue)
{
  if (catalogue == NULL)
    return;

  g_ptr_array_unref (catalogue->exits);
  g_ptr_array_unref (catalogue->favourites);
  g_ptr_array_unref (catalogue->recents);
  g_ptr_array_unref (catalogue->groups);
  g_ptr_array_unref (catalogue->subscriptions);
  g_hash_table_unref (catalogue->kept);
  g_hash_table_unref (catalogue->awaited);
  g_free (catalogue->unread_path);
  g_free (catalogue);
}

/**
 * nj_catalogue_size:
 * @catalogue: a catalogue
 *
 * Main thread.
 *
 * Returns: how many exits it holds
 */
guint
nj_catalogue_size (const NjCatalogue *catalogue)
{
  return catalogue->exits->len;
}

static gint
index_of (const GPtrArray *exits, const char *id)
{
  for (guint i = 0; i < exits->len; i++)
    if (strcmp (nj_exit_id (g_ptr_array_index (exits, i)), id) == 0)
      return (gint) i;
  return -1;
}

/**
 * nj_catalogue_put:
 * @exits: (element-type NjExit): the exits of a catalogue, or those that shall become one
 * @places: (nullable): id → place + 1 of all of @exits, kept up to date here; %NULL to look through them
 * @exit: an exit
 * @error: %NJ_EXIT_ERROR_BAD_FILE when there are too many
 *
 * Adds @exit at the end, or in the place of the one with the same id. Main thread.
 *
 * Returns: whether it is in
 */
gboolean
nj_catalogue_put (GPtrArray *exits, GHashTable *places, NjExit *exit, GError **error)
{
  gint i = places != NULL ? GPOINTER_TO_INT (g_hash_table_lookup (places, nj_exit_id (exit))) - 1
                          : index_of (exits, nj_exit_id (exit));

  if (i >= 0)
    {
      /* The key is the text of the exit that goes. */
      if (places != NULL)
        g_hash_table_replace (places, (char *) nj_exit_id (exit), GINT_TO_POINTER (i + 1));
      nj_exit_unref (exits->pdata[i]);
      exits->pdata[i] = nj_exit_ref (exit);
      return TRUE;
    }
  if (exits->len >= NJ_CATALOGUE_MAX)
    {
      g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "there are more than %d exits", NJ_CATALOGUE_MAX);
      return FALSE;
    }

  g_ptr_array_add (exits, nj_exit_ref (exit));
  if (places != NULL)
    g_hash_table_insert (places, (char *) nj_exit_id (exit), GINT_TO_POINTER (exits->len));
  return TRUE;
}

/**
 * nj_catalogue_add:
 * @catalogue: a catalogue
 * @exit: an exit; the catalogue takes a reference of its own
 * @error: %NJ_EXIT_ERROR_BAD_FILE when there are too many
 *
 * An exit with the same id is replaced in its place: that is how a new password or name gets in.
 * Main thread.
 *
 * Returns: whether it is in
 */
gboolean
nj_catalogue_add (NjCatalogue *catalogue, NjExit *exit, GError **error)
{
  if (!nj_catalogue_put (catalogue->exits, NULL, exit, error))
    return FALSE;

  /* What the user adds himself is his. */
  nj_subscription_let_go (catalogue, nj_exit_id (exit));
  g_hash_table_remove (catalogue->awaited, nj_exit_id (exit));
  return TRUE;
}

/**
 * nj_catalogue_remove:
 * @catalogue: a catalogue
 * @id: the id of an exit
 *
 * Main thread.
 *
 * Returns: whether there was one
 */
gboolean
nj_catalogue_remove (NjCatalogue *catalogue, const char *id)
{
  gint i = index_of (catalogue->exits, id);

  if (i < 0)
    return FALSE;

  nj_catalogue_places_forget (catalogue, id);
  nj_subscription_let_go (catalogue, id);
  g_ptr_array_remove_index (catalogue->exits, (guint) i);
  return TRUE;
}

/**
 * nj_catalogue_find:
 * @catalogue: a catalogue
 * @id: the id of an exit
 *
 * Main thread.
 *
 * Returns: (transfer full) (nullable): the exit
 */
NjExit *
nj_catalogue_find (NjCatalogue *catalogue, const char *id)
{
  gint i = index_of (catalogue->exits, id);

  return i >= 0 ? nj_exit_ref (g_ptr_array_index (catalogue->exits, i)) : NULL;
}

static gpointer
on_copy (gconstpointer exit, gpointer unused)
{
  return nj_exit_ref ((NjExit *) exit);
}

/**
 * nj_catalogue_list:
 * @catalogue: a catalogue
 *
 * Main thread.
 *
 * Returns: (transfer full) (element-type NjExit): all exits in the user's order, counted
 */
GPtrArray *
nj_catalogue_list (NjCatalogue *catalogue)
{
  return g_ptr_array_copy (catalogue->exits, on_copy, NULL);
}

/**
 * nj_catalogue_rank:
 * @exit: an exit
 *
 * What is known to work comes first, then what was never tried, then what failed; a dead exit is
 * still better than a refusal without a name, for it is tried again. Any thread.
 *
 * Returns: how well it does; less is better
 */
guint64
nj_catalogue_rank (const NjExit *exit)
{
  static const guint8 order[] = { [NJ_EXIT_STATE_ALIVE] = 0, [NJ_EXIT_STATE_IDLE] = 1,
                                  [NJ_EXIT_STATE_SUSPECT] = 2, [NJ_EXIT_STATE_DEAD] = 3 };
  guint               latency = nj_exit_latency_ms (exit);

  return (guint64) order[nj_exit_state (exit)] << 32 | (latency != 0 ? latency : G_MAXUINT32);
}

static NjExit *
best_of (NjCatalogue *catalogue, const char *country)
{
  NjExit *best = NULL;

  for (guint i = 0; i < catalogue->exits->len; i++)
    {
      NjExit *exit = g_ptr_array_index (catalogue->exits, i);

      if (country != NULL && g_ascii_strcasecmp (nj_exit_country (exit), country) != 0)
        continue;
      if (best == NULL || nj_catalogue_rank (exit) < nj_catalogue_rank (best))
        best = exit;
    }
  return best != NULL ? nj_exit_ref (best) : NULL;
}

/**
 * nj_catalogue_best_in_country:
 * @catalogue: a catalogue
 * @country: ISO 3166 alpha-2, in any case
 * @error: %NJ_EXIT_ERROR_NO_EXIT when the country has none
 *
 * The living exit with the lowest latency; then one not yet tried; then what failed. Main thread.
 *
 * Returns: (transfer full) (nullable): an exit in @country
 */
NjExit *
nj_catalogue_best_in_country (NjCatalogue *catalogue, const char *country, GError **error)
{
  NjExit *best = best_of (catalogue, g_ascii_strcasecmp (country, "UK") == 0 ? "GB" : country);

  if (best == NULL)
    g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT, "no exit in country “%s”", country);
  return best;
}

/**
 * nj_catalogue_fastest:
 * @catalogue: a catalogue
 * @error: %NJ_EXIT_ERROR_NO_EXIT when it is empty
 *
 * Chosen as nj_catalogue_best_in_country() does, over all countries. Main thread.
 *
 * Returns: (transfer full) (nullable): an exit
 */
NjExit *
nj_catalogue_fastest (NjCatalogue *catalogue, GError **error)
{
  NjExit *best = best_of (catalogue, NULL);

  if (best == NULL)
    g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_NO_EXIT, "there is no exit yet");
  return best;
}

static gint
on_compare (gconstpointer a, gconstpointer b)
{
  guint64 rank_a = nj_catalogue_rank (*(NjExit *const *) a);
  guint64 rank_b = nj_catalogue_rank (*(NjExit *const *) b);

  return rank_a < rank_b ? -1 : rank_a > rank_b;
}

/**
 * nj_catalogue_others:
 * @catalogue: a catalogue
 * @exit: an exit that was chosen for its country
 * @any_country: whether the user lets another country stand in
 *
 * Main thread.
 *
 * Returns: (transfer full) (element-type NjExit): the others, those of its own country first, each
 *   group by how well it does
 */
GPtrArray *
nj_catalogue_others (NjCatalogue *catalogue, NjExit *exit, gboolean any_country)
{
  GPtrArray *others = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_exit_unref);
  g_autoptr (GPtrArray) abroad = g_ptr_array_new ();

  for (guint i = 0; i < catalogue->exits->len; i++)
    {
      NjExit *other = g_ptr_array_index (catalogue->exits, i);

      if (strcmp (nj_exit_id (other), nj_exit_id (exit)) == 0)
        continue;
      if (strcmp (nj_exit_country (other), nj_exit_country (exit)) == 0)
        g_ptr_array_add (others, nj_exit_ref (other));
      else
        g_ptr_array_add (abroad, other);
    }

  g_ptr_array_sort (others, on_compare);
  g_ptr_array_sort (abroad, on_compare);
  for (guint i = 0; any_country && i < abroad->len; i++)
    g_ptr_array_add (others, nj_exit_ref (abroad->pdata[i]));
  return others;
}
