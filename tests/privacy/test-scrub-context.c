/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who asks whom: the host of the page that asks, and what makes a third party of it.
 */
#include "exchange.h"

#define URL "http://cdn.site-a.example/x"

static void
assert_host (Exchange *x, const char *host)
{
  g_autofree char *text = nj_bytes_dup (x->context.page_host);

  g_assert_cmpstr (text, ==, host);
}

static void
test_page_host (Exchange *x, gconstpointer unused)
{
  static const char *const pages[][2] = {
    { "Referer: http://WWW.Site-B.example:8080/p?q#f\r\n", "www.site-b.example" },
    { "Referer: https://site-b.example\r\n", "site-b.example" },
    { "Referer: http://user:pw@site-b.example/\r\n", "site-b.example" },
    { "Referer: http://[2001:db8::1]:80/\r\n", "[2001:db8::1]" },
    { "Referer: http://site-b.example/caf\xc3\xa9\r\n", "site-b.example" },
    { "Origin: https://site-b.example\r\n", "site-b.example" },
    { "Referer: android-app://com.example/\r\nOrigin: http://b.example\r\n", "b.example" },
    { "Referer: file:///home/me/x.html\r\n", "" },
    { "Origin: null\r\n", "" },
    { "Referer: http:///x\r\n", "" },
    { "Referer: \r\n", "" },
    { "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      exchange_ask (x, NJ_PROFILE_STANDARD, "GET", URL, pages[i][0]);
      assert_host (x, pages[i][1]);
    }
}

static void
test_parties (Exchange *x, gconstpointer unused)
{
  static const struct
  {
    const char *fields;
    gboolean    is_cross_site;
    gboolean    is_third_party;
  } cases[] = {
    { "", FALSE, FALSE },
    { PAGE_A, FALSE, FALSE },
    { PAGE_B, TRUE, TRUE },
    { PAGE_B HTML, TRUE, FALSE },
    { PAGE_B HTML "Sec-Fetch-Dest: iframe\r\nSec-Fetch-Mode: navigate\r\n", TRUE, TRUE },
    { PAGE_B "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n", TRUE, FALSE },
    { PAGE_B HTML "Sec-Fetch-Mode: cors\r\n", TRUE, TRUE },
    { "Sec-Fetch-Site: cross-site\r\n", TRUE, TRUE },
    { "Sec-Fetch-Site: same-site\r\n", FALSE, FALSE },
    { "Sec-Fetch-Site: none\r\n" HTML, FALSE, FALSE },
    { PAGE_A "Sec-Fetch-Site: cross-site\r\n", FALSE, FALSE },
    { "Origin: http://site-b.example\r\n", TRUE, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].fields);
      exchange_ask (x, NJ_PROFILE_STANDARD, "GET", URL, cases[i].fields);
      g_assert_cmpint (x->context.is_cross_site, ==, cases[i].is_cross_site);
      g_assert_cmpint (x->context.is_third_party, ==, cases[i].is_third_party);
    }
}

static void
test_public_suffix (Exchange *x, gconstpointer unused)
{
  exchange_ask (x, NJ_PROFILE_STANDARD, "GET", "http://one.co.uk/", "Referer: http://two.co.uk/\r\n");
  g_assert_true (x->context.is_third_party);
  exchange_ask (x, NJ_PROFILE_STANDARD, "GET", "http://192.0.2.1/", "Referer: http://192.0.2.2/\r\n");
  g_assert_true (x->context.is_third_party);
}

static void
test_sites (Exchange *x, gconstpointer unused)
{
  static const struct
  {
    const char *page;
    const char *url;
    gboolean    is_same;
  } cases[] = {
    { "site-a.example", "site-a.example", TRUE },
    { "site-a.example", "www.site-a.example", TRUE },
    { "a.b.site-a.example", "c.site-a.example", TRUE },
    { "www.site-a.example", "site-a.example", TRUE },
    { "evilsite-a.example", "site-a.example", FALSE },
    { "site-a.example", "evilsite-a.example", FALSE },
    { "site-a.example", "site-b.example", FALSE },
    { "site-a.example", "site-a.test", FALSE },
    { "a.github.io", "b.github.io", FALSE },
    { "x.a.co.uk", "y.a.co.uk", TRUE },
    { "localhost", "localhost", TRUE },
    { "localhost", "local.host", FALSE },
    { "192.0.2.1", "192.1.2.1", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *page = g_strdup_printf ("Referer: http://%s/\r\n", cases[i].page);
      g_autofree char *url = g_strdup_printf ("http://%s/", cases[i].url);

      exchange_ask (x, NJ_PROFILE_STANDARD, "GET", url, page);
      g_assert_cmpint (x->context.is_cross_site, ==, !cases[i].is_same);
    }
}

#define ADD(path, function) g_test_add ("/privacy/scrub-context/" path, Exchange, NULL, exchange_set_up, function, exchange_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("page-host", test_page_host);
  ADD ("parties", test_parties);
  ADD ("public-suffix", test_public_suffix);
  ADD ("sites", test_sites);
  return g_test_run ();
}
