/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules about pages in a file, beside the engine's and with the same promises: written whole or not at all, mapped
 * read-only, and a file that is damaged, of another version or of other lists is an error. Off the main thread.
 */
#include "filter/image-file.h"
#include "filter/page-image.h"
#include "filter/page-rules.h"

/**
 * nj_page_image_checksum:
 * @image: an image, of at least the size of its header
 * @size: its bytes
 *
 * Any thread.
 *
 * Returns: what its checksum field must say
 */
guint64
nj_page_image_checksum (const guint8 *image, gsize size)
{
  NjPageImageHeader header;

  memcpy (&header, image, sizeof header);
  header.checksum = 0;
  return nj_hash_mix (nj_hash_block (&header, sizeof header)
                      ^ nj_hash_block (image + sizeof header, size - sizeof header));
}

static gboolean
is_inside (const NjPageImageHeader *header, NjImageSpan span, gsize unit)
{
  return span.at % 8 == 0 && span.size % unit == 0 && span.at <= header->size && span.size <= header->size - span.at;
}

static gboolean
is_sound (const NjPageImageHeader *header, gsize size)
{
  if (header->header_size != sizeof *header || header->size != size
      || header->checksum != nj_page_image_checksum ((const guint8 *) header, size))
    return FALSE;
  return is_inside (header, header->lists, sizeof (NjPageImageList))
         && is_inside (header, header->rules, sizeof (NjPageImageRule))
         && is_inside (header, header->names, sizeof (NjPageImageName)) && is_inside (header, header->blob, 1)
         && is_inside (header, header->hosts, sizeof (NjImageSlot))
         && is_inside (header, header->tokens, sizeof (NjImageSlot))
         && is_inside (header, header->entries, sizeof (NjPageImageEntry));
}

/**
 * nj_page_rules_save:
 * @rules: rules
 * @path: the file
 * @error: %NJ_FILTER_ERROR_WRITE
 *
 * Replaces @path in one step; after a failure the old file is as it was. Any thread; blocks for the disk.
 *
 * Returns: whether it is written
 */
gboolean
nj_page_rules_save (const NjPageRules *rules, const char *path, GError **error)
{
  NjBytes image = nj_page_rules_image (rules);

  return nj_image_file_write (path, &image, 1, "file of page rules", error);
}

/**
 * nj_page_rules_load:
 * @path: the file
 * @fingerprint: nj_compiler_fingerprint() of the lists it must be made of
 * @error: %NJ_FILTER_ERROR_READ, %NJ_FILTER_ERROR_DAMAGED, %NJ_FILTER_ERROR_FOREIGN
 *
 * Any thread; blocks for the disk.
 *
 * Returns: (transfer full): the rules, or %NULL
 */
NjPageRules *
nj_page_rules_load (const char *path, guint64 fingerprint, GError **error)
{
  g_autoptr (GError)       reason = NULL;
  g_autoptr (GMappedFile)  file = g_mapped_file_new (path, FALSE, &reason);
  const NjPageImageHeader *header;
  gsize                    size;

  if (file == NULL)
    {
      g_set_error (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_READ, "file of page rules cannot be read: %s", reason->message);
      return NULL;
    }

  header = (const NjPageImageHeader *) g_mapped_file_get_contents (file);
  size = g_mapped_file_get_length (file);
  if (size < sizeof *header || memcmp (header->magic, NJ_PAGE_IMAGE_MAGIC, sizeof header->magic) != 0)
    {
      g_set_error_literal (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_DAMAGED, "file of page rules is damaged");
      return NULL;
    }
  if (header->version != NJ_PAGE_IMAGE_VERSION || header->fingerprint != fingerprint)
    {
      g_set_error_literal (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_FOREIGN,
                           "file of page rules was made of other lists or by another version");
      return NULL;
    }
  if (!is_sound (header, size))
    {
      g_set_error_literal (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_DAMAGED, "file of page rules is damaged");
      return NULL;
    }
  return nj_page_rules_new_from_file (file);
}
