/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* Bytes of a chain that are kept; a chain longer than that is cut. */
#define NJ_TLS_CHAIN_MAX 16384

/* One certificate that a server showed, in words. */
typedef struct
{
  char  *subject;     /* owned, as all of these */
  char  *issuer;
  char  *names;       /* those it is for, joined by commas */
  char  *key;         /* such as "RSA 2048" */
  char  *signature;   /* such as "RSA-SHA256" */
  char  *fingerprint; /* SHA-256, in hexadecimal digits */
  gint64 begins;      /* seconds since 1970 */
  gint64 ends;
} NjTlsCertificate;

GPtrArray *nj_tls_chain_read       (const guint8 *bytes, gsize len) G_GNUC_WARN_UNUSED_RESULT; /* of NjTlsCertificate */
void       nj_tls_certificate_free (NjTlsCertificate *certificate);

G_END_DECLS
