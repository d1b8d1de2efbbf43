/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What rules say of a response once its head is there: blocked by a field, more policy, fields and bodies to
 * change, pages on which cosmetic rules are off.
 */
#include "filter-fixture.h"
#include "filter/response.h"

static NjResponseVerdict
ask (const NjEngine *engine, NjArena *arena, NjRequestType type, const char *field, const char *value)
{
  static const char *url = "https://a.example/p";
  NjFilterRequest    request = { .url = nj_bytes_from_string (url), .host = nj_bytes (url + 8, 9), .source_host = NJ_BYTES ("b.example"),
                                 .type = type, .method = NJ_BYTES ("GET") };
  NjFilterHeader     header = { nj_bytes_from_string (field), nj_bytes_from_string (value) };
  NjResponseVerdict  verdict;

  nj_response_match (engine, &request, &header, 1, arena, &verdict);
  return verdict;
}

static void
test_header (void)
{
  static const struct
  {
    const char *rules, *field, *value;
    gboolean    is_blocked;
  } cases[] = {
    { "*$header=via", "Via", "x", TRUE },
    { "*$header=via", "Server", "x", FALSE },
    { "*$header=via:proxy", "via", "1.1 Proxy", TRUE },
    { "*$header=via:~proxy", "via", "1.1 Proxy", FALSE },
    { "*$header=via:1*y", "via", "x 1.1 proxy", TRUE },
    { "*$header=via:p?oxy", "via", "1.1 proxy", TRUE },
    { "*$header=via:pr?oxy", "via", "1.1 PROXY", TRUE },
    { "*$header=via:p?xy", "via", "1.1 proxy", FALSE },
    { "*$header=via:p??xy", "via", "1.1 proxy", TRUE },
    { "*$header=via:1*1*p*z", "via", "1.1 proxy", FALSE },
    { "*$header=via:*y*", "via", "1.1 proxy", TRUE },
    { "*$header=via:?", "via", "", TRUE },
    { "*$header=via:x", "via", "", FALSE },
    { "*$header=via:/^1/", "via", "x 1.1 proxy", FALSE },
    { "*$header=via:/^X/i", "via", "x 1.1 proxy", TRUE },
    { "*$header=via\n@@*$header=via", "via", "x", FALSE },
    { "*$header=via\n@@||a.example^", "via", "x", FALSE },
    { "*$header=via,important\n@@||a.example^", "via", "x", TRUE },
    { "*$header=via,script", "via", "x", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjEngine) engine = filter_fixture_compile (cases[i].rules);
      g_auto (NjArena)     arena;

      nj_arena_init (&arena, NULL, 0);
      g_assert_cmpint (ask (engine, &arena, NJ_TYPE_IMAGE, cases[i].field, cases[i].value).blocked_by != NJ_RULE_NONE, ==,
                       cases[i].is_blocked);
    }
}

/* A pattern that could match in more ways than there is time for. */
static void
test_header_in_time (void)
{
  g_autoptr (NjEngine) engine = filter_fixture_compile ("*$header=via:a*a?a*a?a*a?a*a?a*a?a*a?a*a?a*a?a*a?a*a?a*b\n");
  g_autofree char     *value = g_strnfill (20000, 'a');
  gint64               before = g_get_monotonic_time ();
  g_auto (NjArena)     arena;

  nj_arena_init (&arena, NULL, 0);
  g_assert_true (ask (engine, &arena, NJ_TYPE_IMAGE, "via", value).blocked_by == NJ_RULE_NONE);
  g_assert_cmpint (g_get_monotonic_time () - before, <, 20 * G_USEC_PER_SEC);
}

static void
test_policies (void)
{
  g_autoptr (NjEngine) engine = filter_fixture_compile ("||a.example^$csp=script-src 'none'\n||a.example^$csp=font-src *\n"
                                                        "@@||a.example/p$csp=font-src *\n*$permissions=geolocation=()|camera=()\n"
                                                        "*$csp=x; report-uri /y\n");
  g_auto (NjArena)     arena;
  NjResponseVerdict    verdict;

  nj_arena_init (&arena, NULL, 0);
  verdict = ask (engine, &arena, NJ_TYPE_DOCUMENT, "x", "y");
  g_assert_cmpuint (verdict.csp.n, ==, 1);
  g_assert_true (nj_bytes_equal (verdict.csp.items[0].value, NJ_BYTES ("script-src 'none'")));
  g_assert_cmpuint (verdict.permissions.n, ==, 1);
  g_assert_cmpuint (nj_engine_list (engine, 0)->refused[NJ_REFUSAL_BAD_VALUE], ==, 1);
  verdict = ask (engine, &arena, NJ_TYPE_SCRIPT, "x", "y");
  g_assert_cmpuint (verdict.csp.n, ==, 0);
}

static void
test_changes (void)
{
  g_autoptr (NjEngine) engine = filter_fixture_compile ("||a.example^$removeheader=refresh\n||a.example^$removeheader=request:x-id\n"
                                                        "||a.example^$replace=/foo/bar/g,image\n");
  g_auto (NjArena)     arena;
  NjResponseVerdict    verdict;

  nj_arena_init (&arena, NULL, 0);
  verdict = ask (engine, &arena, NJ_TYPE_IMAGE, "x", "y");
  g_assert_cmpuint (verdict.remove_headers.n, ==, 1);
  g_assert_true (nj_bytes_equal (verdict.remove_headers.items[0].value, NJ_BYTES ("refresh")));
  g_assert_cmpuint (verdict.remove_request_headers.n, ==, 1);
  g_assert_true (nj_bytes_equal (verdict.remove_request_headers.items[0].value, NJ_BYTES ("x-id")));
  g_assert_cmpuint (verdict.replace.n, ==, 1);
}

static void
test_pages (void)
{
  g_autoptr (NjEngine) engine = filter_fixture_compile ("||a.example^$inline-script\n||a.example^$inline-font\n@@||a.example^$inline-font\n"
                                                        "@@||a.example^$elemhide\n||a.example^$specifichide,important\n");
  g_auto (NjArena)     arena;
  NjResponseVerdict    verdict;

  nj_arena_init (&arena, NULL, 0);
  verdict = ask (engine, &arena, NJ_TYPE_DOCUMENT, "x", "y");
  g_assert_cmpuint (verdict.inline_script, !=, NJ_RULE_NONE);
  g_assert_cmpuint (verdict.inline_font, ==, NJ_RULE_NONE);
  g_assert_true (verdict.no_generic_hide);
  g_assert_false (verdict.no_specific_hide);
}

static void
test_response_header (void)
{
  static const struct
  {
    const char   *rules;
    NjRequestType type;
    guint         n;
  } cases[] = {
    { "a.example##^responseheader(refresh)", NJ_TYPE_DOCUMENT, 1 },
    { "a.example##^responseheader(refresh)", NJ_TYPE_SUBDOCUMENT, 1 },
    { "a.example##^responseheader(refresh)", NJ_TYPE_SCRIPT, 0 },
    { "##^responseheader(set-cookie)", NJ_TYPE_DOCUMENT, 1 },
    { "b.example##^responseheader(refresh)", NJ_TYPE_DOCUMENT, 0 },
    { "a.*##^responseheader(refresh)", NJ_TYPE_DOCUMENT, 1 },
    { "~a.example##^responseheader(refresh)", NJ_TYPE_DOCUMENT, 0 },
    { "b.example, /^a\\./##^responseheader(refresh)", NJ_TYPE_DOCUMENT, 1 },
    { "a.example##^responseheader(refresh)\na.example#@#^responseheader(refresh)", NJ_TYPE_DOCUMENT, 0 },
    { "a.example##^responseheader(refresh)\na.example#@#^responseheader(location)", NJ_TYPE_DOCUMENT, 1 },
    { "a.example##^responseheader(etag)", NJ_TYPE_DOCUMENT, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjEngine) engine = filter_fixture_compile (cases[i].rules);
      g_auto (NjArena)     arena;

      nj_arena_init (&arena, NULL, 0);
      g_assert_cmpuint (ask (engine, &arena, cases[i].type, "x", "y").remove_headers.n, ==, cases[i].n);
    }
}

/* Who has to be asked at all. */
static void
test_judged (void)
{
  static const struct
  {
    const char *rules;
    gboolean    page, other;
  } cases[] = {
    { "||a.example^", FALSE, FALSE },
    { "a.example##^responseheader(refresh)", TRUE, FALSE },
    { "||a.example^$csp=x", TRUE, FALSE },
    { "||a.example^$removeheader=x", TRUE, TRUE },
    { "||a.example^$removeheader=x,document", TRUE, FALSE },
    { "||a.example^$cookie", TRUE, TRUE },
    { "*$header=via", TRUE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjEngine) engine = filter_fixture_compile (cases[i].rules);

      g_assert_cmpint (nj_response_is_judged (engine, TRUE), ==, cases[i].page);
      g_assert_cmpint (nj_response_is_judged (engine, FALSE), ==, cases[i].other);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/response/header", test_header);
  g_test_add_func ("/filter/response/header-in-time", test_header_in_time);
  g_test_add_func ("/filter/response/policies", test_policies);
  g_test_add_func ("/filter/response/changes", test_changes);
  g_test_add_func ("/filter/response/pages", test_pages);
  g_test_add_func ("/filter/response/response-header", test_response_header);
  g_test_add_func ("/filter/response/judged", test_judged);
  return g_test_run ();
}
