/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/head.h"
#include "http/url.h"
#include "privacy/scrub-context.h"
#include "proxy/lane.h"

G_BEGIN_DECLS

/* What is to happen with a request. */
typedef enum
{
  NJ_VERDICT_PASS,
  NJ_VERDICT_BLOCK,    /* a rule, or the firewall */
  NJ_VERDICT_REDIRECT, /* answer with a resource of our own */
  NJ_VERDICT_REWRITE   /* ask for another URL */
} NjVerdictKind;

/* One struct answers all: firewall, filter and route, asked in that order. */
typedef struct
{
  NjVerdictKind kind;
  NjRequestType type;     /* what the answer is for */
  NjLogAction   action;   /* for the journal */
  const char   *reason;   /* (nullable) static text, when it is not a rule that decided */
  gboolean      asks_address; /* the filter says otherwise of some addresses of the server */
  guint32       rule;     /* of the policy's engine, NJ_RULE_NONE when none decided */
  NjBytes       redirect; /* name of the resource */
  NjBytes       rewrite;  /* the new URL, in the arena */
  NjRoute       route;
} NjVerdict;

void nj_verdict_ask_request (NjLane *lane, const NjPolicy *policy, NjHead *head, const NjUrl *url,
                             const NjScrubContext *context, NjArena *arena, NjVerdict *ret_verdict);
void nj_verdict_ask_tunnel  (NjLane *lane, const NjPolicy *policy, NjBytes host, guint16 port, NjArena *arena,
                             NjVerdict *ret_verdict);

/* The same again once the name was resolved here; TRUE when its canonical name changes pass to block. A fiber's call. */
gboolean nj_verdict_ask_canonical (NjLane *lane, const NjPolicy *policy, NjBytes host, gint64 deadline, NjArena *arena,
                                   NjVerdict *verdict);

NjRequestType nj_verdict_request_type (NjHead *head, const NjUrl *url);
gboolean      nj_verdict_is_own_port  (const NjLane *lane, NjBytes host, guint16 port);

/* The rule that decided, in the arena; empty when none did. */
void nj_verdict_name_rule (const NjPolicy *policy, const NjVerdict *verdict, NjArena *arena, NjBytes *ret_rule, NjBytes *ret_list);

G_END_DECLS
