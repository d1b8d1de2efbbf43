/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any text as lists: compiled, described, and asked about a few requests that its words are made to meet.
 */
#include "filter/compiler.h"
#include "filter/request-change.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
describe (guint32 rule, const char *role, gpointer user_data)
{
  g_auto (NjRuleOrigin) origin = { 0 };

  g_assert (nj_engine_describe (user_data, rule, &origin));
  g_assert (origin.line > 0);
}

/* Whatever is included is the same text again. */
static gboolean
include (NjBytes path, gpointer user_data, NjBytes *ret_text)
{
  g_assert (path.len > 0 && path.data[0] != '/');
  *ret_text = *(NjBytes *) user_data;
  return TRUE;
}

static void
ask (NjEngine *engine, NjBytes url, NjBytes host, NjRequestType type, gboolean host_only)
{
  g_auto (NjArena)  arena;
  NjFilterRequest   request = { url, host, NJ_BYTES ("www.site.example"), type, NJ_BYTES ("GET"), NJ_BYTES ("192.0.2.1"), host_only };
  NjFilterHeader    header = { NJ_BYTES ("server"), NJ_BYTES ("x") };
  NjFilterVerdict   verdict;
  NjResponseVerdict response;
  NjRequestChanges  changes;

  nj_arena_init (&arena, NULL, 0);
  nj_engine_match (engine, &request, &arena, &verdict);
  nj_response_match (engine, &request, &header, 1, &arena, &response);
  nj_request_change_match (engine, &request, &arena, &changes);
  nj_cookie_rule_strip (&changes.cookies, NJ_BYTES ("_ga=1; a=b;c"), &arena);
  nj_engine_match_cname (engine, &request, NJ_BYTES ("c.track.example"), &arena, &verdict);
  nj_engine_explain (engine, &request, describe, engine);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  NjBytes              half = nj_bytes ((const char *) data + size / 2, size - size / 2);
  NjListSource         sources[2] = { { "a", NULL, nj_bytes ((const char *) data, size / 2), TRUE, include, &half },
                                      { "b", "B", half, FALSE } };
  g_autoptr (NjEngine) engine = nj_compiler_compile (sources, 2, NULL);
  const NjBytes        url = NJ_BYTES ("https://x.ads.example/a/banner.js?utm_a=1&u=https%3A%2F%2Fb.example#h");

  ask (engine, url, nj_bytes (url.data + 8, 13), NJ_TYPE_SCRIPT, FALSE);
  ask (engine, url, nj_bytes (url.data + 8, 13), NJ_TYPE_DOCUMENT, FALSE);
  ask (engine, url, nj_bytes (url.data + 8, 13), NJ_TYPE_OTHER, TRUE);
  return 0;
}
