/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exits from text of whichever kind: URIs one a line, hosts one a line as Mullvad names its SOCKS servers, JSON
 * (ours, sing-box), YAML (Clash). All or nothing. What an entry means is in exit-import-entry.c, how formats are read
 * in exit-import-json.c and exit-import-yaml.c, lines of URIs in exits/catalogue-file.c. Main thread.
 */
#include "settings/exit-import-private.h"

#include <string.h>

static void
entry_free (gpointer user_data)
{
  NjExitImportEntry *entry = user_data;

  g_free (entry->place);
  g_hash_table_unref (entry->fields);
  g_free (entry);
}

/* From the first line that says something. */
static const char *
first_word (const char *text)
{
  for (;;)
    {
      text += strspn (text, " \t\r\n");
      if (*text != '#' && *text != ';')
        return text;
      text += strcspn (text, "\n");
    }
}

/* A key without indentation in front of a colon: no URI, for there a slash follows. */
static gboolean
is_yaml (const char *text)
{
  gsize word = strspn (text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

  return g_str_has_prefix (text, "---") || (word > 0 && text[word] == ':' && strchr (" \t\r\n", text[word + 1]) != NULL);
}

/* "se-got-wg-socks5-001.relays.mullvad.net", perhaps with a port. */
static gboolean
is_socks_host (const char *text)
{
  gsize len = strcspn (text, " \t\r\n");

  return len > 3 && text[2] == '-' && g_ascii_isalpha (text[0]) && g_ascii_isalpha (text[1])
         && g_strstr_len (text, (gssize) len, "://") == NULL && g_strstr_len (text, (gssize) len, "-socks5-") != NULL;
}

/* (transfer full) (nullable): the same hosts as lines of URIs. */
static char *
uris_of_hosts (const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GString *out = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);

      if (line[0] == '\0' || line[0] == '#' || line[0] == ';')
        g_string_append_c (out, '\n');
      else if (is_socks_host (line))
        g_string_append_printf (out, "socks5://%s %c%c\n", line, g_ascii_toupper (line[0]), g_ascii_toupper (line[1]));
      else
        {
          g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI,
                       "line %u: not the name of a SOCKS server as in the lines before", i + 1);
          g_string_free (out, TRUE);
          return NULL;
        }
    }

  return g_string_free (out, FALSE);
}

static guint
import_hosts (NjCatalogue *catalogue, const char *text, GError **error)
{
  g_autofree char *uris = uris_of_hosts (text, error);

  return uris != NULL ? nj_catalogue_import (catalogue, uris, error) : 0;
}

static gboolean
exits_of (GPtrArray *entries, GPtrArray *exits, GError **error)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const NjExitImportEntry *entry = g_ptr_array_index (entries, i);
      gboolean                 is_ours = TRUE;
      NjExit                  *exit = nj_exit_import_entry_exit (entry, &is_ours, error);

      if (exit != NULL)
        g_ptr_array_add (exits, exit);
      else if (is_ours)
        {
          g_prefix_error (error, "%s: ", entry->place);
          return FALSE;
        }
    }

  if (exits->len > 0)
    return TRUE;
  if (entries->len == 0)
    g_set_error_literal (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "list of exits holds none");
  else
    g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "none of the %u entries is an HTTP or SOCKS proxy", entries->len);
  return FALSE;
}

static guint
import_entries (NjCatalogue *catalogue, const char *text, gboolean is_json, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  g_autoptr (GPtrArray) exits = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_exit_unref);
  gboolean is_read = is_json ? nj_exit_import_json (text, entries, error) : nj_exit_import_yaml (text, entries, error);

  if (!is_read || !exits_of (entries, exits, error))
    return 0;

  return nj_catalogue_import_exits (catalogue, exits, error);
}

/**
 * nj_exit_import:
 * @catalogue: a catalogue
 * @text: a list of exits in any of the formats
 * @error: %NJ_EXIT_ERROR_BAD_URI with the line or entry that is wrong, %NJ_EXIT_ERROR_BAD_FILE when it is too large
 *   or holds no exit
 *
 * All or nothing. An exit that is there already is replaced in its place; entries of kinds that are not ours (as a
 * Clash file is full of) are passed over. Main thread.
 *
 * Returns: how many exits came in
 */
guint
nj_exit_import (NjCatalogue *catalogue, const char *text, GError **error)
{
  const char *first;

  if (strlen (text) > NJ_EXIT_IMPORT_MAX)
    {
      g_set_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE, "list of exits is larger than %d MiB", NJ_EXIT_IMPORT_MAX / (1024 * 1024));
      return 0;
    }

  /* What an editor on Windows puts before the first line. */
  if (g_str_has_prefix (text, "\xef\xbb\xbf"))
    text += 3;
  first = first_word (text);
  if (*first == '{' || *first == '[')
    return import_entries (catalogue, text, TRUE, error);
  if (is_yaml (first))
    return import_entries (catalogue, text, FALSE, error);
  if (is_socks_host (first))
    return import_hosts (catalogue, text, error);
  return nj_catalogue_import (catalogue, text, error);
}
