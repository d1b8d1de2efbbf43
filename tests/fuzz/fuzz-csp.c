/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Policies of pages: letting ours in adds a nonce and takes no source away but "'none'"; done twice it stays.
 */
#include "http/csp.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char  *text = g_memdup2 (data, size);
  _Alignas (8) char lent[4096];
  g_auto (NjArena)  arena;
  NjBytes           policy = nj_bytes (text, size), once;

  nj_arena_init (&arena, lent, sizeof lent);
  if (nj_csp_admit (policy, NJ_BYTES ("NONCE"), NJ_CSP_SCRIPT | NJ_CSP_STYLE, &arena, &once))
    {
      g_assert_true (nj_bytes_find (once, NJ_BYTES ("'nonce-NONCE'")) >= 0);
      g_assert_cmpuint (once.len, <=, 3 * size + 256 * (1 + size / 8));
    }
  else
    g_assert_true (nj_bytes_equal (policy, once));
  return 0;
}
