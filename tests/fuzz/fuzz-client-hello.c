/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first bytes of a TLS client: whatever they are, what is read of them lies within them.
 */
#include "tls/client-hello.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  char                lent[64];
  NjArena             arena;
  NjClientHello       hello;
  NjClientHelloResult result;

  nj_arena_init (&arena, lent, sizeof lent);
  result = nj_client_hello_parse (&hello, &arena, data, size);
  if (result == NJ_CLIENT_HELLO_OK)
    {
      g_assert_cmpuint (hello.length, <=, size);
      for (gsize i = 0; i < hello.server_name.len; i++)
        g_assert_true (hello.server_name.data[i] > ' ' && hello.server_name.data[i] < 0x7f);
      nj_client_hello_offers (&hello, NJ_BYTES ("h2"));
    }
  nj_arena_clear (&arena);
  return 0;
}
