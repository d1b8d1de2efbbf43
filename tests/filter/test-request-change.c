/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules that change requests and cookies: what each says, what exceptions lift, what no rule may take.
 */
#include "filter-fixture.h"
#include "filter/request-change.h"

static NjRequestChanges
ask (const NjEngine *engine, NjArena *arena, const char *source)
{
  static const char *url = "https://a.example/p";
  NjFilterRequest    request = { .url = nj_bytes_from_string (url), .host = nj_bytes (url + 8, 9),
                                 .source_host = nj_bytes_from_string (source), .type = NJ_TYPE_XHR, .method = NJ_BYTES ("GET") };
  NjRequestChanges   changes;

  nj_request_change_match (engine, &request, arena, &changes);
  return changes;
}

static void
test_strip (void)
{
  static const struct
  {
    const char *rules, *cookies, *left;
  } cases[] = {
    { "||a.example^$cookie", "a=1; b=2", "" },
    { "||a.example^$cookie=a", "a=1; b=2; A=3", "b=2; A=3" },
    { "||a.example^$cookie=a", "ab=1", "ab=1" },
    { "||a.example^$cookie=/^_ga/", "x=1;_gat=2;y=3", "x=1; y=3" },
    { "||a.example^$cookie=/^_GA/i", "_ga=2", "" },
    { "||a.example^$cookie=/a{1\\,2}/", "aa=2; b=1", "b=1" },
    { "||a.example^$cookie=/^_ga/;maxAge=60", "_ga=2; x=1", "_ga=2; x=1" },
    { "||a.example^$third-party,cookie=a", "a=1; b=2", "b=2" },
    { "||a.example^$~third-party,cookie=a", "a=1; b=2", "a=1; b=2" },
    { "||a.example^$cookie=a,domain=c.example", "a=1; b=2", "a=1; b=2" },
    { "||b.example^$cookie", "a=1; b=2", "a=1; b=2" },
    { "||a.example^$cookie\n@@||a.example^$cookie=b", "a=1; b=2", "b=2" },
    { "||a.example^$cookie\n@@||a.example^$cookie=/b/", "a=1; b=2", "b=2" },
    { "||a.example^$cookie=a\n@@||a.example^$cookie", "a=1", "a=1" },
    { "||a.example^$cookie=a,important\n@@||a.example^$cookie", "a=1", "" },
    { "||a.example^$cookie=a\n@@||a.example^", "a=1", "" },
    { "||a.example^$cookie=a\n||a.example^$cookie=a,badfilter", "a=1", "a=1" },
    { "||a.example^$cookie=a", "a; ; a=; =1;a = 2", "a; =1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjEngine) engine = filter_fixture_compile (cases[i].rules);
      g_auto (NjArena)     arena;
      NjRequestChanges     changes;
      g_autofree char     *left = NULL;

      nj_arena_init (&arena, NULL, 0);
      g_assert_cmpint (nj_request_change_is_judged (engine), ==, strstr (cases[i].rules, "badfilter") == NULL);
      changes = ask (engine, &arena, "b.example");
      left = nj_bytes_dup (nj_cookie_rule_strip (&changes.cookies, nj_bytes_from_string (cases[i].cookies), &arena));
      g_assert_cmpstr (left, ==, cases[i].left);
    }
}

static void
test_bounds (void)
{
  g_autoptr (NjEngine) engine = filter_fixture_compile ("||a.example^$cookie=/^a/;maxAge=3600;sameSite=strict\n"
                                                        "||a.example^$cookie=ab;maxage=60\n"
                                                        "||a.example^$cookie=gone;maxAge=5\n||a.example^$cookie=gone\n");
  g_auto (NjArena)     arena;
  NjRequestChanges     changes;
  NjCookieChange       change;

  nj_arena_init (&arena, NULL, 0);
  changes = ask (engine, &arena, "b.example");
  g_assert_true (nj_cookie_rule_judge (&changes.cookies, NJ_BYTES ("ab"), &change));
  g_assert_false (change.is_dropped);
  g_assert_cmpint (change.max_age_s, ==, 60);
  g_assert_true (nj_bytes_equal (change.same_site, NJ_BYTES ("Strict")));
  g_assert_true (nj_cookie_rule_judge (&changes.cookies, NJ_BYTES ("a"), &change));
  g_assert_cmpint (change.max_age_s, ==, 3600);
  g_assert_true (nj_cookie_rule_judge (&changes.cookies, NJ_BYTES ("gone"), &change));
  g_assert_true (change.is_dropped);
  g_assert_false (nj_cookie_rule_judge (&changes.cookies, NJ_BYTES ("b"), &change));
}

static void
test_headers (void)
{
  g_autoptr (NjEngine) engine = filter_fixture_compile ("||a.example^$removeheader=request:x-id\n||a.example^$removeheader=x-back\n"
                                                        "||a.example^$removeheader=request:x-ok\n"
                                                        "@@||a.example^$removeheader=request:x-ok\n"
                                                        "||a.example^$removeheader=request:Host\n"
                                                        "||a.example^$removeheader=content-security-policy\n"
                                                        "||a.example^$removeheader=a b\n||a.example^$removeheader=request:\n");
  g_auto (NjArena)     arena;
  NjRequestChanges     changes;

  nj_arena_init (&arena, NULL, 0);
  changes = ask (engine, &arena, "b.example");
  g_assert_cmpuint (changes.remove_headers.n, ==, 1);
  g_assert_true (nj_bytes_equal (changes.remove_headers.items[0].value, NJ_BYTES ("x-id")));
  g_assert_cmpuint (nj_engine_list (engine, 0)->refused[NJ_REFUSAL_BAD_VALUE], ==, 4);
}

static void
test_stealth (void)
{
  const char          *rules = "@@||a.example^$stealth,domain=all.example\n@@||a.example^$stealth=referrer|donottrack,domain=two.example\n"
                               "||a.example^$stealth=referrer\n@@||a.example^$stealth=nonsense\n";
  NjListSource         source = { "test", NULL, nj_bytes_from_string (rules), FALSE };
  g_autoptr (NjEngine) engine = filter_fixture_compile (rules);
  g_autoptr (NjEngine) plain = nj_compiler_compile (&source, 1, NULL);
  g_auto (NjArena)     arena;

  nj_arena_init (&arena, NULL, 0);
  g_assert_cmpuint (ask (engine, &arena, "all.example").stealth_off, ==, NJ_STEALTH_ALL);
  g_assert_cmpuint (ask (engine, &arena, "two.example").stealth_off, ==, NJ_STEALTH_REFERRER | NJ_STEALTH_SIGNALS);
  g_assert_cmpuint (ask (engine, &arena, "no.example").stealth_off, ==, 0);
  g_assert_cmpuint (nj_engine_list (engine, 0)->n_rules, ==, 2);
  g_assert_cmpuint (nj_engine_list (engine, 0)->refused[NJ_REFUSAL_UNSUPPORTED], ==, 1);
  g_assert_cmpuint (nj_engine_list (engine, 0)->refused[NJ_REFUSAL_BAD_VALUE], ==, 1);
  g_assert_cmpuint (nj_engine_list (plain, 0)->refused[NJ_REFUSAL_UNTRUSTED], ==, 3);
  g_assert_false (nj_request_change_is_judged (plain));
}

static void
test_refused (void)
{
  static const char *const bad[] = { "/unclosed", "/(/", "//", "a;nonsense=1", "a;maxAge=x", "a;maxAge", "a;sameSite=most", "/a/x" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char     *rule = g_strdup_printf ("||a.example^$cookie=%s", bad[i]);
      g_autoptr (NjEngine) engine = filter_fixture_compile (rule);

      g_assert_cmpuint (nj_engine_n_rules (engine), ==, 0);
      g_assert_cmpuint (nj_engine_list (engine, 0)->refused[NJ_REFUSAL_BAD_VALUE], ==, 1);
    }
}

static void
test_judged (void)
{
  static const struct
  {
    const char *rules;
    gboolean    is_judged;
  } cases[] = {
    { "||a.example^$removeheader=x", FALSE },
    { "||a.example^$removeheader=request:x", TRUE },
    { "||a.example^$cookie", TRUE },
    { "@@||a.example^$cookie", FALSE },
    { "@@||a.example^$stealth", TRUE },
    { "a.example##^responseheader(refresh)", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjEngine) engine = filter_fixture_compile (cases[i].rules);

      g_assert_cmpint (nj_request_change_is_judged (engine), ==, cases[i].is_judged);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/request-change/strip", test_strip);
  g_test_add_func ("/filter/request-change/bounds", test_bounds);
  g_test_add_func ("/filter/request-change/headers", test_headers);
  g_test_add_func ("/filter/request-change/stealth", test_stealth);
  g_test_add_func ("/filter/request-change/refused", test_refused);
  g_test_add_func ("/filter/request-change/judged", test_judged);
  return g_test_run ();
}
