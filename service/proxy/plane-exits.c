/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the lanes do when an exit dies: all that leads through it is closed at once, so that nobody waits for
 * answers that cannot come and browsers ask again, by another exit. Who died is told by exits/exit-health.c, on
 * whichever thread saw it; the rest is on the lanes' workers.
 */
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
