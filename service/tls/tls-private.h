/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the files of this room share. OpenSSL's types go no further. */

#include "tls/tls-context.h"
#include "tls/tls-stream.h"

#include <openssl/ssl.h>

G_BEGIN_DECLS

/* Hung on each client SSL so that the callbacks of the one SSL_CTX know whom they work for. */
typedef struct
{
  char    *session_key;     /* owned */
  gboolean has_fingerprint;
  gboolean is_fingerprint_wrong; /* the certificate was another than the one pinned */
  gboolean is_certificate_wanted; /* the server asked for one of ours */
  const char *staple_problem;    /* (nullable) static text: why what was stapled, or was not, is a refusal */
  guint8   fingerprint[NJ_TLS_FINGERPRINT];
  GByteArray *chain;             /* (nullable) borrowed for the handshake: gets what it shows */
} NjTlsPeer;

SSL        *nj_tls_client_new   (const NjTlsClientConfig *config, NjTlsPeer *peer);
void        nj_tls_peer_clear   (NjTlsPeer *peer);
void        nj_tls_context_tune (SSL_CTX *context);
gsize       nj_tls_alpn_wire    (NjBytes list, guint8 *wire, gsize size);
SSL        *nj_tls_server_ssl   (NjTlsServer *server);

NjIo        nj_tls_accept_ssl   (NjStream *below, SSL *ssl, gint64 deadline, NjStream **ret_stream, NjTlsFailure *ret_failure);

/* tls-failure.c: a handshake that failed, in words. */
void nj_tls_failure_say     (NjTlsFailure *failure, const char *text);
void nj_tls_failure_explain (NjTlsFailure *failure, SSL *ssl, const NjTlsPeer *peer, gboolean is_below_ended, NjIo below_io);

/* tls-mirror.c: one kind of client; 0 and NULL for none. */
SSL_CTX *nj_tls_mirror_context (const NjTlsMirror *mirror);
guint32  nj_tls_mirror_kind    (const NjTlsMirror *mirror);
SSL_CTX *nj_tls_context_new    (void); /* tls-context.c: a client's, as strict as the others, trusting whom they do */

/* tls-chain.c: what a server showed. */
void nj_tls_chain_take (GByteArray *chain, X509 *leaf, STACK_OF (X509) * others);

/* ocsp-staple.c: NULL when there is nothing against the certificate. */
const char *nj_ocsp_staple_problem (SSL *ssl);

/* tls-sessions.c: tickets by key, newest first. */
void         nj_tls_sessions_store (const char *key, SSL_SESSION *session); /* takes session */
SSL_SESSION *nj_tls_sessions_take  (const char *key);
void         nj_tls_sessions_clear (void);

G_END_DECLS
