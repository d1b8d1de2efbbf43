/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hashes the engine lives by. None withstands somebody who chooses the input to collide: where a
 * hash finds something, the text is compared, and the checksum of an engine file guards against
 * accidents, not against who may write the user's own folder. Any thread.
 */
#include "filter/hash.h"

#define P1 G_GUINT64_CONSTANT (0x9e3779b185ebca87)
#define P2 G_GUINT64_CONSTANT (0xc2b2ae3d27d4eb4f)

/**
 * nj_hash_bytes:
 * @data: some bytes
 * @len: how many
 *
 * For short texts. Any thread.
 *
 * Returns: their hash
 */
guint64
nj_hash_bytes (const void *data, gsize len)
{
  const guint8 *at = data;
  guint64       hash = len * P1 + P2;

  for (; len >= 8; at += 8, len -= 8)
    hash = nj_hash_mix (hash ^ nj_hash_load64 (at));
  for (; len > 0; at++, len--)
    hash = (hash ^ *at) * P1;
  return nj_hash_mix (hash);
}

/**
 * nj_hash_block:
 * @data: some bytes
 * @len: how many
 *
 * For whole files: four lanes, so that 4 MB take less than a millisecond. Any thread.
 *
 * Returns: their hash
 */
guint64
nj_hash_block (const void *data, gsize len)
{
  const guint8 *at = data;
  guint64       lane[4] = { P1, P2, ~P1, ~P2 };
  guint64       hash = len;

  for (; len >= 32; at += 32, len -= 32)
    for (guint i = 0; i < 4; i++)
      {
        guint64 value = lane[i] + nj_hash_load64 (at + i * 8) * P2;

        lane[i] = (value << 31 | value >> 33) * P1;
      }
  for (guint i = 0; i < 4; i++)
    hash = nj_hash_mix (hash ^ lane[i]);
  return nj_hash_mix (hash ^ nj_hash_bytes (at, len));
}
