/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/regex.h"

G_BEGIN_DECLS

/* A cookie= value taken apart; texts are slices of it. */
typedef struct
{
  NjBytes  name;        /* empty: any cookie, unless there is an expression */
  NjBytes  regex;       /* about the name, without slashes */
  gboolean is_caseless;
  gint64   max_age_s;   /* -1: not said */
  NjBytes  same_site;   /* "Strict", "Lax" or "None"; empty: not said */
} NjCookieSpec;

/* A rule about cookies that matched a request. */
typedef struct
{
  NjCookieSpec   spec;
  const NjRegex *regex; /* (nullable) the engine's */
  guint32        rule;
  gboolean       is_exception;
  gboolean       is_important;
} NjCookieRule;

typedef struct
{
  NjCookieRule *items; /* in the caller's arena */
  guint         n;
} NjCookieRules;

/* What rules want done to one cookie. */
typedef struct
{
  gboolean is_dropped; /* else what follows, which concerns Set-Cookie only */
  gint64   max_age_s;  /* longest life; -1: not said */
  NjBytes  same_site;  /* empty: not said */
  guint32  rule;       /* that decided */
} NjCookieChange;

gboolean nj_cookie_rule_parse (NjBytes value, NjCookieSpec *ret_spec);
gboolean nj_cookie_rule_judge (const NjCookieRules *rules, NjBytes name, NjCookieChange *ret_change);
NjBytes  nj_cookie_rule_strip (const NjCookieRules *rules, NjBytes cookies, NjArena *arena);

G_END_DECLS
