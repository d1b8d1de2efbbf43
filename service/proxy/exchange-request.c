/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way there: the request is scrubbed once, a connection is taken from the pool or dialled, and
 * head and body are sent. While a body is sent the origin is listened to, for it may
 * answer early. In the session's fiber.
 */
#include "proxy/exchange-private.h"

#include "privacy/common-agent.h"
#include "privacy/languages.h"
#include "privacy/request-scrub.h"

static G_NO_INLINE guint
changes_of_scrub (guint scrub)
{
  guint changes = 0;

  if (scrub & NJ_SCRUB_REFERER)
    changes |= NJ_CHANGE_REFERER;
  if (scrub & (NJ_SCRUB_IDENTITY | NJ_SCRUB_PROXY))
    changes |= NJ_CHANGE_IDENTITY;
  if (scrub & NJ_SCRUB_SIGNALS)
    changes |= NJ_CHANGE_SIGNALS;
  if (scrub & (NJ_SCRUB_COOKIES | NJ_SCRUB_LIFETIME | NJ_SCRUB_BOUNCE))
    changes |= NJ_CHANGE_COOKIES;
  if (scrub & NJ_SCRUB_VALIDATORS)
    changes |= NJ_CHANGE_ETAG;
  if (scrub & (NJ_SCRUB_HINTS | NJ_SCRUB_AD_APIS | NJ_SCRUB_REPORTS | NJ_SCRUB_AUTHORIZATION | NJ_SCRUB_POLICY))
    changes |= NJ_CHANGE_OTHER;
  return changes;
}

/* RFC 9110 §7.8: an upgrade is asked of us, and we ask the next one. Only what becomes a tunnel is
 * passed on: h2c would put requests past us that nobody judges. */
static void
take_upgrade (NjExchange *exchange)
{
  NjHead *request = &exchange->request;

  if (nj_head_find (request, NJ_FIELD_UPGRADE) == NULL)
    return;

  exchange->upgrade = nj_head_value (request, NJ_FIELD_UPGRADE);
  exchange->wants_upgrade = nj_bytes_equal_nocase (exchange->upgrade, NJ_BYTES ("websocket")) && request->minor >= 1 &&
                            nj_head_list_has (request, NJ_FIELD_CONNECTION, NJ_BYTES ("upgrade"));
}

/* As somebody's browser at the exit would say it; what asks for no language is no browser. */
static NJ_SELDOM void
match_language (NjExchange *exchange)
{
  NjHead  *request = &exchange->request;
  NjField *field = nj_head_find (request, NJ_FIELD_ACCEPT_LANGUAGE);
  NjBytes  value;

  if (field == NULL)
    return;
  value = nj_languages_of_country (nj_bytes_from_string (nj_exit_country (exchange->verdict.route.exit)),
                                   nj_common_agent_is_firefox (nj_head_value (request, NJ_FIELD_USER_AGENT)), &exchange->arena);
  if (value.len == 0 || nj_bytes_equal (value, field->value))
    return;
  field->value = value;
  exchange->record.changes |= NJ_CHANGE_OTHER;
}

/* The fields are compared only when that can tell something: that everybody is told not to track, a bit says. */
static void
scrub (NjExchange *exchange)
{
  NjHead *request = &exchange->request;
  guint   scrubbed;

  if (exchange->context.profile == NJ_PROFILE_OFF)
    return;
  if (exchange->policy->matches_language && exchange->verdict.route.kind == NJ_ROUTE_EXIT)
    match_language (exchange);
  if (exchange->policy->has_common_agent && nj_common_agent_set (request, &exchange->arena))
    exchange->record.changes |= NJ_CHANGE_IDENTITY;
  scrubbed = nj_request_scrub (request, &exchange->arena, &exchange->context);
  nj_exchange_rewrite_tell (exchange);
  /* Most requests get the signals and nothing else. */
  exchange->record.changes |= scrubbed == NJ_SCRUB_SIGNALS ? NJ_CHANGE_SIGNALS : changes_of_scrub (scrubbed);
  if ((scrubbed & ~(guint) NJ_SCRUB_SIGNALS) != 0 || exchange->policy->matches_language || exchange->policy->has_common_agent)
    nj_exchange_changes_note (exchange, request, "the privacy profile");
}

/* OPTIONS without a path asks the server itself, and says so to it by an asterisk: RFC 9112 §3.2.4. */
static NjBytes
target_of (const NjExchange *exchange)
{
  NjBytes target = exchange->request.target;

  if (exchange->request.method_id == NJ_METHOD_OPTIONS && exchange->url.path.len == 1 &&
      target.data[target.len - 1] != '/')
    return NJ_BYTES ("*");

  return exchange->url.path;
}

/**
 * nj_exchange_prepare:
 * @exchange: an exchange that was judged and may pass
 *
 * Makes the request as it goes out: without what concerns this hop only, scrubbed.
 */
void
nj_exchange_prepare (NjExchange *exchange)
{
  NjHead *request = &exchange->request;

  take_upgrade (exchange);
  if (exchange->verdict.route.kind == NJ_ROUTE_EXIT)
    exchange->record.exit = nj_bytes_from_string (nj_exit_id (exchange->verdict.route.exit));

  nj_head_drop_hop_by_hop (request);
  if (exchange->policy->is_filtering)
    {
      nj_exchange_changes_begin (exchange, request);
      nj_exchange_rewrite_prepare (exchange);
      nj_exchange_apply_request_rules (exchange);
      scrub (exchange);
    }
  nj_exchange_mark_ask (exchange);

  exchange->wants_continue = exchange->framing.kind != NJ_FRAMING_NONE && request->minor >= 1 &&
                             nj_head_find (request, NJ_FIELD_EXPECT) != NULL;
  if (!exchange->wants_continue)
    nj_head_drop (request, NJ_FIELD_EXPECT);
  if (exchange->wants_upgrade)
    {
      nj_head_add (request, &exchange->arena, NJ_FIELD_CONNECTION, NJ_BYTES ("Connection"), NJ_BYTES ("Upgrade"));
      nj_head_add (request, &exchange->arena, NJ_FIELD_UPGRADE, NJ_BYTES ("Upgrade"), exchange->upgrade);
    }
}

/* How the request's head goes to the connection that was taken: said at once in HTTP/2, else printed, to go out with
 * the first bytes of its body. */
static NjBytes
begin_head (NjExchange *exchange)
{
  NjHead *request = &exchange->request;
  NjBytes target = target_of (exchange);

  if (exchange->upstream->is_h2)
    {
      exchange->head_up = request->method.len + target.len + exchange->url.authority.len + nj_head_print_size (request);
      /* What cannot be begun is undone, as the wait for its answer will tell. */
      (void) nj_h2_stream_say_request (exchange->upstream->h1.stream, request, target, exchange->url.authority);
      return NJ_BYTES_NONE;
    }

  if (exchange->printed.len == 0)
    exchange->printed = nj_head_print_request (request, &exchange->arena, target, exchange->url.authority);
  exchange->head_up = exchange->printed.len;
  return exchange->printed;
}

/* Another exit may have stood in for the one that was chosen. */
static NjStep
note_exit (NjExchange *exchange)
{
  NjExit *exit = exchange->upstream->exit;

  exchange->session->over = exit;
  exchange->record.http_origin = exchange->upstream->is_h2 ? 20 : 11;
  if (exit != NULL)
    exchange->record.exit = nj_bytes_from_string (nj_exit_id (exit));
  else if (exchange->record.exit.len > 0)
    {
      exchange->record.exit = NJ_BYTES_NONE;
      exchange->record.reason = NJ_DIAL_PAST_EXIT;
    }
  return NJ_STEP_DONE;
}

static NJ_SELDOM NjStep
dial (NjExchange *exchange, const NjUpstreamKey *key, gint64 deadline)
{
  NjDialFailure failure = { 0 };

  if (nj_upstream_dial (exchange->lane->upstreams, key, deadline, &exchange->upstream, &failure) == NJ_OK)
    return note_exit (exchange);

  nj_answer_failure (exchange, &failure);
  return NJ_STEP_ENDED;
}

static NjStep
take_upstream (NjExchange *exchange, gboolean may_reuse)
{
  NjInspected  *inspected = exchange->session->inspected;
  NjUpstreamKey key = { .route = &exchange->verdict.route, .host = exchange->url.host, .port = exchange->url.port };
  gint64        deadline;

  key.needs_websocket = exchange->wants_upgrade;
  deadline = nj_worker_now (exchange->lane->worker) + exchange->policy->timeouts.connect;
  if (inspected != NULL)
    {
      key.host = inspected->target;
      key.mirror = inspected->mirror;
      key.name = inspected->host;
      key.is_secure = TRUE;
    }
  if (inspected != NULL && inspected->upstream != NULL)
    exchange->upstream = nj_inspected_take_upstream (inspected, &key, may_reuse, exchange->start);
  if (exchange->upstream == NULL && exchange->n_retries < NJ_EXCHANGE_RETRIES)
    exchange->upstream = nj_upstream_share (exchange->lane->upstreams, &key, may_reuse, deadline);
  if (exchange->upstream == NULL && may_reuse)
    exchange->upstream = nj_upstream_take (exchange->lane->upstreams, &key);
  if (exchange->upstream == NULL)
    return dial (exchange, &key, deadline);

  return note_exit (exchange);
}

/* The origin was not ready to hear it; what it may have said before is still to be read. */
static NJ_SELDOM NjStep
upload_broke (NjExchange *exchange, NjH1BodyResult result)
{
  switch (result)
    {
    case NJ_H1_BODY_SINK_FAILED:
      exchange->keeps_client = FALSE;
      return NJ_STEP_DONE;
    case NJ_H1_BODY_SOURCE_BAD:
      exchange->keeps_client = FALSE;
      nj_answer_problem (exchange, 400, exchange->upload.problem != NULL ? exchange->upload.problem : "malformed body", NULL);
      return NJ_STEP_ENDED;
    default:
      /* The client is gone in the middle of its request: nobody waits for an answer. */
      exchange->keeps_client = FALSE;
      exchange->record.action = NJ_LOG_FAILED;
      exchange->record.reason = "the client left in the middle of its request";
      nj_lane_log (exchange->lane, &exchange->record);
      return NJ_STEP_ENDED;
    }
}

/**
 * nj_exchange_upload:
 * @exchange: an exchange whose request is partly sent
 *
 * Sends what is still to go, until the origin answers.
 *
 * Returns: %NJ_STEP_DONE to read the answer, or %NJ_STEP_ENDED
 */
NjStep
nj_exchange_upload (NjExchange *exchange)
{
  NjH1BodyResult result = nj_h1_body_run (&exchange->upload);

  exchange->record.bytes_up = exchange->head_up + exchange->upload.moved;
  exchange->is_uploaded = result == NJ_H1_BODY_DONE;
  exchange->is_upload_open = result == NJ_H1_BODY_ANSWERED;
  if (result == NJ_H1_BODY_DONE || result == NJ_H1_BODY_ANSWERED)
    return NJ_STEP_DONE;
  return upload_broke (exchange, result);
}

static NJ_SELDOM NjStep
send_and_wait (NjExchange *exchange)
{
  NjStream *client = exchange->session->client.stream;
  NjStream *origin = exchange->upstream->h1.stream;
  gint64    now = nj_worker_now (exchange->lane->worker);

  if (exchange->upload.head.len > 0 &&
      nj_stream_write (origin, exchange->upload.head.data, exchange->upload.head.len, now + exchange->policy->timeouts.transfer) != NJ_OK)
    {
      exchange->keeps_client = FALSE;
      return NJ_STEP_DONE;
    }
  exchange->upload.head = NJ_BYTES_NONE;
  exchange->upload.has_begun = TRUE;

  /* RFC 9110 §10.1.1: neither side may wait for ever; a client that hears nothing sends its body. */
  while (nj_h1_ahead (&exchange->session->client).len == 0 && !nj_h1_has_come (&exchange->upstream->h1) &&
         !client->ready->readable && !client->ready->broken)
    if (nj_stream_wait_any (client, NJ_WAIT_READ, origin, NJ_WAIT_READ, now + exchange->policy->timeouts.origin_answer) != NJ_OK)
      break;
  return NJ_STEP_DONE;
}

/**
 * nj_exchange_rewind:
 * @exchange: an exchange whose request came to nothing
 *
 * What was sent of a body is still there when it came with the head and was no more than that.
 *
 * Returns: whether the request can be sent again from its start
 */
gboolean
nj_exchange_rewind (NjExchange *exchange)
{
  NjH1 *client = &exchange->session->client;

  if (exchange->framing.kind == NJ_FRAMING_NONE)
    return TRUE;
  if (exchange->framing.kind != NJ_FRAMING_LENGTH || !exchange->is_uploaded || client->buffer == NULL ||
      client->start < exchange->framing.length)
    return FALSE;

  client->start -= exchange->framing.length;
  return TRUE;
}

/**
 * nj_exchange_send:
 * @exchange: a prepared exchange
 * @may_reuse: whether a kept connection may carry it
 *
 * Takes a connection and sends the request over it, or as much as the origin wants to hear.
 *
 * Returns: %NJ_STEP_DONE to read the answer, or %NJ_STEP_ENDED
 */
NjStep
nj_exchange_send (NjExchange *exchange, gboolean may_reuse)
{
  NjH1Sink sink = exchange->framing.kind == NJ_FRAMING_CHUNKED ? NJ_H1_SINK_CHUNKED : NJ_H1_SINK_LENGTH;
  NjStep   step = take_upstream (exchange, may_reuse);

  if (step != NJ_STEP_DONE)
    return step;
  if (!nj_exchange_judge_resolved (exchange))
    return NJ_STEP_ENDED;

  nj_h1_body_init (&exchange->upload, &exchange->session->client, exchange->upstream->h1.stream, &exchange->framing, sink,
                   begin_head (exchange), &exchange->arena, exchange->policy->timeouts.transfer);
  if (exchange->framing.kind != NJ_FRAMING_NONE)
    exchange->upload.watch = &exchange->upstream->h1;

  if (exchange->wants_continue)
    {
      step = send_and_wait (exchange);
      if (step != NJ_STEP_DONE || nj_h1_has_come (&exchange->upstream->h1))
        return step;
    }
  return nj_exchange_upload (exchange);
}
