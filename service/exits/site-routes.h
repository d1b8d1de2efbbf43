/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/route.h"

G_BEGIN_DECLS

/* Most sites that have a way of their own. */
#define NJ_SITE_ROUTES_MAX 10000

NjSiteRoutes *nj_site_routes_new   (void);
NjSiteRoutes *nj_site_routes_ref   (NjSiteRoutes *routes);
void          nj_site_routes_unref (NjSiteRoutes *routes);

/* While it is being made; choice is copied, of two for the same site the later one counts. */
void                nj_site_routes_add  (NjSiteRoutes *routes, NjBytes site, const NjExitChoice *choice);
const NjExitChoice *nj_site_routes_find (const NjSiteRoutes *routes, NjBytes host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjSiteRoutes, nj_site_routes_unref)

G_END_DECLS
