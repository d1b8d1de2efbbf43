/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A catalogue as text: the file it is kept in, and the lists of URIs that people paste, import and
 * export. The file holds passwords, so only its owner reads it. Main thread; small files, read
 * and written whole.
 *
 *     [exit 3f2a90c1d77e]
 *     uri=https://user:password@exit.example:443
 *     name=Home
 *     country=DE
 *
 * Its other groups are those of catalogue-groups.c, catalogue-places.c and subscription.c.
 */
#include "exits/catalogue-private.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

/* A file larger than this is not ours; bytes. */
#define FILE_MAX_BYTES (16 * 1024 * 1024)

/* One line of an import: a chain of URIs, a country and a name. */
#define LINE_MAX_BYTES (NJ_EXIT_URI_MAX + 256)

/* Two letters, or two hyphens for a country nobody knows, and then a blank or the end. */
static gboolean
is_country (const char *text)
{
  gboolean is_code = (g_ascii_isalpha (text[0]) && g_ascii_isalpha (text[1])) || (text[0] == '-' && text[1] == '-');

  return is_code && (text[2] == '\0' || text[2] == ' ' || text[2] == '\t');
}

static NjExit *
line_parse (NjBytes line, GError **error)
{
  g_autofree char *text = nj_bytes_dup (line);
  g_auto (GStrv) words = g_strsplit_set (text, " \t", 2);
  char *rest = words[1] != NULL ? g_strstrip (words[1]) : NULL;
  char  country[3] = "";

  if (rest != NULL && is_country (rest))
    {
      if (rest[0] != '-')
        memcpy (country, rest, 2);
      rest = g_strchug (rest + 2);
    }
  return nj_exit_new_from_uri (words[0], country, rest, error);
}

/* Lines "URI [COUNTRY] [NAME]"; blank ones and those that start with "#" or ";" say nothing. */
static gboolean
lines_parse (NjBytes text, GPtrArray *exits, GError **error)
{
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  guint number = 0;

  while (text.len > 0)
    {
      const char *end = memchr (text.data, '\n', text.len);
      gsize       len = end != NULL ? (gsize) (end - text.data) : text.len;
      NjBytes     line = nj_bytes_trim (nj_bytes (text.data, len));
      g_autoptr (NjExit) exit = NULL;

      number++;
      text = nj_bytes (text.data + len, text.len - len);
      if (text.len > 0)
        text = nj_bytes (text.data + 1, text.len - 1);
      if (line.len == 0 || line.data[0] == '#' || line.data[0] == ';')
        continue;

      if (line.len > LINE_MAX_BYTES)
        g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI, "line is longer than %d bytes", LINE_MAX_BYTES);
      else
        exit = line_parse (line, error);
      if (exit == NULL || !nj_catalogue_put (exits, places, exit, error))
        {
          g_prefix_error (error, "line %u: ", number);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * nj_catalogue_import:
 * @catalogue: a catalogue
 * @text: lines "URI [COUNTRY] [NAME]"; blank lines and "# comments" are skipped
 * @error: %NJ_EXIT_ERROR_BAD_URI with the number of the first wrong line, %NJ_EXIT_ERROR_BAD_FILE
 *   when it is too large or holds no exit
 *
 * All or nothing. An exit that is there already is replaced in its place. Main thread.
 *
 * Returns: how many exits @text held, 0 when nothing was taken
 */
guint
nj_catalogue_import (NjCatalogue *catalogue, const char *text, GError **error)
{
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_exit_unref);
  NjBytes bytes = nj_bytes_from_string (text);

  if (bytes.len > NJ_CATALOGUE_IMPORT_MAX)
    {
      g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "list of exits is larger than %d MiB",
                   NJ_CATALOGUE_IMPORT_MAX / (1024 * 1024));
      return 0;
    }
  /* What an editor on Windows puts before the first line. */
  if (nj_bytes_starts_with (bytes, NJ_BYTES ("\xef\xbb\xbf")))
    bytes = nj_bytes (bytes.data + 3, bytes.len - 3);

  if (!lines_parse (bytes, fresh, error))
    return 0;
  if (fresh->len == 0)
    {
      g_set_error_literal (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "list of exits holds none");
      return 0;
    }
  return nj_catalogue_import_exits (catalogue, fresh, error);
}

/**
 * nj_catalogue_import_exits:
 * @catalogue: a catalogue
 * @fresh: (element-type NjExit): exits; the catalogue takes references of its own
 * @error: %NJ_EXIT_ERROR_BAD_FILE when there would be too many
 *
 * All or nothing. An exit that is there already is replaced in its place. Main thread.
 *
 * Returns: how many exits @fresh holds, 0 when nothing was taken
 */
guint
nj_catalogue_import_exits (NjCatalogue *catalogue, GPtrArray *fresh, GError **error)
{
  g_autoptr (GPtrArray) merged = nj_catalogue_list (catalogue);
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < merged->len; i++)
    g_hash_table_insert (places, (char *) nj_exit_id (merged->pdata[i]), GINT_TO_POINTER (i + 1));
  for (guint i = 0; i < fresh->len; i++)
    if (!nj_catalogue_put (merged, places, g_ptr_array_index (fresh, i), error))
      return 0;

  g_ptr_array_unref (catalogue->exits);
  catalogue->exits = g_steal_pointer (&merged);
  for (guint i = 0; i < fresh->len; i++)
    nj_subscription_let_go (catalogue, nj_exit_id (fresh->pdata[i]));
  return fresh->len;
}

/**
 * nj_catalogue_print_exits:
 * @exits: (element-type NjExit): exits
 * @with_passwords: whether whoever reads it may use them
 *
 * Any thread.
 *
 * Returns: (transfer full): what nj_catalogue_import() reads
 */
char *
nj_catalogue_print_exits (GPtrArray *exits, gboolean with_passwords)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < exits->len; i++)
    {
      const NjExit    *exit = g_ptr_array_index (exits, i);
      g_autofree char *uri = with_passwords ? nj_exit_to_uri (exit) : nj_exit_to_public_uri (exit);

      g_string_append_printf (out, "%s %s %s\n", uri, nj_exit_country (exit)[0] != '\0' ? nj_exit_country (exit) : "--",
                              nj_exit_name (exit));
    }
  return g_string_free (out, FALSE);
}

/**
 * nj_catalogue_export:
 * @catalogue: a catalogue
 *
 * Main thread.
 *
 * Returns: (transfer full): what nj_catalogue_import() reads, with passwords
 */
char *
nj_catalogue_export (NjCatalogue *catalogue)
{
  return nj_catalogue_print_exits (catalogue->exits, TRUE);
}

static char *
key_file_print (NjCatalogue *catalogue, gsize *ret_len)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_set_comment (file, NULL, NULL, " The exits of Nightjar, with their passwords unless a keyring has them.", NULL);
  for (guint i = 0; i < catalogue->exits->len; i++)
    {
      const NjExit    *exit = g_ptr_array_index (catalogue->exits, i);
      g_autofree char *group = g_strdup_printf ("exit %s", nj_exit_id (exit));
      gboolean         is_elsewhere = nj_catalogue_secrets_is_elsewhere (catalogue, exit);
      g_autofree char *uri = is_elsewhere ? nj_exit_to_public_uri (exit) : nj_exit_to_uri (exit);

      g_key_file_set_string (file, group, "uri", uri);
      if (is_elsewhere)
        g_key_file_set_string (file, group, "password", "keyring");
      g_key_file_set_string (file, group, "name", nj_exit_name (exit));
      if (nj_exit_country (exit)[0] != '\0')
        g_key_file_set_string (file, group, "country", nj_exit_country (exit));
    }
  nj_catalogue_groups_print (catalogue, file);
  nj_catalogue_places_print (catalogue, file);
  nj_subscription_print_all (catalogue, file);
  return g_key_file_to_data (file, ret_len, NULL);
}

static gboolean
exit_parse (NjCatalogue *catalogue, GKeyFile *file, const char *group, GPtrArray *exits, GHashTable *places, GError **error)
{
  g_autofree char *uri = g_key_file_get_string (file, group, "uri", NULL);
  g_autofree char *name = g_key_file_get_string (file, group, "name", NULL);
  g_autofree char *country = g_key_file_get_string (file, group, "country", NULL);
  g_autofree char *password = g_key_file_get_string (file, group, "password", NULL);
  g_autoptr (NjExit) exit = nj_exit_new_from_uri (uri != NULL ? uri : "", country, name, error);

  if (exit != NULL && g_strcmp0 (password, "keyring") == 0)
    nj_catalogue_secrets_await (catalogue, nj_exit_id (exit));
  return exit != NULL && nj_catalogue_put (exits, places, exit, error);
}

/* Takes what is right and says what is wrong: one bad entry shall not cost the user the others. */
static void
key_file_parse (NjCatalogue *catalogue, const char *text, gsize len, GPtrArray *exits, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_data (file, text, len, G_KEY_FILE_NONE, error))
    return;

  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_autoptr (GError) problem = NULL;

      if (nj_catalogue_places_parse (catalogue, file, groups[i]) || nj_catalogue_groups_parse (catalogue, file, groups[i])
          || nj_subscription_parse (catalogue, file, groups[i])
          || exit_parse (catalogue, file, groups[i], exits, places, &problem))
        continue;
      if (error != NULL && *error == NULL)
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          g_prefix_error (error, "[%s]: ", groups[i]);
        }
    }
}

/* The file as it was is kept beside the one that the next save writes. */
static char *
keep_aside (const char *path, const char *text, gsize len)
{
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);

  for (guint i = 2; g_file_test (aside, G_FILE_TEST_EXISTS) && i < 100; i++)
    {
      g_free (aside);
      aside = g_strdup_printf ("%s.damaged-%u", path, i);
    }
  if (!g_file_set_contents_full (aside, text, (gssize) len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL))
    return NULL;
  return g_steal_pointer (&aside);
}

static gboolean
file_read (NjCatalogue *catalogue, const char *path, char **ret_text, gsize *ret_len, GError **error)
{
  g_autoptr (GError) problem = NULL;
  GStatBuf status;

  g_clear_pointer (&catalogue->unread_path, g_free);
  if (g_stat (path, &status) == 0 && status.st_size > FILE_MAX_BYTES)
    g_set_error_literal (&problem, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "it is too large");
  else if (g_file_get_contents (path, ret_text, ret_len, &problem))
    return TRUE;
  else if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      *ret_text = g_strdup ("");
      *ret_len = 0;
      return TRUE;
    }

  catalogue->unread_path = g_strdup (path);
  g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "exits could not be read: %s", problem->message);
  return FALSE;
}

/**
 * nj_catalogue_load:
 * @catalogue: a catalogue; what it held goes
 * @path: its file; one that is not there is an empty catalogue
 * @error: %NJ_EXIT_ERROR_BAD_FILE with what is wrong
 *
 * Also reads a list of URIs, one a line. When the file is damaged, what could be read is in
 * @catalogue all the same, and the file as it was lies beside it as PATH.damaged. When it could
 * not be read at all, saving to it is refused until it can. Main thread.
 *
 * Returns: whether all of it was read
 */
gboolean
nj_catalogue_load (NjCatalogue *catalogue, const char *path, GError **error)
{
  g_autoptr (GPtrArray) exits = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_exit_unref);
  g_autoptr (GError) problem = NULL;
  g_autofree char *text = NULL;
  g_autofree char *aside = NULL;
  g_autofree char *told = NULL;
  gsize            len = 0;
  NjBytes          bytes;

  if (!file_read (catalogue, path, &text, &len, error))
    return FALSE;

  nj_catalogue_groups_clear (catalogue);
  nj_subscription_clear_all (catalogue);
  nj_catalogue_secrets_clear (catalogue);
  nj_catalogue_places_clear (catalogue);
  bytes = nj_bytes_trim (nj_bytes (text, len));
  if (memchr (text, '\0', len) != NULL)
    g_set_error_literal (&problem, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "it is not text");
  else if (nj_bytes_starts_with (bytes, NJ_BYTES ("[")) || nj_bytes_find (bytes, NJ_BYTES ("\n[")) >= 0)
    key_file_parse (catalogue, text, len, exits, &problem);
  else
    lines_parse (bytes, exits, &problem);

  g_ptr_array_unref (catalogue->exits);
  catalogue->exits = g_steal_pointer (&exits);
  if (problem == NULL)
    return TRUE;

  aside = keep_aside (path, text, len);
  /* It may repeat what stands there, and goes over the bus. */
  told = g_utf8_make_valid (problem->message, -1);
  g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "exits file is damaged: %s; %s%s", told,
               aside != NULL ? "it was kept as " : "it could not be kept aside", aside != NULL ? aside : "");
  if (aside == NULL)
    catalogue->unread_path = g_strdup (path);
  return FALSE;
}

/**
 * nj_catalogue_save:
 * @catalogue: a catalogue
 * @path: its file
 * @error: %NJ_EXIT_ERROR_BAD_FILE or a #GFileError
 *
 * Atomic, durable, readable by its owner alone. Main thread.
 *
 * Returns: whether it is on the disk
 */
gboolean
nj_catalogue_save (NjCatalogue *catalogue, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize            len;

  if (g_strcmp0 (catalogue->unread_path, path) == 0)
    {
      g_set_error_literal (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE,
                           "exits are not saved, for the file that is there could not be read");
      return FALSE;
    }

  text = key_file_print (catalogue, &len);
  return g_file_set_contents_full (path, text, (gssize) len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}
