/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hosts: one written form for each, registrable domains, and how far an address reaches.
 */
#include "base/host.h"

static void
test_normal_form (void)
{
  static const struct
  {
    const char *text;
    const char *normal; /* NULL: no host */
  } cases[] = {
    { "Example.COM", "example.com" }, { "example.com.", "example.com" }, { "a_b.example", "a_b.example" },
    { "b\xc3\xbc"
      "cher.example",
      "xn--bcher-kva.example" },
    { "[::1]", "[::1]" },
    { "::1", "[::1]" },
    { "[2001:DB8:0:0::1]", "[2001:db8::1]" },
    { "127.0.0.1", "127.0.0.1" },
    { "", NULL },
    { ".", NULL },
    { "a..b", NULL },
    { ".a", NULL },
    { "a b", NULL },
    { "a/b", NULL },
    { "a\nb", NULL },
    { "[::1", NULL },
    { "[zz]", NULL },
    { "\xff\xfe", NULL },
    { "123456789012345678901234567890123456789012345678901234567890abcd.example", NULL },
    { "12345678901234567890123456789012345678901234567890123456789012a.example",
      "12345678901234567890123456789012345678901234567890123456789012a.example" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      char  host[NJ_HOST_MAX + 1] = "untouched";
      gsize len = nj_host_normalize (nj_bytes_from_string (cases[i].text), host);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpuint (len, ==, cases[i].normal != NULL ? strlen (cases[i].normal) : 0);
      if (cases[i].normal != NULL)
        g_assert_cmpstr (host, ==, cases[i].normal);
    }
}

static void
test_longest (void)
{
  g_autoptr (GString) name = g_string_new (NULL);
  char host[NJ_HOST_MAX + 1];

  for (int i = 0; i < 126; i++)
    g_string_append (name, "a.");
  g_string_append (name, "b");
  g_assert_cmpuint (nj_host_normalize (nj_bytes (name->str, name->len), host), ==, NJ_HOST_MAX);
  g_string_append (name, "b");
  g_assert_cmpuint (nj_host_normalize (nj_bytes (name->str, name->len), host), ==, 0);
}

static void
test_addresses (void)
{
  static const char *const yes[] = { "0.0.0.0", "127.0.0.1", "255.255.255.255", "[::1]" };
  static const char *const no[] = { "256.0.0.1", "1.2.3", "1.2.3.4.5", "1..2.3", ".1.2.3", "1.2.3.", "0177.0.0.1", "1.2.3.a", "a.1", "1" };

  for (gsize i = 0; i < G_N_ELEMENTS (yes); i++)
    g_assert_true (nj_host_is_address (nj_bytes_from_string (yes[i])));
  for (gsize i = 0; i < G_N_ELEMENTS (no); i++)
    if (nj_host_is_address (nj_bytes_from_string (no[i])))
      g_error ("%s", no[i]);
}

static void
test_sites (void)
{
  g_assert_true (nj_bytes_equal (nj_host_registrable (NJ_BYTES ("www.example.co.uk")), NJ_BYTES ("example.co.uk")));
  g_assert_true (nj_bytes_equal (nj_host_registrable (NJ_BYTES ("co.uk")), NJ_BYTES ("co.uk")));
  g_assert_true (nj_bytes_equal (nj_host_registrable (NJ_BYTES ("10.1.2.3")), NJ_BYTES ("10.1.2.3")));
  g_assert_true (nj_host_is_same_site (NJ_BYTES ("a.example.org"), NJ_BYTES ("b.example.org")));
  g_assert_false (nj_host_is_same_site (NJ_BYTES ("a.github.io"), NJ_BYTES ("b.github.io")));
  g_assert_false (nj_host_is_same_site (NJ_BYTES ("1.2.3.4"), NJ_BYTES ("9.2.3.4")));
  g_assert_true (nj_host_is_below (NJ_BYTES ("a.b.test"), NJ_BYTES ("b.test")));
  g_assert_true (nj_host_is_below (NJ_BYTES ("b.test"), NJ_BYTES ("b.test")));
  g_assert_false (nj_host_is_below (NJ_BYTES ("ab.test"), NJ_BYTES ("b.test")));
}

static void
test_scopes (void)
{
  static const struct
  {
    const char *text;
    NjScope     scope;
  } cases[] = {
    { "127.8.8.8", NJ_SCOPE_LOOPBACK },   { "::1", NJ_SCOPE_LOOPBACK },          { "::ffff:127.0.0.1", NJ_SCOPE_LOOPBACK },
    { "10.0.0.1", NJ_SCOPE_PRIVATE },     { "172.16.0.1", NJ_SCOPE_PRIVATE },    { "172.32.0.1", NJ_SCOPE_GLOBAL },
    { "192.168.1.1", NJ_SCOPE_PRIVATE },  { "100.64.0.1", NJ_SCOPE_PRIVATE },    { "100.128.0.1", NJ_SCOPE_GLOBAL },
    { "fd00::1", NJ_SCOPE_PRIVATE },      { "169.254.1.1", NJ_SCOPE_LINK_LOCAL }, { "fe80::1", NJ_SCOPE_LINK_LOCAL },
    { "0.0.0.0", NJ_SCOPE_UNSPECIFIED },  { "::", NJ_SCOPE_UNSPECIFIED },        { "224.0.0.1", NJ_SCOPE_MULTICAST },
    { "255.255.255.255", NJ_SCOPE_MULTICAST }, { "ff02::1", NJ_SCOPE_MULTICAST }, { "203.0.113.1", NJ_SCOPE_GLOBAL },
    { "2001:db8::1", NJ_SCOPE_GLOBAL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      NjAddress address;

      g_assert_true (nj_address_parse (nj_bytes_from_string (cases[i].text), 80, &address));
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (nj_address_scope (&address), ==, cases[i].scope);
      g_assert_cmpuint (nj_address_port (&address), ==, 80);
    }
}

static void
test_equal (void)
{
  NjAddress        a, b, c;
  g_autofree char *text = NULL;

  nj_address_parse (NJ_BYTES ("[2001:db8::1]"), 443, &a);
  nj_address_parse (NJ_BYTES ("2001:db8:0::1"), 443, &b);
  nj_address_parse (NJ_BYTES ("2001:db8::1"), 80, &c);
  g_assert_true (nj_address_equal (&a, &b));
  g_assert_false (nj_address_equal (&a, &c));
  text = nj_address_to_text (&a);
  g_assert_cmpstr (text, ==, "[2001:db8::1]:443");
  nj_address_parse (NJ_BYTES ("192.0.2.255"), 65535, &c);
  g_free (text);
  text = nj_address_to_text (&c);
  g_assert_cmpstr (text, ==, "192.0.2.255:65535");
  nj_address_parse (NJ_BYTES ("0.10.0.100"), 0, &c);
  g_free (text);
  text = nj_address_to_text (&c);
  g_assert_cmpstr (text, ==, "0.10.0.100:0");
  g_assert_false (nj_address_parse (NJ_BYTES ("example.com"), 1, &a));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/host/normal-form", test_normal_form);
  g_test_add_func ("/base/host/longest", test_longest);
  g_test_add_func ("/base/host/addresses", test_addresses);
  g_test_add_func ("/base/host/sites", test_sites);
  g_test_add_func ("/base/host/scopes", test_scopes);
  g_test_add_func ("/base/host/equal", test_equal);
  return g_test_run ();
}
