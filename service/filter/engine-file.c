/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine in a file: written whole or not at all, mapped read-only, so that starting needs no
 * parsing and all processes share the pages. A file that is damaged, of another version or made of other
 * lists is an error, never used; the caller compiles anew. Called off the main thread.
 */
#include "filter/engine-file.h"
#include "filter/engine-private.h"
#include "filter/image-file.h"

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
  const NjEngine    *whole = engine->base != NULL ? engine->base : engine;
  NjImageHeader      header = *whole->header;
  g_autofree guint8 *copy = NULL;
  NjBytes            parts[2];

  if (header.fingerprint != fingerprint)
    {
      copy = g_memdup2 (whole->image, whole->size);
      header.fingerprint = fingerprint;
      memcpy (copy, &header, sizeof header);
      header.checksum = nj_image_checksum (copy, whole->size);
    }
  parts[0] = nj_bytes ((const char *) &header, sizeof header);
  parts[1] = nj_bytes ((const char *) whole->image + sizeof header, whole->size - sizeof header);
  return nj_image_file_write (path, parts, 2, "engine file", error);
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
