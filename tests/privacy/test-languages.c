/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What browsers of a country ask for, in the words of Chromium and of Firefox, and what is said where
 * nobody knows the country.
 */
#include "privacy/languages.h"

static void
assert_languages (const char *country, gboolean is_firefox, const char *expected)
{
  g_auto (NjArena) arena = { 0 };
  g_autofree char *got = NULL;

  nj_arena_init (&arena, NULL, 0);
  got = nj_bytes_dup (nj_languages_of_country (nj_bytes_from_string (country), is_firefox, &arena));
  g_assert_cmpstr (got, ==, expected);
}

static void
test_countries (void)
{
  assert_languages ("DE", FALSE, "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7");
  assert_languages ("DE", TRUE, "de-DE,de;q=0.8,en-US;q=0.5,en;q=0.3");
  assert_languages ("US", FALSE, "en-US,en;q=0.9");
  assert_languages ("GB", TRUE, "en-GB,en;q=0.5");
  assert_languages ("AD", FALSE, "ca-ES,ca;q=0.9,en-US;q=0.8,en;q=0.7");
  assert_languages ("ZW", FALSE, "en-ZW,en;q=0.9");
  assert_languages ("JP", FALSE, "ja-JP,ja;q=0.9,en-US;q=0.8,en;q=0.7");
  assert_languages ("ZZ", FALSE, "");
  assert_languages ("", FALSE, "");
  assert_languages ("de", FALSE, "");
  assert_languages ("DEU", FALSE, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/privacy/languages/countries", test_countries);
  return g_test_run ();
}
