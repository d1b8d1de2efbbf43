/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The data plane as the main thread holds it: it makes the workers and the one port, publishes
 * policies to them, hears from them, ends them. What happens to a connection starts in session.c.
 * On the main thread, but for what workers tell.
 */
#include "proxy/plane.h"

#include "proxy/client-program.h"
#include "proxy/pac.h"
#include "proxy/plane-private.h"
#include "proxy/session.h"
#include "proxy/tunnel.h"

#define LOG_ENTRIES 2000

typedef struct
{
  NjPlane     *plane;
  NjPlaneEvent event;
  char        *text; /* owned */
  guint        client_port;
} Told;

static gboolean
on_told (gpointer user_data)
{
  Told *told = user_data;

  if (told->plane->heard != NULL)
    told->plane->heard (told->event, told->text, told->client_port, told->plane->heard_data);
  return G_SOURCE_REMOVE;
}

static void
told_free (gpointer user_data)
{
  Told *told = user_data;

  g_free (told->text);
  g_free (told);
}

/* From any lane; the door out. Not g_main_context_invoke(): between two turns of the main loop that would
 * run the callback here, on the worker. */
static void
on_tell (gpointer user_data, NjPlaneEvent event, NjBytes text, guint client_port)
{
  Told *told = g_new0 (Told, 1);

  told->plane = user_data;
  told->event = event;
  told->text = nj_bytes_dup (text);
  told->client_port = client_port;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_told, told, told_free);
}

static void
on_exit_changed (NjExit *exit, NjExitState state, gpointer user_data)
{
  if (state == NJ_EXIT_STATE_DEAD)
    nj_plane_leave_exit (user_data, exit);
  on_tell (user_data, NJ_PLANE_EXIT_CHANGED, nj_bytes_from_string (nj_exit_id (exit)), 0);
}

static gboolean
make_lanes (NjPlane *self, guint n_workers, GError **error)
{
  self->workers = g_new0 (NjWorker *, n_workers);
  self->lanes = g_new0 (NjLane *, n_workers);
  for (guint i = 0; i < n_workers; i++)
    {
      g_autofree char *name = g_strdup_printf ("worker-%u", i);

      self->workers[i] = nj_worker_new (name, error);
      if (self->workers[i] == NULL)
        return FALSE;
      self->lanes[i] = nj_lane_new (&self->shared, self->workers[i], i);
      self->n_lanes = i + 1;
      nj_worker_set_slot (self->workers[i], self->lanes[i]);
      nj_listener_attach (self->listener, self->workers[i]);
    }

  return TRUE;
}

/**
 * nj_plane_new:
 * @host: a loopback address
 * @port: 0 for a free one
 * @n_workers: at least 1
 * @error: where a reason goes
 *
 * Binds the port; nothing is accepted before nj_plane_start().
 *
 * Returns: (transfer full) (nullable): the plane, with a default policy; %NULL with
 *   %G_IO_ERROR_ADDRESS_IN_USE when the port is taken
 */
NjPlane *
nj_plane_new (NjBytes host, guint16 port, guint n_workers, GError **error)
{
  g_autoptr (NjPlane) self = g_new0 (NjPlane, 1);

  self->shared.policy = nj_policy_new ();
  self->listener = nj_listener_new (host, port, nj_session_accept, &self->shared, error);
  if (self->listener == NULL)
    return NULL;

  nj_address_parse (host, nj_listener_port (self->listener), &self->shared.address);
  self->shared.log = nj_request_log_new (n_workers, LOG_ENTRIES);
  self->shared.statistics = nj_statistics_new (n_workers);
  self->shared.allowances = nj_allowances_new ();
  self->shared.inspection_memory = nj_inspection_memory_new ();
  self->shared.https_memory = nj_https_memory_new ();
  self->shared.seen_certificates = nj_seen_certificates_new ();
  self->shared.tell = on_tell;
  self->shared.plane = self;
  self->pac_path = nj_pac_new_path ();
  self->pac_answer = nj_pac_answer (&self->shared.address);
  self->shared.pac_path = nj_bytes_from_string (self->pac_path);
  self->shared.pac_answer = nj_bytes_from_string (self->pac_answer);

  if (!make_lanes (self, n_workers, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * nj_plane_start:
 * @plane: a plane
 *
 * Starts the workers. From now on it hears how exits do; one plane of the process at a time.
 */
void
nj_plane_start (NjPlane *plane)
{
  plane->has_started = TRUE;
  nj_exit_watch (on_exit_changed, plane);
  for (guint i = 0; i < plane->n_lanes; i++)
    nj_worker_start (plane->workers[i]);
}

/* An old policy on its way out: the last lane that has seen the new one drops it. */
typedef struct
{
  gatomicrefcount refs;
  NjPolicy       *old; /* counted */
} Farewell;

typedef struct
{
  NjLane   *lane;
  Farewell *farewell;
} Leave;

static void
farewell_unref (Farewell *farewell)
{
  if (!g_atomic_ref_count_dec (&farewell->refs))
    return;

  nj_policy_unref (farewell->old);
  g_free (farewell);
}

static void
on_policy_changed (gpointer user_data)
{
  Leave    *leave = user_data;
  NjPolicy *policy = nj_lane_policy (leave->lane);

  nj_upstream_pool_close_idle (leave->lane->upstreams, &policy->choice);
  if (policy->choice.level == NJ_EXIT_LEVEL_LOCKDOWN && leave->farewell->old->choice.level != NJ_EXIT_LEVEL_LOCKDOWN)
    {
      nj_tunnel_leave_direct (leave->lane);
      nj_session_leave_direct (leave->lane);
    }
  nj_policy_unref (policy);
  farewell_unref (leave->farewell);
  g_free (leave);
}

/**
 * nj_plane_set_policy:
 * @plane: a plane
 * @policy: (transfer none): what holds from the next request on
 *
 * Exchanges in flight keep the policy they began with; kept connections of another route are closed. When lockdown begins, all
 * that leads through no exit is ended.
 */
void
nj_plane_set_policy (NjPlane *plane, NjPolicy *policy)
{
  Farewell *farewell = g_new0 (Farewell, 1);

  if (policy->is_inspecting && policy->authority == NULL && plane->authority != NULL)
    policy->authority = nj_authority_ref (plane->authority);

  g_atomic_ref_count_init (&farewell->refs);
  farewell->old = __atomic_exchange_n (&plane->shared.policy, nj_policy_ref (policy), __ATOMIC_ACQ_REL);

  for (guint i = 0; i < plane->n_lanes && plane->has_started; i++)
    {
      Leave *leave = g_new0 (Leave, 1);

      leave->lane = plane->lanes[i];
      leave->farewell = farewell;
      g_atomic_ref_count_inc (&farewell->refs);
      nj_worker_post (plane->workers[i], on_policy_changed, leave);
    }
  farewell_unref (farewell);
}

/**
 * nj_plane_set_heard:
 * @plane: a plane
 * @heard: (nullable): called on the main thread's default context
 * @user_data: for @heard
 */
void
nj_plane_set_heard (NjPlane *plane, NjPlaneHeard heard, gpointer user_data)
{
  plane->heard = heard;
  plane->heard_data = user_data;
}

/**
 * nj_plane_port:
 * @plane: a plane
 *
 * Returns: the port it listens on
 */
guint16
nj_plane_port (const NjPlane *plane)
{
  return nj_listener_port (plane->listener);
}

/**
 * nj_plane_pac_path:
 * @plane: a plane
 *
 * Returns: (transfer none): the secret path of the file for proxy auto-configuration
 */
const char *
nj_plane_pac_path (const NjPlane *plane)
{
  return plane->pac_path;
}

/**
 * nj_plane_log:
 * @plane: a plane
 *
 * Returns: (transfer none): its request log
 */
NjRequestLog *
nj_plane_log (NjPlane *plane)
{
  return plane->shared.log;
}

/**
 * nj_plane_statistics:
 * @plane: a plane
 *
 * Returns: (transfer none): its counts
 */
NjStatistics *
nj_plane_statistics (NjPlane *plane)
{
  return plane->shared.statistics;
}

/**
 * nj_plane_client_name:
 * @plane: a plane
 * @client_port: a client's port, from the log or an event
 *
 * A search the first time it is asked for a port: for what a person reads, not for each request.
 *
 * Returns: (transfer none): the program's name, "" when it cannot be told; valid until the next call
 */
const char *
nj_plane_client_name (NjPlane *plane, guint client_port)
{
  if (plane->names == NULL)
    plane->names = nj_program_names_new (&plane->shared.address);
  return nj_program_names_lookup (plane->names, (guint16) client_port);
}

static void
on_drain (gpointer user_data)
{
  nj_session_drain (user_data);
}

static gboolean
has_sessions (NjPlane *self)
{
  for (guint i = 0; i < self->n_lanes; i++)
    if (g_atomic_int_get (&self->lanes[i]->n_sessions) > 0)
      return TRUE;

  return FALSE;
}

/**
 * nj_plane_stop:
 * @plane: a plane
 * @grace_us: how long exchanges in flight get, µs
 *
 * Takes no more connections, lets requests in flight come to their end, then cuts what is left,
 * tunnels too. Blocks until the workers have ended.
 */
void
nj_plane_stop (NjPlane *plane, gint64 grace_us)
{
  gint64 until = g_get_monotonic_time () + grace_us;

  if (!plane->has_started)
    return;

  nj_listener_stop (plane->listener);
  for (guint i = 0; i < plane->n_lanes; i++)
    nj_worker_post (plane->workers[i], on_drain, plane->lanes[i]);
  while (has_sessions (plane) && g_get_monotonic_time () < until)
    g_usleep (2000);

  for (guint i = 0; i < plane->n_lanes; i++)
    nj_worker_stop (plane->workers[i]);
  nj_exit_watch (NULL, NULL);
  plane->has_started = FALSE;
}

/**
 * nj_plane_free:
 * @plane: (transfer full) (nullable): a plane
 *
 * Stops it at once if it still runs.
 */
void
nj_plane_free (NjPlane *plane)
{
  if (plane == NULL)
    return;

  nj_plane_stop (plane, 0);
  nj_client_program_end ();
  for (guint i = 0; i < plane->n_lanes; i++)
    {
      nj_lane_free (plane->lanes[i]);
      nj_worker_free (plane->workers[i]);
    }
  nj_listener_free (plane->listener);
  nj_policy_unref (plane->shared.policy);
  nj_request_log_free (plane->shared.log);
  nj_statistics_free (plane->shared.statistics);
  nj_allowances_free (plane->shared.allowances);
  nj_inspection_memory_free (plane->shared.inspection_memory);
  nj_https_memory_free (plane->shared.https_memory);
  nj_seen_certificates_free (plane->shared.seen_certificates);
  nj_authority_unref (plane->authority);
  nj_program_names_free (plane->names);
  g_free (plane->pac_path);
  g_free (plane->pac_answer);
  g_free (plane->lanes);
  g_free (plane->workers);
  g_free (plane);
}
