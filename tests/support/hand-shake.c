/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two sides of TLS that shake hands without a network.
 */
#include "tests/support/hand-shake.h"

#include <openssl/err.h>

/* More than TLS 1.2 with a second hello needs. */
#define ROUNDS 8

static void
carry (BIO *from, BIO *to)
{
  char bytes[4096];
  int  n;

  while ((n = BIO_read (from, bytes, sizeof bytes)) > 0)
    g_assert_cmpint (BIO_write (to, bytes, n), ==, n);
}

gboolean
hand_shake (SSL *client, SSL *server)
{
  gboolean is_done = FALSE;

  SSL_set_bio (client, BIO_new (BIO_s_mem ()), BIO_new (BIO_s_mem ()));
  SSL_set_bio (server, BIO_new (BIO_s_mem ()), BIO_new (BIO_s_mem ()));
  SSL_set_connect_state (client);
  SSL_set_accept_state (server);
  for (guint round = 0; round < ROUNDS && !is_done; round++)
    {
      is_done = SSL_do_handshake (client) == 1;
      carry (SSL_get_wbio (client), SSL_get_rbio (server));
      is_done = SSL_do_handshake (server) == 1 && is_done;
      carry (SSL_get_wbio (server), SSL_get_rbio (client));
    }
  ERR_clear_error ();
  return is_done;
}
