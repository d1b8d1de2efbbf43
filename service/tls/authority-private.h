/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What authority files and leaf-certificate.c share. */

#include "tls/authority.h"

#include <openssl/ssl.h>

G_BEGIN_DECLS

/* One certificate that may sign, with its key. */
typedef struct
{
  X509              *certificate; /* owned */
  EVP_PKEY          *key;         /* owned */
  NjAuthorityKeeping kept;        /* where the key is, besides here; main thread */
} NjAuthorityPair;

/* The same in every leaf, made once. */
typedef enum
{
  NJ_AUTHORITY_LEAF_CONSTRAINTS,
  NJ_AUTHORITY_LEAF_USAGE,
  NJ_AUTHORITY_LEAF_PURPOSE,
  NJ_AUTHORITY_LEAF_ISSUER_KEY,
  NJ_AUTHORITY_N_LEAF
} NjAuthorityLeaf;

struct NjAuthority
{
  gatomicrefcount refs;
  NjAuthorityPair pair;        /* owned */
  NjAuthorityPair next;        /* owned: the one that follows it, empty until its time has come */
  EVP_PKEY       *leaf_key;    /* owned: one for all leaves of this process, never written */
  X509_EXTENSION *leaf[NJ_AUTHORITY_N_LEAF]; /* owned */
  SSL_CTX        *context;     /* owned: how leaves are shown */
  char           *name;        /* owned */
  char           *pem;         /* owned */
  gint64          ends;        /* seconds since 1970 */
};

void     nj_authority_pair_clear (NjAuthorityPair *pair);
gboolean nj_authority_pair_make  (NjAuthorityPair *pair, const char *name, gint64 now);
gint64   nj_authority_pair_ends  (const NjAuthorityPair *pair);

/* authority-file.c: where a pair is kept. */
typedef enum
{
  NJ_AUTHORITY_FILE_OK,
  NJ_AUTHORITY_FILE_NONE,
  NJ_AUTHORITY_FILE_KEYLESS, /* its key is somewhere else; ret_pair is the certificate alone */
  NJ_AUTHORITY_FILE_DAMAGED
} NjAuthorityFile;

NjAuthorityFile nj_authority_file_load    (const char *folder, const char *stem, const char *keys, NjAuthorityPair *ret_pair);
gboolean        nj_authority_file_store   (const char *folder, const char *stem, const NjAuthorityPair *pair, gboolean with_key, GError **error);
gboolean        nj_authority_file_drop_key (const char *folder, const char *stem, GError **error);
gboolean        nj_authority_file_rename  (const char *folder, const char *from, const char *to);

/* Names of the files, without their ending. */
#define NJ_AUTHORITY_STEM      "authority"
#define NJ_AUTHORITY_STEM_NEXT "authority-next"

/* Makes a certificate's serial number and the two dates; what leaf and authority do alike. */
gboolean nj_authority_stamp (X509 *certificate, gint64 from, gint64 until);

/* leaf-certificate.c: how leaves are shown to clients; it shows the certificate that each SSL is given. */
SSL_CTX *nj_leaf_certificate_context (void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NjAuthorityPair, nj_authority_pair_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)

G_END_DECLS
