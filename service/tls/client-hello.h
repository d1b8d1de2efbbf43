/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* A ClientHello larger than this is not one; bytes of its records. */
#define NJ_CLIENT_HELLO_MAX 32768

/* More extensions are read and not listed. */
#define NJ_CLIENT_HELLO_EXTENSIONS_MAX 40

/* What looking at the first bytes of a client came to. */
typedef enum
{
  NJ_CLIENT_HELLO_OK,
  NJ_CLIENT_HELLO_MORE,   /* not all there yet */
  NJ_CLIENT_HELLO_NOT_TLS /* something else, or broken */
} NjClientHelloResult;

/* What a TLS client says before anything is encrypted. */
typedef struct
{
  NjBytes  server_name; /* as written, empty for none; printable ASCII */
  NjBytes  protocols;   /* the ALPN list as on the wire, lengths checked; empty for none */
  NjBytes  ciphers;     /* the suites as on the wire, two bytes each */
  NjBytes  groups;      /* the same of key exchange groups, empty for none */
  NjBytes  signatures;  /* the same of signature algorithms */
  guint16  extensions[NJ_CLIENT_HELLO_EXTENSIONS_MAX]; /* their types, in order */
  guint    n_extensions;
  guint16  version;     /* newest it offers: 0x0304 is TLS 1.3 */
  gboolean is_name_encrypted; /* ECH: server_name is a cover */
  guint16  sealed_length; /* bytes of its ECH */
  gsize    length;      /* bytes of the records it came in */
} NjClientHello;

NjClientHelloResult nj_client_hello_parse  (NjClientHello *hello, NjArena *arena, const guint8 *bytes, gsize len);
gboolean            nj_client_hello_offers (const NjClientHello *hello, NjBytes protocol);
guint32             nj_client_hello_kind   (const NjClientHello *hello); /* programs of one make have the same; never 0 */

G_END_DECLS
