/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may reach for the user's own network, however its machines are written.
 */
#include "exchange.h"
#include "privacy/local-network.h"

static void
test_hosts (Exchange *x, gconstpointer unused)
{
  static const char *const local[] = {
    "127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "[::1]", "[::]", "[fe80::1]", "[fd12:3456::1]", "[fc00::1]", "[fec0::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[64:ff9b::192.168.1.1]", "[64:ff9b::c0a8:101]", "[2002:c0a8:0101::1]", "[2002:7f00:1::]", "[::ffff:a9fe:a9fe]",
    "localhost", "LOCALHOST", "localhost.", "a.localhost", "printer.local", "nas.lan", "nas.home", "nas.home.arpa", "db.internal",
    "fritz.box", "www.fritz.box", "router", "nas", "x.localdomain", "wiki.corp",
  };
  static const char *const global[] = {
    "93.184.216.34", "172.32.0.1", "172.15.0.1", "192.169.0.1", "100.128.0.1", "203.0.113.10", "169.253.1.1", "[2606:2800::1]",
    "[64:ff9b::93.184.216.34]", "[2002:5db8:d822::1]", "example.com", "local.example", "localhost.example", "mylocalhost.example",
    "10.example", "lan.example", "xfritz.box", "a.mylocal.example",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (local); i++)
    {
      g_autofree char *url = g_strdup_printf ("http://%s/x", local[i]);

      g_test_message ("%s", url);
      exchange_ask (x, NJ_PROFILE_STANDARD, "GET", url, PAGE_B);
      g_assert_true (nj_local_network_has (x->url.host));
      g_assert_nonnull (nj_local_network_refusal (&x->request, &x->context));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (global); i++)
    {
      g_autofree char *url = g_strdup_printf ("http://%s/x", global[i]);

      g_test_message ("%s", url);
      exchange_ask (x, NJ_PROFILE_STANDARD, "GET", url, PAGE_B);
      g_assert_false (nj_local_network_has (x->url.host));
      g_assert_null (nj_local_network_refusal (&x->request, &x->context));
    }
}

/* Other ways to write an address are no URL to us, so nothing is asked at all. */
static void
test_odd_addresses (Exchange *x, gconstpointer unused)
{
  static const char *const odd[] = { "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0x7f.1", "192.168.257", "3232235777", "0",
                                     "%6c%6fcalhost", "127.0.0.1%00.example", "[fe80::1%25eth0]" };
  NjUrl url;

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      NjBytes text = nj_arena_printf (&x->arena, "http://%s/x", odd[i]);

      g_test_message ("%s", odd[i]);
      g_assert_true (nj_url_parse (text, &x->arena, &url) != NJ_URL_OK || nj_local_network_has (url.host));
    }
}

/* A frame in a sandbox, or a page of no address, hides where it comes from. */
static void
test_hidden_origin (Exchange *x, gconstpointer unused)
{
  exchange_ask (x, NJ_PROFILE_STANDARD, "POST", "http://192.168.1.1/x", "Origin: null\r\nAccept: */*\r\n");
  g_assert_nonnull (nj_local_network_refusal (&x->request, &x->context));
  exchange_ask (x, NJ_PROFILE_STANDARD, "POST", "http://192.168.1.1/x", "Origin: null\r\n" HTML);
  g_assert_null (nj_local_network_refusal (&x->request, &x->context));
  exchange_ask (x, NJ_PROFILE_STANDARD, "GET", "http://192.168.1.1/x", "Origin: null\r\nSec-Fetch-Site: same-origin\r\n");
  g_assert_null (nj_local_network_refusal (&x->request, &x->context));
}

static void
test_rebinding (Exchange *x, gconstpointer unused)
{
  static const struct
  {
    NjProfile   profile;
    const char *url;
    const char *fields;
    NjScope     reach;
    gboolean    was_global;
    gboolean    is_refused;
  } cases[] = {
    { NJ_PROFILE_STANDARD, "http://evil.example/x", PAGE_B, NJ_SCOPE_LOOPBACK, FALSE, TRUE },
    { NJ_PROFILE_STANDARD, "http://evil.example/x", PAGE_B, NJ_SCOPE_PRIVATE, FALSE, TRUE },
    { NJ_PROFILE_STANDARD, "http://evil.example/x", PAGE_B, NJ_SCOPE_GLOBAL, FALSE, FALSE },
    { NJ_PROFILE_STANDARD, "http://evil.example/x", HTML PAGE_B, NJ_SCOPE_PRIVATE, TRUE, FALSE },
    { NJ_PROFILE_OFF, "http://evil.example/x", PAGE_B, NJ_SCOPE_LOOPBACK, TRUE, FALSE },
    { NJ_PROFILE_STANDARD, "http://evil.example/x", "Referer: http://evil.example/\r\n", NJ_SCOPE_PRIVATE, TRUE, TRUE },
    { NJ_PROFILE_STANDARD, "http://wiki.example/x", "Referer: http://wiki.example/\r\n", NJ_SCOPE_PRIVATE, FALSE, FALSE },
    { NJ_PROFILE_STRICT, "http://wiki.example/x", "Referer: http://wiki.example/\r\n", NJ_SCOPE_PRIVATE, FALSE, FALSE },
    { NJ_PROFILE_STANDARD, "http://dev.example/x", "Referer: http://dev.example/\r\n", NJ_SCOPE_LOOPBACK, FALSE, FALSE },
    { NJ_PROFILE_STRICT, "http://dev.example/x", "Referer: http://dev.example/\r\n", NJ_SCOPE_LOOPBACK, FALSE, TRUE },
    { NJ_PROFILE_STRICT, "http://dev.example/x", "", NJ_SCOPE_LOOPBACK, FALSE, FALSE },
    { NJ_PROFILE_STRICT, "http://nas.lan/x", "Referer: http://nas.lan/\r\n", NJ_SCOPE_PRIVATE, TRUE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%" G_GSIZE_FORMAT, i);
      exchange_ask (x, cases[i].profile, "GET", cases[i].url, cases[i].fields);
      g_assert_cmpint (nj_local_network_rebinding (&x->request, &x->context, cases[i].reach, cases[i].was_global) != NULL, ==,
                       cases[i].is_refused);
    }
}

#define ADD(path, function) g_test_add ("/privacy/local-network/" path, Exchange, NULL, exchange_set_up, function, exchange_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("hosts", test_hosts);
  ADD ("odd-addresses", test_odd_addresses);
  ADD ("hidden-origin", test_hidden_origin);
  ADD ("rebinding", test_rebinding);
  return g_test_run ();
}
