/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The groups [routes] and [program-routes] of the settings file: sites and programs that have a way of their own, as
 * "example.org=DE" and "/usr/bin/curl=direct". Their keys are the user's, so they have no rows in the table of
 * settings-value.c. What a way leads to is exit-choice.c's. Main thread.
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
 * nj_settings_routes_is_program:
 * @program: text
 *
 * Returns: whether it is a path, or the name of a program without one, that can stand as a key of the file
 */
gboolean
nj_settings_routes_is_program (const char *program)
{
  gsize len = strlen (program);

  if (len == 0 || len > 255 || program[0] == ' ' || program[len - 1] == ' ' || program[0] == '#' || !g_utf8_validate (program, -1, NULL))
    return FALSE;
  for (gsize i = 0; i < len; i++)
    if ((guchar) program[i] < ' ' || program[i] == 0x7f || strchr ("=[]", program[i]) != NULL)
      return FALSE;
  return program[0] == '/' || strchr (program, '/') == NULL;
}

static gboolean
is_programs (const char *group)
{
  return g_str_equal (group, NJ_SETTINGS_ROUTES_PROGRAMS);
}

/* (transfer full) (nullable): the site or program that is meant. */
static char *
normalize (const char *group, const char *key)
{
  if (!is_programs (group))
    return normalize_site (key);
  return nj_settings_routes_is_program (key) ? g_strdup (key) : NULL;
}

static GHashTable *
table_of (const NjSettings *settings, const char *group)
{
  return is_programs (group) ? settings->programs : settings->routes;
}

/**
 * nj_settings_routes_read:
 * @settings: settings
 * @group: which of the two groups
 * @key: a site or program, as it stands in the file
 * @raw: its way
 * @ret_problem: (out) (transfer full): what is wrong with it
 *
 * A way that is none is kept: nothing leaves for that site or program until the user has mended it.
 *
 * Returns: whether it is good
 */
gboolean
nj_settings_routes_read (NjSettings *settings, const char *group, const char *key, const char *raw, char **ret_problem)
{
  char *name = normalize (group, key);

  if (name == NULL)
    {
      *ret_problem = g_strdup (is_programs (group) ? "not a program, and not used" : "not a site, and not used");
      return FALSE;
    }

  g_hash_table_replace (table_of (settings, group), name, g_strdup (raw));
  if (nj_settings_routes_way (raw) != NJ_SETTINGS_WAY_BAD)
    return TRUE;

  *ret_problem = g_strdup_printf ("“%s” is none of direct, a country’s code (two capitals), an exit’s id and “@” "
                                  "with a list’s name; nothing leaves for this %s",
                                  raw, is_programs (group) ? "program" : "site");
  return FALSE;
}

static gboolean
is_in_file (const NjSettings *settings, const char *group, const char *key, const char *way)
{
  g_autofree char *raw = g_key_file_get_value (settings->file, group, key, NULL);

  return g_strcmp0 (raw, way) == 0;
}

static void
put_group (const NjSettings *settings, const char *group, GKeyFile *file)
{
  GHashTable    *table = table_of (settings, group);
  g_auto (GStrv) keys = g_key_file_get_keys (settings->file, group, NULL, NULL);
  GHashTableIter all;
  gpointer       name, way;

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *written = normalize (group, keys[i]);

      if (written != NULL && !is_in_file (settings, group, keys[i], g_hash_table_lookup (table, written)))
        g_key_file_remove_key (file, group, keys[i], NULL);
    }

  g_hash_table_iter_init (&all, table);
  while (g_hash_table_iter_next (&all, &name, &way))
    {
      gboolean is_there = FALSE;

      for (guint i = 0; keys != NULL && keys[i] != NULL && !is_there; i++)
        {
          g_autofree char *written = normalize (group, keys[i]);

          is_there = g_strcmp0 (written, name) == 0 && is_in_file (settings, group, keys[i], way);
        }
      if (!is_there)
        g_key_file_set_value (file, group, name, way);
    }
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
  put_group (settings, NJ_SETTINGS_ROUTES_GROUP, file);
  put_group (settings, NJ_SETTINGS_ROUTES_PROGRAMS, file);
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

static char **
keys_of (GHashTable *table)
{
  GPtrArray     *names = g_ptr_array_new ();
  GHashTableIter all;
  gpointer       name;

  g_hash_table_iter_init (&all, table);
  while (g_hash_table_iter_next (&all, &name, NULL))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, on_compare);
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
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
  return keys_of (settings->routes);
}

/**
 * nj_settings_routes_set_program:
 * @settings: settings
 * @program: as nj_settings_routes_is_program() takes it
 * @way: a good way, "" for none of its own
 */
void
nj_settings_routes_set_program (NjSettings *settings, const char *program, const char *way)
{
  if (way[0] == '\0')
    g_hash_table_remove (settings->programs, program);
  else
    g_hash_table_replace (settings->programs, g_strdup (program), g_strdup (way));
}

/**
 * nj_settings_routes_programs:
 * @settings: settings
 *
 * Returns: (transfer full): the programs that have a way of their own, sorted
 */
char **
nj_settings_routes_programs (const NjSettings *settings)
{
  return keys_of (settings->programs);
}
