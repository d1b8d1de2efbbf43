/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/stream.h"
#include "tls/tls-mirror.h"
#include "tls/tls-server.h"

G_BEGIN_DECLS

/* Bytes of a certificate fingerprint: SHA-256 of its DER form. */
#define NJ_TLS_FINGERPRINT 32

#define NJ_TLS_FAILURE_MAX 160

/* Whom we want to talk to. All of it is borrowed for the call. */
typedef struct
{
  NjBytes       server_name; /* in normal form; the certificate must be for it (without a fingerprint); SNI unless an address */
  guint16       port;        /* tells sessions of the same name apart */
  const guint8 *fingerprint; /* (nullable) NJ_TLS_FINGERPRINT bytes: the one certificate accepted, whatever name it bears */
  NjBytes       alpn;        /* protocols in the order wanted, joined by commas: "h2,http/1.1"; none when empty */
  const NjTlsMirror *mirror; /* (nullable) say hello as this kind of client does */
  GByteArray   *chain;       /* (nullable) gets the certificates that it shows, as tls/tls-chain.h reads them; empty when a session is resumed */
  gint64        patience;    /* for its first word, µs; 0: no less than for the whole handshake */
  NjBytes       partition;   /* sessions are resumed only within it: the route, so that tickets do not tie two together */
} NjTlsClientConfig;

/* Why there is no TLS. */
typedef struct
{
  gboolean is_certificate;           /* the other side is not who it should be */
  gboolean is_certificate_wanted;    /* the server asked us for one */
  gboolean is_not_tls;               /* what answered speaks something else */
  gboolean is_unheard;               /* the other side said nothing at all: silent, closed or reset */
  gboolean is_closed;                /* the other side closed in the middle */
  guint8   alert;                    /* what the other side sent (RFC 8446 §6), 0 for none */
  char     text[NJ_TLS_FAILURE_MAX]; /* for people */
} NjTlsFailure;

NjIo nj_tls_connect (NjStream *below, const NjTlsClientConfig *config, gint64 deadline, NjStream **ret_stream, NjTlsFailure *ret_failure);
NjIo nj_tls_accept  (NjStream *below, NjTlsServer *server, gint64 deadline, NjStream **ret_stream, NjTlsFailure *ret_failure);

gboolean nj_tls_failure_is_about_certificate (const NjTlsFailure *failure); /* the other side does not take ours */

/* Of a stream that one of the two above gave. */
NjStream *nj_tls_below       (NjStream *stream); /* (transfer none): what it lies over */
NjBytes  nj_tls_protocol     (NjStream *stream); /* what ALPN chose, empty for none; as long as the stream */
gboolean nj_tls_is_resumed   (NjStream *stream);
gboolean nj_tls_is_truncated (NjStream *stream); /* the end that was read came without close_notify */
gboolean nj_tls_is_certificate_wanted (NjStream *stream); /* by the server; it was given none */
gboolean nj_tls_peer_fingerprint (NjStream *stream, guint8 ret_fingerprint[NJ_TLS_FINGERPRINT]);
NjBytes  nj_tls_server_name  (NjStream *stream); /* what the client asked for, empty for none; as long as the stream */

G_END_DECLS
