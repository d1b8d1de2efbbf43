/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/route.h"

G_BEGIN_DECLS

/* Most programs that have a way of their own. */
#define NJ_PROGRAM_ROUTES_MAX 1000

NjProgramRoutes *nj_program_routes_new   (void);
NjProgramRoutes *nj_program_routes_ref   (NjProgramRoutes *routes);
void             nj_program_routes_unref (NjProgramRoutes *routes);

/* While it is being made; choice is copied. */
void                nj_program_routes_add  (NjProgramRoutes *routes, const char *program, const NjExitChoice *choice);
const NjExitChoice *nj_program_routes_find (const NjProgramRoutes *routes, const char *path, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjProgramRoutes, nj_program_routes_unref)

G_END_DECLS
