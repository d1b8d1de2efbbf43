/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A line of the request log in words: what became of it is what the bus says, and whose certificates it is about.
 */
#include "ui/entry.h"

#include <string.h>

static GVariant *
entry (const char *action, const char *method, const char *url)
{
  return g_variant_ref_sink (g_variant_new_parsed ("(uint64 7, int64 0, {'action': <%s>, 'method': <%s>, 'url': <%s>})", action,
                                                   method, url));
}

/* All that the journal knows. */
static void
test_action (void)
{
  static const struct
  {
    const char *action, *word, *icon;
  } cases[] = { { "passed", "Passed", "passed" },   { "blocked", "Blocked", "blocked" },
                { "excepted", "Allowed by a rule", "passed" },
                { "refused", "Refused", "blocked" }, { "failed", "Failed", "failed" },          { "redirected", "Redirected", "changed" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) one = entry (cases[i].action, "GET", "http://site.example/");
      g_autofree char *summary = nj_entry_summary (one);

      g_assert_nonnull (strstr (summary, cases[i].word));
      g_assert_nonnull (strstr (nj_entry_icon (one), cases[i].icon));
    }
}

static void
test_site (void)
{
  static const struct
  {
    const char *method, *url, *site;
  } cases[] = { { "GET", "https://site.example/page?q", "site.example" },
                { "GET", "https://site.example:443/", "site.example" },
                { "GET", "https://site.example:8443#x", "site.example:8443" },
                { "CONNECT", "site.example:443", "site.example" },
                { "CONNECT", "[::1]:8443", "[::1]:8443" },
                { "GET", "http://site.example/", "" },
                { "GET", "", "" } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) one = entry ("passed", cases[i].method, cases[i].url);
      g_autofree char *site = nj_entry_site (one);

      g_assert_cmpstr (site, ==, cases[i].site);
    }
}

/* Another service may say anything. */
static void
test_strange (void)
{
  g_autoptr (GVariant) other = g_variant_ref_sink (g_variant_new_parsed ("(1, 'x')"));
  g_autofree char *summary = nj_entry_summary (other);
  g_autofree char *site = nj_entry_site (other);

  g_assert_cmpuint (nj_entry_serial (other), ==, 0);
  g_assert_cmpstr (site, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ui/entry/action", test_action);
  g_test_add_func ("/ui/entry/site", test_site);
  g_test_add_func ("/ui/entry/strange", test_strange);
  return g_test_run ();
}
