/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/request-type.h"
#include "filter/rule.h"

G_BEGIN_DECLS

#define NJ_RULE_NONE G_MAXUINT32

/* All lists, compiled. Immutable and counted; any number of threads may match at once. */
typedef struct NjEngine NjEngine;

/* What is asked about. */
typedef struct
{
  NjBytes       url;         /* absolute; scheme and host in lower case, punycode */
  NjBytes       host;        /* slice of url, without port */
  NjBytes       source_host; /* of the page that asks, in its normal form; empty: unknown, which counts as
                                third party. For documents the host itself is taken */
  NjRequestType type;
  NjBytes       method;      /* "GET"; empty: unknown */
  NjBytes       address;     /* the peer as text, no port; empty: not known yet */
  gboolean      host_only;   /* an uninspected tunnel: url is https://host/; path, type and source are unknown, so
                                only rules that a host name alone decides are asked */
} NjFilterRequest;

typedef enum
{
  NJ_FILTER_ALLOW,
  NJ_FILTER_BLOCK,
  NJ_FILTER_EXCEPT,   /* would be blocked but for an exception */
  NJ_FILTER_REDIRECT, /* answer with a resource of our own */
  NJ_FILTER_REWRITE   /* go to another URL */
} NjFilterAction;

typedef struct
{
  NjFilterAction action;
  guint32        rule;         /* the deciding rule, for nj_engine_describe(); NJ_RULE_NONE */
  guint32        modifier;     /* the rule that redirects or rewrites; NJ_RULE_NONE */
  gboolean       is_important; /* an exception could not lift it */
  NjBytes        redirect;     /* name of the resource */
  NjBytes        rewrite;      /* the new URL, in the caller's arena */
  gboolean       asks_address; /* a rule would decide but for the server's address, which is not known yet */
} NjFilterVerdict;

/* Where a rule comes from. */
typedef struct
{
  char *list;  /* owned: id */
  char *title; /* owned */
  char *text;  /* owned: the rule as written */
  guint line;  /* 1-based */
} NjRuleOrigin;

/* What one list gave. */
typedef struct
{
  const char *id;
  const char *title;
  const char *homepage;
  guint32     expires_s; /* 0: not said */
  guint32     n_rules;
  guint32     n_refused; /* network rules that cannot be honoured */
  guint32     n_page;    /* cosmetic, scriptlet and HTML rules */
  gboolean    is_trusted;
  guint32     refused[NJ_N_REFUSALS];
} NjListSummary;

/* Of matching against a response's head. */
typedef struct
{
  NjBytes name;
  NjBytes value;
} NjFilterHeader;

/* A rule that takes part, as nj_engine_explain() reports it. */
typedef void (*NjFilterVisit) (guint32 rule, const char *role, gpointer user_data);

NjEngine            *nj_engine_new_empty   (void) G_GNUC_WARN_UNUSED_RESULT;
NjEngine            *nj_engine_ref         (NjEngine *engine);
void                 nj_engine_unref       (NjEngine *engine);
void                 nj_engine_match       (const NjEngine *engine, const NjFilterRequest *request, NjArena *arena,
                                            NjFilterVerdict *ret_verdict);
gboolean             nj_engine_match_cname (const NjEngine *engine, const NjFilterRequest *request, NjBytes cname_host,
                                            NjArena *arena, NjFilterVerdict *ret_verdict);
void                 nj_engine_explain     (const NjEngine *engine, const NjFilterRequest *request,
                                            NjFilterVisit visit, gpointer user_data);
gboolean             nj_engine_describe    (const NjEngine *engine, guint32 rule, NjRuleOrigin *ret_origin);
guint                nj_engine_n_lists     (const NjEngine *engine);
const NjListSummary *nj_engine_list        (const NjEngine *engine, guint i);
guint                nj_engine_n_rules     (const NjEngine *engine);
gsize                nj_engine_size        (const NjEngine *engine);
guint64              nj_engine_fingerprint (const NjEngine *engine);
void                 nj_rule_origin_clear  (NjRuleOrigin *origin);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjEngine, nj_engine_unref)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NjRuleOrigin, nj_rule_origin_clear)

G_END_DECLS
