/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether an engine image is whole. The checksum finds accidents: a file cut short, a bad disk, a write that
 * another program made. It is no seal against somebody who may write the user's own files. Any thread.
 */
#include "filter/image.h"
#include "filter/token.h"

/**
 * nj_image_checksum:
 * @image: an image, of at least the size of its header
 * @size: its bytes
 *
 * Any thread.
 *
 * Returns: what its checksum field must say
 */
guint64
nj_image_checksum (const guint8 *image, gsize size)
{
  NjImageHeader header;

  memcpy (&header, image, sizeof header);
  header.checksum = 0;
  return nj_hash_mix (nj_hash_block (&header, sizeof header)
                      ^ nj_hash_block (image + sizeof header, size - sizeof header));
}

static gboolean
is_inside (const NjImageHeader *header, NjImageSpan span, gsize unit)
{
  return span.at % 8 == 0 && span.size % unit == 0 && span.at <= header->size && span.size <= header->size - span.at;
}

static gboolean
is_table (const NjImageHeader *header, NjImageSpan span, gsize unit)
{
  gsize n = span.size / unit;

  return is_inside (header, span, unit) && (n & (n - 1)) == 0;
}

static gboolean
is_sound_realm (const NjImageHeader *header, const NjImageRealm *realm)
{
  return is_inside (header, realm->host_marks, NJ_IMAGE_MARKS) && is_inside (header, realm->host_rules, sizeof (guint32))
         && realm->host_rules.size == realm->host_marks.size * sizeof (guint32);
}

/**
 * nj_image_is_sound:
 * @image: bytes of a file
 * @size: how many
 *
 * Any thread.
 *
 * Returns: whether they are an image of this version, just as it was written
 */
gboolean
nj_image_is_sound (const guint8 *image, gsize size)
{
  const NjImageHeader *header = (const NjImageHeader *) image;

  if (size < sizeof *header || memcmp (header->magic, NJ_IMAGE_MAGIC, sizeof header->magic) != 0
      || header->version != NJ_IMAGE_VERSION || header->header_size != sizeof *header || header->size != size
      || header->checksum != nj_image_checksum (image, size))
    return FALSE;

  for (guint i = 0; i < NJ_N_REALMS; i++)
    if (!is_sound_realm (header, &header->realms[i]))
      return FALSE;
  return is_inside (header, header->lists, sizeof (NjImageList))
         && is_inside (header, header->classes, sizeof (NjImageClass)) && is_inside (header, header->rules, 1)
         && is_inside (header, header->anchors, sizeof (NjImageAnchor))
         && is_inside (header, header->conditions, sizeof (guint32))
         && is_table (header, header->name_slots, sizeof (guint32)) && header->name_slots.size > 0
         && is_inside (header, header->name_at, sizeof (guint32)) && is_inside (header, header->name_len, 1)
         && is_inside (header, header->blob, 1) && is_inside (header, header->regexes, sizeof (NjImageRegex))
         && is_inside (header, header->tokens, sizeof (NjImageSlot))
         && is_inside (header, header->sources, sizeof (NjImageSlot))
         && is_inside (header, header->targets, sizeof (NjImageSlot))
         && is_inside (header, header->entries, sizeof (NjImageEntry))
         && is_inside (header, header->host_map, sizeof (guint64)) && header->host_map.size > 0
         && is_inside (header, header->token_map, sizeof (guint64))
         && header->token_map.size == (1 << NJ_TOKEN_MAP_BITS) / 8;
}
