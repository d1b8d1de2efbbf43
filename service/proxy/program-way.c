/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way of the program that asks, when programs have ways of their own: only then is it looked up who asks, once for a
 * connection. Called after the verdict, in the session's fiber.
 */
#include "proxy/program-way.h"

#include "exits/program-routes.h"
#include "proxy/client-program.h"

#include <unistd.h>

/* Looking through all processes takes milliseconds; µs. */
#define LOOK_US (2 * (gint64) G_USEC_PER_SEC)

/* What a connection's program is called; kept by its session. */
struct NjProgramWay
{
  char path[256]; /* of what it runs, "" unknown */
  char name[NJ_BROWSER_NAME_MAX];
};

static NjProgramWay *
look (NjSession *session)
{
  NjProgramWay   *way = g_new0 (NjProgramWay, 1);
  NjClientProgram program;
  char            link[32];
  ssize_t         n;

  nj_client_program_find (session, nj_worker_now (session->lane->worker) + LOOK_US, &program);
  if (program.process == 0)
    return way;

  memcpy (way->name, program.name, sizeof way->name);
  g_snprintf (link, sizeof link, "/proc/%u/exe", program.process);
  n = readlink (link, way->path, sizeof way->path - 1);
  way->path[MAX (n, 0)] = '\0';
  return way;
}

/**
 * nj_program_way_take:
 * @session: whose client asks
 * @policy: the conversation's policy
 * @host: what it asks for, in its normal form
 * @route: (inout): what holds for everybody; what holds for this program
 *
 * May wait for a moment. A fiber's call.
 */
void
nj_program_way_take (NjSession *session, const NjPolicy *policy, NjBytes host, NjRoute *route)
{
  const NjProgramRoutes *routes = policy->choice.programs;
  const NjProgramWay    *way;
  gboolean               is_known;

  if (routes == NULL)
    return;
  if (session->program == NULL)
    session->program = look (session);

  way = session->program;
  is_known = way->path[0] != '\0' || way->name[0] != '\0';
  nj_route_choose_for_program (&policy->choice, is_known ? nj_program_routes_find (routes, way->path, way->name) : NULL, is_known, host,
                               route);
}

/**
 * nj_program_way_clear:
 * @session: a session that ends
 */
void
nj_program_way_clear (NjSession *session)
{
  g_clear_pointer (&session->program, g_free);
}
