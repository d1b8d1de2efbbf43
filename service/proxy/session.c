/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Read first: one client connection, from accept to close. Is it the owner's? Then its first byte
 * tells what it speaks: 5 and 4 are SOCKS, anything else must be HTTP. What is said is for
 * socks5.c, socks4.c and exchange.c; inside TLS of ours it may be HTTP/2, of which each stream is a
 * session of its own. On the worker that accepted it.
 */
#include "proxy/session.h"

#include "base/seldom.h"
#include "net/socket.h"
#include "proxy/exchange.h"
#include "proxy/h2-session.h"
#include "proxy/inspection.h"
#include "proxy/program-way.h"
#include "proxy/socks.h"

#include <unistd.h>

/* A connection that carried nothing for so long is at rest. */
#define REST_US (2 * (gint64) G_USEC_PER_SEC)

#define LINGER_US (2 * (gint64) G_USEC_PER_SEC)
#define LINGER_MAX (256 * 1024)

static gboolean
is_owner (NjLane *lane, const NjAddress *peer)
{
  NjProgramOwner owner;

  return nj_program_owner (lane->program, peer, &lane->shared->address, &owner) && owner.uid == getuid ();
}

/* RFC 9112 §9.6: closing with bytes unread makes the kernel reset, which may overtake our answer. */
static NJ_SELDOM void
linger (NjSession *self)
{
  NjStream *stream = self->client.stream;
  char      waste[4096];
  gint64    deadline = nj_worker_now (stream->worker) + LINGER_US;
  gsize     total = 0;
  gsize     n;

  if (nj_stream_shut (stream, deadline) != NJ_OK)
    return;
  while (total < LINGER_MAX && nj_stream_read (stream, waste, sizeof waste, deadline, &n) == NJ_OK)
    total += n;
}

/* Waits for the next request without holding a buffer, nor more of a stack than it stands on when the wait gets long; an
 * end of the service cuts this wait only. What could be read may prove to be nothing, and is looked at before the wait. */
static gboolean
wait_for_request (NjSession *self, gint64 idle_us)
{
  gint64 now = nj_worker_now (self->lane->worker);
  gint64 until = now + MIN (REST_US, idle_us);
  NjIo   io = NJ_OK;

  self->is_idle = TRUE;
  while (io == NJ_OK && !nj_h1_has_come (&self->client))
    {
      nj_h1_release (&self->client);
      io = nj_stream_wait (self->client.stream, NJ_WAIT_READ, until);
      if (io == NJ_TIMEOUT && until < now + idle_us)
        {
          nj_fiber_rest ();
          until = now + idle_us;
          io = NJ_OK;
        }
    }
  self->is_idle = FALSE;
  return nj_h1_ahead (&self->client).len > 0;
}

static gint64
idle_limit (NjSession *self)
{
  return __atomic_load_n (&self->lane->shared->policy, __ATOMIC_ACQUIRE)->timeouts.client_idle;
}

static gboolean
turns_to_h2 (NjSession *self)
{
  return self->inspected != NULL && nj_h2_session_start (self, idle_limit (self));
}

static void
serve_http (NjSession *self)
{
  while (nj_exchange_run (self) && self->client.stream != NULL && !self->lane->is_draining)
    if (turns_to_h2 (self) || !wait_for_request (self, idle_limit (self)))
      return;
}

/* A tunnel asked for by SOCKS that is looked into. */
static NJ_SELDOM void
serve_inside (NjSession *self)
{
  if (self->inspected != NULL && !turns_to_h2 (self) && wait_for_request (self, idle_limit (self)))
    serve_http (self);
}

static NJ_SELDOM void
session_end (NjSession *self)
{
  NjLane *lane = self->lane;

  g_clear_pointer (&self->inspected, nj_inspected_unref);
  nj_program_way_clear (self);

  if (self->client.stream != NULL)
    {
      if (self->must_linger && !self->is_h2)
        linger (self);
      nj_h1_clear (&self->client, FALSE);
      lane->n_clients--;
      nj_lane_count (lane, NJ_COUNT_CONNECTIONS, -1);
    }

  if (self->previous != NULL)
    self->previous->next = self->next;
  else
    lane->sessions = self->next;
  if (self->next != NULL)
    self->next->previous = self->previous;
  g_atomic_int_add (&lane->n_sessions, -1);
  g_free (self);
}

/**
 * nj_session_serve:
 * @session: a session
 *
 * Talks with the client in the protocol that its first byte tells, until one of the two has had enough.
 * A fiber's call.
 */
void
nj_session_serve (NjSession *session)
{
  if (!wait_for_request (session, idle_limit (session)))
    return;

  switch (nj_h1_ahead (&session->client).data[0])
    {
    case 5:
      nj_socks5_serve (session);
      serve_inside (session);
      break;
    case 4:
      nj_socks4_serve (session);
      serve_inside (session);
      break;
    default:
      serve_http (session);
    }
}

static void
on_spawned (gpointer user_data)
{
  nj_session_serve (user_data);
  session_end (user_data);
}

/* A request in an HTTP/2 connection: its head is there, and after it comes no other. */
static void
on_stream (gpointer user_data)
{
  NjSession *self = user_data;

  if (wait_for_request (self, idle_limit (self)))
    nj_exchange_run (self);
  session_end (self);
}

static void
on_lost (gpointer user_data)
{
  NjSession *self = user_data;

  nj_fiber_cancel (self->fiber);
}

static NJ_SELDOM void
session_start (NjLane *lane, NjStream *stream, guint16 port, NjInspected *inspected, gboolean is_h2)
{
  NjSession *self = g_new0 (NjSession, 1);

  self->lane = lane;
  self->port = port;
  self->inspected = inspected;
  self->is_h2 = is_h2;
  nj_h1_init (&self->client, stream);
  self->next = lane->sessions;
  if (self->next != NULL)
    self->next->previous = self;
  lane->sessions = self;
  g_atomic_int_inc (&lane->n_sessions);
  lane->n_clients++;
  nj_lane_count (lane, NJ_COUNT_CONNECTIONS, 1);

  self->fiber = nj_fiber_spawn (lane->worker, is_h2 ? on_stream : on_spawned, self);
  if (self->fiber == NULL)
    session_end (self);
  else if (is_h2)
    nj_h2_stream_on_lost (stream, on_lost, self);
}

/**
 * nj_session_serve_h2:
 * @lane: the calling worker's lane
 * @stream: (transfer full): a stream of a client's HTTP/2 connection that has a request
 * @port: the client's port
 * @inspected: (transfer full): whom the connection leads to
 *
 * Serves the request in a fiber of its own, which ends with it or when the client takes it back.
 */
void
nj_session_serve_h2 (NjLane *lane, NjStream *stream, guint16 port, NjInspected *inspected)
{
  session_start (lane, stream, port, inspected, TRUE);
}

/**
 * nj_session_let_go:
 * @session: a session
 *
 * Its client's stream is about to be another's: nothing that happens to it concerns the session.
 */
void
nj_session_let_go (NjSession *session)
{
  if (session->is_h2)
    nj_h2_stream_on_lost (session->client.stream, NULL, NULL);
}

/**
 * nj_session_accept:
 * @worker: the worker that accepted
 * @fd: (transfer full): the connection
 * @peer: the client's address
 * @shared: what the lanes share
 *
 * Refuses whoever is not the user that the service runs as, and whoever cannot be told; else
 * serves the connection in a fiber of its own.
 */
void
nj_session_accept (NjWorker *worker, int fd, const NjAddress *peer, gpointer shared)
{
  NjLane         *lane = nj_worker_slot (worker);
  const NjPolicy *policy = __atomic_load_n (&lane->shared->policy, __ATOMIC_ACQUIRE);

  if (policy->owner_only && !is_owner (lane, peer))
    {
      nj_lane_count (lane, NJ_COUNT_REFUSED_PEERS, 1);
      close (fd);
      return;
    }
  if (policy->client_max > 0 && lane->n_clients >= policy->client_max)
    {
      close (fd);
      return;
    }

  session_start (lane, nj_socket_new (worker, fd), nj_address_port (peer), NULL, FALSE);
}

/**
 * nj_session_drain:
 * @lane: the calling worker's lane
 *
 * Ends what only waits for a next request; what is in the middle of one goes on.
 */
void
nj_session_drain (NjLane *lane)
{
  lane->is_draining = TRUE;
  for (NjSession *session = lane->sessions; session != NULL; session = session->next)
    if (session->is_idle)
      nj_fiber_cancel (session->fiber);
  nj_h2_session_drain (lane);
}

/**
 * nj_session_leave_exit:
 * @lane: the calling worker's lane
 * @exit: an exit that is dead
 *
 * Ends the sessions whose request went through @exit: its answer cannot come.
 */
void
nj_session_leave_exit (NjLane *lane, const NjExit *exit)
{
  for (NjSession *session = lane->sessions; session != NULL; session = session->next)
    if (session->over == exit && exit != NULL)
      nj_fiber_cancel (session->fiber);
}

/**
 * nj_session_leave_direct:
 * @lane: the calling worker's lane
 *
 * Ends the sessions that are in the middle of a request, unless it goes through an exit.
 */
void
nj_session_leave_direct (NjLane *lane)
{
  for (NjSession *session = lane->sessions; session != NULL; session = session->next)
    if (session->over == NULL && !session->is_idle)
      nj_fiber_cancel (session->fiber);
}
