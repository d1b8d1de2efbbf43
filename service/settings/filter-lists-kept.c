/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether a file that was compiled of lists is still of those very files, and of the files they include: told by
 * their sizes and times, which stand in a small file beside it. Reading the lists themselves would cost more than a
 * start may take. What is in the compiled file, and whether it is sound, is its room's business. Any thread.
 */
#include "settings/filter-lists-kept.h"

#include "filter/list-folder.h"

#include <glib/gstdio.h>
#include <string.h>

static char *
key_path_of (const char *path)
{
  return g_strconcat (path, ".key", NULL);
}

/**
 * nj_filter_lists_kept_key:
 * @sources: (element-type NjFilterListsSource): lists
 *
 * Any thread.
 *
 * Returns: (transfer full): what tells these very files, in this very order, read by this version, from any others
 */
char *
nj_filter_lists_kept_key (GPtrArray *sources)
{
  g_autoptr (GString) text = g_string_new (NJ_VERSION "\n");

  for (guint i = 0; i < sources->len; i++)
    {
      const NjFilterListsSource *source = g_ptr_array_index (sources, i);
      GStatBuf status = { 0 };

      if (source->path != NULL)
        g_stat (source->path, &status);
      g_string_append_printf (text, "%s %s %d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld %" G_GUINT64_FORMAT "\n", source->id,
                              source->path != NULL ? source->path : "", source->is_trusted, (gint64) status.st_size,
                              (gint64) status.st_mtim.tv_sec, status.st_mtim.tv_nsec, (guint64) status.st_ino);
    }

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text->str, (gssize) text->len);
}

/* A file that a list includes, as it is now; also that it is not there. */
static void
append_part (const char *path, gpointer text)
{
  GStatBuf status = { 0 };

  g_stat (path, &status);
  g_string_append_printf (text, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld %" G_GUINT64_FORMAT " %s\n", (gint64) status.st_size,
                          (gint64) status.st_mtim.tv_sec, status.st_mtim.tv_nsec, (guint64) status.st_ino, path);
}

/* Whether the parts that were noted, one a line, are all as they were. */
static gboolean
has_same_parts (const char *noted)
{
  g_autoptr (GString) now = g_string_new (NULL);
  g_auto (GStrv)      lines = g_strsplit (noted, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", 4);

      if (g_strv_length (words) == 4)
        append_part (words[3], now);
    }

  return g_str_equal (now->str, noted);
}

/**
 * nj_filter_lists_kept_find:
 * @path: a compiled file
 * @key: nj_filter_lists_kept_key() of the lists as they are now
 * @ret_fingerprint: (out): what the file must say it is of
 *
 * Any thread; blocks for the disk.
 *
 * Returns: whether the file was made of just these lists
 */
gboolean
nj_filter_lists_kept_find (const char *path, const char *key, guint64 *ret_fingerprint)
{
  g_autofree char *key_path = key_path_of (path);
  g_autofree char *text = NULL;
  const char      *newline;

  if (!g_file_get_contents (key_path, &text, NULL, NULL) || !g_str_has_prefix (text, key))
    return FALSE;
  newline = strchr (text, '\n');
  if (newline == NULL || !has_same_parts (newline + 1))
    return FALSE;

  *ret_fingerprint = g_ascii_strtoull (text + strlen (key), NULL, 10);
  return TRUE;
}

/**
 * nj_filter_lists_kept_forget:
 * @path: a compiled file that is about to be replaced
 *
 * Any thread; blocks for the disk.
 */
void
nj_filter_lists_kept_forget (const char *path)
{
  g_autofree char *key_path = key_path_of (path);

  g_unlink (key_path);
}

/**
 * nj_filter_lists_kept_note:
 * @path: a compiled file that was just written
 * @key: nj_filter_lists_kept_key() of the lists before they were read
 * @fingerprint: what the file says it is of
 * @folders: (element-type NjListFolder): where the lists found what they include
 *
 * Any thread; blocks for the disk.
 *
 * Returns: whether it is noted, so that the next start takes the file
 */
gboolean
nj_filter_lists_kept_note (const char *path, const char *key, guint64 fingerprint, GPtrArray *folders)
{
  g_autofree char *key_path = key_path_of (path);
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_printf (text, "%s %" G_GUINT64_FORMAT "\n", key, fingerprint);
  for (guint i = 0; i < folders->len; i++)
    nj_list_folder_visit (g_ptr_array_index (folders, i), append_part, text);

  return g_file_set_contents (key_path, text->str, (gssize) text->len, NULL);
}
