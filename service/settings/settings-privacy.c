/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sites that have a privacy profile of their own, as three lists of the settings file say: off-for,
 * standard-for and strict-for in the group [privacy]. A site that stands in two of them gets the
 * stricter one. Main thread.
 */
#include "settings/settings-privacy.h"

#include "settings/settings-value.h"

#include <string.h>

static char ***
list_of (NjSettings *settings, NjProfile profile)
{
  switch (profile)
    {
    case NJ_PROFILE_OFF:
      return &settings->privacy_off_for;
    case NJ_PROFILE_STRICT:
      return &settings->privacy_strict_for;
    case NJ_PROFILE_STANDARD:
    default:
      return &settings->privacy_standard_for;
    }
}

static char *
normalize (const char *text)
{
  char site[NJ_HOST_MAX + 1];

  return nj_host_normalize (nj_bytes_from_string (text), site) > 0 ? g_strdup (site) : NULL;
}

/**
 * nj_settings_privacy_site:
 * @text: a host, or an address of which the whole site is meant
 *
 * Returns: (transfer full) (nullable): the host that is meant, in its normal form
 */
char *
nj_settings_privacy_site (const char *text)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree char *host = NULL;
  NjBytes          site;

  if (strstr (text, "://") == NULL)
    return normalize (text);

  uri = g_uri_parse (text, G_URI_FLAGS_ENCODED | G_URI_FLAGS_PARSE_RELAXED, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return NULL;
  host = normalize (g_uri_get_host (uri));
  if (host == NULL)
    return NULL;

  site = nj_host_registrable (nj_bytes_from_string (host));
  return site.len > 0 ? nj_bytes_dup (site) : g_steal_pointer (&host);
}

/**
 * nj_settings_privacy_name:
 * @settings: settings
 *
 * Returns: (transfer none): the profile of all sites
 */
const char *
nj_settings_privacy_name (const NjSettings *settings)
{
  return nj_profile_to_name ((NjProfile) settings->privacy);
}

/**
 * nj_settings_privacy_choose:
 * @settings: settings
 * @profile: the name of a profile
 *
 * Returns: whether there is a profile of that name, which is that of all sites now
 */
gboolean
nj_settings_privacy_choose (NjSettings *settings, const char *profile)
{
  NjProfile number;

  if (!nj_profile_from_name (profile, &number))
    return FALSE;

  settings->privacy = number;
  return TRUE;
}

/* What else may be chosen, as it is called by programs, and where it stands in the file. */
static const struct
{
  const char *group;
  const char *name;
} options[] = { { "privacy", "https-first" }, { "privacy", "user-agent" }, { "exit", "accept-language" } };

/**
 * nj_settings_privacy_set_option:
 * @settings: settings
 * @name: "https-first", "user-agent" or "accept-language"
 * @value: what it is to be
 * @ret_problem: (out) (transfer full): what is wrong with it
 *
 * Returns: whether it is good, and holds now
 */
gboolean
nj_settings_privacy_set_option (NjSettings *settings, const char *name, const char *value, char **ret_problem)
{
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    if (g_str_equal (options[i].name, name))
      return nj_settings_value_parse (nj_settings_value_find (options[i].group, name), value, settings, ret_problem);

  *ret_problem = g_strdup_printf ("“%s” is none of https-first, user-agent, accept-language", name);
  return FALSE;
}

/**
 * nj_settings_privacy_options:
 * @settings: settings
 *
 * Returns: (transfer full): names, each followed by its value
 */
GStrv
nj_settings_privacy_options (const NjSettings *settings)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      g_autofree char *value = nj_settings_value_print (nj_settings_value_find (options[i].group, options[i].name), settings);

      g_strv_builder_add (builder, options[i].name);
      g_strv_builder_add (builder, value);
    }
  return g_strv_builder_end (builder);
}

static void
take_out (char ***list, const char *site)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; (*list)[i] != NULL; i++)
    {
      g_autofree char *other = normalize ((*list)[i]);

      if (g_strcmp0 (other, site) != 0)
        g_strv_builder_add (builder, (*list)[i]);
    }

  g_strfreev (*list);
  *list = g_strv_builder_end (builder);
}

static void
put_in (char ***list, const char *site)
{
  guint n = g_strv_length (*list);

  *list = g_renew (char *, *list, n + 2);
  (*list)[n] = g_strdup (site);
  (*list)[n + 1] = NULL;
}

/**
 * nj_settings_privacy_set:
 * @settings: settings
 * @site: a host in its normal form
 * @profile: (nullable): the name of a profile, %NULL for that of all sites
 *
 * Returns: whether there is a profile of that name
 */
gboolean
nj_settings_privacy_set (NjSettings *settings, const char *site, const char *profile)
{
  NjProfile number = NJ_PROFILE_STANDARD;

  if (profile != NULL && !nj_profile_from_name (profile, &number))
    return FALSE;
  for (NjProfile each = NJ_PROFILE_OFF; each <= NJ_PROFILE_STRICT; each++)
    take_out (list_of (settings, each), site);
  if (profile != NULL)
    put_in (list_of (settings, number), site);
  return TRUE;
}

static GHashTable *
gather (const NjSettings *settings)
{
  GHashTable *profiles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (NjProfile each = NJ_PROFILE_OFF; each <= NJ_PROFILE_STRICT; each++)
    {
      char **list = *list_of ((NjSettings *) settings, each);

      for (guint i = 0; list[i] != NULL; i++)
        {
          char *site = normalize (list[i]);

          if (site != NULL)
            g_hash_table_replace (profiles, site, GINT_TO_POINTER (each));
        }
    }
  return profiles;
}

static int
on_compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * nj_settings_privacy_list:
 * @settings: settings
 *
 * Returns: (transfer full) (element-type utf8): sites, sorted, each followed by its profile's name
 */
GPtrArray *
nj_settings_privacy_list (const NjSettings *settings)
{
  g_autoptr (GHashTable) profiles = gather (settings);
  g_autoptr (GPtrArray)  sites = g_ptr_array_new ();
  GPtrArray             *list = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter         all;
  gpointer               site;

  g_hash_table_iter_init (&all, profiles);
  while (g_hash_table_iter_next (&all, &site, NULL))
    g_ptr_array_add (sites, site);
  g_ptr_array_sort (sites, on_compare);

  for (guint i = 0; i < sites->len; i++)
    {
      NjProfile profile = (NjProfile) GPOINTER_TO_INT (g_hash_table_lookup (profiles, sites->pdata[i]));

      g_ptr_array_add (list, g_strdup (sites->pdata[i]));
      g_ptr_array_add (list, g_strdup (nj_profile_to_name (profile)));
    }
  return list;
}

/**
 * nj_settings_privacy_sites:
 * @settings: settings
 *
 * Returns: (transfer full) (nullable): the same for a policy
 */
NjSiteProfiles *
nj_settings_privacy_sites (const NjSettings *settings)
{
  g_autoptr (GHashTable) profiles = gather (settings);

  return nj_site_profiles_new (profiles);
}
