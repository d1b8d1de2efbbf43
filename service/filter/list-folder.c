/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists that a list file includes: from the folder it stands in, or, for one that was fetched by address, from the
 * folder its parts were fetched into. Called while compiling, off the main thread; one thread at a time.
 */
#include "filter/list-folder.h"

#include <glib/gstdio.h>

struct NjListFolder
{
  char       *folder; /* owned */
  GHashTable *files;  /* (element-type char* GMappedFile) owned: what was read, by path; NULL: cannot be read */
};

static void
unref_file (gpointer file)
{
  g_clear_pointer ((GMappedFile **) &file, g_mapped_file_unref);
}

/**
 * nj_list_folder_new:
 * @list_path: a list file
 *
 * Reads nothing yet. Any thread.
 *
 * Returns: (transfer full): its folder; frees with nj_list_folder_free() once compiling is over
 */
NjListFolder *
nj_list_folder_new (const char *list_path)
{
  g_autofree char *folder = g_path_get_dirname (list_path);

  return nj_list_folder_new_at (folder);
}

/**
 * nj_list_folder_new_at:
 * @folder: a folder, which need not be there
 *
 * As nj_list_folder_new(). Any thread.
 *
 * Returns: (transfer full): the folder
 */
NjListFolder *
nj_list_folder_new_at (const char *folder)
{
  NjListFolder *self = g_new0 (NjListFolder, 1);

  self->folder = g_strdup (folder);
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_file);
  return self;
}

/**
 * nj_list_folder_free:
 * @folder: (nullable) (transfer full): a folder
 *
 * Texts given by nj_list_folder_include() are gone then. Any thread.
 */
void
nj_list_folder_free (NjListFolder *folder)
{
  if (folder == NULL)
    return;
  g_hash_table_unref (folder->files);
  g_free (folder->folder);
  g_free (folder);
}

/**
 * nj_list_folder_visit:
 * @folder: a folder
 * @visit: called for each file that was asked for, there or not
 * @user_data: for @visit
 *
 * Any thread.
 */
void
nj_list_folder_visit (const NjListFolder *folder, NjListFolderVisit visit, gpointer user_data)
{
  GHashTableIter iter;
  gpointer       name;

  g_hash_table_iter_init (&iter, folder->files);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      g_autofree char *path = g_build_filename (folder->folder, name, NULL);

      visit (path, user_data);
    }
}

/* (transfer full) (nullable): only plain files of text, so that no list reads a device or waits for a pipe. */
static GMappedFile *
open_file (const NjListFolder *self, const char *name)
{
  g_autofree char        *path = g_build_filename (self->folder, name, NULL);
  g_autoptr (GMappedFile) file = NULL;
  GStatBuf                status;

  if (g_stat (path, &status) != 0 || !S_ISREG (status.st_mode) || status.st_size > NJ_LIST_WALK_BYTES)
    return NULL;
  file = g_mapped_file_new (path, FALSE, NULL);
  if (file == NULL || (g_mapped_file_get_length (file) > 0
                       && memchr (g_mapped_file_get_contents (file), '\0', g_mapped_file_get_length (file)) != NULL))
    return NULL;
  return g_steal_pointer (&file);
}

/**
 * nj_list_folder_include:
 * @path: a clean path relative to the list
 * @folder: (type NjListFolder): a folder
 * @ret_text: (out): the file's text; lives as long as @folder
 *
 * An #NjListInclude. Blocks for the disk.
 *
 * Returns: whether there is such a file
 */
gboolean
nj_list_folder_include (NjBytes path, gpointer folder, NjBytes *ret_text)
{
  NjListFolder    *self = folder;
  g_autofree char *name = nj_bytes_dup (path);
  GMappedFile     *file = NULL;

  if (!g_hash_table_lookup_extended (self->files, name, NULL, (gpointer *) &file))
    {
      file = open_file (self, name);
      g_hash_table_insert (self->files, g_steal_pointer (&name), file);
    }
  if (file == NULL)
    return FALSE;

  *ret_text = nj_bytes (g_mapped_file_get_contents (file), g_mapped_file_get_length (file));
  return TRUE;
}
