/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Verdicts by table, who decided, what takes part, and many threads on one engine.
 */
#include "filter-fixture.h"

static void
test_verdicts (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "verdicts.tsv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv)   lines = NULL;
  guint            n = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv)       fields = g_strsplit (lines[i], "\t", -1);
      g_auto (GStrv)       rules = NULL;
      g_autofree char     *list = NULL, *verdict = NULL;
      g_autoptr (NjEngine) engine = NULL;

      if (lines[i][0] == '#' && lines[i][1] == ' ')
        continue;
      if (g_strv_length (fields) != 5)
        {
          g_assert_cmpstr (lines[i], ==, "");
          continue;
        }
      rules = g_strsplit (fields[0], "⏎", -1);
      list = g_strjoinv ("\n", rules);
      engine = filter_fixture_compile (list);
      verdict = filter_fixture_ask (engine, fields[1], fields[2], fields[3]);
      if (!g_str_equal (verdict, fields[4]))
        g_error ("line %u: %s for %s: %s, not %s", i + 1, fields[0], fields[1], verdict, fields[4]);
      n++;
    }
  g_assert_cmpuint (n, >, 100);
}

static NjFilterVerdict
match (const NjEngine *engine, NjArena *arena, const char *url, gsize host_len)
{
  NjFilterRequest request = { .url = nj_bytes_from_string (url),
                              .host = nj_bytes (url + 8, host_len),
                              .source_host = NJ_BYTES ("news.example"),
                              .type = NJ_TYPE_SCRIPT,
                              .method = NJ_BYTES ("GET") };
  NjFilterVerdict verdict;

  nj_engine_match (engine, &request, arena, &verdict);
  return verdict;
}

static void
assert_origin (const NjEngine *engine, guint32 rule, const char *list, guint line, const char *text)
{
  g_auto (NjRuleOrigin) origin = { 0 };

  g_assert_true (nj_engine_describe (engine, rule, &origin));
  g_assert_cmpstr (origin.list, ==, list);
  g_assert_cmpuint (origin.line, ==, line);
  g_assert_cmpstr (origin.text, ==, text);
}

static void
test_describe (void)
{
  g_autoptr (GString)  first = g_string_new ("! Title: One\n"), second = g_string_new ("[Adblock]\n\n\n");
  NjListSource         sources[2] = { { "one", NULL, { 0 }, FALSE }, { "two", "Two", { 0 }, FALSE } };
  g_autoptr (NjEngine) engine = NULL;
  g_auto (NjArena)     arena;
  NjRuleOrigin         origin;

  nj_arena_init (&arena, NULL, 0);
  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (first, "%s||host%u.example^\n", i % 7 == 0 ? "! gap\n\n" : "", i);
  g_string_append (second, "||a.example^$script,domain=news.example\n@@||good.com^\n||good.com^$third-party\n");
  for (guint i = 0; i < 400; i++)
    g_string_append (second, "\n");
  g_string_append (second, "/late$script\n0.0.0.0 hosts.example\n");
  sources[0].text = nj_bytes (first->str, first->len);
  sources[1].text = nj_bytes (second->str, second->len);
  engine = nj_compiler_compile (sources, 2, NULL);

  assert_origin (engine, match (engine, &arena, "https://host0.example/", 13).rule, "one", 4, "||host0.example^");
  assert_origin (engine, match (engine, &arena, "https://host700.example/", 15).rule, "one", 904, "||host700.example^");
  assert_origin (engine, match (engine, &arena, "https://a.example/", 9).rule, "two", 4,
                 "||a.example^$script,domain=news.example");
  assert_origin (engine, match (engine, &arena, "https://good.com/", 8).rule, "two", 5, "@@||good.com^");
  assert_origin (engine, match (engine, &arena, "https://x.example/late", 9).rule, "two", 407, "/late$script");
  assert_origin (engine, match (engine, &arena, "https://hosts.example/", 13).rule, "two", 408, "hosts.example");
  g_assert_false (nj_engine_describe (engine, NJ_RULE_NONE, &origin));

  g_assert_cmpuint (nj_engine_n_lists (engine), ==, 2);
  g_assert_cmpstr (nj_engine_list (engine, 0)->title, ==, "One");
  g_assert_cmpstr (nj_engine_list (engine, 1)->title, ==, "Two");
  g_assert_cmpuint (nj_engine_list (engine, 0)->n_rules, ==, 1000);
  g_assert_cmpuint (nj_engine_n_rules (engine), ==, 1005);
}

static void
collect (guint32 rule, const char *role, gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", role);
}

static void
test_explain (void)
{
  g_autoptr (NjEngine) engine = filter_fixture_compile ("||a.example^\n/x$important\n@@||a.example/x\n"
                                                        "*$script,redirect-rule=noopjs\n"
                                                        "||b.example^\n*$removeparam=q\n");
  g_autoptr (GString)  roles = g_string_new (NULL);
  const char          *url = "https://a.example/x?q=1";
  NjFilterRequest      request = { .url = nj_bytes_from_string (url), .host = nj_bytes (url + 8, 9), .type = NJ_TYPE_SCRIPT };

  nj_engine_explain (engine, &request, collect, roles);
  g_assert_cmpstr (roles->str, ==, "block important except redirect removeparam ");
}

static void
test_refusals (void)
{
  g_autoptr (NjEngine)   engine = filter_fixture_compile ("||a^$nonsense\n/b$script,script\n/c$domain=\n/d /e\n/(f/\n/g$popup\n/h$webrtc\n"
                                                          "/i$match-case\nx.example##.y\nx.example##+js(z)\nx.example##^w\n"
                                                          "/k$domain=a..b\n/l$app=x\n");
  const NjListSummary *list = nj_engine_list (engine, 0);

  g_assert_cmpuint (list->n_rules, ==, 0);
  g_assert_cmpuint (list->n_refused, ==, 10);
  g_assert_cmpuint (list->n_page, ==, 3);
  g_assert_cmpuint (list->refused[NJ_REFUSAL_UNKNOWN_OPTION], ==, 1);
  g_assert_cmpuint (list->refused[NJ_REFUSAL_DUPLICATE_OPTION], ==, 1);
  g_assert_cmpuint (list->refused[NJ_REFUSAL_BAD_VALUE], ==, 1);
  g_assert_cmpuint (list->refused[NJ_REFUSAL_BAD_PATTERN], ==, 1);
  g_assert_cmpuint (list->refused[NJ_REFUSAL_BAD_REGEX], ==, 1);
  g_assert_cmpuint (list->refused[NJ_REFUSAL_POPUP], ==, 1);
  g_assert_cmpuint (list->refused[NJ_REFUSAL_UNSUPPORTED], ==, 2);
  g_assert_cmpuint (list->refused[NJ_REFUSAL_CONFLICT], ==, 1);
  g_assert_cmpuint (list->refused[NJ_REFUSAL_BAD_DOMAIN], ==, 1);
  g_assert_cmpuint (list->refused[NJ_REFUSAL_SCRIPTLET], ==, 1);
  g_assert_cmpstr (nj_refusal_name (NJ_REFUSAL_CONFLICT), ==, "conflicting-options");
}

/* What may rewrite works only from lists that are trusted. */
static void
test_trust (void)
{
  const char          *rules = "/a$uritransform=/x/y/\n/b$urlskip=?u\n/c$replace=/x/y/\n/d$removeheader=x\n/e$removeparam=u\n";
  NjListSource         source = { "test", NULL, nj_bytes_from_string (rules), FALSE };
  g_autoptr (NjEngine) plain = nj_compiler_compile (&source, 1, NULL);
  g_autoptr (NjEngine) trusted = filter_fixture_compile (rules);

  g_assert_cmpuint (nj_engine_list (plain, 0)->refused[NJ_REFUSAL_UNTRUSTED], ==, 4);
  g_assert_cmpuint (nj_engine_list (plain, 0)->n_rules, ==, 1);
  g_assert_cmpuint (nj_engine_list (trusted, 0)->n_rules, ==, 5);
}

static void
test_address (void)
{
  g_autoptr (NjEngine) engine = filter_fixture_compile ("*$ipaddress=192.0.2.7\n*$ipaddress=198.51.*\n"
                                                        "*$ipaddress=lan\n*$ipaddress=/^2001:db8:/");
  static const struct
  {
    const char    *address;
    NjFilterAction action;
  } cases[] = { { "", NJ_FILTER_ALLOW },           { "192.0.2.7", NJ_FILTER_BLOCK }, { "192.0.2.70", NJ_FILTER_ALLOW },
                { "198.51.100.1", NJ_FILTER_BLOCK }, { "10.1.2.3", NJ_FILTER_BLOCK },  { "2001:db8::1", NJ_FILTER_BLOCK },
                { "2001:db9::1", NJ_FILTER_ALLOW } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char      *url = "https://a.example/";
      NjFilterRequest  request = { .url = nj_bytes_from_string (url), .host = nj_bytes (url + 8, 9), .type = NJ_TYPE_XHR,
                                   .address = nj_bytes_from_string (cases[i].address) };
      NjFilterVerdict  verdict;
      g_auto (NjArena) arena;

      nj_arena_init (&arena, NULL, 0);
      nj_engine_match (engine, &request, &arena, &verdict);
      g_assert_cmpint (verdict.action, ==, cases[i].action);
    }
}

/* Rules on top of an engine: both decide, exceptions reach down and up, each rule is known again. */
static void
test_extend (void)
{
  static const struct
  {
    const char *url, *verdict;
  } cases[] = { { "https://a.example/", "except" },  { "https://b.example/", "redirect:noop.js" }, { "https://c.example/x", "except" },
                { "https://d.example/", "allow" },   { "https://e.example/?q=1&r=2", "rewrite:https://e.example/?r=2" },
                { "https://f.example/", "redirect:noop.js" } };
  g_autoptr (NjEngine) base = filter_fixture_compile ("||a.example^\n@@/x$script\n*$removeparam=/^q/\n||f.example^\n");
  NjListSource         mine = { "mine", "Mine", NJ_BYTES ("@@||a.example^\n||b.example^\n||c.example^\n"
                                                          "*$script,redirect-rule=noopjs,domain=news.example\n"), TRUE };
  NjListSource         other = { "mine", "Mine", NJ_BYTES ("||d.example^\n"), TRUE };
  g_autoptr (NjEngine) both = nj_compiler_extend (base, &mine, NULL);
  g_autoptr (NjEngine) changed = nj_compiler_extend (both, &other, NULL);
  g_autofree char     *now = filter_fixture_ask (changed, "https://b.example/", "https://news.example/", "image");
  g_auto (NjArena)     arena;

  nj_arena_init (&arena, NULL, 0);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *verdict = filter_fixture_ask (both, cases[i].url, "https://news.example/", "script");

      g_assert_cmpstr (verdict, ==, cases[i].verdict);
    }
  g_assert_cmpstr (now, ==, "allow");
  g_assert_cmpuint (nj_engine_n_lists (both), ==, 2);
  g_assert_cmpstr (nj_engine_list (both, 1)->id, ==, "mine");
  assert_origin (both, match (both, &arena, "https://f.example/", 9).rule, "test", 4, "||f.example^");
  assert_origin (both, match (both, &arena, "https://b.example/", 9).rule, "mine", 2, "||b.example^");
  assert_origin (both, match (both, &arena, "https://f.example/", 9).modifier, "mine", 4,
                 "*$script,redirect-rule=noopjs,domain=news.example");
}

/* Names that are longer in punycode than the whole line may be; the rule after them is still found. */
static void
test_long_names (void)
{
  g_autoptr (GString)  rules = g_string_new ("/x$domain=");
  g_autoptr (NjEngine) engine = NULL;
  g_auto (NjArena)     arena;

  nj_arena_init (&arena, NULL, 0);
  for (guint i = 0; i < 6000; i++)
    g_string_append_printf (rules, "%sü%u.ü", i > 0 ? "|" : "", i % 10);
  g_string_append (rules, "|News.Example\n/after$script\n");
  engine = filter_fixture_compile (rules->str);
  g_assert_cmpuint (nj_engine_n_rules (engine), ==, 2);
  g_assert_cmpuint (match (engine, &arena, "https://a.example/x", 9).rule, !=, NJ_RULE_NONE);
  assert_origin (engine, match (engine, &arena, "https://a.example/after", 9).rule, "test", 2, "/after$script");
}

static gpointer
ask_many (gpointer engine)
{
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *url = g_strdup_printf ("https://host%u.example/ads%u.js", i % 40, i);
      g_autofree char *verdict = filter_fixture_ask (engine, url, "https://news.example/", "script");

      g_assert_cmpstr (verdict, ==, "block");
    }
  nj_engine_unref (engine);
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (NjEngine) engine = filter_fixture_compile ("/ads[0-9]+\\.js/$domain=news.*|/^x/\n*$script,domain=/^other/");
  GThread             *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("ask", ask_many, nj_engine_ref (engine));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_empty (void)
{
  g_autoptr (NjEngine) engine = nj_engine_new_empty ();
  g_autofree char     *verdict = filter_fixture_ask (engine, "https://a.example/", "https://b.example/", "script");

  g_assert_cmpstr (verdict, ==, "allow");
  g_assert_cmpuint (nj_engine_n_lists (engine), ==, 0);
}

/* Longer than any scratch, of nothing but separators, of nothing but stars: bounded and right. */
static void
test_extremes (void)
{
  g_autoptr (GString)  rules = g_string_new ("/needle*haystack^\n");
  g_autoptr (GString)  url = g_string_new ("https://a.example/");
  g_autoptr (NjEngine) engine = NULL;
  g_autofree char     *before = NULL, *after = NULL;

  for (guint i = 0; i < 200; i++)
    g_string_append (rules, "*a");
  g_string_append (rules, "\n");
  engine = filter_fixture_compile (rules->str);
  for (guint i = 0; i < 30000; i++)
    g_string_append (url, i % 2 == 0 ? "b/" : "a?");
  before = filter_fixture_ask (engine, url->str, "https://b.example/", "image");
  g_assert_cmpstr (before, ==, "block");

  g_string_assign (url, "https://b.example/needle");
  for (guint i = 0; i < 30000; i++)
    g_string_append (url, "/n");
  g_string_append (url, "/haystack");
  after = filter_fixture_ask (engine, url->str, "https://b.example/", "image");
  g_assert_cmpstr (after, ==, "block");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/engine/verdicts", test_verdicts);
  g_test_add_func ("/filter/engine/describe", test_describe);
  g_test_add_func ("/filter/engine/explain", test_explain);
  g_test_add_func ("/filter/engine/refusals", test_refusals);
  g_test_add_func ("/filter/engine/trust", test_trust);
  g_test_add_func ("/filter/engine/address", test_address);
  g_test_add_func ("/filter/engine/extend", test_extend);
  g_test_add_func ("/filter/engine/long-names", test_long_names);
  g_test_add_func ("/filter/engine/threads", test_threads);
  g_test_add_func ("/filter/engine/empty", test_empty);
  g_test_add_func ("/filter/engine/extremes", test_extremes);
  return g_test_run ();
}
