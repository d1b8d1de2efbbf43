/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules to an engine, and a request to a verdict in words: what nearly every test of the room starts with.
 */
#include "filter-fixture.h"
#include "filter/batch.h"

/**
 * filter_fixture_compile:
 * @rules: a list, taken as trusted
 *
 * Returns: (transfer full): the engine
 */
NjEngine *
filter_fixture_compile (const char *rules)
{
  NjListSource source = { "test", "Test", nj_bytes_from_string (rules), TRUE };
  NjEngine    *engine = nj_compiler_compile (&source, 1, NULL);

  g_assert_nonnull (engine);
  return engine;
}

/**
 * filter_fixture_ask:
 * @engine: an engine
 * @url: what is asked for
 * @page: the URL of the page that asks
 * @type: a type, or "host" for an uninspected tunnel
 *
 * Returns: (transfer full): "allow", "block", "except", "redirect:…" or "rewrite:…"
 */
char *
filter_fixture_ask (const NjEngine *engine, const char *url, const char *page, const char *type)
{
  g_auto (NjArena) arena;
  NjFilterRequest  request = { .method = NJ_BYTES ("GET") }, source = { 0 };
  NjFilterVerdict  verdict;

  nj_arena_init (&arena, NULL, 0);
  request.host_only = g_str_equal (type, "host");
  request.type = nj_request_type_from_name (nj_bytes_from_string (type), NULL);
  g_assert_true (nj_batch_split_url (nj_bytes_from_string (url), &arena, &request));
  if (nj_batch_split_url (nj_bytes_from_string (page), &arena, &source))
    request.source_host = source.host;
  nj_engine_match (engine, &request, &arena, &verdict);

  switch (verdict.action)
    {
    case NJ_FILTER_BLOCK:
      return g_strdup ("block");
    case NJ_FILTER_EXCEPT:
      return g_strdup ("except");
    case NJ_FILTER_REDIRECT:
      return g_strdup_printf ("redirect:%.*s", NJ_BYTES_ARGS (verdict.redirect));
    case NJ_FILTER_REWRITE:
      return g_strdup_printf ("rewrite:%.*s", NJ_BYTES_ARGS (verdict.rewrite));
    default:
      return g_strdup ("allow");
    }
}
