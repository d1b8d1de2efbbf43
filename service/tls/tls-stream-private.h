/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tls/tls-private.h"

G_BEGIN_DECLS

/* OpenSSL over a stream, as a stream. */
typedef struct
{
  NjStream    stream;
  NjStream   *below;    /* owned */
  SSL        *ssl;      /* owned */
  NjTlsPeer   peer;     /* of a client */
  GByteArray *late;     /* (nullable) owned: bytes that a read wanted to send and could not yet */
  NjIo        below_io; /* what the last call below came to */
  gboolean    is_reading;
  gboolean    is_heard; /* the other side said something */
  guint8      first;    /* its first byte */
  gboolean    is_broken;
  gboolean    is_below_ended; /* OpenSSL may have sent an alert since, so below_io does not tell */
  gboolean    is_shut; /* close_notify was sent */
  gboolean    is_truncated;
} NjTlsStream;

NjTlsStream *nj_tls_stream_new    (NjStream *below);
gboolean     nj_tls_stream_attach (NjTlsStream *self);
void         nj_tls_stream_raise  (NjTlsStream *self);

G_END_DECLS
