/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a service keeps its files, and the bus name that follows from it. Nothing is read or written
 * here but the making of the folders. Called by the service when it starts and by nightjarctl, which
 * must find the same service. Main thread.
 */
#include "settings/folders.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>

/* Hexadecimal digits of the profile's digest in the bus name. */
#define DIGEST_DIGITS 8

/**
 * nj_folders_new:
 * @profile: (nullable): the folder that holds everything, %NULL for the XDG folders
 *
 * Any thread. Source: XDG Base Directory Specification 0.8.
 *
 * Returns: (transfer full): the folders, which need not exist
 */
NjFolders *
nj_folders_new (const char *profile)
{
  NjFolders *folders = g_new0 (NjFolders, 1);

  if (profile != NULL)
    {
      folders->profile = g_canonicalize_filename (profile, NULL);
      folders->config = g_strdup (folders->profile);
      folders->data = g_build_filename (folders->profile, "data", NULL);
      folders->cache = g_build_filename (folders->profile, "cache", NULL);
      folders->state = g_build_filename (folders->profile, "state", NULL);
      return folders;
    }

  folders->config = g_build_filename (g_get_user_config_dir (), "nightjar", NULL);
  folders->data = g_build_filename (g_get_user_data_dir (), "nightjar", NULL);
  folders->cache = g_build_filename (g_get_user_cache_dir (), "nightjar", NULL);
  folders->state = g_build_filename (g_get_user_state_dir (), "nightjar", NULL);
  return folders;
}

/**
 * nj_folders_free:
 * @folders: (nullable) (transfer full): folders
 */
void
nj_folders_free (NjFolders *folders)
{
  if (folders == NULL)
    return;

  g_free (folders->profile);
  g_free (folders->config);
  g_free (folders->data);
  g_free (folders->cache);
  g_free (folders->state);
  g_free (folders);
}

/**
 * nj_folders_make:
 * @folders: folders
 *
 * Makes those that are missing, for their owner alone.
 *
 * Returns: whether all are there; @error is of %G_FILE_ERROR
 */
gboolean
nj_folders_make (const NjFolders *folders, GError **error)
{
  const char *paths[] = { folders->config, folders->data, folders->cache, folders->state };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      int saved;

      if (g_mkdir_with_parents (paths[i], 0700) == 0)
        continue;
      saved = errno;
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (saved), "folder %s: %s", paths[i], g_strerror (saved));
      return FALSE;
    }

  return TRUE;
}

/**
 * nj_folders_bus_name:
 * @folders: folders
 *
 * Any thread.
 *
 * Returns: (transfer full): the well-known name a service with these folders owns
 */
char *
nj_folders_bus_name (const NjFolders *folders)
{
  g_autofree char *digest = NULL;

  if (folders->profile == NULL)
    return g_strdup ("org.nightjar.Nightjar1");

  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, folders->profile, -1);
  digest[DIGEST_DIGITS] = '\0';
  return g_strconcat ("org.nightjar.Nightjar1.Profile_", digest, NULL);
}

/**
 * nj_folders_settings:
 * @folders: folders
 *
 * Returns: (transfer full): path of the settings
 */
char *
nj_folders_settings (const NjFolders *folders)
{
  return g_build_filename (folders->config, "settings.ini", NULL);
}

/**
 * nj_folders_exits:
 * @folders: folders
 *
 * Returns: (transfer full): path of the catalogue of exits
 */
char *
nj_folders_exits (const NjFolders *folders)
{
  return g_build_filename (folders->config, "exits.ini", NULL);
}

/**
 * nj_folders_own_rules:
 * @folders: folders
 *
 * Returns: (transfer full): path of the user's own filter rules
 */
char *
nj_folders_own_rules (const NjFolders *folders)
{
  return g_build_filename (folders->config, "rules.txt", NULL);
}

/**
 * nj_folders_engine:
 * @folders: folders
 *
 * Returns: (transfer full): path of the compiled filter lists
 */
char *
nj_folders_engine (const NjFolders *folders)
{
  return g_build_filename (folders->cache, "engine.bin", NULL);
}

/**
 * nj_folders_journal:
 * @folders: folders
 *
 * Returns: (transfer full): path of the journal of the desktop's proxy settings
 */
char *
nj_folders_journal (const NjFolders *folders)
{
  return g_build_filename (folders->state, "sysproxy.journal", NULL);
}
