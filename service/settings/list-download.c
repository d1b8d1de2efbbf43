/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a fetched file to the copy that is used: a patch is applied, the text judged (list-copy.c), and only what
 * is good takes the place of the copy before it, at once and whole. Called by list-update.c; the work is done on a
 * helper thread, as a list may have 64 MB.
 */
#include "settings/list-download.h"

#include "settings/list-patch.h"

#include <errno.h>
#include <glib/gstdio.h>

/* A new copy with less than one in so many of the rules before is kept back. */
#define SHRINK 10

/**
 * nj_list_download_free:
 * @download: (nullable) (transfer full): a download; what was fetched goes from the disk
 */
void
nj_list_download_free (NjListDownload *download)
{
  if (download == NULL)
    return;

  g_unlink (download->part);
  g_free (download->part);
  g_free (download->old);
  g_free (download->copy);
  g_free (download->name);
  nj_list_copy_clear (&download->facts);
  g_free (download->problem);
  g_free (download);
}

static NjBytes
text_of (GMappedFile *file)
{
  return nj_bytes (g_mapped_file_get_contents (file), g_mapped_file_get_length (file));
}

/* The patched text takes the place of the patch. */
static gboolean
apply_patch (NjListDownload *download)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMappedFile) old = NULL;
  g_autoptr (GMappedFile) patch = NULL;
  g_autofree char *text = NULL;
  const char *problem = NULL;
  gsize       len;

  old = download->old != NULL ? g_mapped_file_new (download->old, FALSE, &error) : NULL;
  patch = old != NULL ? g_mapped_file_new (download->part, FALSE, &error) : NULL;
  if (patch == NULL)
    {
      download->problem = g_strdup (error != NULL ? error->message : "there is no copy to patch");
      return FALSE;
    }

  text = nj_list_patch_apply (text_of (old), text_of (patch), nj_bytes_from_string (download->name), NJ_LIST_DOWNLOAD_MAX, &len, &problem);
  if (text != NULL && g_file_set_contents (download->part, text, (gssize) len, &error))
    return TRUE;

  download->problem = g_strdup (text != NULL ? error->message : problem);
  return FALSE;
}

static gboolean
has_shrunk (NjListDownload *download)
{
  g_autoptr (GMappedFile) old = download->old != NULL ? g_mapped_file_new (download->old, FALSE, NULL) : NULL;
  guint before = old != NULL ? nj_list_copy_count (text_of (old)) : 0;

  if (download->is_forced || download->facts.n_rules * (guint64) SHRINK >= before)
    return FALSE;

  download->is_held = TRUE;
  download->problem = g_strdup_printf ("it has only %u rules where there were %u, so it is kept back", download->facts.n_rules, before);
  return TRUE;
}

/**
 * nj_list_download_place:
 * @download: what was fetched; gets the results
 *
 * Puts it in place if it is good. Any thread; takes its time.
 */
void
nj_list_download_place (NjListDownload *download)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMappedFile) file = NULL;

  if (download->is_patch && !apply_patch (download))
    return;

  file = g_mapped_file_new (download->part, FALSE, &error);
  if (file == NULL)
    download->problem = g_strdup (error->message);
  else if (nj_list_copy_read (text_of (file), download->is_included, &download->facts, &download->problem) && !has_shrunk (download)
           && g_rename (download->part, download->copy) != 0)
    download->problem = g_strdup_printf ("it cannot be kept: %s", g_strerror (errno));
}

static void
place_on_thread (GTask *task, gpointer source, gpointer download, GCancellable *cancellable)
{
  nj_list_download_place (download);
  g_task_return_boolean (task, TRUE);
}

/**
 * nj_list_download_place_async:
 * @download: (transfer full): what was fetched
 * @done: called on the main thread
 * @user_data: for @done
 *
 * As nj_list_download_place(), on a helper thread.
 */
void
nj_list_download_place_async (NjListDownload *download, GAsyncReadyCallback done, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done, user_data);

  g_task_set_source_tag (task, nj_list_download_place_async);
  g_task_set_task_data (task, download, (GDestroyNotify) nj_list_download_free);
  g_task_run_in_thread (task, place_on_thread);
}

/**
 * nj_list_download_place_finish:
 * @result: what @done was given
 *
 * Returns: (transfer none): the download with its results, valid as long as @result
 */
NjListDownload *
nj_list_download_place_finish (GAsyncResult *result)
{
  return g_task_get_task_data (G_TASK (result));
}
