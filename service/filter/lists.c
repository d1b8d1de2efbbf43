/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which list files this machine has: those of Debian's uBlock Origin package, and those in folders named
 * in NIGHTJAR_LIST_PATH. Fetching lists is not done here. Main thread, at start.
 */
#include "filter/lists.h"

#include <string.h>

/* Where distributions put the extension; the first that exists counts. */
static const char *const package_folders[] = {
  "/usr/share/chromium/extensions/ublock-origin/assets",
  "/usr/share/webext/ublock-origin-chromium/assets",
  "/usr/share/webext/ublock-origin-firefox/assets",
  "/usr/share/webext/ublock-origin/assets",
};

static const struct
{
  const char *id;
  const char *title;
  const char *path; /* below the package's folder */
  gboolean    is_default;
  gboolean    is_trusted;
} packaged[] = {
  { "easylist", "EasyList", "thirdparties/easylist/easylist.txt", TRUE, FALSE },
  { "easyprivacy", "EasyPrivacy", "thirdparties/easylist/easyprivacy.txt", TRUE, FALSE },
  { "ublock-filters", "uBlock filters – Ads", "ublock/filters.min.txt", TRUE, TRUE },
  { "ublock-privacy", "uBlock filters – Privacy", "ublock/privacy.min.txt", TRUE, TRUE },
  { "ublock-badware", "uBlock filters – Badware risks", "ublock/badware.min.txt", TRUE, TRUE },
  { "ublock-quick-fixes", "uBlock filters – Quick fixes", "ublock/quick-fixes.min.txt", TRUE, TRUE },
  { "ublock-unbreak", "uBlock filters – Unbreak", "ublock/unbreak.min.txt", TRUE, TRUE },
  { "peter-lowe", "Peter Lowe’s ad and tracking server list", "thirdparties/pgl.yoyo.org/as/serverlist.txt", TRUE, FALSE },
  { "peter-lowe", "Peter Lowe’s ad and tracking server list", "thirdparties/pgl.yoyo.org/as/serverlist", TRUE, FALSE },
  { "urlhaus", "Online malicious URL blocklist", "thirdparties/urlhaus-filter/urlhaus-filter-online.txt", TRUE, FALSE },
};

/**
 * nj_list_file_new:
 * @id: a stable name
 * @title: what to call it
 * @path: the file
 * @is_default: whether it is on unless the user says otherwise
 * @is_trusted: whether its rules may rewrite
 *
 * Any thread.
 *
 * Returns: (transfer full): a list file
 */
NjListFile *
nj_list_file_new (const char *id, const char *title, const char *path, gboolean is_default, gboolean is_trusted)
{
  NjListFile *self = g_new0 (NjListFile, 1);

  self->id = g_strdup (id);
  self->title = g_strdup (title);
  self->path = g_strdup (path);
  self->is_default = is_default;
  self->is_trusted = is_trusted;
  return self;
}

/**
 * nj_list_file_free:
 * @file: (nullable) (transfer full): a list file
 *
 * Any thread.
 */
void
nj_list_file_free (NjListFile *file)
{
  if (file == NULL)
    return;
  g_free (file->id);
  g_free (file->title);
  g_free (file->path);
  g_free (file);
}

static gboolean
has_id (const GPtrArray *files, const char *id)
{
  for (guint i = 0; i < files->len; i++)
    if (g_str_equal (((const NjListFile *) files->pdata[i])->id, id))
      return TRUE;
  return FALSE;
}

static void
find_packaged (GPtrArray *files)
{
  for (guint k = 0; k < G_N_ELEMENTS (package_folders); k++)
    for (guint i = 0; i < G_N_ELEMENTS (packaged); i++)
      {
        g_autofree char *path = g_build_filename (package_folders[k], packaged[i].path, NULL);

        if (!has_id (files, packaged[i].id) && g_file_test (path, G_FILE_TEST_IS_REGULAR))
          g_ptr_array_add (files, nj_list_file_new (packaged[i].id, packaged[i].title, path, packaged[i].is_default,
                                                    packaged[i].is_trusted));
      }
}

static int
compare_text (const void *a, const void *b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Every "name.txt" of a folder is a list "name", on and not trusted. */
static void
find_in_folder (GPtrArray *files, const char *folder)
{
  g_autoptr (GDir)      dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char           *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".txt"))
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_text);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
      g_autofree char *id = g_strndup (names->pdata[i], strlen (names->pdata[i]) - 4);

      if (!has_id (files, id) && g_file_test (path, G_FILE_TEST_IS_REGULAR))
        g_ptr_array_add (files, nj_list_file_new (id, id, path, TRUE, FALSE));
    }
}

/**
 * nj_lists_find:
 *
 * Folders in NIGHTJAR_LIST_PATH come first, so that a newer copy of a packaged list is preferred. Reads
 * folders, not lists. Main thread.
 *
 * Returns: (transfer full) (element-type NjListFile): list files, each id once
 */
GPtrArray *
nj_lists_find (void)
{
  GPtrArray     *files = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_list_file_free);
  const char    *path = g_getenv ("NIGHTJAR_LIST_PATH");
  g_auto (GStrv) folders = g_strsplit (path != NULL ? path : "", G_SEARCHPATH_SEPARATOR_S, -1);

  for (guint i = 0; folders[i] != NULL; i++)
    if (folders[i][0] != '\0')
      find_in_folder (files, folders[i]);
  find_packaged (files);
  return files;
}
