/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How we answer TLS as a server: one SSL_CTX with a certificate, its key and the protocols we
 * speak. Counted, for several workers share it. The bytes are for tls-stream.c. Any thread.
 */
#include "tls/tls-server.h"

#include "tls/tls-private.h"

#include <openssl/err.h>

struct NjTlsServer
{
  gatomicrefcount refs;
  SSL_CTX        *context; /* owned */
  guint8          alpn[256];
  gsize           alpn_len;
};

G_DEFINE_QUARK (nj-tls-error-quark, nj_tls_error)

/* Ours in our order; a client that offers only others gets no answer to its ALPN rather than an
 * alert, as servers that know no ALPN do (RFC 7301 §3.2 allows both). */
static int
on_alpn (SSL *ssl, const guint8 **ret_name, guint8 *ret_len, const guint8 *offered, guint offered_len, void *server_pointer)
{
  NjTlsServer *server = server_pointer;
  guint8      *chosen = NULL;

  if (SSL_select_next_proto (&chosen, ret_len, server->alpn, (guint) server->alpn_len, offered, offered_len) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;

  *ret_name = chosen;
  return SSL_TLSEXT_ERR_OK;
}

static gboolean
certificate_load (NjTlsServer *server, const char *certificate_path, const char *key_path, GError **error)
{
  const char *problem = NULL;

  if (SSL_CTX_use_certificate_chain_file (server->context, certificate_path) != 1)
    problem = "the certificate cannot be read";
  else if (SSL_CTX_use_PrivateKey_file (server->context, key_path, SSL_FILETYPE_PEM) != 1)
    problem = "the key cannot be read or is another certificate's";
  else if (SSL_CTX_check_private_key (server->context) != 1)
    problem = "the key is another certificate's";

  ERR_clear_error ();
  if (problem == NULL)
    return TRUE;
  g_set_error_literal (error, NJ_TLS_ERROR, NJ_TLS_ERROR_CERTIFICATE, problem);
  return FALSE;
}

/**
 * nj_tls_server_new:
 * @certificate_path: a PEM file, the server's certificate first, then those that signed it
 * @key_path: a PEM file with its key
 * @alpn: protocols in the order wanted, joined by commas; none when empty
 * @error: %NJ_TLS_ERROR_CERTIFICATE
 *
 * Reads files, so not on a worker. Any other thread.
 *
 * Returns: (transfer full) (nullable): how to answer
 */
NjTlsServer *
nj_tls_server_new (const char *certificate_path, const char *key_path, NjBytes alpn, GError **error)
{
  static const guint8 session_context[] = "nightjar";
  g_autoptr (NjTlsServer) server = g_new0 (NjTlsServer, 1);

  g_atomic_ref_count_init (&server->refs);
  server->context = SSL_CTX_new (TLS_server_method ());
  g_assert (server->context != NULL);
  nj_tls_context_tune (server->context);
  SSL_CTX_set_options (server->context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_session_id_context (server->context, session_context, sizeof session_context - 1);
  /* Tickets carry the state, so nothing is kept here. */
  SSL_CTX_set_session_cache_mode (server->context, SSL_SESS_CACHE_OFF);

  server->alpn_len = nj_tls_alpn_wire (alpn, server->alpn, sizeof server->alpn);
  if (server->alpn_len > 0)
    SSL_CTX_set_alpn_select_cb (server->context, on_alpn, server);

  if (!certificate_load (server, certificate_path, key_path, error))
    return NULL;
  return g_steal_pointer (&server);
}

/**
 * nj_tls_server_require_tls13:
 * @server: a server nobody uses yet
 *
 * Refuses TLS 1.2, which shows the certificate to anybody who listens.
 */
void
nj_tls_server_require_tls13 (NjTlsServer *server)
{
  SSL_CTX_set_min_proto_version (server->context, TLS1_3_VERSION);
}

/**
 * nj_tls_server_ref:
 * @server: a server
 *
 * Any thread.
 *
 * Returns: (transfer full): @server
 */
NjTlsServer *
nj_tls_server_ref (NjTlsServer *server)
{
  g_atomic_ref_count_inc (&server->refs);
  return server;
}

/**
 * nj_tls_server_unref:
 * @server: (transfer full) (nullable): a server
 *
 * Connections that it made must be closed before the last one goes. Any thread.
 */
void
nj_tls_server_unref (NjTlsServer *server)
{
  if (server == NULL || !g_atomic_ref_count_dec (&server->refs))
    return;

  SSL_CTX_free (server->context);
  g_free (server);
}

/**
 * nj_tls_server_ssl:
 * @server: a server
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): one answer, without a stream below it yet
 */
SSL *
nj_tls_server_ssl (NjTlsServer *server)
{
  return SSL_new (server->context);
}
