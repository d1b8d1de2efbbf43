/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tls/tls-server.h"

G_BEGIN_DECLS

/* How long an authority is good for, and when the next one is made beside it; days. */
#define NJ_AUTHORITY_DAYS    729
#define NJ_AUTHORITY_OVERLAP 60

/* Bytes of a certificate fingerprint: SHA-256 of its DER form. */
#define NJ_AUTHORITY_FINGERPRINT 32

/* Signs certificates for the hosts that are looked into. Counted, immutable once opened; any thread. */
typedef struct NjAuthority NjAuthority;

NjAuthority *nj_authority_open  (const char *folder, GPtrArray *complaints, GError **error);
NjAuthority *nj_authority_ref   (NjAuthority *authority);
void         nj_authority_unref (NjAuthority *authority);

const char *nj_authority_name        (const NjAuthority *authority);
gint64      nj_authority_ends        (const NjAuthority *authority); /* seconds since 1970 */
const char *nj_authority_certificate (const NjAuthority *authority); /* PEM: the one in use; the next behind it when there is one */
void        nj_authority_fingerprint (const NjAuthority *authority, guint8 ret_fingerprint[NJ_AUTHORITY_FINGERPRINT]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjAuthority, nj_authority_unref)

G_END_DECLS
