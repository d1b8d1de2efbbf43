/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client that speaks HTTP/2 inside a tunnel that is looked into: one connection, each stream of
 * which becomes a session with one exchange, judged like any other. It needs no fiber of its own. On
 * the lane's worker.
 */
#include "proxy/h2-session.h"

#include "base/clock.h"
#include "tls/tls-stream.h"

struct NjH2Session
{
  NjLane      *lane;      /* borrowed */
  NjH2        *h2;        /* borrowed: it tells when it ends */
  NjInspected *inspected; /* counted */
  guint16      port;      /* of the client: leads to its program */
  NjH2Session *next;
  NjH2Session **link;     /* who points to us */
};

static void
on_requested (NjH2 *h2, NjStream *stream, gpointer user_data)
{
  NjH2Session *self = user_data;

  self->inspected->has_served = TRUE;
  nj_session_serve_h2 (self->lane, stream, self->port, nj_inspected_ref (self->inspected));
}

static void
on_troubled (NjH2 *h2, const char *problem, gpointer user_data)
{
  NjH2Session *self = user_data;
  NjLogRecord  record = { .time = nj_clock_wall (),
                          .action = NJ_LOG_REFUSED,
                          .method = NJ_BYTES ("HTTP/2"),
                          .url = self->inspected->authority,
                          .host = self->inspected->host,
                          .reason = problem,
                          .http_client = 20,
                          .client_port = self->port };

  nj_lane_log (self->lane, &record);
}

static void
on_ended (NjH2 *h2, gpointer user_data)
{
  NjH2Session *self = user_data;

  *self->link = self->next;
  if (self->next != NULL)
    self->next->link = self->link;
  self->lane->n_clients--;
  nj_lane_count (self->lane, NJ_COUNT_CONNECTIONS, -1);
  nj_inspected_unref (self->inspected);
  g_free (self);
}

static gboolean
is_h2 (const NjSession *session)
{
  return session->inspected != NULL && !session->is_h2 && session->client.stream != NULL &&
         nj_bytes_equal (nj_tls_protocol (session->client.stream), NJ_BYTES ("h2"));
}

/**
 * nj_h2_session_start:
 * @session: a session between two requests
 * @idle_us: how long the connection may carry nothing, µs
 *
 * Takes the client over when it is one that is looked into and wants HTTP/2; the session keeps
 * nothing of it.
 *
 * Returns: whether it did
 */
gboolean
nj_h2_session_start (NjSession *session, gint64 idle_us)
{
  static const NjH2Events events = { on_requested, on_troubled, on_ended };
  NjLane                 *lane = session->lane;
  NjH2Session            *self;
  NjPolicy               *policy;

  if (!is_h2 (session))
    return FALSE;

  policy = nj_lane_policy (lane);
  self = g_new0 (NjH2Session, 1);
  self->lane = lane;
  self->inspected = nj_inspected_ref (session->inspected);
  self->port = session->port;
  self->next = lane->h2_sessions;
  if (self->next != NULL)
    self->next->link = &self->next;
  self->link = &lane->h2_sessions;
  lane->h2_sessions = self;
  nj_h1_release (&session->client);
  self->h2 = nj_h2_new_server (g_steal_pointer (&session->client.stream), &policy->limits, idle_us, &events, self);
  nj_policy_unref (policy);
  if (self->h2 == NULL)
    on_ended (NULL, self);
  return TRUE;
}

/**
 * nj_h2_session_drain:
 * @lane: the calling worker's lane
 *
 * Tells every client to ask for no more; what is being answered is answered.
 */
void
nj_h2_session_drain (NjLane *lane)
{
  for (NjH2Session *self = lane->h2_sessions, *next; self != NULL; self = next)
    {
      next = self->next;
      nj_h2_drain (self->h2);
    }
}
