/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tunnel opened with our certificate: the origin is dialled and verified first, only then is the
 * client answered, in the origin's name; the requests inside are ordinary exchanges on the same
 * session. Where nobody knows that TLS is spoken the client is told yes when the way is open, and
 * what it says decides. Whatever speaks against it makes an ordinary tunnel, in which nothing is
 * parsed. In the session's fiber.
 */
#include "proxy/inspection.h"

#include "base/clock.h"
#include "exits/leftover.h"
#include "net/socket.h"
#include "proxy/inspection-choice.h"
#include "proxy/inspection-hello.h"
#include "proxy/inspection-order.h"
#include "proxy/inspection-verify.h"

/* One connection while it is being opened. */
typedef struct
{
  NjSession           *session;  /* borrowed, as all of these */
  const NjTunnelVoice *voice;
  const NjPolicy      *policy;
  const NjVerdict     *verdict;
  NjBytes              host;     /* as the client named it to us */
  guint16              port;
  NjArena             *arena;
  NjLogRecord         *record;
  gint64               start;    /* monotonic µs */
  gint64               deadline; /* for the way to the origin */

  NjClientHello        hello;
  const NjTlsMirror   *mirror;   /* (nullable) how the client says hello, or most likely will */
  NjStream            *raw;      /* (nullable) owned: dialled, nothing said yet */
  NjUpstream          *upstream; /* (nullable) owned: verified */
  NjRoute              route;    /* the verdict's; once something was dialled, by the exit that was taken */
} Opening;

/**
 * nj_inspection_learn:
 * @lane: the calling worker's lane
 * @host: a host in its normal form
 * @port: its port
 * @client: which kind of client found out, 0 for all
 * @reason: what speaks against looking into it from now on
 */
void
nj_inspection_learn (NjLane *lane, NjBytes host, guint16 port, guint32 client, NjInspection reason)
{
  char buffer[NJ_INSPECTION_PLACE_MAX + 1];

  nj_inspection_memory_note (lane->shared->inspection_memory, nj_inspection_choice_place (host, port, buffer), client, reason,
                             nj_clock_wall () / G_USEC_PER_SEC);
  lane->shared->tell (lane->shared->plane, NJ_PLANE_NOT_INSPECTED, host, 0);
}

static void
log_end (Opening *self, NjLogAction action, const char *reason)
{
  self->record->action = action;
  self->record->reason = reason;
  self->record->duration = nj_worker_now (self->session->lane->worker) - self->start;
  nj_lane_log (self->session->lane, self->record);
}

static NjUpstreamKey
key_of (const Opening *self, NjBytes name)
{
  return (NjUpstreamKey){ &self->route, self->host, self->port, TRUE, name, .mirror = self->mirror };
}

/* A tunnel over what was dialled, or over a way dialled anew when something was said on that one. */
static void
be_tunnel (Opening *self, NjInspection reason)
{
  self->record->reason = nj_inspection_reason_text (reason);
  if (self->upstream != NULL)
    nj_upstream_keep (g_steal_pointer (&self->upstream), self->policy->timeouts.upstream_idle);

  if (self->raw != NULL)
    nj_tunnel_hand_over (self->session, g_steal_pointer (&self->raw), self->deadline, self->record);
  else
    nj_tunnel_go_on (self->session, self->policy, self->verdict, self->host, self->port, self->arena, self->record);
}

/* Which check failed, and not only that one did. */
static const char *
reason_of (Opening *self, const NjDialFailure *failure)
{
  const char *what = nj_dial_result_text (failure->result);

  if (failure->detail[0] == '\0' || strcmp (failure->detail, what) == 0)
    return what;
  return nj_arena_printf (self->arena, "%s: %s%c", what, failure->detail, '\0').data;
}

static void
refuse (Opening *self, const NjDialFailure *failure)
{
  self->record->status = self->voice->refuse (self->session, self->policy, self->verdict, failure, self->host, self->arena);
  log_end (self, NJ_LOG_FAILED, reason_of (self, failure));
}

static gboolean
try_dial (Opening *self, NjDialFailure *failure)
{
  if (nj_dial (self->session->lane->worker, &self->verdict->route, self->host, self->port, self->deadline, &self->raw,
               failure) != NJ_OK)
    return FALSE;

  if (failure->is_past_exit)
    {
      self->route = (NjRoute){ .kind = NJ_ROUTE_DIRECT };
      self->record->exit = NJ_BYTES_NONE;
      self->record->reason = NJ_DIAL_PAST_EXIT;
    }
  if (failure->used != NULL)
    {
      self->route.exit = failure->used;
      self->record->exit = nj_bytes_from_string (nj_exit_id (failure->used));
    }
  return TRUE;
}

static gboolean
dial (Opening *self)
{
  NjDialFailure failure = { 0 };

  if (try_dial (self, &failure))
    return TRUE;
  refuse (self, &failure);
  return FALSE;
}

/* TLS over what was dialled, as name. The failure says more than one word when it is not %NJ_INSPECTION_LOOK. */
static gboolean
secure (Opening *self, NjBytes name, gint64 patience, NjTlsFailure *failure, NjInspection *ret_reason)
{
  NjUpstreamKey key = key_of (self, name);

  key.patience = patience;
  *ret_reason = nj_inspection_verify (self->session, g_steal_pointer (&self->raw), &key, self->deadline, &self->upstream, failure);
  return self->upstream != NULL;
}

static NjLeafCertificates *
leaves_of (Opening *self)
{
  NjLane *lane = self->session->lane;

  if (lane->leaves != NULL && nj_leaf_certificates_authority (lane->leaves) != self->policy->authority)
    g_clear_pointer (&lane->leaves, nj_leaf_certificates_free);
  if (lane->leaves == NULL)
    lane->leaves = nj_leaf_certificates_new (self->policy->authority);
  return lane->leaves;
}

/* The session's client from here on is what is inside TLS. */
static gboolean
accept_client (Opening *self, NjBytes name, NjTlsFailure *failure)
{
  NjH1     *client = &self->session->client;
  NjStream *stream = NULL;
  gint64    deadline = nj_worker_now (self->session->lane->worker) + self->policy->timeouts.client_head;
  NjBytes   ahead = nj_h1_ahead (client);
  NjStream *below = nj_leftover_new (client->stream, ahead);

  nj_h1_consume (client, ahead.len);
  nj_h1_release (client);
  client->stream = NULL;
  if (nj_leaf_certificates_accept (leaves_of (self), below, name, deadline, &stream, failure) == NJ_OK)
    {
      nj_h1_init (client, stream);
      return TRUE;
    }

  self->session->lane->n_clients--;
  nj_lane_count (self->session->lane, NJ_COUNT_CONNECTIONS, -1);
  return FALSE;
}

/* Of a host as the client named it to us: of an address nobody knows who it is before the client says so. */
static void
learn_tls (Opening *self, NjBytes name)
{
  if (nj_bytes_equal (name, self->host) && !(self->port == 443 && self->voice->says_why))
    nj_inspection_order_learn (self->session, self->host, self->port, NJ_PORT_TLS, self->mirror);
}

/* It spoke TLS, though not well. */
static void
learn_tls_by_failure (Opening *self, NjBytes name, const NjTlsFailure *failure)
{
  if (failure->is_certificate || failure->alert != 0)
    learn_tls (self, name);
}

/* The last step: our certificate is shown. */
static void
show_certificate (Opening *self, NjBytes name)
{
  NjInspectionMemory *memory = self->session->lane->shared->inspection_memory;
  guint32             client = nj_client_hello_kind (&self->hello);
  NjTlsFailure        failure = { 0 };
  char                buffer[NJ_INSPECTION_PLACE_MAX + 1];
  NjBytes             place = nj_inspection_choice_place (name, self->port, buffer);
  gboolean            is_refusal;

  learn_tls (self, name);
  if (accept_client (self, name, &failure))
    {
      nj_inspection_memory_trust (memory, place, client);
      self->session->inspected = nj_inspected_new (name, self->host, self->port, client, g_steal_pointer (&self->upstream),
                                                   nj_worker_now (self->session->lane->worker));
      return;
    }

  is_refusal = nj_tls_failure_is_about_certificate (&failure) ||
               (failure.is_closed && nj_inspection_memory_doubt (memory, place, client));
  if (is_refusal)
    nj_inspection_learn (self->session->lane, name, self->port, client, NJ_INSPECTION_REFUSED);
  nj_upstream_keep (g_steal_pointer (&self->upstream), self->policy->timeouts.upstream_idle);
  log_end (self, NJ_LOG_FAILED, is_refusal ? "the program did not take our certificate; from now on it is not inspected"
                                                      : "no TLS with the program");
}

/* In answer to a hello, before anything else of TLS. Internal error: whatever it names more exactly,
 * a browser takes for the site's word. */
static void
turn_away (Opening *self, const char *reason)
{
  static const guint8 alert[] = { 21, 3, 1, 0, 2, 2, 80 };

  self->session->must_linger = TRUE;
  nj_stream_write (self->session->client.stream, alert, sizeof alert, self->deadline);
  log_end (self, NJ_LOG_FAILED, reason);
}

/* A connection that is there, and of which nobody wants another name. */
static gboolean
find_kept (Opening *self, NjBytes name)
{
  NjUpstreamPool *pool = self->session->lane->upstreams;
  NjUpstreamKey   key = key_of (self, name);

  /* Of who tells no reason any will do for a yes; what it is given is chosen when it has said hello. */
  key.any_mirror = name.len == 0 && !self->voice->says_why;
  self->upstream = nj_upstream_share (pool, &key, TRUE, self->deadline);
  if (self->upstream == NULL)
    self->upstream = nj_upstream_take (pool, &key);
  return self->upstream != NULL;
}

/* The client wants to hear another name than the one that was verified, or none was yet. */
static void
open_as (Opening *self, NjBytes name)
{
  NjTlsFailure  tls = { 0 };
  NjDialFailure failure = { 0 };
  NjInspection  reason;

  self->deadline = nj_worker_now (self->session->lane->worker) + self->policy->timeouts.connect;
  if (self->upstream != NULL)
    nj_upstream_keep (g_steal_pointer (&self->upstream), self->policy->timeouts.upstream_idle);
  if (self->raw == NULL && find_kept (self, name))
    {
      show_certificate (self, name);
      return;
    }
  if (self->raw == NULL && !try_dial (self, &failure))
    {
      turn_away (self, nj_dial_result_text (failure.result));
      return;
    }

  if (secure (self, name, 0, &tls, &reason))
    show_certificate (self, name);
  else if (reason == NJ_INSPECTION_LOOK)
    {
      learn_tls_by_failure (self, name, &tls);
      nj_upstream_explain (&tls, &failure);
      turn_away (self, reason_of (self, &failure));
    }
  else
    {
      nj_inspection_learn (self->session->lane, name, self->port, 0, reason);
      be_tunnel (self, reason);
    }
}

static void
client_left (Opening *self)
{
  log_end (self, NJ_LOG_FAILED, "the client left");
  if (self->upstream != NULL)
    nj_upstream_keep (g_steal_pointer (&self->upstream), self->policy->timeouts.upstream_idle);
  if (self->raw != NULL)
    nj_stream_close (g_steal_pointer (&self->raw));
}

/* Who has no name is remembered as one of those that have none; but not SOCKS clients, which may be any
 * of the others, unless their program stands for it. */
static void
learn_mirror (Opening *self)
{
  self->mirror = nj_tls_mirror_of (&self->hello);
  if (self->voice->says_why || self->session->agent != 0)
    nj_client_mirrors_learn (&self->session->lane->shared->client_mirrors, self->session->agent, self->mirror,
                             nj_client_hello_offers (&self->hello, NJ_BYTES ("h2")));
}

/* What was made before the client said hello was made for it, with what was known then. */
static gboolean
is_upstream_for (const Opening *self, NjBytes name)
{
  return self->upstream != NULL && nj_bytes_equal (name, nj_bytes_from_string (self->upstream->name)) &&
         (self->voice->says_why || self->upstream->mirror == self->mirror);
}

/* The client was told yes and may speak. */
static void
hear_client (Opening *self)
{
  NjInspection reason = NJ_INSPECTION_NOT_TLS;
  char         buffer[NJ_HOST_MAX + 1];
  NjBytes      name;

  if (nj_inspection_hello_read (self->session, self->policy, self->arena, &self->hello) == NJ_CLIENT_HELLO_OK)
    {
      learn_mirror (self);
      reason = nj_inspection_hello_judge (self->session, self->policy, self->host, self->port, &self->hello, buffer, &name);
    }
  else if (self->session->client.stream->ready->broken)
    {
      /* Its reset was heard here; a relay would wait for it. */
      client_left (self);
      return;
    }
  if (reason != NJ_INSPECTION_LOOK)
    be_tunnel (self, reason);
  else if (is_upstream_for (self, name))
    show_certificate (self, name);
  else
    open_as (self, name);
}

static gboolean
say_yes (Opening *self, NjStream *stream)
{
  self->record->status = 200;
  if (self->voice->accept (self->session, stream, self->deadline))
    return TRUE;

  client_left (self);
  return FALSE;
}

/* Whether it is the client who speaks first. */
static gboolean
client_speaks (Opening *self)
{
  NjStream *client = self->session->client.stream;
  gint64    deadline = nj_worker_now (self->session->lane->worker) + self->policy->timeouts.client_head;

  if (nj_h1_ahead (&self->session->client).len > 0)
    return TRUE;
  if (nj_stream_wait_any (client, NJ_WAIT_READ, self->raw, NJ_WAIT_READ, deadline) != NJ_OK)
    return FALSE;
  return client->ready->readable;
}

/* It was dialled, and nothing is known of it: what the client says tells whether it is TLS, and in whose name. */
static void
answer_client_first (Opening *self)
{
  if (!say_yes (self, self->raw))
    return;

  if (client_speaks (self))
    hear_client (self);
  else
    be_tunnel (self, NJ_INSPECTION_NOT_TLS);
}

/* It did not take a hello: whatever is spoken there, it is spoken over a connection that heard none. */
static void
start_over (Opening *self)
{
  self->deadline = nj_worker_now (self->session->lane->worker) + self->policy->timeouts.connect;
  if (!dial (self))
    return;

  nj_inspection_order_learn (self->session, self->host, self->port, NJ_PORT_OTHER, NULL);
  answer_client_first (self);
}

/* There is no TLS with who was asked first. FALSE: it is to be a tunnel. */
static gboolean
end_unverified (Opening *self, const NjTlsFailure *tls, NjInspection reason)
{
  NjDialFailure failure = { 0 };

  if (nj_inspection_order_may_be_plain (self->port, reason, tls))
    {
      start_over (self);
      return TRUE;
    }
  if (reason != NJ_INSPECTION_LOOK)
    {
      nj_inspection_learn (self->session->lane, self->host, self->port, 0, reason);
      self->record->reason = nj_inspection_reason_text (reason);
      return FALSE;
    }

  learn_tls_by_failure (self, self->host, tls);
  nj_upstream_explain (tls, &failure);
  refuse (self, &failure);
  return TRUE;
}

/* Nothing is said to the client before the origin has shown who it is. FALSE: it is to be a tunnel. A client that
 * spoke ahead is taken at its word about how it says hello. */
static gboolean
open_origin_first (Opening *self)
{
  NjTlsFailure tls = { 0 };
  NjInspection reason = NJ_INSPECTION_LOOK;

  if (nj_h1_ahead (&self->session->client).len > 0 &&
      nj_inspection_hello_peek (self->session, self->arena, &self->hello) == NJ_CLIENT_HELLO_OK)
    self->mirror = nj_tls_mirror_of (&self->hello);
  if (self->upstream == NULL && !dial (self))
    return TRUE;
  if (self->upstream == NULL && !secure (self, self->host, nj_inspection_order_patience (self->port), &tls, &reason))
    return end_unverified (self, &tls, reason);

  if (say_yes (self, self->upstream->h1.stream))
    hear_client (self);
  return TRUE;
}

/**
 * nj_inspection_serve:
 * @session: a session whose client asked for a tunnel, the request consumed
 * @voice: how it is answered
 * @policy: the conversation's policy
 * @verdict: what was judged of the host: it may pass
 * @host: where to, in its normal form
 * @port: where to
 * @arena: the conversation's arena
 * @record: the journal's line; gets the reason when it is an ordinary tunnel
 *
 * When it is looked into, the session's client is inside TLS afterwards and @session's inspected is
 * set; its requests are the caller's to serve. A fiber's call.
 *
 * Returns: %FALSE when nothing was done and an ordinary tunnel is to be opened
 */
gboolean
nj_inspection_serve (NjSession *session, const NjTunnelVoice *voice, const NjPolicy *policy, const NjVerdict *verdict,
                     NjBytes host, guint16 port, NjArena *arena, NjLogRecord *record)
{
  NjLane      *lane = session->lane;
  char         buffer[NJ_INSPECTION_PLACE_MAX + 1];
  NjInspection reason = nj_inspection_choose (session, policy, host, port);
  gint64       now = nj_worker_now (lane->worker);
  Opening      opening = { session, voice, policy, verdict, host, port, arena, record, now, now + policy->timeouts.connect,
                               .route = verdict->route, .mirror = session->mirror };

  if (reason != NJ_INSPECTION_LOOK)
    {
      if (record->reason == NULL && (port == 443 || reason != NJ_INSPECTION_OFF))
        record->reason = nj_inspection_reason_text (reason);
      return FALSE;
    }

  /* A host that some client knows better: whether it is this one, only its hello tells. */
  if (!nj_inspection_memory_has (lane->shared->inspection_memory, nj_inspection_choice_place (host, port, buffer)) &&
      (find_kept (&opening, NJ_BYTES_NONE) ||
       nj_inspection_order_is_origin_first (session, voice, policy, host, port, arena, &opening.mirror)))
    return open_origin_first (&opening);

  if (dial (&opening))
    answer_client_first (&opening);
  return TRUE;
}
