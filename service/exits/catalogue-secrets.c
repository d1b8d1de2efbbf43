/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which passwords of the catalogue are kept elsewhere. What a keyring holds does not stand in the catalogue's file; what it
 * does not hold yet does, so that a power cut at any moment loses none. The keyring itself is not known here: its content
 * comes and goes as URIs by the ids of exits. Main thread only.
 */
#include "exits/catalogue-private.h"

/**
 * nj_catalogue_secrets_clear:
 * @catalogue: a catalogue
 *
 * Nothing is kept elsewhere then. Main thread.
 */
void
nj_catalogue_secrets_clear (NjCatalogue *catalogue)
{
  g_clear_pointer (&catalogue->kept, g_hash_table_unref);
  g_clear_pointer (&catalogue->awaited, g_hash_table_unref);
  catalogue->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  catalogue->awaited = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static gboolean
has_password (const NjExit *exit)
{
  return nj_exit_password (exit) != NULL || (nj_exit_via (exit) != NULL && has_password (nj_exit_via (exit)));
}

/**
 * nj_catalogue_secrets_await:
 * @catalogue: a catalogue being loaded
 * @id: an exit whose password is kept elsewhere
 *
 * Main thread.
 */
void
nj_catalogue_secrets_await (NjCatalogue *catalogue, const char *id)
{
  g_hash_table_add (catalogue->awaited, g_strdup (id));
}

/**
 * nj_catalogue_secrets_is_elsewhere:
 * @catalogue: a catalogue
 * @exit: one of its exits
 *
 * Main thread.
 *
 * Returns: whether its password must not stand in the file, for somebody else keeps it
 */
gboolean
nj_catalogue_secrets_is_elsewhere (const NjCatalogue *catalogue, const NjExit *exit)
{
  g_autofree char *uri = NULL;
  const char      *kept;

  if (!has_password (exit))
    return g_hash_table_contains (catalogue->awaited, nj_exit_id (exit));

  uri = nj_exit_to_uri (exit);
  kept = g_hash_table_lookup (catalogue->kept, nj_exit_id (exit));
  return g_strcmp0 (kept, uri) == 0;
}

/**
 * nj_catalogue_secrets_are_awaited:
 * @catalogue: a catalogue
 *
 * Main thread.
 *
 * Returns: whether exits are without the passwords that somebody else keeps
 */
gboolean
nj_catalogue_secrets_are_awaited (const NjCatalogue *catalogue)
{
  for (guint i = 0; i < catalogue->exits->len; i++)
    {
      const NjExit *exit = g_ptr_array_index (catalogue->exits, i);

      if (!has_password (exit) && g_hash_table_contains (catalogue->awaited, nj_exit_id (exit)))
        return TRUE;
    }
  return FALSE;
}

/**
 * nj_catalogue_secrets_collect:
 * @catalogue: a catalogue
 *
 * Main thread.
 *
 * Returns: (transfer full) (element-type utf8 utf8): the URIs, by their ids, of exits that have a password
 */
GHashTable *
nj_catalogue_secrets_collect (NjCatalogue *catalogue)
{
  GHashTable *uris = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < catalogue->exits->len; i++)
    {
      const NjExit *exit = g_ptr_array_index (catalogue->exits, i);

      if (has_password (exit))
        g_hash_table_insert (uris, g_strdup (nj_exit_id (exit)), nj_exit_to_uri (exit));
    }
  return uris;
}

/**
 * nj_catalogue_secrets_are_kept:
 * @catalogue: a catalogue
 *
 * Main thread.
 *
 * Returns: whether what is kept elsewhere is what should be
 */
gboolean
nj_catalogue_secrets_are_kept (NjCatalogue *catalogue)
{
  g_autoptr (GHashTable) uris = nj_catalogue_secrets_collect (catalogue);
  GHashTableIter all;
  gpointer       id, uri;

  if (g_hash_table_size (uris) != g_hash_table_size (catalogue->kept))
    return FALSE;
  g_hash_table_iter_init (&all, uris);
  while (g_hash_table_iter_next (&all, &id, &uri))
    if (g_strcmp0 (g_hash_table_lookup (catalogue->kept, id), uri) != 0)
      return FALSE;
  return TRUE;
}

/**
 * nj_catalogue_secrets_confirm:
 * @catalogue: a catalogue
 * @uris: (element-type utf8 utf8): what is kept elsewhere now
 *
 * Main thread.
 */
void
nj_catalogue_secrets_confirm (NjCatalogue *catalogue, GHashTable *uris)
{
  GHashTableIter all;
  gpointer       id, uri;

  g_hash_table_remove_all (catalogue->kept);
  g_hash_table_iter_init (&all, uris);
  while (g_hash_table_iter_next (&all, &id, &uri))
    g_hash_table_insert (catalogue->kept, g_strdup (id), g_strdup (uri));
}

/**
 * nj_catalogue_secrets_take:
 * @catalogue: a catalogue
 * @uris: (element-type utf8 utf8): what is kept elsewhere
 *
 * Gives exits that have been without it their password, and nobody else: what the user typed meanwhile counts. Main thread.
 */
void
nj_catalogue_secrets_take (NjCatalogue *catalogue, GHashTable *uris)
{
  nj_catalogue_secrets_confirm (catalogue, uris);
  for (guint i = 0; i < catalogue->exits->len; i++)
    {
      NjExit            *exit = g_ptr_array_index (catalogue->exits, i);
      const char        *uri = g_hash_table_lookup (uris, nj_exit_id (exit));
      g_autoptr (NjExit) whole = NULL;

      if (uri == NULL || has_password (exit) || !g_hash_table_contains (catalogue->awaited, nj_exit_id (exit)))
        continue;
      whole = nj_exit_new_from_uri (uri, nj_exit_country (exit), nj_exit_name (exit), NULL);
      if (whole == NULL || !g_str_equal (nj_exit_id (whole), nj_exit_id (exit)))
        continue;
      nj_exit_unref (exit);
      catalogue->exits->pdata[i] = g_steal_pointer (&whole);
    }
  /* What it does not hold is lost, and not waited for. */
  g_hash_table_remove_all (catalogue->awaited);
}
