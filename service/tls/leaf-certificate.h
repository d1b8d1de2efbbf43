/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tls/authority.h"
#include "tls/tls-stream.h"

G_BEGIN_DECLS

/* How long a leaf is good for, the day that it is back-dated among them. */
#define NJ_LEAF_CERTIFICATE_DAYS 7

/* Leaves a worker keeps; the one not used for the longest time goes first. */
#define NJ_LEAF_CERTIFICATES_MAX 512

/* Certificates for hosts, made when asked for and kept. One a worker, on its thread only. */
typedef struct NjLeafCertificates NjLeafCertificates;

NjLeafCertificates *nj_leaf_certificates_new       (NjAuthority *authority);
void                nj_leaf_certificates_free      (NjLeafCertificates *leaves);
NjAuthority        *nj_leaf_certificates_authority (NjLeafCertificates *leaves);

/* Answers TLS in the name of host. */
NjIo nj_leaf_certificates_accept (NjLeafCertificates *leaves, NjStream *below, NjBytes host, gint64 deadline,
                                  NjStream **ret_stream, NjTlsFailure *ret_failure);

/* The leaf for host as PEM, and how many were made so far: for tests and for what is shown to the user. */
char *nj_leaf_certificates_print  (NjLeafCertificates *leaves, NjBytes host) G_GNUC_WARN_UNUSED_RESULT;
guint nj_leaf_certificates_n_made (const NjLeafCertificates *leaves);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjLeafCertificates, nj_leaf_certificates_free)

G_END_DECLS
