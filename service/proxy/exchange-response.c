/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The way back: interim answers are passed on, the final head is scrubbed and printed, the body
 * moved. What breaks off must not look whole, so the client's connection is then reset. In the
 * session's fiber.
 */
#include "proxy/exchange-private.h"

#include "privacy/response-scrub.h"

/* More interim answers than anybody has a use for. */
#define INTERIM_MAX 32

static void
log_end (NjExchange *exchange)
{
  exchange->record.duration = nj_worker_now (exchange->lane->worker) - exchange->start;
  nj_lane_log (exchange->lane, &exchange->record);
}

/* Waits for the origin's first byte, or until the client is gone for good. */
static NjIo
wait_for_answer (NjExchange *exchange, gint64 deadline)
{
  NjH1 *origin = &exchange->upstream->h1;

  if (nj_h1_ahead (origin).len > 0)
    return NJ_OK;

  if (!origin->stream->ready->readable || origin->stream->ready->arm != NULL)
    {
      NjIo io = nj_stream_wait_any (origin->stream, NJ_WAIT_READ, exchange->session->client.stream, NJ_WAIT_BROKEN, deadline);

      if (io != NJ_OK)
        return io;
    }
  return exchange->session->client.stream->ready->broken ? NJ_CANCELLED : NJ_OK;
}

/* Cancelled because of the exit and not of the client, who has heard nothing yet. What is small goes out without a
 * wait, so also from here. */
static NJ_SELDOM gboolean
has_exit_died (const NjExchange *exchange)
{
  const NjExit *exit = exchange->session->over;

  return exit != NULL && nj_exit_state (exit) == NJ_EXIT_STATE_DEAD && !exchange->session->client.stream->ready->broken;
}

/* No answer came. A kept connection that died before its first byte is the race of RFC 9112 §9.3.1,
 * and only what may be sent twice was put on one. */
static NJ_SELDOM NjStep
no_answer (NjExchange *exchange, NjIo io)
{
  gboolean is_silent = nj_h1_ahead (&exchange->upstream->h1).len == 0;

  if (io == NJ_CANCELLED && has_exit_died (exchange))
    {
      exchange->keeps_client = FALSE;
      nj_answer_problem (exchange, 502, "the exit went down before the answer came", NULL);
      return NJ_STEP_ENDED;
    }
  if (io == NJ_CANCELLED)
    {
      exchange->keeps_client = FALSE;
      exchange->record.action = NJ_LOG_FAILED;
      exchange->record.reason = "the client left";
      log_end (exchange);
      return NJ_STEP_ENDED;
    }
  if ((io == NJ_EOF || io == NJ_FAILED) && is_silent && nj_upstream_is_undone (exchange->upstream) &&
      exchange->n_retries++ < NJ_EXCHANGE_RETRIES + 1 && nj_exchange_rewind (exchange))
    {
      nj_upstream_close (g_steal_pointer (&exchange->upstream));
      return NJ_STEP_STALE;
    }

  if (!exchange->is_uploaded)
    exchange->keeps_client = FALSE;
  nj_answer_problem (exchange, io == NJ_TIMEOUT ? 504 : 502,
                     io == NJ_TIMEOUT ? "the site did not answer in time"
                     : is_silent      ? "the site closed the connection without an answer"
                                      : "the site broke off in the middle of its answer",
                     NULL);
  return NJ_STEP_ENDED;
}

static NjStep
read_head (NjExchange *exchange)
{
  gint64       deadline = nj_worker_now (exchange->lane->worker) + exchange->policy->timeouts.origin_answer;
  NjIo         io = wait_for_answer (exchange, deadline);
  NjHeadResult result = NJ_HEAD_MORE;

  if (io == NJ_OK)
    result = nj_h1_read_response (&exchange->upstream->h1, &exchange->response, &exchange->arena, &exchange->policy->limits,
                                  deadline, &io);
  if (result == NJ_HEAD_OK)
    return NJ_STEP_DONE;
  if (result == NJ_HEAD_MORE)
    return no_answer (exchange, io);

  if (!exchange->is_uploaded)
    exchange->keeps_client = FALSE;
  nj_answer_problem (exchange, 502, "the site's answer is malformed",
                     exchange->response.problem);
  return NJ_STEP_ENDED;
}

/* 1xx. An HTTP/1.0 client knows none of them (RFC 9110 §15.2). */
static NJ_SELDOM gboolean
pass_interim (NjExchange *exchange)
{
  NjBytes text;
  gint64  deadline = nj_worker_now (exchange->lane->worker) + exchange->policy->timeouts.transfer;

  if (exchange->request.minor == 0)
    return TRUE;

  nj_head_drop_hop_by_hop (&exchange->response);
  nj_head_drop (&exchange->response, NJ_FIELD_CONTENT_LENGTH);
  nj_head_drop (&exchange->response, NJ_FIELD_TRANSFER_ENCODING);
  nj_head_drop (&exchange->response, NJ_FIELD_ALT_SVC);
  text = nj_head_print_response (&exchange->response, &exchange->arena);
  exchange->record.bytes_down += text.len;
  return nj_stream_write (exchange->session->client.stream, text.data, text.len, deadline) == NJ_OK;
}

/* 101: both sides speak something else from here on. */
static NJ_SELDOM void
switch_protocols (NjExchange *exchange)
{
  NjH1    *origin = &exchange->upstream->h1;
  NjBytes  protocol = nj_head_value (&exchange->response, NJ_FIELD_UPGRADE);
  gint64   deadline = nj_worker_now (exchange->lane->worker) + exchange->policy->timeouts.transfer;
  NjBytes  text, ahead;
  NjStream *stream;

  exchange->keeps_client = FALSE;
  nj_head_drop_hop_by_hop (&exchange->response);
  nj_head_drop (&exchange->response, NJ_FIELD_CONTENT_LENGTH);
  nj_head_drop (&exchange->response, NJ_FIELD_TRANSFER_ENCODING);
  nj_head_add (&exchange->response, &exchange->arena, NJ_FIELD_CONNECTION, NJ_BYTES ("Connection"), NJ_BYTES ("Upgrade"));
  nj_head_add (&exchange->response, &exchange->arena, NJ_FIELD_UPGRADE, NJ_BYTES ("Upgrade"), protocol);
  text = nj_head_print_response (&exchange->response, &exchange->arena);
  ahead = nj_h1_ahead (origin);
  exchange->record.status = 101;

  if (nj_stream_writev (exchange->session->client.stream,
                        (struct iovec[]){ { (void *) text.data, text.len }, { (void *) ahead.data, ahead.len } }, 2,
                        deadline) != NJ_OK)
    {
      log_end (exchange);
      return;
    }
  exchange->record.bytes_down += text.len + ahead.len;
  nj_h1_consume (origin, ahead.len);

  ahead = nj_h1_ahead (&exchange->session->client);
  if (ahead.len > 0 && nj_stream_write (origin->stream, ahead.data, ahead.len, deadline) != NJ_OK)
    {
      log_end (exchange);
      return;
    }
  nj_h1_consume (&exchange->session->client, ahead.len);
  nj_h1_release (origin);
  stream = nj_upstream_steal (g_steal_pointer (&exchange->upstream));
  nj_tunnel_relay (exchange->session, stream, &exchange->record);
}

/* How the client is told where the body ends; drops and adds the fields for it. */
static NjH1Sink
choose_sink (NjExchange *exchange, const NjFraming *framing)
{
  NjHead *response = &exchange->response;

  if (framing->kind == NJ_FRAMING_CHUNKED && exchange->request.minor == 0)
    {
      nj_head_drop (response, NJ_FIELD_TRANSFER_ENCODING);
      exchange->keeps_client = FALSE;
      return NJ_H1_SINK_RAW;
    }
  if (framing->kind == NJ_FRAMING_CHUNKED)
    return NJ_H1_SINK_CHUNKED;
  if (framing->kind != NJ_FRAMING_UNTIL_CLOSE)
    return NJ_H1_SINK_LENGTH;

  if (exchange->request.minor == 0)
    {
      exchange->keeps_client = FALSE;
      return NJ_H1_SINK_RAW;
    }
  /* Told in chunks, its end is told from a break. */
  nj_head_add (response, &exchange->arena, NJ_FIELD_TRANSFER_ENCODING, NJ_BYTES ("Transfer-Encoding"), NJ_BYTES ("chunked"));
  return NJ_H1_SINK_CHUNKED;
}

static void
prepare_head (NjExchange *exchange, const NjFraming *framing, NjH1Sink *ret_sink, NjRewrite **ret_rewrite)
{
  NjHead   *response = &exchange->response;
  NjFraming changed = { .kind = NJ_FRAMING_UNTIL_CLOSE };

  nj_head_drop_hop_by_hop (response);
  if (exchange->policy->is_filtering)
    {
      guint scrub;

      scrub = nj_response_scrub (response, &exchange->arena, &exchange->context);
      if (scrub != 0)
        nj_exchange_changes_note (exchange, response, "the privacy profile");

      if (scrub & (NJ_SCRUB_COOKIES | NJ_SCRUB_LIFETIME | NJ_SCRUB_BOUNCE))
        exchange->record.changes |= NJ_CHANGE_COOKIES;
      if (scrub & NJ_SCRUB_VALIDATORS)
        exchange->record.changes |= NJ_CHANGE_ETAG;
      if (scrub & ~(guint) (NJ_SCRUB_COOKIES | NJ_SCRUB_LIFETIME | NJ_SCRUB_BOUNCE | NJ_SCRUB_VALIDATORS))
        exchange->record.changes |= NJ_CHANGE_OTHER;
    }

  *ret_rewrite = nj_exchange_rewrite_begin (exchange, framing);
  /* Whatever the profile: what a browser remembers of HTTP/3 goes past us for days. RFC 7838 §3. */
  nj_head_drop (response, NJ_FIELD_ALT_SVC);
  *ret_sink = choose_sink (exchange, *ret_rewrite != NULL ? &changed : framing);
  if (!exchange->keeps_client)
    nj_head_add (response, &exchange->arena, NJ_FIELD_CONNECTION, NJ_BYTES ("Connection"), NJ_BYTES ("close"));
  else if (exchange->request.minor == 0)
    nj_head_add (response, &exchange->arena, NJ_FIELD_CONNECTION, NJ_BYTES ("Connection"), NJ_BYTES ("keep-alive"));
}

/* Said at once to a client that speaks HTTP/2, else printed, to go out with the first bytes of the body. FALSE when the
 * client is gone. */
static gboolean
begin_head (NjExchange *exchange, NjBytes *ret_text)
{
  *ret_text = NJ_BYTES_NONE;
  if (exchange->session->is_h2)
    {
      exchange->record.bytes_down += nj_head_print_size (&exchange->response);
      return nj_h2_stream_say_response (exchange->session->client.stream, &exchange->response);
    }

  *ret_text = nj_head_print_response (&exchange->response, &exchange->arena);
  exchange->record.bytes_down += ret_text->len;
  return TRUE;
}

/* The client must not take what it has for the whole. */
static NJ_SELDOM void
break_off (NjExchange *exchange, NjH1BodyResult result)
{
  gboolean has_left = result == NJ_H1_BODY_SINK_FAILED || exchange->session->client.stream->ready->broken;

  exchange->keeps_client = FALSE;
  exchange->record.reason = has_left ? "the client left" : "the site broke off";
  if (!has_left)
    exchange->record.action = NJ_LOG_FAILED;
  /* First, for the request's head is in the client's buffer. */
  log_end (exchange);
  nj_h1_clear (&exchange->session->client, TRUE);
  exchange->lane->n_clients--;
  nj_lane_count (exchange->lane, NJ_COUNT_CONNECTIONS, -1);
}

static NjH1BodyResult
move_answer (NjExchange *exchange, const NjFraming *framing)
{
  NjH1Sink       sink;
  NjH1Body       download;
  NjH1BodyResult result = NJ_H1_BODY_SINK_FAILED;
  NjRewrite     *rewrite;
  NjBytes        text;

  prepare_head (exchange, framing, &sink, &rewrite);
  if (begin_head (exchange, &text))
    {
      nj_h1_body_init (&download, &exchange->upstream->h1, exchange->session->client.stream, framing, sink, text,
                       &exchange->arena, exchange->policy->timeouts.transfer);
      download.change = rewrite != NULL ? &rewrite->change : NULL;
      result = nj_exchange_move (exchange, &download);
      exchange->record.bytes_down += download.moved;
    }
  nj_exchange_rewrite_end (exchange, rewrite);
  return result;
}

static NjStep
pass_final (NjExchange *exchange)
{
  NjFraming      framing;
  NjH1BodyResult result;

  if (nj_head_response_framing (&exchange->response, exchange->request.method_id, &framing) != NJ_HEAD_OK)
    {
      nj_answer_problem (exchange, 502, "the site's answer is malformed", exchange->response.problem);
      return NJ_STEP_ENDED;
    }

  if (exchange->policy->is_filtering)
    nj_exchange_changes_begin (exchange, &exchange->response);
  if (!nj_exchange_apply_rules (exchange))
    return NJ_STEP_ENDED;

  /* Answered before the request was whole: what the client still sends is not the next request. */
  if (!exchange->is_uploaded)
    {
      exchange->keeps_client = FALSE;
      exchange->session->must_linger = TRUE;
    }

  exchange->record.status = exchange->response.status;
  result = move_answer (exchange, &framing);
  if (result != NJ_H1_BODY_DONE)
    {
      break_off (exchange, result);
      return NJ_STEP_ENDED;
    }
  if (framing.is_persistent && exchange->is_uploaded && nj_h1_ahead (&exchange->upstream->h1).len == 0)
    nj_upstream_keep (g_steal_pointer (&exchange->upstream), exchange->policy->timeouts.upstream_idle);

  log_end (exchange);
  return NJ_STEP_ENDED;
}

/**
 * nj_exchange_receive:
 * @exchange: an exchange whose request is with the origin, or as much as it wanted to hear
 *
 * Brings the answer back.
 *
 * Returns: %NJ_STEP_STALE when a kept connection had died, else %NJ_STEP_ENDED
 */
NjStep
nj_exchange_receive (NjExchange *exchange)
{
  for (int interim = 0; interim < INTERIM_MAX; interim++)
    {
      NjStep step = read_head (exchange);

      if (step != NJ_STEP_DONE)
        return step;
      if (exchange->response.status == 407)
        {
          /* It would make the browser ask for a password in the proxy's name (RFC 9110 §15.5.8). */
          nj_answer_problem (exchange, 502, "the site answered as if it were a proxy", NULL);
          return NJ_STEP_ENDED;
        }
      if (exchange->response.status >= 200)
        return pass_final (exchange);

      if (exchange->response.status == 101)
        {
          if (exchange->wants_upgrade)
            switch_protocols (exchange);
          else
            nj_answer_problem (exchange, 502, "the site changed its protocol unasked", NULL);
          return NJ_STEP_ENDED;
        }
      if (!pass_interim (exchange))
        {
          exchange->keeps_client = FALSE;
          log_end (exchange);
          return NJ_STEP_ENDED;
        }
      if (!exchange->is_uploaded)
        {
          step = nj_exchange_upload (exchange);
          if (step != NJ_STEP_DONE)
            return step;
        }
    }

  nj_answer_problem (exchange, 502, "the site only ever says that it will answer", NULL);
  return NJ_STEP_ENDED;
}
