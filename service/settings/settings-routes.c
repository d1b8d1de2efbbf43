/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The group [routes] of the settings file: sites that have a way of their own, as "example.org=DE". Its keys are the
 * user's, so it has no rows in the table of settings-value.c. What a way leads to is exit-choice.c's. Main thread.
 */
#include "settings/settings-routes.h"

#include "base/host.h"
#include "exits/catalogue.h"

#include <string.h>

/**
 * nj_settings_routes_way:
 * @way: what stands behind a site: "direct", a country's code in capitals, an exit's id, "@" and the name of a list
 *   of exits
 *
 * Returns: which of these it is
 */
NjSettingsWay
nj_settings_routes_way (const char *way)
{
  if (g_str_equal (way, "direct"))
    return NJ_SETTINGS_WAY_DIRECT;

  switch (nj_catalogue_place_kind (way))
    {
    case NJ_PLACE_COUNTRY:
      return NJ_SETTINGS_WAY_COUNTRY;
    case NJ_PLACE_EXIT:
      return NJ_SETTINGS_WAY_EXIT;
    case NJ_PLACE_GROUP:
      return NJ_SETTINGS_WAY_GROUP;
    case NJ_PLACE_NONE:
    default:
      return NJ_SETTINGS_WAY_BAD;
    }
}

static char *
normalize_site (const char *key)
{
  char site[NJ_HOST_MAX + 1];

  return nj_host_normalize (nj_bytes_from_string (key), site) > 0 ? g_strdup (site) : NULL;
}

/**
 * nj_settings_routes_read:
 * @settings: settings
 * @key: a site, as it stands in the file
 * @raw: its way
 * @ret_problem: (out) (transfer full): what is wrong with it
 *
 * A way that is none is kept: nothing leaves for that site until the user has mended it.
 *
 * Returns: whether it is good
 */
gboolean
nj_settings_routes_read (NjSettings *settings, const char *key, const char *raw, char **ret_problem)
{
  char *site = normalize_site (key);

  if (site == NULL)
    {
      *ret_problem = g_strdup ("not a site, and not used");
      return FALSE;
    }

  g_hash_table_replace (settings->routes, site, g_strdup (raw));
  if (nj_settings_routes_way (raw) != NJ_SETTINGS_WAY_BAD)
    return TRUE;

  *ret_problem = g_strdup_printf ("“%s” is none of direct, a country’s code (two capitals), an exit’s id and “@” "
                                  "with a list’s name; nothing leaves for this site",
                                  raw);
  return FALSE;
}

static gboolean
is_in_file (const NjSettings *settings, const char *key, const char *way)
{
  g_autofree char *raw = g_key_file_get_value (settings->file, NJ_SETTINGS_ROUTES_GROUP, key, NULL);

  return g_strcmp0 (raw, way) == 0;
}

/**
 * nj_settings_routes_put:
 * @settings: settings
 * @file: the file as it is now
 *
 * Writes into @file what was changed since @settings were read, and only that.
 */
void
nj_settings_routes_put (const NjSettings *settings, GKeyFile *file)
{
  g_auto (GStrv) keys = g_key_file_get_keys (settings->file, NJ_SETTINGS_ROUTES_GROUP, NULL, NULL);
  GHashTableIter  all;
  gpointer        site, way;

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *written = normalize_site (keys[i]);

      if (written != NULL && !is_in_file (settings, keys[i], g_hash_table_lookup (settings->routes, written)))
        g_key_file_remove_key (file, NJ_SETTINGS_ROUTES_GROUP, keys[i], NULL);
    }

  g_hash_table_iter_init (&all, settings->routes);
  while (g_hash_table_iter_next (&all, &site, &way))
    {
      gboolean is_there = FALSE;

      for (guint i = 0; keys != NULL && keys[i] != NULL && !is_there; i++)
        {
          g_autofree char *written = normalize_site (keys[i]);

          is_there = g_strcmp0 (written, site) == 0 && is_in_file (settings, keys[i], way);
        }
      if (!is_there)
        g_key_file_set_value (file, NJ_SETTINGS_ROUTES_GROUP, site, way);
    }
}

/**
 * nj_settings_routes_set:
 * @settings: settings
 * @site: a host in its normal form, not an IPv6 address
 * @way: a good way, "" for none of its own
 */
void
nj_settings_routes_set (NjSettings *settings, const char *site, const char *way)
{
  if (way[0] == '\0')
    g_hash_table_remove (settings->routes, site);
  else
    g_hash_table_replace (settings->routes, g_strdup (site), g_strdup (way));
}

static gint
on_compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * nj_settings_routes_sites:
 * @settings: settings
 *
 * Returns: (transfer full): the sites that have a way of their own, sorted
 */
char **
nj_settings_routes_sites (const NjSettings *settings)
{
  GPtrArray     *sites = g_ptr_array_new ();
  GHashTableIter all;
  gpointer       site;

  g_hash_table_iter_init (&all, settings->routes);
  while (g_hash_table_iter_next (&all, &site, NULL))
    g_ptr_array_add (sites, g_strdup (site));
  g_ptr_array_sort (sites, on_compare);
  g_ptr_array_add (sites, NULL);
  return (char **) g_ptr_array_free (sites, FALSE);
}
