/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the lanes do when an exit dies, when exits are likely to be wanted, or when the network is another one. All
 * that leads through a dead exit is closed at once, so that nobody waits for answers that cannot come and browsers
 * ask again, by another exit. Who died is told by exits/exit-health.c, on whichever thread saw it; the rest is on
 * the lanes' workers.
 */
#include "exits/warm.h"
#include "net/resolver.h"
#include "proxy/plane-private.h"
#include "proxy/session.h"
#include "proxy/tunnel.h"

typedef struct
{
  NjLane *lane;
  NjExit *exit; /* counted */
} Leave;

static void
on_leave (gpointer user_data)
{
  Leave *leave = user_data;

  /* Somebody may have got through meanwhile. */
  if (nj_exit_state (leave->exit) == NJ_EXIT_STATE_DEAD)
    {
      nj_warm_leave (leave->lane->worker, leave->exit);
      nj_upstream_pool_close_exit (leave->lane->upstreams, leave->exit);
      nj_tunnel_leave_exit (leave->lane, leave->exit);
      nj_session_leave_exit (leave->lane, leave->exit);
    }

  nj_exit_unref (leave->exit);
  g_free (leave);
}

/**
 * nj_plane_leave_exit:
 * @plane: a plane that was started
 * @exit: an exit that was found dead
 *
 * Has each lane close what leads through @exit: kept connections, tunnels and requests that wait. Any thread.
 */
void
nj_plane_leave_exit (NjPlane *plane, NjExit *exit)
{
  for (guint i = 0; i < plane->n_lanes; i++)
    {
      Leave *leave = g_new0 (Leave, 1);

      leave->lane = plane->lanes[i];
      leave->exit = nj_exit_ref (exit);
      nj_worker_post (plane->workers[i], on_leave, leave);
    }
}

static void
on_leave_network (gpointer user_data)
{
  NjLane *lane = user_data;

  nj_upstream_pool_close_idle (lane->upstreams, NULL);
  nj_warm_renew (lane->worker);
}

/**
 * nj_plane_leave_network:
 * @plane: a plane
 *
 * Forgets names, and has each lane drop its kept connections: those of a network that is gone would be found dead one by one, each by
 * somebody who waits. What is in use shows by itself whether it still lives. The main thread.
 */
void
nj_plane_leave_network (NjPlane *plane)
{
  nj_resolver_flush ();
  for (guint i = 0; i < plane->n_lanes && plane->has_started; i++)
    nj_worker_post (plane->workers[i], on_leave_network, plane->lanes[i]);
}

typedef struct
{
  NjWorker  *worker;
  GPtrArray *exits; /* (element-type NjExit) counted */
} Warm;

static void
on_warm (gpointer user_data)
{
  Warm *warm = user_data;

  nj_warm_set (warm->worker, (NjExit *const *) warm->exits->pdata, warm->exits->len);
  g_ptr_array_unref (warm->exits);
  g_free (warm);
}

/**
 * nj_plane_keep_warm:
 * @plane: a plane that was started
 * @exits: (element-type NjExit): those that are likely to be wanted, the likeliest first
 *
 * Each lane makes a connection to each of them ahead, from now on and while somebody uses it. The main thread.
 */
void
nj_plane_keep_warm (NjPlane *plane, GPtrArray *exits)
{
  for (guint i = 0; i < plane->n_lanes && plane->has_started; i++)
    {
      Warm *warm = g_new0 (Warm, 1);

      warm->worker = plane->workers[i];
      warm->exits = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_exit_unref);
      for (guint k = 0; k < exits->len; k++)
        g_ptr_array_add (warm->exits, nj_exit_ref (g_ptr_array_index (exits, k)));
      nj_worker_post (warm->worker, on_warm, warm);
    }
}
