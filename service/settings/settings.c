/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The settings file: read, complained about by name and line, written whole or not at all. What is not
 * ours in it is kept. Beside it stands a copy of the last one without a fault (settings.ini.good), from
 * which a value comes that is bad now. What a value may be stands in settings-value.c. Main thread.
 */
#include "settings/settings.h"

#include "base/host.h"
#include "settings/settings-routes.h"
#include "settings/settings-value.h"

#include <string.h>

G_DEFINE_QUARK (nj-settings-error-quark, nj_settings_error)

/* Longest settings file that is read; bytes. */
#define FILE_MAX (4 * 1024 * 1024)

/**
 * nj_settings_new:
 *
 * Returns: (transfer full): what holds when nothing is written
 */
NjSettings *
nj_settings_new (void)
{
  NjSettings          *settings = g_new0 (NjSettings, 1);
  guint                n;
  const NjSettingsRow *rows = nj_settings_value_rows (&n);

  for (guint i = 0; i < n; i++)
    nj_settings_value_standard (&rows[i], settings);
  settings->file = g_key_file_new ();
  settings->routes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  settings->programs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return settings;
}

/**
 * nj_settings_free:
 * @settings: (nullable) (transfer full): settings
 */
void
nj_settings_free (NjSettings *settings)
{
  guint                n;
  const NjSettingsRow *rows = nj_settings_value_rows (&n);

  if (settings == NULL)
    return;

  for (guint i = 0; i < n; i++)
    nj_settings_value_clear (&rows[i], settings);
  g_free (settings->path);
  g_key_file_unref (settings->file);
  g_hash_table_unref (settings->routes);
  g_hash_table_unref (settings->programs);
  g_free (settings);
}

/* GKeyFile forgets where a key stood; the last one counts, as it does there. 0 when it is not found. */
static guint
line_of (const char *text, const char *group, const char *key)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autofree char *header = g_strdup_printf ("[%s]", group);
  gboolean         is_inside = FALSE;
  guint            found = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);
      char *equals = strchr (line, '=');

      if (line[0] == '[')
        is_inside = g_str_equal (line, header);
      else if (is_inside && line[0] != '#' && equals != NULL)
        {
          *equals = '\0';
          if (g_str_equal (g_strchomp (line), key))
            found = i + 1;
        }
    }

  return found;
}

static void
complain (GPtrArray *complaints, const char *path, const char *text, const char *group, const char *key, const char *problem)
{
  g_autofree char *name = g_path_get_basename (path);

  g_ptr_array_add (complaints, g_strdup_printf ("%s line %u: %s in [%s]: %s", name, line_of (text, group, key), key, group, problem));
}

/* (transfer full) (nullable): the copy of the last faultless settings. */
static GKeyFile *
load_good (const char *path)
{
  g_autofree char *good = g_strconcat (path, ".good", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (!g_key_file_load_from_file (file, good, G_KEY_FILE_NONE, NULL))
    return NULL;

  return g_steal_pointer (&file);
}

/* FALSE: there is none, and into keeps the standard value. */
static gboolean
take_from_good (const char *path, const NjSettingsRow *row, NjSettings *into)
{
  g_autoptr (GKeyFile) good = load_good (path);
  g_autofree char *raw = good != NULL ? g_key_file_get_value (good, row->group, row->key, NULL) : NULL;
  g_autofree char *problem = NULL;

  return raw != NULL && nj_settings_value_parse (row, raw, into, &problem);
}

static void
read_key (NjSettings *settings, const char *text, const char *group, const char *key, GPtrArray *complaints)
{
  const NjSettingsRow *row = nj_settings_value_find (group, key);
  g_autofree char     *raw = g_key_file_get_value (settings->file, group, key, NULL);
  g_autofree char     *problem = NULL;
  g_autofree char     *whole = NULL;
  const char          *stand_in = "last good";

  if (g_str_equal (group, NJ_SETTINGS_ROUTES_GROUP) || g_str_equal (group, NJ_SETTINGS_ROUTES_PROGRAMS))
    {
      if (nj_settings_routes_read (settings, group, key, raw, &problem))
        return;
      settings->is_bad = TRUE;
      complain (complaints, settings->path, text, group, key, problem);
      return;
    }
  if (row == NULL)
    {
      complain (complaints, settings->path, text, group, key, "unknown, kept as it is");
      return;
    }
  if (nj_settings_value_parse (row, raw, settings, &problem))
    return;

  settings->is_bad = TRUE;
  if (!take_from_good (settings->path, row, settings))
    {
      nj_settings_value_make_safe (row, settings);
      stand_in = row->safe > row->standard ? "safe" : "standard";
    }
  whole = g_strdup_printf ("%s; the %s value is used", problem, stand_in);
  complain (complaints, settings->path, text, group, key, whole);
}

static gboolean
read_file (const char *path, GKeyFile *file, char **ret_text, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *text = NULL;
  gsize            length = 0;

  if (!g_file_get_contents (path, &text, &length, &local))
    {
      if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        {
          *ret_text = g_strdup ("");
          return TRUE;
        }
      g_set_error (error, NJ_SETTINGS_ERROR, NJ_SETTINGS_ERROR_UNREADABLE, "%s cannot be read: %s", name, local->message);
      return FALSE;
    }
  if (length > FILE_MAX || strlen (text) != length)
    {
      g_set_error (error, NJ_SETTINGS_ERROR, NJ_SETTINGS_ERROR_UNREADABLE, "%s cannot be read: not a text file of a settings file's size",
                   name);
      return FALSE;
    }
  if (!g_key_file_load_from_data (file, text, length, G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, &local)
      && length > 0)
    {
      g_set_error (error, NJ_SETTINGS_ERROR, NJ_SETTINGS_ERROR_UNREADABLE, "%s cannot be read: %s", name, local->message);
      return FALSE;
    }

  *ret_text = g_steal_pointer (&text);
  return TRUE;
}

/* Durable: a power cut must not leave an empty file where the user's choices were. */
static gboolean
write_file (const char *path, const char *text, gsize length, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_mkdir_with_parents (folder, 0700);
  return g_file_set_contents_full (path, text, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                   error);
}

static void
keep_good (const NjSettings *settings, const char *text)
{
  g_autofree char *path = g_strconcat (settings->path, ".good", NULL);
  g_autofree char *before = NULL;

  if (settings->is_bad || text[0] == '\0')
    return;
  if (g_file_get_contents (path, &before, NULL, NULL) && g_str_equal (before, text))
    return;

  /* Only a convenience: that it cannot be written is no reason not to start. */
  write_file (path, text, strlen (text), NULL);
}

/**
 * nj_settings_load:
 * @path: the settings file; it need not exist
 * @complaints: (element-type utf8): gets a line for each key that is unknown and each value that is refused
 *
 * A refused value is replaced by that of the last faultless file, or else by the standard one.
 *
 * Returns: (transfer full) (nullable): the settings; on %NJ_SETTINGS_ERROR_UNREADABLE nothing is touched
 */
NjSettings *
nj_settings_load (const char *path, GPtrArray *complaints, GError **error)
{
  g_autoptr (NjSettings) settings = nj_settings_new ();
  g_autofree char *text = NULL;
  g_auto (GStrv) groups = NULL;

  settings->path = g_strdup (path);
  if (!read_file (path, settings->file, &text, error))
    return NULL;

  groups = g_key_file_get_groups (settings->file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (settings->file, groups[i], NULL, NULL);

      for (guint k = 0; keys != NULL && keys[k] != NULL; k++)
        read_key (settings, text, groups[i], keys[k], complaints);
    }

  keep_good (settings, text);
  return g_steal_pointer (&settings);
}

/* Writes into file what the service changed since settings->file, and only that. A value that was bad there
 * stays for the user to see until another is chosen. */
static void
put_changes (NjSettings *settings, GKeyFile *file)
{
  g_autoptr (NjSettings) before = nj_settings_new ();
  guint                n;
  const NjSettingsRow *rows = nj_settings_value_rows (&n);

  for (guint i = 0; i < n; i++)
    {
      const NjSettingsRow *row = &rows[i];
      g_autofree char     *raw = g_key_file_get_value (settings->file, row->group, row->key, NULL);
      g_autofree char     *problem = NULL;
      g_autofree char     *now = nj_settings_value_print (row, settings);
      g_autofree char     *then = NULL;

      if (raw != NULL && !nj_settings_value_parse (row, raw, before, &problem))
        take_from_good (settings->path, row, before);
      then = nj_settings_value_print (row, before);
      if (!g_str_equal (now, then))
        g_key_file_set_value (file, row->group, row->key, now);
    }
  nj_settings_routes_put (settings, file);
}

/**
 * nj_settings_save:
 * @settings: settings that came from nj_settings_load()
 *
 * Writes what was changed since they were read. The file is read anew first, so that what the user wrote
 * into it by hand meanwhile stays.
 *
 * Returns: whether they are on the disk; else the old file is, whole
 */
gboolean
nj_settings_save (NjSettings *settings, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *read = NULL;
  g_autofree char *text = NULL;
  gsize            length;

  if (!read_file (settings->path, file, &read, error))
    return FALSE;

  put_changes (settings, file);
  text = g_key_file_to_data (file, &length, NULL);
  if (!write_file (settings->path, text, length, error))
    return FALSE;

  /* What was read at the start stays the measure: a value written by hand since then is not ours to undo. */
  put_changes (settings, settings->file);
  keep_good (settings, text);
  return TRUE;
}

/**
 * nj_settings_parse_listen:
 * @text: "127.0.0.1:8642", "[::1]:0", "localhost:8642" or ":8642"
 * @ret_host: (out) (optional) (transfer full): an address
 * @ret_port: (out) (optional): 0 to pick a free one
 *
 * Only addresses of this machine are taken: the service has no password and is its owner's alone.
 *
 * Returns: whether it can be listened on; @error is %NJ_SETTINGS_ERROR_BAD_VALUE
 */
gboolean
nj_settings_parse_listen (const char *text, char **ret_host, guint16 *ret_port, GError **error)
{
  const char      *colon = strrchr (text, ':');
  g_autofree char *host = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : NULL;
  guint64          port = 0;
  NjAddress        address;

  if (colon == NULL || !nj_bytes_parse_u64 (nj_bytes_from_string (colon + 1), G_MAXUINT16, &port))
    {
      g_set_error (error, NJ_SETTINGS_ERROR, NJ_SETTINGS_ERROR_BAD_VALUE, "“%s” is not HOST:PORT", text);
      return FALSE;
    }
  if (host[0] == '\0' || g_ascii_strcasecmp (host, "localhost") == 0)
    {
      g_free (host);
      host = g_strdup ("127.0.0.1");
    }
  if (!nj_address_parse (nj_bytes_from_string (host), 0, &address) || nj_address_scope (&address) != NJ_SCOPE_LOOPBACK)
    {
      g_set_error (error, NJ_SETTINGS_ERROR, NJ_SETTINGS_ERROR_BAD_VALUE,
                   "“%s” is not an address of this machine alone (127.0.0.1 or [::1])", host);
      return FALSE;
    }

  if (ret_host != NULL)
    *ret_host = g_steal_pointer (&host);
  if (ret_port != NULL)
    *ret_port = (guint16) port;
  return TRUE;
}
