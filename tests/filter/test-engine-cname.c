/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A host under its canonical name, and rules about addresses.
 */
#include "filter-fixture.h"
#include "filter/batch.h"

static void
test_cname (void)
{
  static const struct
  {
    const char     *rules, *url, *page, *cname;
    NjRequestType   type;
    NjFilterAction  action;
  } cases[] = {
    { "||ad.example^", "http://m.site.test/a", "site.test", "x.ad.example", NJ_TYPE_SCRIPT, NJ_FILTER_BLOCK },
    { "||ad.example^", "http://m.site.test/a", "site.test", "X.Ad.Example.", NJ_TYPE_SCRIPT, NJ_FILTER_BLOCK },
    { "||ad.example^", "http://m.site.test/a", "site.test", "other.example", NJ_TYPE_SCRIPT, NJ_FILTER_ALLOW },
    { "||ad.example^", "http://m.site.test/a", "", "ad.example", NJ_TYPE_DOCUMENT, NJ_FILTER_ALLOW },
    { "||cdn.site.test^", "http://m.site.test/a", "site.test", "cdn.site.test", NJ_TYPE_SCRIPT, NJ_FILTER_ALLOW },
    { "||ad.example^$third-party", "http://m.site.test/a", "site.test", "ad.example", NJ_TYPE_SCRIPT, NJ_FILTER_BLOCK },
    { "||ad.example^$domain=site.test", "http://m.site.test:81/a", "site.test", "ad.example", NJ_TYPE_SCRIPT, NJ_FILTER_BLOCK },
    { "||ad.example^$domain=other.test", "http://m.site.test/a", "site.test", "ad.example", NJ_TYPE_SCRIPT, NJ_FILTER_ALLOW },
    { "||ad.example^\n@@||ad.example^", "http://m.site.test/a", "site.test", "ad.example", NJ_TYPE_SCRIPT, NJ_FILTER_ALLOW },
    { "||ad.example^\n@@||site.test^$cname", "http://m.site.test/a", "site.test", "ad.example", NJ_TYPE_SCRIPT, NJ_FILTER_EXCEPT },
    { "||ad.example^\n@@*$cname", "http://m.site.test/a", "site.test", "ad.example", NJ_TYPE_SCRIPT, NJ_FILTER_EXCEPT },
    { "||ad.example^\n@@||site.test^$cname", "http://m.site.test/a", "", "ad.example", NJ_TYPE_SCRIPT, NJ_FILTER_EXCEPT },
    { "||ad.example^\n@@||other.test^$cname", "http://m.site.test/a", "site.test", "ad.example", NJ_TYPE_SCRIPT, NJ_FILTER_BLOCK },
    { "||ad.example^$important\n@@||site.test^$cname", "http://m.site.test/a", "site.test", "ad.example", NJ_TYPE_SCRIPT, NJ_FILTER_BLOCK },
    { "||ad.example/collect", "http://m.site.test/collect", "site.test", "ad.example", NJ_TYPE_SCRIPT, NJ_FILTER_ALLOW },
    { "||ad.example^", "http://m.site.test/a", "site.test", "not a name", NJ_TYPE_SCRIPT, NJ_FILTER_ALLOW },
    { "||ad.example^$script,redirect=noopjs", "http://m.site.test/a", "site.test", "ad.example", NJ_TYPE_SCRIPT, NJ_FILTER_REDIRECT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjEngine) engine = filter_fixture_compile (cases[i].rules);
      g_auto (NjArena)     arena;
      NjFilterRequest      request = { .type = cases[i].type, .method = NJ_BYTES ("GET") };
      NjFilterVerdict      verdict;
      gboolean             is_blocked;

      nj_arena_init (&arena, NULL, 0);
      request.source_host = nj_bytes_from_string (cases[i].page);
      g_assert_true (nj_batch_split_url (nj_bytes_from_string (cases[i].url), &arena, &request));
      is_blocked = nj_engine_match_cname (engine, &request, nj_bytes_from_string (cases[i].cname), &arena, &verdict);
      g_assert_cmpint (verdict.action, ==, cases[i].action);
      g_assert_cmpint (is_blocked, ==, verdict.action == NJ_FILTER_BLOCK || verdict.action == NJ_FILTER_REDIRECT);
    }
}

/* An exception for a page's aliases lets nothing else through. */
static void
test_exception_alone (void)
{
  g_autoptr (NjEngine) engine = filter_fixture_compile ("||site.test^$script\n@@||site.test^$cname\n");
  g_autofree char     *verdict = filter_fixture_ask (engine, "https://site.test/x", "https://site.test/", "script");

  g_assert_cmpstr (verdict, ==, "block");
  g_assert_cmpuint (nj_engine_n_rules (engine), ==, 2);
}

static gboolean
asks_address (const NjEngine *engine, const char *url, gsize host)
{
  NjFilterRequest  request = { .url = nj_bytes_from_string (url), .host = nj_bytes (url + 8, host), .type = NJ_TYPE_XHR };
  NjFilterVerdict  verdict;
  g_auto (NjArena) arena;

  nj_arena_init (&arena, NULL, 0);
  nj_engine_match (engine, &request, &arena, &verdict);
  return verdict.action == NJ_FILTER_ALLOW && verdict.asks_address;
}

/* The address is worth a second look only where a rule would hold but for it. */
static void
test_asks_address (void)
{
  g_autoptr (NjEngine) none = filter_fixture_compile ("||a.example^\n||b.example^$header=x\n");
  g_autoptr (NjEngine) some = filter_fixture_compile ("||a.example^$ipaddress=lan\n||b.example^$script,ipaddress=lan\n"
                                                      "||c.example/x^$ipaddress=/^192/\n||d.example^\n||d.example^$ipaddress=lan\n");
  NjListSource         own = { "own", NULL, NJ_BYTES ("*$ipaddress=192.0.2.1\n"), TRUE };
  g_autoptr (NjEngine) above = nj_compiler_extend (none, &own, NULL);
  NjListSource         more = { "own", NULL, NJ_BYTES ("||z.example^\n"), TRUE };
  g_autoptr (NjEngine) below = nj_compiler_extend (some, &more, NULL);

  g_assert_false (asks_address (none, "https://b.example/", 9));
  g_assert_true (asks_address (some, "https://a.example/", 9));
  g_assert_false (asks_address (some, "https://b.example/", 9));
  g_assert_false (asks_address (some, "https://c.example/y", 9));
  g_assert_true (asks_address (some, "https://c.example/x/", 9));
  g_assert_false (asks_address (some, "https://d.example/", 9));
  g_assert_false (asks_address (some, "https://z.example/", 9));
  g_assert_true (asks_address (above, "https://b.example/", 9));
  g_assert_true (asks_address (below, "https://a.example/", 9));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/engine-cname/cname", test_cname);
  g_test_add_func ("/filter/engine-cname/exception-alone", test_exception_alone);
  g_test_add_func ("/filter/engine-cname/asks-address", test_asks_address);
  return g_test_run ();
}
