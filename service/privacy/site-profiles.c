/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sites that have a privacy profile of their own: a page that does not work is given less of it, one
 * that is not trusted more. A site stands for everything below it; the longest name wins. Made on
 * the main thread from the settings, looked up on workers for each request while there are any.
 */
#include "privacy/site-profiles.h"

typedef struct
{
  NjBytes   host; /* owned, normal form */
  NjProfile profile;
} Site;

struct NjSiteProfiles
{
  gatomicrefcount refs;
  guint           n;
  Site            sites[]; /* by host */
};

static int
compare_bytes (NjBytes a, NjBytes b)
{
  int order = memcmp (a.data, b.data, MIN (a.len, b.len));

  return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
compare_sites (gconstpointer a, gconstpointer b)
{
  return compare_bytes (((const Site *) a)->host, ((const Site *) b)->host);
}

/**
 * nj_site_profiles_new:
 * @profiles: (element-type utf8 NjProfile): hosts in normal form and their profiles, copied
 *
 * Main thread.
 *
 * Returns: (transfer full) (nullable): to be looked up in; %NULL when there is none
 */
NjSiteProfiles *
nj_site_profiles_new (GHashTable *profiles)
{
  guint           n = g_hash_table_size (profiles);
  NjSiteProfiles *self;
  GHashTableIter  all;
  gpointer        host, profile;

  if (n == 0)
    return NULL;

  self = g_malloc0 (sizeof (NjSiteProfiles) + n * sizeof (Site));
  g_atomic_ref_count_init (&self->refs);
  g_hash_table_iter_init (&all, profiles);
  while (g_hash_table_iter_next (&all, &host, &profile))
    self->sites[self->n++] = (Site){ nj_bytes_from_string (g_strdup (host)), (NjProfile) GPOINTER_TO_INT (profile) };

  qsort (self->sites, n, sizeof (Site), compare_sites);
  return self;
}

/**
 * nj_site_profiles_ref:
 * @self: profiles of sites
 *
 * Any thread.
 *
 * Returns: (transfer full): @self
 */
NjSiteProfiles *
nj_site_profiles_ref (NjSiteProfiles *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

/**
 * nj_site_profiles_unref:
 * @self: (transfer full): profiles of sites
 *
 * Any thread.
 */
void
nj_site_profiles_unref (NjSiteProfiles *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  for (guint i = 0; i < self->n; i++)
    g_free ((char *) self->sites[i].host.data);
  g_free (self);
}

static const Site *
find_exactly (const NjSiteProfiles *self, NjBytes host)
{
  guint low = 0;
  guint high = self->n;

  while (low < high)
    {
      guint middle = (low + high) / 2;
      int   order = compare_bytes (host, self->sites[middle].host);

      if (order == 0)
        return &self->sites[middle];
      if (order < 0)
        high = middle;
      else
        low = middle + 1;
    }

  return NULL;
}

/**
 * nj_site_profiles_find:
 * @self: (nullable): profiles of sites
 * @host: a host in its normal form
 * @otherwise: the profile of all other sites
 *
 * Any thread.
 *
 * Returns: the profile for @host
 */
NjProfile
nj_site_profiles_find (const NjSiteProfiles *self, NjBytes host, NjProfile otherwise)
{
  if (self == NULL)
    return otherwise;

  while (host.len > 0)
    {
      const Site *site = find_exactly (self, host);
      const char *dot;

      if (site != NULL)
        return site->profile;
      dot = memchr (host.data, '.', host.len);
      if (dot == NULL)
        break;
      host = nj_bytes (dot + 1, host.len - (gsize) (dot + 1 - host.data));
    }

  return otherwise;
}
