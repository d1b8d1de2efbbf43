/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The profile that holds for a site and for what is below it, and that of all the
 * others.
 */
#include "privacy/site-profiles.h"

static void
test_find (void)
{
  g_autoptr (GHashTable)     table = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (NjSiteProfiles) sites = NULL;

  g_hash_table_insert (table, (gpointer) "shop.example", GINT_TO_POINTER (NJ_PROFILE_OFF));
  g_hash_table_insert (table, (gpointer) "login.shop.example", GINT_TO_POINTER (NJ_PROFILE_STRICT));
  g_hash_table_insert (table, (gpointer) "[::1]", GINT_TO_POINTER (NJ_PROFILE_STANDARD));
  g_hash_table_insert (table, (gpointer) "localhost", GINT_TO_POINTER (NJ_PROFILE_STANDARD));
  sites = nj_site_profiles_new (table);

#define PROFILE(host) nj_site_profiles_find (sites, NJ_BYTES (host), NJ_PROFILE_STANDARD)
  g_assert_cmpint (PROFILE ("shop.example"), ==, NJ_PROFILE_OFF);
  g_assert_cmpint (PROFILE ("www.shop.example"), ==, NJ_PROFILE_OFF);
  g_assert_cmpint (PROFILE ("login.shop.example"), ==, NJ_PROFILE_STRICT);
  g_assert_cmpint (PROFILE ("a.login.shop.example"), ==, NJ_PROFILE_STRICT);
  g_assert_cmpint (PROFILE ("xshop.example"), ==, NJ_PROFILE_STANDARD);
  g_assert_cmpint (PROFILE ("example"), ==, NJ_PROFILE_STANDARD);
  g_assert_cmpint (PROFILE (""), ==, NJ_PROFILE_STANDARD);
  g_assert_cmpint (nj_site_profiles_find (sites, NJ_BYTES ("[::1]"), NJ_PROFILE_OFF), ==, NJ_PROFILE_STANDARD);
  g_assert_cmpint (nj_site_profiles_find (sites, NJ_BYTES ("localhost"), NJ_PROFILE_OFF), ==, NJ_PROFILE_STANDARD);
  g_assert_cmpint (nj_site_profiles_find (NULL, NJ_BYTES ("shop.example"), NJ_PROFILE_STRICT), ==, NJ_PROFILE_STRICT);
}

static void
test_none (void)
{
  g_autoptr (GHashTable) table = g_hash_table_new (g_str_hash, g_str_equal);

  g_assert_null (nj_site_profiles_new (table));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/privacy/site-profiles/find", test_find);
  g_test_add_func ("/privacy/site-profiles/none", test_none);
  return g_test_run ();
}
