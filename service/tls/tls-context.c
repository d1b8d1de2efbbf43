/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all TLS clients of the process share: one SSL_CTX, made on first use (it costs some ms),
 * who is trusted, and the callbacks that verify a certificate and keep sessions. Bytes are for
 * tls-stream.c. Any thread.
 */
#include "tls/tls-private.h"

#include "base/host.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static SSL_CTX       *client_context;
static int            peer_slot; /* where an SSL keeps its NjTlsPeer */

/**
 * nj_tls_context_tune:
 * @context: a context being made
 *
 * What holds for either side. Any thread.
 */
void
nj_tls_context_tune (SSL_CTX *context)
{
  SSL_CTX_set_min_proto_version (context, TLS1_2_VERSION);

  /* No renegotiation: after the handshake a write then never waits for a read, nor a read for a
   * write, so one readiness flag each is enough. Nobody needs it: RFC 8446 did away with it. */
  SSL_CTX_set_options (context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);

  /* 34 KiB instead of 99 for an idle pair; one recv a record. */
  SSL_CTX_set_mode (context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                               SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead (context, 1);
}

static gboolean
is_pinned_certificate (X509 *certificate, const guint8 *fingerprint)
{
  guint8 found[EVP_MAX_MD_SIZE];
  guint  len = 0;

  return certificate != NULL && X509_digest (certificate, EVP_sha256 (), found, &len) == 1 &&
         len == NJ_TLS_FINGERPRINT && memcmp (found, fingerprint, len) == 0;
}

/* In place of the chain check: a pinned certificate is right by itself, whoever signed it and
 * whatever its dates say; every other goes the usual way. */
static int
on_verify (X509_STORE_CTX *store, void *unused)
{
  SSL       *ssl = X509_STORE_CTX_get_ex_data (store, SSL_get_ex_data_X509_STORE_CTX_idx ());
  NjTlsPeer *peer = SSL_get_ex_data (ssl, peer_slot);

  if (peer == NULL)
    return 0;
  if (peer->chain != NULL)
    nj_tls_chain_take (peer->chain, X509_STORE_CTX_get0_cert (store), X509_STORE_CTX_get0_untrusted (store));
  if (!peer->has_fingerprint)
    return X509_verify_cert (store);

  if (is_pinned_certificate (X509_STORE_CTX_get0_cert (store), peer->fingerprint))
    {
      X509_STORE_CTX_set_error (store, X509_V_OK);
      return 1;
    }
  peer->is_fingerprint_wrong = TRUE;
  X509_STORE_CTX_set_error (store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

static int
on_new_session (SSL *ssl, SSL_SESSION *session)
{
  NjTlsPeer *peer = SSL_get_ex_data (ssl, peer_slot);

  if (peer == NULL || peer->session_key == NULL || !SSL_SESSION_is_resumable (session))
    return 0;

  nj_tls_sessions_store (peer->session_key, session);
  return 1;
}

/* Called in every handshake that verified a certificate, whether something was stapled or not. */
static int
on_staple (SSL *ssl, void *unused)
{
  NjTlsPeer *peer = SSL_get_ex_data (ssl, peer_slot);

  if (peer == NULL || peer->has_fingerprint)
    return 1;

  peer->staple_problem = nj_ocsp_staple_problem (ssl);
  return peer->staple_problem == NULL;
}

/* We have none; who cares can ask whether one was wanted. */
static int
on_certificate_wanted (SSL *ssl, X509 **ret_certificate, EVP_PKEY **ret_key)
{
  NjTlsPeer *peer = SSL_get_ex_data (ssl, peer_slot);

  if (peer != NULL)
    peer->is_certificate_wanted = TRUE;
  return 0;
}

/* What browsers accept, less what only very old servers need: forward secrecy always, no SHA-1 in a
 * signature, no RSA key below 2048 bits. */
static void
be_strict (SSL_CTX *context)
{
  SSL_CTX_set_security_level (context, 2);
  SSL_CTX_set_cipher_list (context, "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!aNULL:!eNULL");
  SSL_CTX_set1_groups_list (context, "X25519:P-256:P-384");
  SSL_CTX_set1_sigalgs_list (context, "ECDSA+SHA256:RSA-PSS+SHA256:RSA+SHA256:ECDSA+SHA384:RSA-PSS+SHA384:RSA+SHA384:"
                                      "RSA-PSS+SHA512:RSA+SHA512");
  SSL_CTX_set_tlsext_status_type (context, TLSEXT_STATUSTYPE_ocsp);
  SSL_CTX_set_tlsext_status_cb (context, on_staple);
  SSL_CTX_set_client_cert_cb (context, on_certificate_wanted);
}

static SSL_CTX *
context_make (void)
{
  SSL_CTX *context = SSL_CTX_new (TLS_client_method ());

  g_assert (context != NULL);
  nj_tls_context_tune (context);
  be_strict (context);
  SSL_CTX_set_verify (context, SSL_VERIFY_PEER, NULL);
  SSL_CTX_set_cert_verify_callback (context, on_verify, NULL);
  SSL_CTX_set_session_cache_mode (context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb (context, on_new_session);
  return context;
}

static void
on_first_use (void)
{
  peer_slot = SSL_get_ex_new_index (0, NULL, NULL, NULL, NULL);
  client_context = context_make ();
  /* A folder of hashed certificates is read one certificate at a time when it is needed. Without any
   * roots nothing verifies, which is right. SSL_CERT_FILE and SSL_CERT_DIR are heard here. */
  SSL_CTX_set_default_verify_paths (client_context);
  ERR_clear_error ();
}

/**
 * nj_tls_context_prepare:
 *
 * Pays for the first use at a moment of the caller's choice. Any thread.
 */
void
nj_tls_context_prepare (void)
{
  pthread_once (&once, on_first_use);
}

/**
 * nj_tls_context_new: (skip)
 *
 * Any thread.
 *
 * Returns: (transfer full): a client's context, as strict as the one that all share, and trusting the same roots
 */
SSL_CTX *
nj_tls_context_new (void)
{
  SSL_CTX *context;

  nj_tls_context_prepare ();
  context = context_make ();
  SSL_CTX_set1_cert_store (context, SSL_CTX_get_cert_store (client_context));
  return context;
}

/**
 * nj_tls_context_trust_only:
 * @path: (nullable): a PEM file of roots; %NULL for the system's
 *
 * For tests. While no connection is being made.
 *
 * Returns: whether @path could be read
 */
gboolean
nj_tls_context_trust_only (const char *path)
{
  X509_STORE *store = X509_STORE_new ();
  gboolean    is_read;

  nj_tls_context_prepare ();
  is_read = path != NULL ? X509_STORE_load_file (store, path) == 1 : X509_STORE_set_default_paths (store) == 1;
  SSL_CTX_set_cert_store (client_context, store);
  nj_tls_sessions_clear ();
  ERR_clear_error ();
  return is_read;
}

/**
 * nj_tls_context_forget_sessions:
 *
 * Any thread.
 */
void
nj_tls_context_forget_sessions (void)
{
  nj_tls_sessions_clear ();
}

/**
 * nj_tls_alpn_wire:
 * @list: protocols joined by commas
 * @wire: (out): room for what goes into the extension
 * @size: its room in bytes
 *
 * Any thread. Source: RFC 7301 §3.1.
 *
 * Returns: bytes written, 0 when there is none or they do not fit
 */
gsize
nj_tls_alpn_wire (NjBytes list, guint8 *wire, gsize size)
{
  gsize length_at = 0;

  if (list.len == 0 || list.len + 1 > size)
    return 0;

  for (gsize i = 0; i <= list.len; i++)
    {
      if (i < list.len && list.data[i] != ',')
        {
          wire[i + 1] = (guint8) list.data[i];
          continue;
        }
      if (i == length_at || i - length_at > 255)
        return 0;
      wire[length_at] = (guint8) (i - length_at);
      length_at = i + 1;
    }
  return list.len + 1;
}

static void
expect_name (SSL *ssl, NjBytes server_name)
{
  char              name[NJ_HOST_MAX + 1] = "";
  NjAddress         address;
  X509_VERIFY_PARAM *parameters = SSL_get0_param (ssl);

  /* A name too long matches nothing: fail closed. */
  if (server_name.len > 0 && server_name.len <= NJ_HOST_MAX)
    memcpy (name, server_name.data, server_name.len);

  if (nj_address_parse (server_name, 0, &address))
    {
      /* RFC 6066 §3: no SNI for addresses. */
      if (address.any.sa_family == AF_INET)
        X509_VERIFY_PARAM_set1_ip (parameters, (const guint8 *) &address.v4.sin_addr, 4);
      else
        X509_VERIFY_PARAM_set1_ip (parameters, (const guint8 *) &address.v6.sin6_addr, 16);
      return;
    }

  X509_VERIFY_PARAM_set_hostflags (parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  SSL_set1_host (ssl, name[0] != '\0' ? name : "invalid.");
  SSL_set_tlsext_host_name (ssl, name);
}

static char *
session_key (const NjTlsClientConfig *config)
{
  GString *key = g_string_new (NULL);

  g_string_append_printf (key, "%.*s|%.*s:%u|%.*s|", NJ_BYTES_ARGS (config->partition),
                          NJ_BYTES_ARGS (config->server_name), config->port, NJ_BYTES_ARGS (config->alpn));
  if (config->mirror != NULL)
    g_string_append_printf (key, "%08x|", nj_tls_mirror_kind (config->mirror));
  for (guint i = 0; config->fingerprint != NULL && i < NJ_TLS_FINGERPRINT; i++)
    g_string_append_printf (key, "%02x", config->fingerprint[i]);
  return g_string_free (key, FALSE);
}

/**
 * nj_tls_client_new:
 * @config: whom we want to talk to
 * @peer: where the callbacks look; must outlive what is returned
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): a client without a stream below it yet
 */
SSL *
nj_tls_client_new (const NjTlsClientConfig *config, NjTlsPeer *peer)
{
  guint8       wire[256];
  gsize        wire_len = nj_tls_alpn_wire (config->alpn, wire, sizeof wire);
  SSL_SESSION *session;
  SSL         *ssl;

  nj_tls_context_prepare ();
  ssl = SSL_new (config->mirror != NULL ? nj_tls_mirror_context (config->mirror) : client_context);
  if (ssl == NULL)
    return NULL;

  SSL_set_ex_data (ssl, peer_slot, peer);
  peer->session_key = session_key (config);
  peer->chain = config->chain;
  peer->has_fingerprint = config->fingerprint != NULL;
  if (peer->has_fingerprint)
    memcpy (peer->fingerprint, config->fingerprint, sizeof peer->fingerprint);

  expect_name (ssl, config->server_name);
  if (wire_len > 0)
    SSL_set_alpn_protos (ssl, wire, (guint) wire_len);
  session = nj_tls_sessions_take (peer->session_key);
  if (session != NULL)
    {
      SSL_set_session (ssl, session);
      SSL_SESSION_free (session);
    }
  return ssl;
}

/**
 * nj_tls_peer_clear:
 * @peer: what a client's callbacks looked at, after that client was freed
 *
 * Any thread.
 */
void
nj_tls_peer_clear (NjTlsPeer *peer)
{
  g_clear_pointer (&peer->session_key, g_free);
}
