/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chunked bodies: read whole and read in pieces they come to the same bytes and the same end.
 */
#include "http/body.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static NjChunkResult
read_in_steps (const char *text, gsize size, gsize step, GString *ret_body, gsize *ret_used)
{
  NjChunked     chunked;
  NjChunkResult result = NJ_CHUNK_MORE;
  gsize         position = 0;

  nj_chunked_init (&chunked);
  while (position < size && result != NJ_CHUNK_TRAILERS && result != NJ_CHUNK_BAD)
    {
      gsize   given = MIN (step, size - position);
      gsize   used;
      NjBytes span;

      result = nj_chunked_next (&chunked, text + position, given, &used, &span);
      g_assert_cmpuint (used, <=, given);
      g_assert_true (result != NJ_CHUNK_MORE || used == given);
      g_assert_true (result != NJ_CHUNK_BYTES || span.len > 0);
      g_assert_true (span.len == 0 || (span.data >= text + position && span.data + span.len <= text + position + used));
      g_string_append_len (ret_body, span.len > 0 ? span.data : "", (gssize) span.len);
      position += used;
    }

  *ret_used = position;
  return result == NJ_CHUNK_BYTES ? NJ_CHUNK_MORE : result;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char    *text = g_memdup2 (data, size);
  g_autoptr (GString) whole = g_string_new (NULL);
  g_autoptr (GString) pieces = g_string_new (NULL);
  gsize               whole_used;
  gsize               pieces_used;
  NjChunkResult       whole_result = read_in_steps (text, size, MAX (size, 1), whole, &whole_used);
  NjChunkResult       pieces_result = read_in_steps (text, size, 1 + size % 7, pieces, &pieces_used);

  g_assert_cmpint (whole_result, ==, pieces_result);
  g_assert_true (g_string_equal (whole, pieces));
  g_assert_true (whole_result != NJ_CHUNK_TRAILERS || whole_used == pieces_used);
  return 0;
}
