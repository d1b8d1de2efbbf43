/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tls/tls-server.h"

G_BEGIN_DECLS

/* How long an authority is good for, and when the next one is made beside it; days. */
#define NJ_AUTHORITY_DAYS    729
#define NJ_AUTHORITY_OVERLAP 60

/* Bytes of a certificate fingerprint: SHA-256 of its DER form. */
#define NJ_AUTHORITY_FINGERPRINT 32

#define NJ_AUTHORITY_ERROR (nj_authority_error_quark ())

typedef enum
{
  NJ_AUTHORITY_ERROR_KEYLESS /* the certificate is there and its key is not: somebody else has it, or it is lost */
} NjAuthorityError;

/* Where keys are, besides in this process. */
typedef enum
{
  NJ_AUTHORITY_NEW,      /* nowhere yet */
  NJ_AUTHORITY_IN_FILE,  /* in a file that only its owner may read */
  NJ_AUTHORITY_ELSEWHERE /* with whoever gave them */
} NjAuthorityKeeping;

/* Signs certificates for the hosts that are looked into. Counted, immutable once opened; any thread. */
typedef struct NjAuthority NjAuthority;

GQuark       nj_authority_error_quark (void);
NjAuthority *nj_authority_open  (const char *folder, const char *keys, gboolean is_held, GPtrArray *complaints, GError **error);
NjAuthority *nj_authority_ref   (NjAuthority *authority);
void         nj_authority_unref (NjAuthority *authority);

const char *nj_authority_name        (const NjAuthority *authority);
gint64      nj_authority_ends        (const NjAuthority *authority); /* seconds since 1970 */
const char *nj_authority_certificate (const NjAuthority *authority); /* PEM: the one in use; the next behind it when there is one */
void        nj_authority_fingerprint (const NjAuthority *authority, guint8 ret_fingerprint[NJ_AUTHORITY_FINGERPRINT]);

/* authority-keys.c: keys that somebody else keeps, as one text. Main thread. */
char              *nj_authority_keys           (const NjAuthority *authority) G_GNUC_WARN_UNUSED_RESULT; /* nj_authority_keys_free() */
void               nj_authority_keys_free      (char *keys); /* (nullable) */
NjAuthorityKeeping nj_authority_keys_kept      (const NjAuthority *authority); /* the least of both pairs */
gboolean           nj_authority_keys_to_files  (NjAuthority *authority, const char *folder, GError **error);
gboolean           nj_authority_keys_elsewhere (NjAuthority *authority, const char *folder, GError **error);
gboolean           nj_authority_set_aside      (const char *folder); /* authority.c: the next that is opened is another one */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjAuthority, nj_authority_unref)

G_END_DECLS
