/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which options of a rule go together, which a list must be trusted for, and which types are meant
 * in the end. What each option is by itself is option.c's. Any thread.
 */
#include "filter/conflict.h"
#include "filter/glob.h"
#include "filter/cookie-rule.h"
#include "filter/request-change.h"
#include "filter/url-transform.h"

#define TYPES_PLAIN                                                                                              \
  (NJ_TYPES_NETWORK & ~(NJ_TYPE_BIT (NJ_TYPE_SUBDOCUMENT) | NJ_TYPE_BIT (NJ_TYPE_OBJECT)))
#define TYPES_POPUP       (NJ_TYPE_BIT_POPUP | NJ_TYPE_BIT_POPUNDER)
#define TYPES_HIDE        (NJ_TYPE_BIT_GENERIC_HIDE | NJ_TYPE_BIT_SPECIFIC_HIDE)
#define TYPES_INLINE      (NJ_TYPE_BIT_INLINE_FONT | NJ_TYPE_BIT_INLINE_SCRIPT)
/* What gets no substitute: nobody reads the answer of a beacon, and a socket has none. */
#define TYPES_NO_REDIRECT                                                                                        \
  (NJ_TYPE_BIT (NJ_TYPE_PING) | NJ_TYPE_BIT (NJ_TYPE_WEBSOCKET) | TYPES_HIDE | TYPES_INLINE | TYPES_POPUP)

/* A policy that reports would tell the site what was changed. */
static gboolean
has_report (NjBytes policy, gboolean with_uri)
{
  gboolean is_start = TRUE;

  for (gsize i = 0; i < policy.len; i++)
    {
      NjBytes rest = nj_bytes (policy.data + i, MIN (policy.len - i, 10));
      NjBytes uri = nj_bytes (rest.data, MIN (rest.len, 10));

      if (is_start && nj_bytes_equal_nocase (nj_bytes (rest.data, MIN (rest.len, 9)), NJ_BYTES ("report-to")))
        return TRUE;
      if (is_start && with_uri && nj_bytes_equal_nocase (uri, NJ_BYTES ("report-uri")))
        return TRUE;
      is_start = policy.data[i] == ';' || policy.data[i] == ',' || (is_start && policy.data[i] == ' ');
    }
  return FALSE;
}

static gboolean
is_rewrite (NjModifier modifier)
{
  return modifier == NJ_MODIFIER_REPLACE || modifier == NJ_MODIFIER_URL_SKIP
         || modifier == NJ_MODIFIER_URI_TRANSFORM || modifier == NJ_MODIFIER_REMOVE_HEADER;
}

static NjRefusal
check_rewrite_value (const NjRule *rule)
{
  switch (rule->modifier)
    {
    case NJ_MODIFIER_REPLACE:
      return nj_url_transform_is_replacement (rule->value) ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_VALUE;
    case NJ_MODIFIER_URI_TRANSFORM:
      return nj_url_transform_is_valid (rule->value) ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_VALUE;
    case NJ_MODIFIER_REMOVE_HEADER:
      return nj_request_change_is_removable (rule->value) ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_VALUE;
    case NJ_MODIFIER_URL_SKIP:
      return rule->value.len >= 2 ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_VALUE;
    default:
      return NJ_REFUSAL_NONE;
    }
}

/* Cookies are only ever taken away, so any list may; what switches the proxy's own protection off must be trusted. */
static NjRefusal
check_protection (const NjRule *rule, gboolean is_trusted)
{
  if (rule->modifier == NJ_MODIFIER_COOKIE)
    return nj_cookie_rule_parse (rule->value, &(NjCookieSpec){ 0 }) ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_VALUE;
  if (!rule->is_exception)
    return NJ_REFUSAL_UNSUPPORTED;
  if (!is_trusted && !rule->is_badfilter)
    return NJ_REFUSAL_UNTRUSTED;
  return nj_request_change_parse_stealth (rule->value, &(guint){ 0 }) ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_VALUE;
}

static NjRefusal
check_modifier (const NjRule *rule, gboolean is_trusted)
{
  guint32 types = rule->types | rule->not_types;

  switch (rule->modifier)
    {
    case NJ_MODIFIER_NONE:
      return NJ_REFUSAL_NONE;
    case NJ_MODIFIER_REMOVE_PARAM:
      return (types & (TYPES_POPUP | TYPES_HIDE)) != 0 ? NJ_REFUSAL_CONFLICT : NJ_REFUSAL_NONE;
    case NJ_MODIFIER_CSP:
    case NJ_MODIFIER_PERMISSIONS:
      if (has_report (rule->value, rule->modifier == NJ_MODIFIER_CSP))
        return NJ_REFUSAL_BAD_VALUE;
      return (types & (TYPES_POPUP | TYPES_HIDE | TYPES_PLAIN | TYPES_INLINE)) != 0 ? NJ_REFUSAL_CONFLICT
                                                                                  : NJ_REFUSAL_NONE;
    case NJ_MODIFIER_COOKIE:
    case NJ_MODIFIER_STEALTH:
      return (types & (TYPES_POPUP | TYPES_HIDE | TYPES_INLINE)) != 0 ? NJ_REFUSAL_CONFLICT
                                                                        : check_protection (rule, is_trusted);
    default:
      break;
    }

  /* "empty" is the one substitute that uBlock Origin lets a beacon have. */
  if ((types & TYPES_NO_REDIRECT) != 0 && !nj_bytes_equal (rule->value, NJ_BYTES ("empty")))
    return NJ_REFUSAL_CONFLICT;
  if (!is_rewrite (rule->modifier) || rule->is_exception || rule->is_badfilter)
    return NJ_REFUSAL_NONE;
  return is_trusted ? check_rewrite_value (rule) : NJ_REFUSAL_UNTRUSTED;
}

/* Expressions have a bound of their own. */
static gboolean
is_header_too_long (NjBytes header)
{
  return header.len > NJ_GLOB_FIND_MAX && nj_bytes_find (header, NJ_BYTES (":/")) < 0 && nj_bytes_find (header, NJ_BYTES (":~/")) < 0;
}

/**
 * nj_conflict_check:
 * @rule: a rule whose options are all read
 * @is_trusted: whether its list may rewrite
 *
 * Any thread. Source: the validation of uBlock Origin 1.67.
 *
 * Returns: %NJ_REFUSAL_NONE, or why the rule cannot be used
 */
NjRefusal
nj_conflict_check (const NjRule *rule, gboolean is_trusted)
{
  guint32 types = rule->types | rule->not_types;

  if (rule->deny.n > 0 && rule->from.n == 0)
    return NJ_REFUSAL_CONFLICT;
  if (is_header_too_long (rule->header))
    return NJ_REFUSAL_TOO_LONG;
  if ((types & TYPES_INLINE) != 0 && (types & TYPES_INLINE) == types && (types & TYPES_HIDE) != 0)
    return NJ_REFUSAL_CONFLICT;
  if ((types & NJ_TYPE_BIT_CNAME) != 0 && (types & (TYPES_POPUP | TYPES_HIDE | TYPES_PLAIN)) != 0)
    return NJ_REFUSAL_CONFLICT;
  return check_modifier (rule, is_trusted);
}

/**
 * nj_conflict_resolve:
 * @rule: a rule whose pattern and options are read
 *
 * Makes of the types named and excluded the set that is meant, as uBlock Origin does: 0 stays "no type
 * named". Any thread.
 *
 * Returns: %NJ_REFUSAL_NONE, or why nothing is left of the rule
 */
NjRefusal
nj_conflict_resolve (NjRule *rule)
{
  if (rule->is_match_case && rule->kind != NJ_PATTERN_REGEX)
    return NJ_REFUSAL_CONFLICT;
  if (rule->party == (NJ_PARTY_FIRST | NJ_PARTY_THIRD))
    rule->party = 0;

  if (rule->types != 0)
    rule->types &= ~rule->not_types | NJ_TYPES_NETWORK;
  if (rule->types == 0 && (rule->modifier == NJ_MODIFIER_CSP || rule->modifier == NJ_MODIFIER_PERMISSIONS))
    rule->types = NJ_TYPE_BIT (NJ_TYPE_DOCUMENT) | NJ_TYPE_BIT (NJ_TYPE_SUBDOCUMENT);

  if (rule->types == 0)
    return NJ_REFUSAL_NONE;
  return (rule->types & ~TYPES_POPUP) == 0 ? NJ_REFUSAL_POPUP : NJ_REFUSAL_NONE;
}
