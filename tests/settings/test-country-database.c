/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In which country an address is, by a database written by hand.
 */
#include "settings/country-database.h"

#include "tests/support/tiny-mmdb.h"

#include <glib/gstdio.h>

static void
test_lookup (void)
{
  g_autofree char *folder = g_dir_make_tmp ("nightjar-mmdb-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "tiny.mmdb", NULL);
  NjCountryDatabase *database;
  char country[3] = "";

  tiny_mmdb_write (path, "SE");
  database = nj_country_database_open (path);
  g_assert_nonnull (database);
  g_assert_true (nj_country_database_lookup (database, "192.0.2.7", country));
  g_assert_cmpstr (country, ==, "SE");
  g_assert_false (nj_country_database_lookup (database, "192.0.3.7", country));
  g_assert_false (nj_country_database_lookup (database, "2001:db8::1", country));
  g_assert_false (nj_country_database_lookup (database, "example.org", country));
  nj_country_database_close (database);

  tiny_mmdb_write (path, "s1");
  database = nj_country_database_open (path);
  g_assert_false (nj_country_database_lookup (database, "192.0.2.7", country));
  nj_country_database_close (database);
  g_remove (path);
  g_assert_null (nj_country_database_open (path));
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/country-database/lookup", test_lookup);
  return g_test_run ();
}
