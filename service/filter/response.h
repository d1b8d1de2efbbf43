/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/cookie-rule.h"
#include "filter/engine.h"

G_BEGIN_DECLS

/* A value that a rule wants applied to a response. */
typedef struct
{
  NjBytes value; /* borrowed from the engine */
  guint32 rule;
} NjResponseChange;

typedef struct
{
  NjResponseChange *items; /* in the caller's arena */
  guint             n;
} NjResponseChanges;

/* What rules say of a response once its head is known. */
typedef struct
{
  guint32           blocked_by;     /* by a header= rule; NJ_RULE_NONE */
  NjResponseChanges csp;            /* each one more Content-Security-Policy field, never merged */
  NjResponseChanges permissions;    /* to be joined with ", " into one Permissions-Policy; of each only the first "|" is ", " */
  NjResponseChanges remove_headers; /* names of response fields */
  NjResponseChanges remove_request_headers;
  NjResponseChanges replace;        /* changes of the body */
  NjCookieRules     cookies;        /* what may become of Set-Cookie: nj_cookie_rule_judge() for each */
  guint32           inline_script;  /* the rule that forbids inline scripts; NJ_RULE_NONE */
  guint32           inline_font;
  gboolean          no_generic_hide; /* generichide, elemhide: no generic cosmetic rules on this page */
  gboolean          no_specific_hide;
} NjResponseVerdict;

gboolean nj_response_is_judged   (const NjEngine *engine, gboolean is_html);
gboolean nj_response_may_replace (const NjEngine *engine, const NjFilterRequest *request, NjArena *arena);

void nj_response_match (const NjEngine *engine, const NjFilterRequest *request, const NjFilterHeader *headers,
                        guint n_headers, NjArena *arena, NjResponseVerdict *ret_verdict);

G_END_DECLS
