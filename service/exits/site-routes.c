/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sites that have a way of their own: a site stands for itself and all below it, and the longest one that fits
 * counts. Made on the main thread, then only read, by all workers; what follows from it is said in route.c alone.
 */
#include "exits/site-routes.h"

#include <string.h>

typedef struct
{
  char        *site;   /* owned, in the normal form of a host */
  gsize        len;
  NjExitChoice choice; /* what it holds is counted */
} SiteRoute;

struct NjSiteRoutes
{
  gatomicrefcount refs;
  GPtrArray      *routes; /* (element-type SiteRoute) owned, in the order of compare() */
};

static void
site_route_free (gpointer user_data)
{
  SiteRoute *route = user_data;

  nj_route_choice_clear (&route->choice);
  g_free (route->site);
  g_free (route);
}

/**
 * nj_site_routes_new:
 *
 * Returns: (transfer full): no site yet
 */
NjSiteRoutes *
nj_site_routes_new (void)
{
  NjSiteRoutes *self = g_new0 (NjSiteRoutes, 1);

  g_atomic_ref_count_init (&self->refs);
  self->routes = g_ptr_array_new_with_free_func (site_route_free);
  return self;
}

/**
 * nj_site_routes_ref:
 * @routes: sites
 *
 * Any thread.
 *
 * Returns: (transfer full): @routes
 */
NjSiteRoutes *
nj_site_routes_ref (NjSiteRoutes *routes)
{
  g_atomic_ref_count_inc (&routes->refs);
  return routes;
}

/**
 * nj_site_routes_unref:
 * @routes: (transfer full) (nullable): sites
 *
 * Any thread.
 */
void
nj_site_routes_unref (NjSiteRoutes *routes)
{
  if (routes == NULL || !g_atomic_ref_count_dec (&routes->refs))
    return;

  g_ptr_array_unref (routes->routes);
  g_free (routes);
}

/* By length first: most hosts differ in it, and no byte is looked at. */
static int
compare (NjBytes site, const SiteRoute *route)
{
  if (site.len != route->len)
    return site.len < route->len ? -1 : 1;
  return memcmp (site.data, route->site, site.len);
}

/* Where site is, or would be put. */
static gboolean
search (const NjSiteRoutes *self, NjBytes site, guint *ret_index)
{
  guint least = 0;
  guint most = self->routes->len;

  while (least < most)
    {
      guint middle = least + (most - least) / 2;
      int   order = compare (site, g_ptr_array_index (self->routes, middle));

      if (order == 0)
        {
          *ret_index = middle;
          return TRUE;
        }
      if (order < 0)
        most = middle;
      else
        least = middle + 1;
    }

  *ret_index = least;
  return FALSE;
}

/**
 * nj_site_routes_add:
 * @routes: sites nobody else has seen yet
 * @site: a host in its normal form
 * @choice: its way; one that holds nothing and is not direct lets nothing out
 *
 * Takes in one site; beyond %NJ_SITE_ROUTES_MAX none. Main thread.
 */
void
nj_site_routes_add (NjSiteRoutes *routes, NjBytes site, const NjExitChoice *choice)
{
  SiteRoute *route;
  guint      index;

  if (search (routes, site, &index))
    g_ptr_array_remove_index (routes->routes, index);
  if (site.len == 0 || routes->routes->len >= NJ_SITE_ROUTES_MAX)
    return;

  route = g_new0 (SiteRoute, 1);
  route->site = nj_bytes_dup (site);
  route->len = site.len;
  nj_route_choice_copy (choice, &route->choice);
  g_ptr_array_insert (routes->routes, (gint) index, route);
}

/**
 * nj_site_routes_find:
 * @routes: sites
 * @host: a host in its normal form
 *
 * Any thread.
 *
 * Returns: (transfer none) (nullable): the way of @host or of the nearest site above it
 */
const NjExitChoice *
nj_site_routes_find (const NjSiteRoutes *routes, NjBytes host)
{
  guint index;

  while (host.len > 0)
    {
      const char *dot;

      if (search (routes, host, &index))
        return &((SiteRoute *) g_ptr_array_index (routes->routes, index))->choice;
      dot = memchr (host.data, '.', host.len);
      if (dot == NULL)
        return NULL;
      host = nj_bytes (dot + 1, host.len - (gsize) (dot + 1 - host.data));
    }

  return NULL;
}
