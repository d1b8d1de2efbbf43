/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define NJ_TRUST_STORE_ERROR (nj_trust_store_error_quark ())

typedef enum
{
  NJ_TRUST_STORE_ERROR_NO_CERTUTIL, /* the program that changes browsers' databases is not installed */
  NJ_TRUST_STORE_ERROR_FAILED,      /* at one place at least; the places say why */
  NJ_TRUST_STORE_ERROR_NO_CERTIFICATE /* what should be installed is none */
} NjTrustStoreError;

/* Whether a browser trusts our authority. */
typedef enum
{
  NJ_TRUST_STATE_ABSENT,
  NJ_TRUST_STATE_PRESENT,
  NJ_TRUST_STATE_UNKNOWN /* problem says why */
} NjTrustState;

/* A database of certificates that some browser looks into. */
typedef struct
{
  char        *name;    /* owned: "Firefox (default-release)" */
  char        *folder;  /* owned */
  NjTrustState state;
  char        *problem; /* owned: "" when there is none */
} NjTrustPlace;

GQuark nj_trust_store_error_quark (void);

/* All of it waits for another program: not on the main thread of a service. */
GPtrArray *nj_trust_store_find        (const char *home); /* (transfer full) of NjTrustPlace */
char      *nj_trust_store_fingerprint (const char *pem) G_GNUC_WARN_UNUSED_RESULT; /* (nullable): SHA-256, hexadecimal */
gboolean   nj_trust_store_look        (GPtrArray *places, const char *fingerprint, GError **error);
gboolean   nj_trust_store_install     (GPtrArray *places, const char *pem, GError **error);
gboolean   nj_trust_store_remove      (GPtrArray *places, const char *fingerprint, GError **error); /* "" for every one of ours */
gboolean   nj_trust_store_forget      (GPtrArray *places, const char *folder, GError **error); /* trust-store-forget.c */

G_END_DECLS
