/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tls/tls-chain.h"

G_BEGIN_DECLS

/* What the last sites showed when they were looked into, good or bad. Any thread; one lock, held for a copy. */
typedef struct NjSeenCertificates NjSeenCertificates;

/* What was seen of one place; owned. */
typedef struct
{
  char       *place;   /* host, or host:port when that is not 443 */
  char       *problem; /* why it could not be verified, "" when it could */
  gint64      when;    /* seconds since 1970 */
  GByteArray *chain;   /* its certificates, as tls/tls-chain.h reads them */
} NjSeenCertificate;

#define NJ_SEEN_CERTIFICATES_MAX 64

NjSeenCertificates *nj_seen_certificates_new  (void);
void                nj_seen_certificates_free (NjSeenCertificates *seen);
void                nj_seen_certificates_note (NjSeenCertificates *seen, NjBytes place, const char *problem, const GByteArray *chain, gint64 when);
NjSeenCertificate  *nj_seen_certificates_find (NjSeenCertificates *seen, const char *place) G_GNUC_WARN_UNUSED_RESULT; /* (nullable) a copy */
GPtrArray          *nj_seen_certificates_bad  (NjSeenCertificates *seen) G_GNUC_WARN_UNUSED_RESULT; /* copies of those that could not be verified */

GPtrArray *nj_seen_certificate_chain (const NjSeenCertificate *certificate) G_GNUC_WARN_UNUSED_RESULT; /* of NjTlsCertificate */
void nj_seen_certificate_free (NjSeenCertificate *certificate);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjSeenCertificate, nj_seen_certificate_free)

G_END_DECLS
