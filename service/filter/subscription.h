/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* Longest list that is fetched; bytes. */
#define NJ_SUBSCRIPTION_SIZE_MAX (64 * 1024 * 1024)

/* What came of an attempt to fetch a list. */
typedef enum
{
  NJ_FETCH_NEVER,
  NJ_FETCH_NEW,          /* a new text is in use */
  NJ_FETCH_UNCHANGED,    /* the server says that ours is the newest */
  NJ_FETCH_FAILED,       /* no answer, or an error */
  NJ_FETCH_TRUNCATED,    /* shorter than announced */
  NJ_FETCH_TOO_LARGE,
  NJ_FETCH_EMPTY,
  NJ_FETCH_NO_LIST,      /* a web page or no text at all */
  NJ_FETCH_SHRUNK,       /* a tenth of what it was: kept back until it stays so */
  NJ_FETCH_BAD_DIGEST,   /* its own checksum does not fit */
  NJ_N_FETCH_RESULTS
} NjFetchResult;

/* One list that somebody has. */
typedef struct
{
  char         *id;            /* owned */
  char         *url;           /* owned */
  char         *etag;          /* (nullable) owned: for a conditional request */
  char         *last_modified; /* (nullable) owned */
  gint64        last_success;  /* s since 1970; 0: never */
  gint64        last_attempt;  /* s since 1970; 0: never */
  guint32       expires_s;     /* what the list says of itself; 0: nothing */
  guint         n_failures;    /* since the last success */
  guint         n_shrunk;      /* times it came shrunk in a row */
  gsize         size;          /* bytes of the text in use */
  NjFetchResult result;        /* of the last attempt */
  char         *digest;        /* (nullable) owned: SHA-256 of the text in use, hexadecimal */
} NjSubscription;

NjSubscription *nj_subscription_new       (const char *id, const char *url) G_GNUC_WARN_UNUSED_RESULT;
void            nj_subscription_free      (NjSubscription *subscription);
gint64          nj_subscription_due       (const NjSubscription *subscription);
NjFetchResult   nj_subscription_judge     (NjSubscription *subscription, NjBytes text, gint64 announced, gint64 now);
void            nj_subscription_note      (NjSubscription *subscription, NjFetchResult result, gint64 now);
const char     *nj_fetch_result_text      (NjFetchResult result);
NjSubscription *nj_subscription_read      (GKeyFile *file, const char *group) G_GNUC_WARN_UNUSED_RESULT;
void            nj_subscription_write     (const NjSubscription *subscription, GKeyFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjSubscription, nj_subscription_free)

G_END_DECLS
