/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine in a file: written whole or not at all, mapped read-only, so that starting needs no
 * parsing and all processes share the pages. A file that is damaged, of another version or made of other
 * lists is an error, never used; the caller compiles anew. Called off the main thread.
 */
#include "filter/engine-file.h"
#include "filter/engine-private.h"

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
write_image (int fd, const NjEngine *engine, guint64 fingerprint)
{
  NjImageHeader header = *engine->header;

  if (header.fingerprint != fingerprint)
    {
      g_autofree guint8 *copy = g_memdup2 (engine->image, engine->size);

      header.fingerprint = fingerprint;
      memcpy (copy, &header, sizeof header);
      header.checksum = nj_image_checksum (copy, engine->size);
    }
  return write_bytes (fd, &header, sizeof header)
         && write_bytes (fd, engine->image + sizeof header, engine->size - sizeof header) && fsync (fd) == 0;
}

/**
 * nj_engine_file_save:
 * @engine: an engine
 * @path: the file
 * @fingerprint: nj_compiler_fingerprint() of the lists it was made of
 * @error: %NJ_FILTER_ERROR_WRITE
 *
 * Replaces @path in one step; after a failure the old file is as it was. Any thread; blocks for the disk.
 *
 * Returns: whether it is written
 */
gboolean
nj_engine_file_save (const NjEngine *engine, const char *path, guint64 fingerprint, GError **error)
{
  /* Rules on top are few and change often: they are compiled at each start. */
  const NjEngine  *whole = engine->base != NULL ? engine->base : engine;
  g_autofree char *temporary = g_strdup_printf ("%s.XXXXXX", path);
  int              fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0600);
  gboolean         is_written;
  int              reason;

  is_written = fd >= 0 && write_image (fd, whole, fingerprint);
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
  g_set_error (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_WRITE, "engine file cannot be written: %s", g_strerror (reason));
  return FALSE;
}

/**
 * nj_engine_file_load:
 * @path: the file
 * @fingerprint: nj_compiler_fingerprint() of the lists it must be made of
 * @error: %NJ_FILTER_ERROR_READ, %NJ_FILTER_ERROR_DAMAGED, %NJ_FILTER_ERROR_FOREIGN
 *
 * Any thread; blocks for the disk.
 *
 * Returns: (transfer full): the engine, or %NULL
 */
NjEngine *
nj_engine_file_load (const char *path, guint64 fingerprint, GError **error)
{
  g_autoptr (GError)      reason = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &reason);
  const NjImageHeader    *header;

  if (file == NULL)
    {
      g_set_error (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_READ, "engine file cannot be read: %s", reason->message);
      return NULL;
    }

  header = (const NjImageHeader *) g_mapped_file_get_contents (file);
  if (g_mapped_file_get_length (file) >= sizeof *header
      && memcmp (header->magic, NJ_IMAGE_MAGIC, sizeof header->magic) == 0
      && (header->version != NJ_IMAGE_VERSION || header->fingerprint != fingerprint))
    {
      g_set_error_literal (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_FOREIGN,
                           "engine file was made of other lists or by another version");
      return NULL;
    }
  if (!nj_image_is_sound ((const guint8 *) header, g_mapped_file_get_length (file)))
    {
      g_set_error_literal (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_DAMAGED, "engine file is damaged");
      return NULL;
    }
  return nj_engine_new_from_file (file);
}
