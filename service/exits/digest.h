/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* What a proxy asks of those who want in by Digest. */
typedef struct
{
  char    *realm;   /* owned */
  char    *nonce;   /* owned */
  char    *opaque;  /* (nullable) owned */
  gboolean has_qop; /* "auth" is offered */
  gboolean is_sha256;
  gboolean is_stale; /* only the nonce was too old */
} NjDigestChallenge;

gboolean nj_digest_challenge_parse (NjDigestChallenge *challenge, NjBytes value);
void     nj_digest_challenge_clear (NjDigestChallenge *challenge);

/* Who wants what. cnonce is ours, count how often the nonce was used, this time included. */
typedef struct
{
  const char *user;
  const char *password;
  const char *method;
  const char *uri;
  const char *cnonce;
  guint32     count;
} NjDigestRequest;

/* The value of Proxy-Authorization. */
char *nj_digest_answer (const NjDigestChallenge *challenge, const NjDigestRequest *request) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
