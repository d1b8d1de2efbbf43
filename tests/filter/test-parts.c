/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts by themselves: directives, times, expressions and their literals, steps of urlskip=, host names in
 * few bytes, words of URLs, resources, the starter list.
 */
#include "filter-fixture.h"
#include "filter/host-code.h"
#include "filter/list-parser.h"
#include "filter/list-reader.h"
#include "filter/lists.h"
#include "filter/redirect.h"
#include "filter/regex.h"
#include "filter/starter.h"
#include "filter/url-scan.h"
#include "filter/url-skip.h"

#include <glib/gstdio.h>

static void
test_directives (void)
{
  static const struct
  {
    const char *text;
    gboolean    is_true;
  } cases[] = { { "ext_ublock", TRUE },          { "!ext_ublock", FALSE },           { "env_mobile", FALSE },
                { "!env_mobile", TRUE },         { "env_mobile || env_firefox", TRUE }, { "ext_ublock && env_mobile", FALSE },
                { "(ext_ublock && !env_mobile)", TRUE }, { "adguard_app_android", FALSE }, { "cap_telepathy", FALSE },
                { "no_such_thing", TRUE },       { "", TRUE },                        { "env_mobile &", TRUE },
                { "false", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (nj_list_reader_is_true (nj_bytes_from_string (cases[i].text)), ==, cases[i].is_true);
}

static void
test_spans (void)
{
  g_assert_cmpuint (nj_list_reader_parse_span (NJ_BYTES ("4 days")), ==, 4 * 86400);
  g_assert_cmpuint (nj_list_reader_parse_span (NJ_BYTES ("12 hours (update frequency)")), ==, 12 * 3600);
  g_assert_cmpuint (nj_list_reader_parse_span (NJ_BYTES ("317 minutes")), ==, 317 * 60);
  g_assert_cmpuint (nj_list_reader_parse_span (NJ_BYTES ("1")), ==, 86400);
  g_assert_cmpuint (nj_list_reader_parse_span (NJ_BYTES ("999999")), ==, 60 * 86400);
  g_assert_cmpuint (nj_list_reader_parse_span (NJ_BYTES ("soon")), ==, 0);
  g_assert_cmpuint (nj_list_reader_parse_span (NJ_BYTES ("")), ==, 0);
}

static void
test_reader (void)
{
  NjBytes text = NJ_BYTES ("\xef\xbb\xbf[Adblock]\r\n! Title: A  list\n! Expires: 2 days\n! Homepage: https://a.example/\n"
                           "one\r\n!#if env_mobile\ntwo\n!#if ext_ublock\nthree\n!#endif\n!#else\nfour\n!#endif\n\n"
                           "five \\\n    six \\\n    seven\neight \\\nnine");
  static const char *const expected[] = { "[Adblock]", "one", "four", "fivesixseven", "eight \\", "nine" };
  static const guint       lines[] = { 1, 5, 12, 17, 18, 19 };
  g_auto (NjArena) arena;
  NjListReader     reader;
  NjBytes          line;
  guint            n = 0;

  nj_arena_init (&arena, NULL, 0);
  nj_list_reader_init (&reader, text, &arena);
  while (nj_list_reader_next (&reader, &line))
    {
      g_autofree char *copy = nj_bytes_dup (line);

      g_assert_cmpuint (n, <, G_N_ELEMENTS (expected));
      g_assert_cmpstr (copy, ==, expected[n]);
      g_assert_cmpuint (reader.line, ==, lines[n]);
      n++;
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (expected));
  g_assert_true (nj_bytes_equal (reader.facts.title, NJ_BYTES ("A  list")));
  g_assert_cmpuint (reader.facts.expires_s, ==, 2 * 86400);
}

static void
test_bare_hosts (void)
{
  g_assert_cmpuint (nj_list_parser_bare_host (NJ_BYTES ("||a.example^")), ==, 9);
  g_assert_cmpuint (nj_list_parser_bare_host (NJ_BYTES ("||x_y.a-b.example^")), ==, 15);
  for (guint i = 0; i < 9; i++)
    {
      static const char *const others[] = { "||a.example", "||A.example^", "||a..b^",        "||.a^", "||a.^",
                                            "||-a^",       "|a.example^",  "||a.example^$x", "||^" };

      g_assert_cmpuint (nj_list_parser_bare_host (nj_bytes_from_string (others[i])), ==, 0);
    }
}

static void
assert_literals (const char *source, const char *expected, gsize len)
{
  g_auto (NjArena) arena;
  NjBytes          literals;

  nj_arena_init (&arena, NULL, 0);
  literals = nj_regex_literals (nj_bytes_from_string (source), &arena);
  g_assert_cmpmem (literals.data, literals.len, expected, len);
}

#define LITERALS(source, expected) assert_literals (source, expected, sizeof (expected) - 1)

static void
test_literals (void)
{
  LITERALS ("^https:\\/\\/ads\\.", "\0https://ads.");
  LITERALS ("banner\\d+x", "banner\1\1x");
  LITERALS ("\\bads\\b", "\0ads\0");
  LITERALS ("a(?:bc|/d)e", "a\1\1e");
  LITERALS ("a(?:bc)e", "abce");
  LITERALS ("/(?:-|_)e", "/\0\0e");
  LITERALS ("/(?!no)yes", "/yes");
  LITERALS ("/x(?:y)?/", "/x\1\1/");
  LITERALS ("one|two", "\1\1");
  LITERALS ("[/-]ads[0-9]", "\0ads\1");
  LITERALS ("(unclosed", "");
}

static void
test_regex (void)
{
  g_autoptr (NjRegex) regex = nj_regex_new (NJ_BYTES ("(b+)(c)?"), NJ_REGEX_CASELESS);
  g_autoptr (NjRegex) all = nj_regex_new (NJ_BYTES ("o"), NJ_REGEX_GLOBAL);
  g_autoptr (NjRegex) slow = nj_regex_new (NJ_BYTES ("^(a+)+$"), 0);
  g_autoptr (GString) text = g_string_new (NULL);
  g_auto (NjArena)    arena;
  gsize               start, end;
  NjBytes             group;

  nj_arena_init (&arena, NULL, 0);
  g_assert_null (nj_regex_new (NJ_BYTES ("("), 0));
  g_assert_false (nj_regex_is_valid (NJ_BYTES_NONE));
  g_assert_true (nj_regex_is_valid (NJ_BYTES ("\\/\\-\\_[^]\\u0041(?<name>x)\\k<name>(?<!y)")));
  g_assert_true (nj_regex_matches (regex, NJ_BYTES ("aBBd"), &start, &end));
  g_assert_cmpuint (start, ==, 1);
  g_assert_cmpuint (end, ==, 3);
  g_assert_true (nj_regex_capture (regex, NJ_BYTES ("abbd"), 1, &group));
  g_assert_true (nj_bytes_equal (group, NJ_BYTES ("bb")));
  g_assert_false (nj_regex_capture (regex, NJ_BYTES ("abbd"), 2, &group));
  g_assert_true (nj_bytes_equal (nj_regex_replace (regex, NJ_BYTES ("abcd"), NJ_BYTES ("[$1$$$&$9]"), &arena), NJ_BYTES ("a[b$bc]d")));
  g_assert_true (nj_bytes_equal (nj_regex_replace (all, NJ_BYTES ("foo boo"), NJ_BYTES ("0"), &arena), NJ_BYTES ("f00 b00")));

  /* Would take longer than the universe lasts; counts as no match. */
  for (guint i = 0; i < 60; i++)
    g_string_append_c (text, 'a');
  g_string_append_c (text, 'b');
  g_assert_false (nj_regex_matches (slow, nj_bytes (text->str, text->len), NULL, NULL));
}

static void
test_url_skip (void)
{
  static const struct
  {
    const char *url, *steps, *expected;
  } cases[] = {
    { "https://a.example/?u=https%3A%2F%2Fb.example%2F%3Fx%3D1", "?u", "https://b.example/?x=1" },
    { "https://a.example/?u=b.example%2Fx", "?u +https", "https://b.example/x" },
    { "https://a.example/?https%3A%2F%2Fb.example%2F", "&1", "https://b.example/" },
    { "https://a.example/#https://b.example/", "#", "https://b.example/" },
    { "https://a.example/r/b.example/x", "/\\/r\\/(.+)/ +https", "https://b.example/x" },
    { "https://a.example/?u=aHR0cHM6Ly9iLmV4YW1wbGUv", "?u -base64", "https://b.example/" },
    { "https://a.example/?u=aHR0cHM6Ly9iLmV4YW1wbGUvPw", "?u -safebase64", "https://b.example/?" },
    { "https://a.example/?u=https%253A%252F%252Fb.example", "?u -uricomponent", "https://b.example" },
    { "https://a.example/?u=ftp%3A%2F%2Fb.example%2F", "?u", NULL },
    { "https://a.example/?u=javascript:alert(1)", "?u", NULL },
    { "https://a.example/?u=https%3A%2F%2Fb.example%2F%0D%0AX", "?u", NULL },
    { "https://a.example/?v=1", "?u", NULL },
    { "https://a.example/?u=%%%", "?u -uricomponent", NULL },
    { "https://a.example/?u=x", "?u -nonsense", NULL },
    { "https://a.example/", "+https", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (NjArena) arena;
      NjBytes          url;
      gboolean         is_skipped;

      nj_arena_init (&arena, NULL, 0);
      is_skipped = nj_url_skip_run (nj_bytes_from_string (cases[i].url), FALSE, nj_bytes_from_string (cases[i].steps),
                                    &arena, &url);
      g_assert_cmpint (is_skipped, ==, cases[i].expected != NULL);
      if (is_skipped)
        g_assert_cmpmem (url.data, url.len, cases[i].expected, strlen (cases[i].expected));
    }
}

static void
test_host_codes (void)
{
  static const char *const hosts[] = { "a.com", "com",   "x.co.uk",   "very-long-name.website", "a.b.c.d.net",
                                       "plain", "1.2.3.4", "x.unknown" };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      guint8 code[64];
      char   back[64];
      gsize  len = nj_host_code_encode (nj_bytes_from_string (hosts[i]), code);

      g_assert_cmpuint (len, <=, strlen (hosts[i]));
      g_assert_true (nj_host_code_is (code, len, hosts[i], strlen (hosts[i])));
      g_assert_false (nj_host_code_is (code, len, "zzzzz", 5));
      g_assert_cmpmem (back, nj_host_code_decode (code, len, back), hosts[i], strlen (hosts[i]));
    }
}

/* Words at all places of the 16 and 64 byte steps. */
static void
test_scan (void)
{
  guint64 map[(1 << NJ_TOKEN_MAP_BITS) / 64];

  memset (map, 0xff, sizeof map);
  for (guint pad = 0; pad < 140; pad++)
    {
      g_autoptr (GString) url = g_string_new ("HTTPS://");
      NjToken             tokens[256];
      char                lower[512];
      guint               n;

      for (guint i = 0; i < pad; i++)
        g_string_append_c (url, i % 3 == 2 ? '/' : 'X');
      g_string_append (url, "/longertoken/%41");
      n = nj_url_scan (nj_bytes (url->str, url->len), map, lower, tokens);
      g_assert_cmpuint (n, ==, 3 + (pad + 2) / 3);
      g_assert_cmpuint (tokens[0].hash, ==, nj_token_hash ("https", 5));
      g_assert_cmpuint (tokens[n - 2].hash, ==, nj_token_hash ("longert", 7));
      g_assert_cmpuint (tokens[n - 2].at, ==, 8 + pad + 1);
      g_assert_cmpuint (tokens[n - 1].hash, ==, nj_token_hash ("%41", 3));
      g_assert_true (g_str_has_prefix (lower, "https://"));
    }
}

static void
test_resources (void)
{
  static const char *const names[] = { "noopjs", "noop.js", "nooptext", "google-ima.js", "google-ima3", "1x1.gif", "noopmp3-0.1s",
                                       "googlesyndication-adsbygoogle", "google-analytics", "noopmp4-1s", "noopframe",
                                       "googletagservices-gpt", "32x32.png", "2x2.png", "noopjson", "fingerprint2.js", "amazon-apstag",
                                       "noopvast-2.0", "noopvast-3.0", "abp-resource:blank-mp4", "prebid-ads.js", "googletagmanager_gtm.js",
                                       "fuckadblock.js-3.2.0", "nobab2.js", "prevent-fab-3.2.0", "ati-smarttag", "gemius",
                                       "fingerprintjs2", "empty" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const NjRedirectResource *resource = nj_redirect_find (nj_bytes_from_string (names[i]));

      g_assert_nonnull (resource);
      g_assert_nonnull (strchr (resource->content_type, '/'));
    }
  g_assert_cmpstr (nj_redirect_find (NJ_BYTES ("noopjs"))->name, ==, "noop.js");
  g_assert_cmpuint (nj_redirect_find (NJ_BYTES ("1x1.gif"))->body.len, ==, 43);
  g_assert_null (nj_redirect_find (NJ_BYTES ("nobody-knows")));
}

static void
test_starter (void)
{
  NjListSource         source = { NJ_STARTER_ID, NULL, nj_starter_text (), FALSE };
  g_autoptr (NjEngine) engine = nj_compiler_compile (&source, 1, NULL);
  g_autofree char     *blocked = filter_fixture_ask (engine, "https://stats.g.doubleclick.net/x", "https://news.example/", "script");
  g_autofree char     *allowed = filter_fixture_ask (engine, "https://cdn.example/jquery.js", "https://news.example/", "script");

  g_assert_cmpuint (nj_engine_n_rules (engine), >=, 400);
  g_assert_cmpuint (nj_engine_list (engine, 0)->n_refused, ==, 0);
  g_assert_cmpstr (blocked, ==, "block");
  g_assert_cmpstr (allowed, ==, "allow");
}

static void
test_lists (void)
{
  g_autofree char      *folder = g_dir_make_tmp ("nightjar-XXXXXX", NULL);
  g_autofree char      *path = g_build_filename (folder, "mine.txt", NULL);
  g_autoptr (GPtrArray) files = NULL;
  const NjListFile     *first;

  g_assert_true (g_file_set_contents (path, "||a.example^\n", -1, NULL));
  g_setenv ("NIGHTJAR_LIST_PATH", folder, TRUE);
  files = nj_lists_find ();
  g_unsetenv ("NIGHTJAR_LIST_PATH");
  g_assert_cmpuint (files->len, >=, 1);
  first = files->pdata[0];
  g_assert_cmpstr (first->id, ==, "mine");
  g_assert_cmpstr (first->path, ==, path);
  g_assert_false (first->is_trusted);
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/list-reader/directives", test_directives);
  g_test_add_func ("/filter/list-reader/spans", test_spans);
  g_test_add_func ("/filter/list-reader/lines", test_reader);
  g_test_add_func ("/filter/list-parser/bare-hosts", test_bare_hosts);
  g_test_add_func ("/filter/regex/literals", test_literals);
  g_test_add_func ("/filter/regex/javascript", test_regex);
  g_test_add_func ("/filter/url-skip/steps", test_url_skip);
  g_test_add_func ("/filter/host-code/round-trip", test_host_codes);
  g_test_add_func ("/filter/url-scan/places", test_scan);
  g_test_add_func ("/filter/redirect/resources", test_resources);
  g_test_add_func ("/filter/starter/compiles", test_starter);
  g_test_add_func ("/filter/lists/path", test_lists);
  return g_test_run ();
}
