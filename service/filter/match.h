/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/engine-private.h"
#include "filter/glob.h"
#include "filter/token.h"

G_BEGIN_DECLS

/* Labels a host name can have: 253 bytes, every other one a dot. */
#define NJ_MATCH_LABELS 128
/* Names of one host that rules speak of: its suffixes, and those of its entity. */
#define NJ_MATCH_NAMES 24

/* A host and what the engine knows of it; filled when first asked for. */
typedef struct
{
  NjBytes  host;
  gboolean is_known;
  guint    n;
  guint32  numbers[NJ_MATCH_NAMES]; /* sorted */
  guint    n_buckets;
  guint32  buckets[NJ_MATCH_NAMES]; /* of rules filed under one of the names */
} NjMatchNames;

/* One request while it is matched. */
typedef struct NjMatch NjMatch;
struct NjMatch
{
  const NjEngine        *engine;
  NjArena               *arena; /* for scratch */
  NjMatch               *base; /* (nullable) in the arena: the same request in the engine below */
  guint32                mark; /* added to the numbers of rules */
  const NjFilterRequest *request;
  NjGlobText             url; /* lower case, with NJ_TOKEN_SLACK behind it */
  gsize                  host_end; /* by uBlock Origin's reckoning: authority + length of the host */
  NjToken               *tokens; /* those that rules are filed under; hash: their bucket */
  guint                  n_tokens;
  NjMatchNames           source;
  NjMatchNames           target;
  guint16                party; /* NJ_COND_FIRST or NJ_COND_THIRD */
  const NjFilterHeader  *headers; /* of the response, if there is one */
  guint                  n_headers;
  gboolean               asks_address; /* a rule held but for the server's address, which is not known yet */
  guint                  n_labels; /* 0 when no host rule can be about the host */
  guint                  first_label; /* 1 when none is about the last label alone */
  guint64                label_hashes[NJ_MATCH_LABELS]; /* of the host's suffixes, shortest first */
  guint8                 label_starts[NJ_MATCH_LABELS];
};

/* A rule that holds. */
typedef struct
{
  guint32              rule;
  guint8               flags;      /* NJ_IMAGE_RULE_ bits */
  gboolean             is_host;    /* decided by the host alone */
  gsize                end;        /* where in the URL the match ends */
  const guint32       *conditions; /* (nullable) */
} NjMatchHit;

/* Returns TRUE to look no further. */
typedef gboolean (*NjMatchVisit) (NjMatch *match, const NjMatchHit *hit, gpointer user_data);

void     nj_match_init       (NjMatch *match, const NjEngine *engine, const NjFilterRequest *request, NjArena *arena);
gboolean nj_match_visit      (NjMatch *match, NjRealm realm, guint16 need, NjMatchVisit visit, gpointer user_data);
guint32  nj_match_find       (NjMatch *match, NjRealm realm, guint16 need, guint8 *ret_flags);
gboolean nj_match_knows_page (NjMatch *match);
gboolean nj_match_has_rules  (const NjMatch *match, guint32 realms);
gboolean nj_match_ends_host  (const NjMatch *match, const NjMatchHit *hit);

G_END_DECLS
