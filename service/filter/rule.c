/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a network rule is once it has been read: what it names, whether a host alone decides it, and
 * when two rules are the same. Reading lines is list-parser's, laying rules out is the compiler's.
 * Any thread.
 */
#include "filter/rule.h"
#include "filter/hash.h"

#include <stdlib.h>

static const char *const refusal_names[NJ_N_REFUSALS] = {
  [NJ_REFUSAL_NONE] = "none",
  [NJ_REFUSAL_UNKNOWN_OPTION] = "unknown-option",
  [NJ_REFUSAL_DUPLICATE_OPTION] = "duplicate-option",
  [NJ_REFUSAL_BAD_VALUE] = "bad-value",
  [NJ_REFUSAL_BAD_DOMAIN] = "bad-domain",
  [NJ_REFUSAL_BAD_PATTERN] = "bad-pattern",
  [NJ_REFUSAL_BAD_REGEX] = "bad-regex",
  [NJ_REFUSAL_CONFLICT] = "conflicting-options",
  [NJ_REFUSAL_UNTRUSTED] = "untrusted-list",
  [NJ_REFUSAL_UNSUPPORTED] = "unsupported-option",
  [NJ_REFUSAL_POPUP] = "popup-only",
  [NJ_REFUSAL_TOO_LONG] = "too-long",
  [NJ_REFUSAL_INCLUDE] = "missing-include",
  [NJ_REFUSAL_COSMETIC] = "cosmetic",
  [NJ_REFUSAL_SCRIPTLET] = "scriptlet",
  [NJ_REFUSAL_HTML] = "html",
};

static const char *const method_names[] = { "connect", "delete", "get", "head", "options", "patch", "post", "put" };

/**
 * nj_refusal_name:
 * @refusal: why a line is not used
 *
 * Any thread.
 *
 * Returns: its name, for counts and for the bus; never translated
 */
const char *
nj_refusal_name (NjRefusal refusal)
{
  return (guint) refusal < NJ_N_REFUSALS ? refusal_names[refusal] : "unknown";
}

/**
 * nj_rule_method_bit:
 * @method: an HTTP method, in any case
 *
 * Any thread.
 *
 * Returns: its bit in a rule's method sets, 0 when rules cannot name it
 */
guint
nj_rule_method_bit (NjBytes method)
{
  for (guint i = 0; i < G_N_ELEMENTS (method_names); i++)
    if (nj_bytes_equal_nocase (method, nj_bytes_from_string (method_names[i])))
      return 1u << i;
  return 0;
}

/**
 * nj_rule_is_host:
 * @rule: a rule
 *
 * Whether the host table can decide it: a host name with no condition but type and party. As in
 * uBlock Origin this holds for "ads.net$script" as well as for "||ads.net^". Any thread.
 *
 * Returns: whether it is one
 */
gboolean
nj_rule_is_host (const NjRule *rule)
{
  return rule->kind == NJ_PATTERN_HOST && rule->from.n == 0 && rule->to.n == 0 && rule->deny.n == 0
         && rule->methods == 0 && rule->not_methods == 0 && rule->strict_party == 0 && rule->not_types == 0
         && rule->modifier == NJ_MODIFIER_NONE && rule->header.len == 0 && rule->address.len == 0
         && rule->reason.len == 0 && !rule->is_important;
}

static guint64
mix_bytes (guint64 hash, NjBytes text)
{
  return nj_hash_mix (hash ^ nj_hash_bytes (text.data, text.len));
}

/* The order of names in a value means nothing, so the sum of their hashes stands for the set. */
static guint64
mix_domains (guint64 hash, const NjDomainList *list)
{
  guint64 sum = 0;

  for (guint i = 0; i < list->n; i++)
    {
      const NjDomain *domain = &list->items[i];

      sum += mix_bytes ((guint64) domain->is_negated | (guint64) domain->is_regex << 1, domain->name);
    }
  return nj_hash_mix (hash + sum + list->n);
}

/**
 * nj_rule_key:
 * @rule: a rule
 *
 * A number that two rules share when they say the same about the same requests, whatever aliases and
 * order they were written with, but for the types: those are compared apart, since uBlock Origin's
 * badfilter takes away type by type. Any thread.
 *
 * Returns: the number
 */
guint64
nj_rule_key (const NjRule *rule)
{
  gboolean   is_host = nj_rule_is_host (rule);
  guint      anchor = is_host ? 0 : rule->anchor;
  NjModifier modifier = rule->modifier == NJ_MODIFIER_REDIRECT ? NJ_MODIFIER_REDIRECT_RULE : rule->modifier;
  guint64    hash;

  hash = (guint64) rule->kind | (guint64) anchor << 4 | (guint64) rule->party << 8
         | (guint64) rule->strict_party << 12 | (guint64) rule->is_exception << 16
         | (guint64) rule->is_important << 17 | (guint64) rule->is_match_case << 18 | (guint64) modifier << 20
         | (guint64) rule->methods << 24 | (guint64) rule->not_methods << 32;
  hash = nj_hash_mix (hash + ((guint64) rule->not_types << 40));
  hash = mix_bytes (hash, rule->pattern);
  if (is_host)
    return hash;

  hash = mix_domains (hash, &rule->from);
  hash = mix_domains (hash, &rule->to);
  hash = mix_domains (hash, &rule->deny);
  hash = mix_bytes (hash, rule->value);
  hash = mix_bytes (hash, rule->header);
  return mix_bytes (hash, rule->address);
}
