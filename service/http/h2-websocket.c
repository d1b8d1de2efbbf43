/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two fields of a WebSocket's opening that HTTP/2 has no use for and HTTP/1.1 insists on. Any
 * thread. Source: RFC 6455 §4.2.2, RFC 8441 §5.
 */
#include "http/h2-private.h"

/**
 * nj_h2_websocket_accept: (skip)
 * @arena: where the answer goes
 * @key: a Sec-WebSocket-Key
 *
 * Returns: the Sec-WebSocket-Accept that answers @key
 */
NjBytes
nj_h2_websocket_accept (NjArena *arena, const char *key)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char      *text = NULL;
  guint8                digest[20];
  gsize                 len = sizeof digest;

  g_checksum_update (sum, (const guchar *) key, -1);
  g_checksum_update (sum, (const guchar *) "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", -1);
  g_checksum_get_digest (sum, digest, &len);
  text = g_base64_encode (digest, len);
  return nj_arena_copy (arena, nj_bytes_from_string (text));
}

/**
 * nj_h2_websocket_key: (skip)
 *
 * Returns: (transfer full): a Sec-WebSocket-Key; what it says need only differ from the last one's
 */
char *
nj_h2_websocket_key (void)
{
  guint32 random[4];

  for (guint i = 0; i < G_N_ELEMENTS (random); i++)
    random[i] = g_random_int ();
  return g_base64_encode ((const guchar *) random, sizeof random);
}
