/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Programs that have a way of their own: by the path of what they run, or by its name alone, and the path counts first.
 * Made on the main thread, then only read, by all workers; what follows from it is said in route.c alone.
 */
#include "exits/program-routes.h"

#include <string.h>

typedef struct
{
  char        *program; /* owned: a path, or a name without a slash */
  NjExitChoice choice;  /* what it holds is counted */
} ProgramRoute;

struct NjProgramRoutes
{
  gatomicrefcount refs;
  GPtrArray      *routes; /* (element-type ProgramRoute) owned; people have a handful */
};

static void
program_route_free (gpointer user_data)
{
  ProgramRoute *route = user_data;

  nj_route_choice_clear (&route->choice);
  g_free (route->program);
  g_free (route);
}

/**
 * nj_program_routes_new:
 *
 * Returns: (transfer full): no program yet
 */
NjProgramRoutes *
nj_program_routes_new (void)
{
  NjProgramRoutes *self = g_new0 (NjProgramRoutes, 1);

  g_atomic_ref_count_init (&self->refs);
  self->routes = g_ptr_array_new_with_free_func (program_route_free);
  return self;
}

/**
 * nj_program_routes_ref:
 * @routes: programs
 *
 * Any thread.
 *
 * Returns: (transfer full): @routes
 */
NjProgramRoutes *
nj_program_routes_ref (NjProgramRoutes *routes)
{
  g_atomic_ref_count_inc (&routes->refs);
  return routes;
}

/**
 * nj_program_routes_unref:
 * @routes: (transfer full) (nullable): programs
 *
 * Any thread.
 */
void
nj_program_routes_unref (NjProgramRoutes *routes)
{
  if (routes == NULL || !g_atomic_ref_count_dec (&routes->refs))
    return;

  g_ptr_array_unref (routes->routes);
  g_free (routes);
}

/**
 * nj_program_routes_add:
 * @routes: programs nobody else has seen yet
 * @program: a path, or a name without a slash
 * @choice: its way; one that holds nothing and is not direct lets nothing out
 *
 * Takes in one program; beyond %NJ_PROGRAM_ROUTES_MAX none. Main thread.
 */
void
nj_program_routes_add (NjProgramRoutes *routes, const char *program, const NjExitChoice *choice)
{
  ProgramRoute *route;

  if (routes->routes->len >= NJ_PROGRAM_ROUTES_MAX)
    return;

  route = g_new0 (ProgramRoute, 1);
  route->program = g_strdup (program);
  nj_route_choice_copy (choice, &route->choice);
  g_ptr_array_add (routes->routes, route);
}

static const NjExitChoice *
find (const NjProgramRoutes *routes, const char *program)
{
  for (guint i = 0; i < routes->routes->len; i++)
    {
      const ProgramRoute *route = g_ptr_array_index (routes->routes, i);

      if (strcmp (route->program, program) == 0)
        return &route->choice;
    }
  return NULL;
}

/**
 * nj_program_routes_find:
 * @routes: programs
 * @path: the path of what a program runs, "" unknown
 * @name: its name alone
 *
 * Any thread.
 *
 * Returns: (transfer none) (nullable): the way of that program, %NULL when it has none of its own
 */
const NjExitChoice *
nj_program_routes_find (const NjProgramRoutes *routes, const char *path, const char *name)
{
  const NjExitChoice *by_path = path[0] != '\0' ? find (routes, path) : NULL;

  return by_path != NULL ? by_path : find (routes, name);
}
