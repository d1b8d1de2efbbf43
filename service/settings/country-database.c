/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In which country an address is, by a file on this machine in MaxMind's format; DB-IP and others have the same.
 * Nobody is asked over the network. Main thread.
 */
#include "settings/country-database.h"

#include <maxminddb.h>
#include <string.h>

/* Where distributions and geoipupdate put one; the first that is there counts. */
static const char *const places[] = {
  "/usr/share/GeoIP/GeoLite2-Country.mmdb", "/var/lib/GeoIP/GeoLite2-Country.mmdb",  "/usr/share/GeoIP/dbip-country-lite.mmdb",
  "/var/lib/GeoIP/dbip-country-lite.mmdb",  "/usr/share/GeoIP/GeoLite2-City.mmdb",   "/var/lib/GeoIP/GeoLite2-City.mmdb",
};

struct NjCountryDatabase
{
  MMDB_s mmdb;
};

/**
 * nj_country_database_open:
 * @path: the file, "" for one where they usually are
 *
 * Returns: (transfer full) (nullable): the database, %NULL when there is none that can be read
 */
NjCountryDatabase *
nj_country_database_open (const char *path)
{
  NjCountryDatabase *self = g_new0 (NjCountryDatabase, 1);

  if (path[0] != '\0' && MMDB_open (path, MMDB_MODE_MMAP, &self->mmdb) == MMDB_SUCCESS)
    return self;
  for (guint i = 0; path[0] == '\0' && i < G_N_ELEMENTS (places); i++)
    if (MMDB_open (places[i], MMDB_MODE_MMAP, &self->mmdb) == MMDB_SUCCESS)
      return self;

  g_free (self);
  return NULL;
}

/**
 * nj_country_database_close:
 * @database: (transfer full) (nullable): a database
 */
void
nj_country_database_close (NjCountryDatabase *database)
{
  if (database == NULL)
    return;

  MMDB_close (&database->mmdb);
  g_free (database);
}

/**
 * nj_country_database_lookup:
 * @database: a database
 * @address: IPv4 or IPv6 as text, without brackets
 * @ret_country: (out): its ISO 3166 alpha-2 code
 *
 * Returns: whether it knows
 */
gboolean
nj_country_database_lookup (NjCountryDatabase *database, const char *address, char ret_country[3])
{
  int                  resolve_error = 0, database_error = 0;
  MMDB_lookup_result_s result = MMDB_lookup_string (&database->mmdb, address, &resolve_error, &database_error);
  MMDB_entry_data_s    code;

  if (resolve_error != 0 || database_error != MMDB_SUCCESS || !result.found_entry)
    return FALSE;
  if (MMDB_get_value (&result.entry, &code, "country", "iso_code", NULL) != MMDB_SUCCESS || !code.has_data)
    return FALSE;
  if (code.type != MMDB_DATA_TYPE_UTF8_STRING || code.data_size != 2 || !g_ascii_isupper (code.utf8_string[0])
      || !g_ascii_isupper (code.utf8_string[1]))
    return FALSE;

  memcpy (ret_country, code.utf8_string, 2);
  ret_country[2] = '\0';
  return TRUE;
}
