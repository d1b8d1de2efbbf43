/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which rules about cookies concern a request. What they say of each cookie is cookie-rule.c's. Any thread.
 */
#include "filter/cookie-match.h"
#include "filter/modifier.h"

/**
 * nj_cookie_match_collect:
 * @match: a request
 * @ret_rules: (out): the rules that match it, in the match's arena; exceptions are among them, for they are about
 * single cookies too
 *
 * Any thread.
 */
void
nj_cookie_match_collect (NjMatch *match, NjCookieRules *ret_rules)
{
  NjModifierList list;

  *ret_rules = (NjCookieRules){ NULL, 0 };
  nj_modifier_collect_all (match, NJ_REALM_COOKIE, &list);
  if (list.n == 0)
    return;

  ret_rules->items = nj_arena_alloc (match->arena, list.n * sizeof ret_rules->items[0]);
  for (guint i = 0; i < list.n; i++)
    {
      const NjModifierHit *hit = &list.hits[i];
      NjCookieRule        *rule = &ret_rules->items[ret_rules->n];

      *rule = (NjCookieRule){ .rule = hit->rule, .is_exception = hit->is_exception, .is_important = hit->is_important };
      if (!nj_cookie_rule_parse (hit->value, &rule->spec))
        continue;
      rule->regex = hit->regex != NJ_IMAGE_NONE ? nj_engine_regex (hit->engine, hit->regex) : NULL;
      ret_rules->n++;
    }
}
