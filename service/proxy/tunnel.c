/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tunnel: judged by its host name, dialled over the route, then handed to a relay, and the fiber
 * ends; unless it is looked into, which inspection.c does. CONNECT, SOCKS and upgraded connections
 * all come here. A fiber's calls.
 */
#include "proxy/tunnel.h"

#include "base/clock.h"
#include "net/relay.h"
#include "net/socket.h"
#include "proxy/inspection.h"
#include "proxy/program-way.h"

/* What is kept of a tunnel while it runs: for its line in the journal, and to end it when its exit dies. */
struct NjTunnel
{
  NjLane     *lane;
  NjRelay    *relay; /* borrowed: it ends when that does */
  NjTunnel   *next;
  NjTunnel  **link;  /* who points to us */
  gint64      start; /* monotonic µs */
  NjLogRecord record;
  NjChangeNotes notes;
  char        texts[]; /* method, url, host, exit, notes */
};

static NjBytes
keep_text (char **at, NjBytes text)
{
  NjBytes kept = { *at, text.len };

  if (text.len > 0)
    memcpy (*at, text.data, text.len);
  *at += text.len;
  return kept;
}

static NjTunnel *
tunnel_new (NjLane *lane, const NjLogRecord *record)
{
  gsize     noted = record->notes != NULL ? record->notes->used : 0;
  NjTunnel *tunnel = g_malloc0 (sizeof (NjTunnel) + record->method.len + record->url.len + record->host.len + record->exit.len + noted);
  char   *at = tunnel->texts;

  tunnel->lane = lane;
  tunnel->start = nj_worker_now (lane->worker);
  tunnel->record = *record;
  tunnel->record.method = keep_text (&at, record->method);
  tunnel->record.url = keep_text (&at, record->url);
  tunnel->record.host = keep_text (&at, record->host);
  tunnel->record.exit = keep_text (&at, record->exit);
  tunnel->record.rule = tunnel->record.list = NJ_BYTES_NONE;
  tunnel->record.notes = NULL;
  if (noted > 0)
    {
      tunnel->notes = (NjChangeNotes){ (guint8 *) at, noted, record->notes->is_cut };
      memcpy (at, record->notes->bytes, noted);
      tunnel->record.notes = &tunnel->notes;
    }
  tunnel->relay = NULL;
  tunnel->next = lane->tunnels;
  if (tunnel->next != NULL)
    tunnel->next->link = &tunnel->next;
  tunnel->link = &lane->tunnels;
  lane->tunnels = tunnel;
  return tunnel;
}

static void
on_relay_done (const NjRelayEnd *end, gpointer user_data)
{
  NjTunnel *tunnel = user_data;

  tunnel->record.bytes_up += end->bytes_up;
  tunnel->record.bytes_down += end->bytes_down;
  tunnel->record.duration += nj_worker_now (tunnel->lane->worker) - tunnel->start;
  nj_lane_log (tunnel->lane, &tunnel->record);
  tunnel->lane->n_clients--;
  nj_lane_count (tunnel->lane, NJ_COUNT_CONNECTIONS, -1);
  *tunnel->link = tunnel->next;
  if (tunnel->next != NULL)
    tunnel->next->link = tunnel->link;
  g_free (tunnel);
}

/**
 * nj_tunnel_relay:
 * @session: a session whose client was told that the way is open
 * @stream: (transfer full): where it leads
 * @record: the journal's line; bytes and time are added when the relay ends
 *
 * Ties client and @stream together. The session keeps nothing of the client.
 */
void
nj_tunnel_relay (NjSession *session, NjStream *stream, const NjLogRecord *record)
{
  NjPolicy *policy = nj_lane_policy (session->lane);
  NjTunnel   *tunnel = tunnel_new (session->lane, record);
  gint64    idle_us = policy->timeouts.tunnel_idle;

  nj_policy_unref (policy);
  nj_h1_release (&session->client);
  nj_session_let_go (session);
  tunnel->relay = nj_relay_start (g_steal_pointer (&session->client.stream), stream, idle_us, on_relay_done, tunnel);
}

/**
 * nj_tunnel_leave_exit:
 * @lane: the calling worker's lane
 * @exit: an exit that is dead
 *
 * Ends the tunnels that lead through @exit.
 */
void
nj_tunnel_leave_exit (NjLane *lane, const NjExit *exit)
{
  NjBytes   id = nj_bytes_from_string (nj_exit_id (exit));
  NjTunnel *next;

  for (NjTunnel *tunnel = lane->tunnels; tunnel != NULL; tunnel = next)
    {
      next = tunnel->next;
      if (!nj_bytes_equal (tunnel->record.exit, id))
        continue;
      tunnel->record.reason = "its exit is down";
      nj_relay_stop (tunnel->relay);
    }
}

/**
 * nj_tunnel_leave_direct:
 * @lane: the calling worker's lane
 *
 * Ends the tunnels that lead through no exit.
 */
void
nj_tunnel_leave_direct (NjLane *lane)
{
  NjTunnel *next;

  for (NjTunnel *tunnel = lane->tunnels; tunnel != NULL; tunnel = next)
    {
      next = tunnel->next;
      if (tunnel->record.exit.len > 0)
        continue;
      tunnel->record.reason = "lockdown is on";
      nj_relay_stop (tunnel->relay);
    }
}

/* What the client sent behind its request goes first. */
static gboolean
send_ahead (NjSession *session, NjStream *stream, gint64 deadline, NjLogRecord *record)
{
  NjBytes ahead = nj_h1_ahead (&session->client);

  if (ahead.len == 0)
    return TRUE;
  if (nj_stream_write (stream, ahead.data, ahead.len, deadline) != NJ_OK)
    return FALSE;

  nj_h1_consume (&session->client, ahead.len);
  record->bytes_up += ahead.len;
  return TRUE;
}

/**
 * nj_tunnel_hand_over:
 * @session: a session whose client was told that the way is open, and perhaps spoke
 * @stream: (transfer full): where it leads
 * @deadline: monotonic µs, for what the client said already
 * @record: the journal's line
 *
 * Sends what is there and hands over to a relay. A fiber's call.
 */
void
nj_tunnel_hand_over (NjSession *session, NjStream *stream, gint64 deadline, NjLogRecord *record)
{
  if (send_ahead (session, stream, deadline, record))
    {
      nj_tunnel_relay (session, stream, record);
      return;
    }

  record->action = NJ_LOG_FAILED;
  nj_lane_log (session->lane, record);
  nj_stream_close (stream);
}

static void
refuse_blocked (NjSession *session, const NjTunnelVoice *voice, const NjPolicy *policy, const NjVerdict *verdict, NjBytes host,
                NjArena *arena, NjLogRecord *record)
{
  record->action = verdict->action;
  record->reason = verdict->reason;
  nj_verdict_name_rule (policy, verdict, arena, &record->rule, &record->list);
  record->status = voice->refuse (session, policy, verdict, NULL, host, arena);
  nj_lane_log (session->lane, record);
}

static void
open_way (NjSession *session, const NjTunnelVoice *voice, const NjPolicy *policy, NjVerdict *verdict, NjBytes host,
          guint16 port, NjArena *arena, NjLogRecord *record)
{
  gint64        deadline = nj_worker_now (session->lane->worker) + policy->timeouts.connect;
  NjDialFailure failure = { 0 };
  NjStream     *stream = NULL;
  NjIo          io = nj_dial (session->lane->worker, &verdict->route, host, port, deadline, &stream, &failure);

  if (io != NJ_OK)
    {
      record->action = NJ_LOG_FAILED;
      record->reason = nj_dial_result_text (failure.result);
      record->status = voice->refuse (session, policy, verdict, &failure, host, arena);
      nj_lane_log (session->lane, record);
      return;
    }

  if (failure.is_past_exit)
    {
      verdict->route = (NjRoute){ .kind = NJ_ROUTE_DIRECT };
      record->exit = NJ_BYTES_NONE;
      record->reason = NJ_DIAL_PAST_EXIT;
    }
  if (nj_verdict_ask_canonical (session->lane, policy, host, deadline, arena, verdict))
    {
      nj_stream_close (stream);
      refuse_blocked (session, voice, policy, verdict, host, arena, record);
      return;
    }

  record->status = 200;
  if (failure.used != NULL)
    record->exit = nj_bytes_from_string (nj_exit_id (failure.used));
  record->duration = nj_worker_now (session->lane->worker) - (deadline - policy->timeouts.connect);
  if (!voice->accept (session, stream, deadline))
    {
      record->action = NJ_LOG_FAILED;
      nj_lane_log (session->lane, record);
      nj_stream_close (stream);
      return;
    }
  nj_tunnel_hand_over (session, stream, deadline, record);
}

static gboolean
on_accept_silently (NjSession *session, NjStream *stream, gint64 deadline)
{
  return TRUE;
}

/* It was told yes; now it can only be closed. */
static guint
on_refuse_silently (NjSession *session, const NjPolicy *policy, const NjVerdict *verdict, const NjDialFailure *failure,
                    NjBytes host, NjArena *arena)
{
  return 200;
}

/**
 * nj_tunnel_go_on:
 * @session: a session whose client was told that the way is open, and perhaps spoke
 * @policy: the conversation's policy
 * @verdict: what was judged: it may pass
 * @host: where to, in its normal form
 * @port: where to
 * @arena: the conversation's arena
 * @record: the journal's line
 *
 * Dials and hands over to a relay. A fiber's call.
 */
void
nj_tunnel_go_on (NjSession *session, const NjPolicy *policy, const NjVerdict *verdict, NjBytes host, guint16 port,
                 NjArena *arena, NjLogRecord *record)
{
  static const NjTunnelVoice silent = { { NULL, 0 }, FALSE, on_accept_silently, on_refuse_silently };
  NjVerdict                  judged = *verdict;

  open_way (session, &silent, policy, &judged, host, port, arena, record);
}

/**
 * nj_tunnel_open:
 * @session: a session whose client asked for a tunnel, the request consumed
 * @voice: how it is answered
 * @host: where to, in its normal form
 * @port: where to
 * @arena: the conversation's arena
 *
 * Judges, dials, answers and hands over to a relay. A tunnel to this very proxy is closed without
 * an answer.
 */
void
nj_tunnel_open (NjSession *session, const NjTunnelVoice *voice, NjBytes host, guint16 port, NjArena *arena)
{
  NjLane     *lane = session->lane;
  NjPolicy   *policy = nj_lane_policy (lane);
  NjLogRecord record = { .time = nj_clock_wall (), .method = voice->method, .host = host, .client_port = session->port };
  NjVerdict   verdict;

  record.url = nj_arena_printf (arena, "%.*s:%u", NJ_BYTES_ARGS (host), port);
  if (nj_verdict_is_own_port (lane, host, port))
    {
      record.action = NJ_LOG_REFUSED;
      record.reason = "a tunnel to the proxy itself";
      nj_lane_log (lane, &record);
      nj_policy_unref (policy);
      return;
    }

  nj_verdict_ask_tunnel (lane, policy, host, port, arena, &verdict);
  nj_program_way_take (session, policy, host, &verdict.route);
  record.action = verdict.action;
  record.reason = verdict.reason;
  if (verdict.route.kind == NJ_ROUTE_EXIT)
    record.exit = nj_bytes_from_string (nj_exit_id (verdict.route.exit));

  if (verdict.kind == NJ_VERDICT_BLOCK || verdict.kind == NJ_VERDICT_REDIRECT)
    refuse_blocked (session, voice, policy, &verdict, host, arena, &record);
  else if (!nj_inspection_serve (session, voice, policy, &verdict, host, port, arena, &record))
    open_way (session, voice, policy, &verdict, host, port, arena, &record);

  nj_policy_unref (policy);
}
