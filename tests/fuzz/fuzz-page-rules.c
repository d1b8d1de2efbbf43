/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any text as lists of rules about pages: compiled, looked up for a few hosts and classes, described.
 */
#include "filter/page-rules.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
describe (const NjPageRule *rule, gpointer user_data)
{
  g_auto (NjRuleOrigin) origin = { 0 };

  g_assert (nj_page_rules_describe (user_data, rule->rule, &origin));
  g_assert (origin.line > 0);
  g_assert (rule->body.len > 0);
}

static void
look_up (NjPageRules *rules, NjBytes host, guint spared)
{
  g_auto (NjArena) arena;
  NjPageLookup     lookup;

  nj_arena_init (&arena, NULL, 0);
  nj_page_lookup_init_at (&lookup, rules, host, NJ_BYTES ("/news/1?a=b"), spared, &arena);
  nj_page_lookup_visit (&lookup, describe, rules);
  nj_page_lookup_token (&lookup, NJ_BYTES (".ad"), describe, rules);
  nj_page_lookup_token (&lookup, NJ_BYTES ("#a"), describe, rules);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  NjBytes                 half = nj_bytes ((const char *) data + size / 2, size - size / 2);
  NjListSource            sources[2] = { { "a", NULL, nj_bytes ((const char *) data, size / 2), TRUE }, { "b", "B", half, FALSE } };
  g_autoptr (NjPageRules) rules = nj_page_rules_compile (sources, 2, NULL);

  look_up (rules, NJ_BYTES ("www.a.co.uk"), 0);
  look_up (rules, NJ_BYTES ("a.example"), NJ_PAGE_NO_GENERIC_HIDE);
  look_up (rules, nj_bytes ((const char *) data, MIN (size, 20)), NJ_PAGE_NO_SPECIFIC_HIDE);
  return 0;
}
