/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whose cookies pass, and how long they live. The clock stands still.
 */
#include "exchange.h"

#include "base/clock.h"
#include "privacy/cookies.h"

static gint64
stopped_wall (void)
{
  /* Sun, 01 Mar 2026 00:00:00 GMT */
  return G_GINT64_CONSTANT (1772323200) * G_USEC_PER_SEC;
}

static const NjClock stopped = { nj_clock_monotonic, stopped_wall };

static guint
answer (Exchange *x, NjProfile profile, const char *url, const char *request, const char *status, const char *fields)
{
  exchange_ask (x, profile, "GET", url, request);
  exchange_answer (x, status, fields);
  return nj_cookies_scrub_response (&x->response, &x->arena, &x->context);
}

#define URL "http://site-a.example/x"

static void
test_third_party (Exchange *x, gconstpointer unused)
{
  g_assert_cmpuint (answer (x, NJ_PROFILE_STANDARD, URL, PAGE_B, "200 OK",
                            "Set-Cookie: a=1\r\nServer: s\r\nset-cookie: b=2; Max-Age=9\r\n"),
                    ==, NJ_SCRUB_COOKIES);
  assert_fields (x, &x->response, "Server: s\r\n");

  /* Taken back, so the browser may hear of it. */
  g_assert_cmpuint (answer (x, NJ_PROFILE_STANDARD, URL, PAGE_B, "200 OK", "Set-Cookie: a=; Max-Age=0\r\n"), ==, 0);
  g_assert_cmpuint (answer (x, NJ_PROFILE_STANDARD, URL, PAGE_B, "200 OK",
                            "Set-Cookie: a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\n"),
                    ==, 0);
}

static void
test_first_party (Exchange *x, gconstpointer unused)
{
  static const char fields[] = "Set-Cookie: s=1; Path=/; HttpOnly\r\nSet-Cookie: t=2; Max-Age=86400\r\n";

  g_assert_cmpuint (answer (x, NJ_PROFILE_STRICT, URL, PAGE_A, "200 OK", fields), ==, 0);
  g_assert_cmpuint (answer (x, NJ_PROFILE_STRICT, URL, HTML PAGE_B, "200 OK", fields), ==, 0);
  assert_fields (x, &x->response, "Set-Cookie: s=1; Path=/; HttpOnly\r\nSet-Cookie: t=2; Max-Age=86400\r\n");
}

/* What only counts visitors, and a machine of another site under this one's name, remember for a week. */
static void
test_trackers (Exchange *x, gconstpointer unused)
{
  g_assert_cmpuint (answer (x, NJ_PROFILE_STANDARD, URL, PAGE_A, "200 OK",
                            "Set-Cookie: _ga=GA1.2.1; Max-Age=63072000; Path=/\r\nSet-Cookie: _gaming=1; Max-Age=600\r\n"
                            "Set-Cookie: id=1; Max-Age=2592000\r\n"),
                    ==, NJ_SCRUB_LIFETIME);
  assert_fields (x, &x->response,
                 "Set-Cookie: _ga=GA1.2.1; Path=/; Max-Age=604800\r\nSet-Cookie: _gaming=1; Max-Age=600\r\n"
                 "Set-Cookie: id=1; Max-Age=2592000\r\n");

  exchange_ask (x, NJ_PROFILE_STANDARD, "GET", URL, PAGE_A);
  exchange_answer (x, "200 OK", "Set-Cookie: id=1; Max-Age=2592000\r\nSet-Cookie: s=1\r\n");
  x->context.is_cloaked = TRUE;
  g_assert_cmpuint (nj_cookies_scrub_response (&x->response, &x->arena, &x->context), ==, NJ_SCRUB_LIFETIME);
  assert_fields (x, &x->response, "Set-Cookie: id=1; Max-Age=604800\r\nSet-Cookie: s=1\r\n");
}

static void
test_lifetime (Exchange *x, gconstpointer unused)
{
  static const char *const cases[][2] = {
    { "a=1; Max-Age=63072000; Path=/", "a=1; Path=/; Max-Age=15552000" },
    { "a=1;max-age = 63072000;Path=/", "a=1;Path=/; Max-Age=15552000" },
    { "a=1; Max-Age=99999999999999999999", "a=1; Max-Age=15552000" },
    { "a=1; Max-Age=15552000", NULL },
    { "a=1; Max-Age=-1", NULL },
    { "a=1; Max-Age=x", NULL },
    { "a=1; Max-Age=60; Expires=Wed, 21 Oct 2037 07:28:00 GMT", NULL },
    { "a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Secure", "a=1; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Secure; Max-Age=15552000" },
    { "a=1; expires=Wednesday, 21-Oct-37 07:28:00 GMT", "a=1; expires=Wednesday, 21-Oct-37 07:28:00 GMT; Max-Age=15552000" },
    { "a=1; Expires=Sun, 01 Aug 2026 00:00:00 GMT", NULL },
    { "a=1; Expires=Thu, 31 Dec 1998 00:00:00 GMT", NULL },
    { "a=1; Expires=tomorrow", NULL },
    { "a=1; Expires=99 Foo 2037", NULL },
    { "a=1; Expires=31 Feb 2037", NULL },
    { "max-age=63072000", NULL },
    { "a=max-age=63072000; Path=/", NULL },
    { "", NULL },
    { ";;", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *field = g_strdup_printf ("Set-Cookie: %s\r\n", cases[i][0]);
      guint            changes = answer (x, NJ_PROFILE_STANDARD, URL, HTML, "200 OK", field);
      g_autofree char *value = nj_bytes_dup (nj_head_value (&x->response, NJ_FIELD_SET_COOKIE));

      g_assert_cmpstr (value, ==, cases[i][1] != NULL ? cases[i][1] : cases[i][0]);
      g_assert_cmpuint (changes, ==, cases[i][1] != NULL ? NJ_SCRUB_LIFETIME : 0);
    }

  answer (x, NJ_PROFILE_STRICT, URL, HTML, "200 OK", "Set-Cookie: a=1; Max-Age=15552000\r\n");
  assert_fields (x, &x->response, "Set-Cookie: a=1; Max-Age=2592000\r\n");
}

static void
test_bounce (Exchange *x, gconstpointer unused)
{
  static const char url[] = "http://click.t.example/go?id=7&u=http%3A%2F%2Fsite-a.example%2Fland%3Fx";
  static const char there[] = "Location: http://site-a.example/land?x\r\nSet-Cookie: b=1\r\n";
  static const char login[] = "Location: http://site-a.example/land?x&code=1\r\nSet-Cookie: b=1\r\n";
  static const char logout[] = "Location: http://site-a.example/land?x\r\nSet-Cookie: b=; Max-Age=0\r\n";

  g_assert_cmpuint (answer (x, NJ_PROFILE_STANDARD, url, HTML, "302 Found", there), ==, NJ_SCRUB_BOUNCE);
  assert_fields (x, &x->response, "Location: http://site-a.example/land?x\r\n");
  g_assert_cmpuint (answer (x, NJ_PROFILE_STANDARD, url, HTML, "200 OK", there), ==, 0);
  g_assert_cmpuint (answer (x, NJ_PROFILE_STANDARD, url, HTML, "302 Found", login), ==, 0);
  g_assert_cmpuint (answer (x, NJ_PROFILE_STANDARD, url, HTML, "302 Found", logout), ==, 0);
}

static void
test_bounce_within_a_site (Exchange *x, gconstpointer unused)
{
  g_assert_cmpuint (answer (x, NJ_PROFILE_STANDARD, "http://site-a.example/login?next=http://www.site-a.example/home", HTML, "302 Found",
                            "Location: http://www.site-a.example/home\r\nSet-Cookie: session=1\r\n"),
                    ==, 0);
}

static void
test_outlives (Exchange *x, gconstpointer unused)
{
  g_assert_true (nj_cookies_outlives (NJ_BYTES ("a=1; Max-Age=100"), 99));
  g_assert_false (nj_cookies_outlives (NJ_BYTES ("a=1; Max-Age=100"), 100));
  g_assert_true (nj_cookies_outlives (NJ_BYTES ("a=1; Expires=Sun, 08 Mar 2026 00:00:00 GMT"), 86400));
  g_assert_false (nj_cookies_outlives (NJ_BYTES ("a=1"), 0));
  g_assert_false (nj_cookies_outlives (NJ_BYTES ("a=; Max-Age=0"), 0));
}

#define ADD(path, function) g_test_add ("/privacy/cookies/" path, Exchange, NULL, exchange_set_up, function, exchange_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  nj_clock_replace (&stopped);
  ADD ("third-party", test_third_party);
  ADD ("first-party", test_first_party);
  ADD ("trackers", test_trackers);
  ADD ("lifetime", test_lifetime);
  ADD ("outlives", test_outlives);
  ADD ("bounce", test_bounce);
  ADD ("bounce-within-a-site", test_bounce_within_a_site);
  return g_test_run ();
}
