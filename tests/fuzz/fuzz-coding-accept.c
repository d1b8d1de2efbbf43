/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is left of any Accept-Encoding is never more, and nothing is left of what is left.
 */
#include "http/coding-accept.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_auto (NjArena) arena;
  NjBytes          asked, again;

  nj_arena_init (&arena, NULL, 0);
  if (!nj_coding_accept_narrow (nj_bytes ((const char *) data, size), &arena, &asked))
    return 0;
  g_assert_cmpuint (asked.len, >, 0);
  g_assert_cmpuint (asked.len, <, 100);
  g_assert_true (nj_bytes_find (asked, NJ_BYTES ("br")) < 0 && nj_bytes_find (asked, NJ_BYTES ("zstd")) < 0);
  g_assert_false (nj_coding_accept_narrow (asked, &arena, &again));
  return 0;
}
