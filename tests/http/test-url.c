/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * URLs into their normal form, and what is refused.
 */
#include "http/url.h"

typedef struct
{
  NjArena arena;
  NjUrl   url;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  nj_arena_init (&f->arena, NULL, 0);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  nj_arena_clear (&f->arena);
}

static void
assert_text (NjBytes bytes, const char *expected)
{
  g_autofree char *text = nj_bytes_dup (bytes);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_url (Fixture *f, const char *text, const char *expected)
{
  g_assert_cmpint (nj_url_parse (nj_bytes_from_string (text), &f->arena, &f->url), ==, NJ_URL_OK);
  assert_text (f->url.text, expected);
}

static void
test_parts (Fixture *f, gconstpointer unused)
{
  assert_url (f, "HTTP://WWW.Example.ORG:8080/A/b?c=D&e#frag", "http://www.example.org:8080/A/b?c=D&e");
  assert_text (f->url.scheme, "http");
  assert_text (f->url.host, "www.example.org");
  assert_text (f->url.authority, "www.example.org:8080");
  assert_text (f->url.path, "/A/b?c=D&e");
  assert_text (f->url.query, "c=D&e");
  g_assert_cmpuint (f->url.port, ==, 8080);
  g_assert_false (f->url.is_secure);

  assert_url (f, "wss://[2001:DB8::0:1]/", "wss://[2001:db8::1]/");
  assert_text (f->url.host, "[2001:db8::1]");
  g_assert_cmpuint (f->url.port, ==, 443);
  g_assert_true (f->url.is_secure);
  g_assert_null (f->url.query.data);
}

static void
test_normal_form (Fixture *f, gconstpointer unused)
{
  assert_url (f, "http://a.example", "http://a.example/");
  assert_url (f, "http://a.example?q", "http://a.example/?q");
  assert_url (f, "http://a.example#f", "http://a.example/");
  assert_url (f, "http://a.example/?", "http://a.example/?");
  g_assert_nonnull (f->url.query.data);
  assert_url (f, "http://a.example:80/", "http://a.example/");
  assert_url (f, "https://a.example:443/", "https://a.example/");
  assert_url (f, "https://a.example:80/", "https://a.example:80/");
  assert_url (f, "http://a.example:/x", "http://a.example/x");
  assert_url (f, "http://a.example:0000080/x", "http://a.example/x");
  assert_url (f, "http://a.example:08080/x", "http://a.example:8080/x");
  assert_url (f, "http://a.example./x", "http://a.example/x");
  assert_url (f, "http://[::ffff:192.0.2.1]/", "http://[::ffff:192.0.2.1]/");
  assert_url (f, "http://127.0.0.1:1/", "http://127.0.0.1:1/");
}

static void
test_path_is_untouched (Fixture *f, gconstpointer unused)
{
  static const char *const texts[] = {
    "http://a.example/a|b[c]{d}\"e\"^`\\%zz%00", "http://a.example/?x=http://b.example/@y:z", "http://a.example//.././/?a&&b=&=c",
    "http://a.example/%2e%2E/a;b=c?d?e",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_url (f, texts[i], texts[i]);
}

static void
test_refused (Fixture *f, gconstpointer unused)
{
  static const struct
  {
    const char *text;
    NjUrlResult result;
  } cases[] = {
    { "", NJ_URL_BAD },
    { "/path", NJ_URL_BAD },
    { "*", NJ_URL_BAD },
    { "a.example:80", NJ_URL_UNKNOWN_SCHEME },
    { "http:", NJ_URL_BAD },
    { "http://", NJ_URL_BAD },
    { "http:///x", NJ_URL_BAD },
    { "http:/a.example/", NJ_URL_BAD },
    { "http:a.example/", NJ_URL_BAD },
    { "http://:80/", NJ_URL_BAD },
    { "http://a b/", NJ_URL_BAD },
    { "http://a.example/\x7f", NJ_URL_BAD },
    { "http://a.example/\xc3\xa9", NJ_URL_BAD },
    { "http://a.example/\t", NJ_URL_BAD },
    { "http://a.example:0/", NJ_URL_BAD },
    { "http://a.example:65536/", NJ_URL_BAD },
    { "http://a.example:-1/", NJ_URL_BAD },
    { "http://a.example:+80/", NJ_URL_BAD },
    { "http://a.example:8o/", NJ_URL_BAD },
    { "http://a.example:80:80/", NJ_URL_BAD },
    { "http://a.example:99999999999999999999/", NJ_URL_BAD },
    { "http://[::1/", NJ_URL_BAD },
    { "http://[::1]x/", NJ_URL_BAD },
    { "http://[::1%25lo]/", NJ_URL_BAD },
    { "http://[127.0.0.1]/", NJ_URL_BAD },
    { "http://[]/", NJ_URL_BAD },
    { "http://::1/", NJ_URL_BAD },
    { "http://a\\b/", NJ_URL_BAD },
    { "http://evil.example\\@a.example/", NJ_URL_BAD },
    { "http://a%2eexample/", NJ_URL_BAD },
    { "http://..../", NJ_URL_BAD },
    { "http://a..b/", NJ_URL_BAD },
    { "http://a,b/", NJ_URL_BAD },
    { "http://0177.0.0.1/", NJ_URL_BAD },
    { "http://2130706433/", NJ_URL_BAD },
    { "http://127.1/", NJ_URL_BAD },
    { "http://1.2.3.0x4/", NJ_URL_BAD },
    { "http://256.0.0.1/", NJ_URL_BAD },
    { "http://u@a.example/", NJ_URL_HAS_USER },
    { "http://u:p@a.example/", NJ_URL_HAS_USER },
    { "http://@a.example/", NJ_URL_HAS_USER },
    { "ftp://a.example/", NJ_URL_UNKNOWN_SCHEME },
    { "javascript:alert(1)", NJ_URL_UNKNOWN_SCHEME },
    { "1http://a.example/", NJ_URL_BAD },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (nj_url_parse (nj_bytes_from_string (cases[i].text), &f->arena, &f->url), ==, cases[i].result);
    }
}

static void
test_authority (Fixture *f, gconstpointer unused)
{
  static const char *const bad[] = { "a.example", "a.example:", ":443", "a.example:0", "a.example:65536", "a.example:https", "a:1:2",
                                     "http://a:443", "a/x:443", "a:443/", "a:443?", "::1:443", "[::1]", "[::1]x:443", "u@a:443",
                                     "...:443", "", "a%2e:443", "a:443,b:443", "a :443", "a:4 43", "127.1:443" };
  NjBytes                  host;
  guint16                  port;

  g_assert_true (nj_url_parse_authority (NJ_BYTES ("A.Example:0443"), -1, &f->arena, &host, &port));
  assert_text (host, "a.example");
  g_assert_cmpuint (port, ==, 443);
  g_assert_true (nj_url_parse_authority (NJ_BYTES ("[::1]:8443"), -1, &f->arena, &host, &port));
  assert_text (host, "[::1]");
  g_assert_cmpuint (port, ==, 8443);
  g_assert_true (nj_url_parse_authority (NJ_BYTES ("a.example"), 80, &f->arena, &host, &port));
  g_assert_cmpuint (port, ==, 80);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("%s", bad[i]);
      g_assert_false (nj_url_parse_authority (nj_bytes_from_string (bad[i]), -1, &f->arena, &host, &port));
    }
}

#define ADD(path, function) g_test_add ("/http/url/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("parts", test_parts);
  ADD ("normal-form", test_normal_form);
  ADD ("path-is-untouched", test_path_is_untouched);
  ADD ("refused", test_refused);
  ADD ("authority", test_authority);
  return g_test_run ();
}
