/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packed bodies, good and bad, in pieces of every size: whole and in pieces they unpack to the same.
 */
#include "http/coding.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static NjDecodeResult
unpack (NjCoding coding, NjBytes packed, gsize step, GString *out)
{
  g_autoptr (NjDecoder) decoder = nj_decoder_new (coding);
  NjDecodeResult        result = NJ_DECODE_MORE;

  for (gsize at = 0; at < packed.len && result != NJ_DECODE_BAD && out->len < 1 << 20; at += step)
    {
      NjBytes bytes = nj_bytes (packed.data + at, MIN (step, packed.len - at));
      gsize   n;

      do
        {
          char room[512];

          result = nj_decoder_next (decoder, &bytes, room, sizeof room, &n);
          g_assert_cmpuint (n, <=, sizeof room);
          g_string_append_len (out, room, (gssize) n);
        }
      while (result == NJ_DECODE_MORE && (bytes.len > 0 || n > 0));
    }
  return result;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GString) whole = g_string_new (NULL);
  g_autoptr (GString) pieces = g_string_new (NULL);
  NjBytes             packed = nj_bytes ((const char *) data + 1, size > 0 ? size - 1 : 0);
  NjCoding            coding;

  if (packed.len == 0)
    return 0;
  coding = (NjCoding) (data[0] % NJ_CODING_OTHER);
  nj_coding_looks_right (coding, packed);
  unpack (coding, packed, packed.len, whole);
  unpack (coding, packed, 1 + packed.len % 13, pieces);
  /* Broken ones may give out more or less before it shows. */
  g_assert_true (nj_bytes_starts_with (nj_bytes (whole->str, whole->len), nj_bytes (pieces->str, pieces->len)) ||
                 nj_bytes_starts_with (nj_bytes (pieces->str, pieces->len), nj_bytes (whole->str, whole->len)));
  return 0;
}
