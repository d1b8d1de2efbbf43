/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of exits in the formats that people have them in: what is ours is understood, what is wrong is named by its
 * place, and then nothing at all came in.
 */
#include "settings/exit-import.h"

/* Imports; each exit as "URI COUNTRY NAME". */
static char *
import (const char *text)
{
  g_autoptr (NjCatalogue) catalogue = nj_catalogue_new ();
  g_autoptr (GError) error = NULL;
  guint n = nj_exit_import (catalogue, text, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, nj_catalogue_size (catalogue));
  return nj_catalogue_export (catalogue);
}

static void
test_formats (void)
{
  static const struct
  {
    const char *text;
    const char *exits;
  } cases[] = {
    { "# mine\nhttp://a.example:1 DE\n", "http://a.example:1 DE a.example\n" },
    { "[\"socks5://a.example:1\", {\"uri\": \"http://b.example:2\", \"country\": \"se\", \"name\": \"B\"}]",
      "socks5://a.example:1 -- a.example\nhttp://b.example:2 SE B\n" },
    { " {\"exits\": [{\"type\": \"h2\", \"host\": \"c.example\", \"port\": 443, \"user\": \"u\", \"password\": \"p@:/\"}]}",
      "h2://u:p%40%3A%2F@c.example:443 -- c.example\n" },
    { "{\"log\": {}, \"outbounds\": [{\"type\": \"direct\", \"tag\": \"d\"}, {\"type\": \"vmess\", \"server\": \"x\"},"
      "{\"type\": \"http\", \"tag\": \"\\ud83c\\udde9\\ud83c\\uddea Kiel\", "
      "\"server\": \"2001:db8::1\", \"server_port\": 8443, \"tls\": {\"enabled\": true}},"
      "{\"type\": \"socks\", \"tag\": \"s\", \"server\": \"192.0.2.1\", \"server_port\": 1080, \"version\": \"4a\"}]}",
      "https://[2001:db8::1]:8443 DE 🇩🇪 Kiel\nsocks4a://192.0.2.1:1080 -- s\n" },
    { "port: 7890\nrules:\n  - MATCH,DIRECT\nproxies:\n  - name: \"🇳🇴 Oslo\"\n    type: socks5\n    server: oslo.example\n    port: 1080\n"
      "    username: 'u'\n    password: p\n    tls: true\n  - {name: x, type: ss, server: y, port: 1, cipher: z}\n"
      "  - {name: plain, type: http, server: h.example, port: 3128}\nproxy-groups: []\n",
      "socks5s://u:p@oslo.example:1080 NO 🇳🇴 Oslo\nhttp://h.example:3128 -- plain\n" },
    { "se-got-wg-socks5-001.relays.mullvad.net\n# more\nde-ber-wg-socks5-002.relays.mullvad.net:1081\r\n",
      "socks5://se-got-wg-socks5-001.relays.mullvad.net:1080 SE se-got-wg-socks5-001.relays.mullvad.net\n"
      "socks5://de-ber-wg-socks5-002.relays.mullvad.net:1081 DE de-ber-wg-socks5-002.relays.mullvad.net\n" },
    { "[{\"hostname\": \"se-got-wg-001\", \"country_code\": \"se\", "
      "\"socks_name\": \"se-got-wg-socks5-001.relays.mullvad.net\", \"socks_port\": 1080}]",
      "socks5://se-got-wg-socks5-001.relays.mullvad.net:1080 SE se-got-wg-001\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *exits = import (cases[i].text);

      g_assert_cmpstr (exits, ==, cases[i].exits);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    const char *place; /* what the message holds */
  } cases[] = {
    { "http://a.example:1\nftp://b\n", "line 2" },
    { "[\"http://a.example:1\", 5]", "entry 2" },
    { "[\"http://a.example:1\",\n {\"type\": \"http\", \"port\": 1}]", "entry 2: names no server" },
    { "[{\"type\": \"http\", \"server\": \"a b\", \"port\": 1}]", "no host" },
    { "[{\"type\": \"http\", \"server\": \"a@b\", \"port\": 1}]", "no host" },
    { "[{\"type\": \"http\", \"server\": \"a\", \"port\": \"1/x\"}]", "its port is none" },
    { "[{\"type\": \"http\", \"server\": \"a\", \"port\": 70000}]", "entry 1" },
    { "[{\"type\": \"http\", \"server\": \"a\", \"port\": 1, \"username\": \"u\\n\"}]", "entry 1" },
    { "[{\"type\": \"http\", \"server\": \"a\", \"port\": 1, \"tls\": {\"enabled\": true, \"insecure\": true}}]", "certificate" },
    { "[{\"type\": \"vmess\"}]", "none of the 1 entries" },
    { "[]", "holds none" },
    { "{\"a\": 1}", "neither a list" },
    { "[\n\n\"x\"", "line 3" },
    { "proxies:\n  - {name: x, type: http, server: a.example, port: 1}\n  - {name: x, type: http, port: 2}\n", "entry 2 (line 3)" },
    { "proxies:\n  - {name: x, type: http, server: a, port: 1, skip-cert-verify: true, tls: true}\n", "certificate" },
    { "proxies:\n  - {name: x, type: http, server: a, port: 1, port: 2}\n", "twice" },
    { "proxies:\n  - &a {name: x, type: http, server: a, port: 1}\n  - *a\n", "line 3" },
    { "proxies: &a\n  - {name: *a}\n", "line 2" },
    { "proxies:\n  - {name: \"x\\0y\", type: http, server: a, port: 1}\n", "zero byte" },
    { "proxies:\n  - {name: x\n", "line" },
    { "proxies: 5\n", "no list" },
    { "port: 5\n", "no “proxies”" },
    { "se-got-wg-socks5-001.relays.mullvad.net\nnonsense\n", "line 2" },
    { "", "holds none" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjCatalogue) catalogue = nj_catalogue_new ();
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (nj_exit_import (catalogue, cases[i].text, &error), ==, 0);
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].place));
      g_assert_cmpuint (nj_catalogue_size (catalogue), ==, 0);
    }
}

static void
test_bounds (void)
{
  g_autoptr (NjCatalogue) catalogue = nj_catalogue_new ();
  g_autofree char *deep = g_strnfill (1024 * 1024, '[');
  g_autofree char *large = g_strnfill (NJ_EXIT_IMPORT_MAX + 1, ' ');
  g_autofree char *flow = g_strconcat ("proxies: ", deep, NULL);
  g_autoptr (GString) many = g_string_new ("[");
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (nj_exit_import (catalogue, deep, NULL), ==, 0);
  g_assert_cmpuint (nj_exit_import (catalogue, flow, NULL), ==, 0);
  g_assert_cmpuint (nj_exit_import (catalogue, large, &error), ==, 0);
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_FILE);

  for (int i = 0; i <= NJ_CATALOGUE_MAX; i++)
    g_string_append_printf (many, "%s\"http://h%d:1\"", i > 0 ? "," : "", i);
  g_string_append_c (many, ']');
  g_assert_cmpuint (nj_exit_import (catalogue, many->str, NULL), ==, 0);
  g_assert_cmpuint (nj_catalogue_size (catalogue), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/exit-import/formats", test_formats);
  g_test_add_func ("/settings/exit-import/refused", test_refused);
  g_test_add_func ("/settings/exit-import/bounds", test_bounds);
  return g_test_run ();
}
