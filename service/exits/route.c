/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a connection may go: the user's choice and a host come in, an exit, "direct" or a refusal
 * comes out. The kill switch is here and nowhere else: this file alone can say direct, and it
 * says so only when the user chose it. Nothing is dialled here. Called on workers.
 */
#include "exits/route.h"

#include "exits/program-routes.h"
#include "exits/site-routes.h"

/**
 * nj_route_choice_copy:
 * @choice: what the user chose
 * @ret_choice: (out): the same, with references of its own; clear it with nj_route_choice_clear()
 *
 * Any thread.
 */
void
nj_route_choice_copy (const NjExitChoice *choice, NjExitChoice *ret_choice)
{
  *ret_choice = *choice;
  if (choice->exit != NULL)
    nj_exit_ref (choice->exit);
  if (choice->others != NULL)
    g_ptr_array_ref (choice->others);
  if (choice->sites != NULL)
    nj_site_routes_ref (choice->sites);
  if (choice->programs != NULL)
    nj_program_routes_ref (choice->programs);
}

/**
 * nj_route_choice_clear:
 * @choice: a choice; what it holds is given back, and it then lets nothing out
 *
 * Any thread.
 */
void
nj_route_choice_clear (NjExitChoice *choice)
{
  g_clear_pointer (&choice->exit, nj_exit_unref);
  g_clear_pointer (&choice->others, g_ptr_array_unref);
  g_clear_pointer (&choice->sites, nj_site_routes_unref);
  g_clear_pointer (&choice->programs, nj_program_routes_unref);
  choice->is_direct = FALSE;
  choice->level = NJ_EXIT_LEVEL_CLOSED;
}

/* The chosen exit, or while it is dead the best that may stand in for it and is not. */
static NjExit *
first_alive (const NjExitChoice *choice)
{
  if (choice->others == NULL || nj_exit_state (choice->exit) != NJ_EXIT_STATE_DEAD)
    return choice->exit;

  for (guint i = 0; i < choice->others->len; i++)
    if (nj_exit_state (g_ptr_array_index (choice->others, i)) != NJ_EXIT_STATE_DEAD)
      return g_ptr_array_index (choice->others, i);
  return choice->exit;
}

/* Nobody answers, and the user said that this is no reason to wait. */
static gboolean
may_pass_by (const NjExitChoice *choice)
{
  if (choice->level != NJ_EXIT_LEVEL_OPEN)
    return FALSE;
  return choice->exit == NULL || nj_exit_state (first_alive (choice)) == NJ_EXIT_STATE_DEAD;
}

/**
 * nj_route_choose:
 * @choice: what the user chose
 * @host: the target in its normal form
 * @ret_route: (out): where the connection goes; its exit is borrowed from @choice
 *
 * A dead exit is still the route, unless the user's choice holds others that may stand in for it:
 * dial.c then fails, and nothing leaves any other way. The same
 * holds for targets on this machine or network: with an exit chosen they are asked of the exit,
 * since what a page makes of "localhost" must not leave past it. A site with a way of its own goes
 * that way or not at all. With the level open, what has no way of its own goes directly while nobody answers; in lockdown nothing
 * does, whoever chose it. Any thread.
 */
void
nj_route_choose (const NjExitChoice *choice, NjBytes host, NjRoute *ret_route)
{
  nj_route_choose_for_program (choice, NULL, TRUE, host, ret_route);
}

/**
 * nj_route_choose_for_program:
 * @choice: what the user chose
 * @program: (nullable): the way of the program that asks, when it has one of its own
 * @is_program_known: whether it could be told which program asks
 * @host: the target in its normal form
 * @ret_route: (out): where the connection goes; its exit is borrowed from @choice
 *
 * As nj_route_choose(). The way of a site counts before that of a program. Of a program that nobody could tell, while some
 * have a way of their own, nothing leaves, except to such a site: it might be one of them. Any thread.
 */
void
nj_route_choose_for_program (const NjExitChoice *choice, const NjExitChoice *program, gboolean is_program_known, NjBytes host,
                             NjRoute *ret_route)
{
  const NjExitChoice *site = choice->sites != NULL ? nj_site_routes_find (choice->sites, host) : NULL;
  const NjExitChoice *own = site != NULL ? site : program;
  NjRoute             route = { .kind = NJ_ROUTE_REFUSED };
  gboolean            is_locked = choice->level == NJ_EXIT_LEVEL_LOCKDOWN;

  if (own != NULL)
    choice = own;

  if (own == NULL && !is_program_known)
    {
      route.reason = "it could not be told which program asks, and some have a way of their own, so nothing leaves";
      *ret_route = route;
      return;
    }

  if (own == NULL && may_pass_by (choice))
    route.kind = NJ_ROUTE_DIRECT;
  else if (choice->exit != NULL)
    {
      /* Also when both are set: of two contradicting wishes the one that leaks nothing counts. */
      route.kind = NJ_ROUTE_EXIT;
      route.exit = first_alive (choice);
      route.others = choice->others;
      route.is_open = own == NULL && choice->level == NJ_EXIT_LEVEL_OPEN;
    }
  else if (choice->is_direct && !is_locked)
    route.kind = NJ_ROUTE_DIRECT;
  else if (choice->is_direct)
    route.reason = "lockdown is on and this would go directly, so nothing leaves";
  else
    route.reason = site != NULL  ? "the exit that was chosen for this site is not there, so nothing leaves"
                   : own != NULL ? "the exit that was chosen for this program is not there, so nothing leaves"
                                 : "no exit is there for the country that was chosen, so nothing leaves";

  *ret_route = route;
}

/**
 * nj_route_pass_by:
 * @route: a route whose exit, and all that may stand in for it, were just found down
 * @ret_route: (out): where the connection goes instead
 *
 * Any thread.
 *
 * Returns: whether the user chose that it goes on at all
 */
gboolean
nj_route_pass_by (const NjRoute *route, NjRoute *ret_route)
{
  if (route->kind != NJ_ROUTE_EXIT || !route->is_open)
    return FALSE;

  *ret_route = (NjRoute){ .kind = NJ_ROUTE_DIRECT };
  return TRUE;
}

/**
 * nj_route_equal:
 * @a: a route
 * @b: a route
 *
 * Whether a kept connection made for @a may carry what is routed to @b. Exits compare by what
 * they are, not by their address: a policy published anew holds the same exit. Any thread.
 *
 * Returns: whether both go the same way
 */
gboolean
nj_route_equal (const NjRoute *a, const NjRoute *b)
{
  if (a->kind != b->kind)
    return FALSE;
  if (a->kind != NJ_ROUTE_EXIT)
    return TRUE;

  return a->exit == b->exit || strcmp (nj_exit_id (a->exit), nj_exit_id (b->exit)) == 0;
}
