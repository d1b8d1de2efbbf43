/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing an image: whole or not at all, and on disk before it is there under its name. What is in it is
 * engine-file's and page-file's. Called off the main thread.
 */
#include "filter/image-file.h"
#include "filter/compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

static gboolean
write_bytes (int fd, const void *data, gsize size)
{
  const guint8 *at = data;

  while (size > 0)
    {
      ssize_t n = write (fd, at, MIN (size, 1 << 30));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      at += n;
      size -= n;
    }
  return TRUE;
}

/* The rename is on disk only once the folder is. */
static void
sync_folder (const char *path)
{
#ifndef G_OS_WIN32
  g_autofree char *folder = g_path_get_dirname (path);
  int              fd = g_open (folder, O_RDONLY | O_CLOEXEC, 0);

  if (fd >= 0)
    {
      fsync (fd);
      close (fd);
    }
#endif
}

static gboolean
write_parts (int fd, const NjBytes *parts, guint n)
{
  for (guint i = 0; i < n; i++)
    if (!write_bytes (fd, parts[i].data, parts[i].len))
      return FALSE;
  return fsync (fd) == 0;
}

/**
 * nj_image_file_write:
 * @path: the file
 * @parts: what is in it, one after the other
 * @n: how many
 * @what: what it is called in @error
 * @error: %NJ_FILTER_ERROR_WRITE
 *
 * Replaces @path in one step; after a failure the old file is as it was. Any thread; blocks for the disk.
 *
 * Returns: whether it is written
 */
gboolean
nj_image_file_write (const char *path, const NjBytes *parts, guint n, const char *what, GError **error)
{
  g_autofree char *temporary = g_strdup_printf ("%s.XXXXXX", path);
  int              fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0600);
  gboolean         is_written;
  int              reason;

  is_written = fd >= 0 && write_parts (fd, parts, n);
  reason = errno;
  if (fd >= 0 && close (fd) != 0 && is_written)
    {
      is_written = FALSE;
      reason = errno;
    }
  if (is_written && g_rename (temporary, path) != 0)
    {
      is_written = FALSE;
      reason = errno;
    }
  if (is_written)
    {
      sync_folder (path);
      return TRUE;
    }

  if (fd >= 0)
    g_unlink (temporary);
  g_set_error (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_WRITE, "%s cannot be written: %s", what, g_strerror (reason));
  return FALSE;
}
