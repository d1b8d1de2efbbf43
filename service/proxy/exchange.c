/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The conductor: one request and its response, in order. Read the head, refuse what is ambiguous, ask
 * for the verdict, answer ourselves or send the request on (exchange-request.c), bring the response
 * back (exchange-response.c), write one line in the journal. In the session's fiber.
 */
#include "proxy/exchange-private.h"

#include "base/clock.h"
#include "proxy/program-way.h"

/* The head is read into the session's buffer; the arena holds the fields and what goes out. */
static gboolean
read_request (NjExchange *exchange)
{
  NjIo         io;
  gint64       deadline = exchange->start + exchange->policy->timeouts.client_head;
  NjHeadResult result = nj_h1_read_request (&exchange->session->client, &exchange->request, &exchange->arena,
                                            &exchange->policy->limits, deadline, &io);

  if (result == NJ_HEAD_OK)
    result = nj_head_request_framing (&exchange->request, &exchange->framing);
  if (result == NJ_HEAD_OK)
    {
      exchange->record.method = exchange->request.method;
      if (exchange->request.minor == 0)
        exchange->record.http_client = 10;
      exchange->record.url = exchange->request.target;
      return TRUE;
    }

  if (result != NJ_HEAD_MORE)
    nj_answer_bad_head (exchange, result, exchange->request.problem);
  else if (io == NJ_TIMEOUT)
    nj_answer_problem (exchange, 408, "the request did not arrive in time", NULL);
  return FALSE;
}

/* No web page can make a browser send a first byte that is no token character; a program that does
 * speaks another protocol, and gets no answer that would tell what listens here. */
static gboolean
is_http (NjExchange *exchange)
{
  guchar first = (guchar) nj_h1_ahead (&exchange->session->client).data[0];

  return (first > 0x20 && first < 0x7f) || first == '\r' || first == '\n';
}

/**
 * nj_exchange_is_inside:
 * @exchange: an exchange whose URL is known
 *
 * Returns: whether this connection may ask for it: inside a tunnel its host and no other, outside
 *   whatever is not HTTPS
 */
gboolean
nj_exchange_is_inside (const NjExchange *exchange)
{
  const NjInspected *inspected = exchange->session->inspected;
  const NjUrl       *url = &exchange->url;

  if (inspected == NULL)
    return !url->is_secure;
  return url->is_secure && url->port == inspected->port && nj_bytes_equal (url->host, inspected->host);
}

/* Inside a tunnel a target is a path of the host that the client was shown a certificate for; and so
 * says the Host field, or two parts of us would disagree about where it goes (RFC 9110 §7.4). */
static NJ_SELDOM gboolean
take_url_inside (NjExchange *exchange, const NjInspected *inspected)
{
  NjBytes target = exchange->request.target;
  NjBytes field = nj_head_value (&exchange->request, NJ_FIELD_HOST);
  NjBytes host;
  guint16 port;

  if (target.data[0] == '*')
    target = NJ_BYTES ("");
  if (target.len == 0 || target.data[0] == '/')
    target = nj_arena_join (&exchange->arena, nj_arena_join (&exchange->arena, NJ_BYTES ("https://"), inspected->authority), target);
  if (nj_url_parse (target, &exchange->arena, &exchange->url) != NJ_URL_OK)
    {
      nj_answer_problem (exchange, 400, "not an address", NULL);
      return FALSE;
    }
  exchange->record.url = exchange->url.text;
  exchange->record.host = exchange->url.host;

  if (!nj_exchange_is_inside (exchange) ||
      (field.len > 0 && (!nj_url_parse_authority (field, 443, &exchange->arena, &host, &port) ||
                         !nj_bytes_equal (host, inspected->host) || port != inspected->port)))
    {
      nj_answer_problem (exchange, 421, "a request for another host than this connection leads to", NULL);
      return FALSE;
    }
  return TRUE;
}

static gboolean
take_url (NjExchange *exchange)
{
  NjBytes target = exchange->request.target;

  if (exchange->session->inspected != NULL)
    return take_url_inside (exchange, exchange->session->inspected);

  if (target.data[0] == '/' || target.data[0] == '*')
    {
      if (!nj_answer_origin_form (exchange))
        {
          exchange->record.action = NJ_LOG_REFUSED;
          exchange->record.reason = "a request to the port itself";
          nj_lane_log (exchange->lane, &exchange->record);
        }
      return FALSE;
    }

  switch (nj_url_parse (target, &exchange->arena, &exchange->url))
    {
    case NJ_URL_OK:
      break;
    case NJ_URL_UNKNOWN_SCHEME:
      nj_answer_problem (exchange, 501, "unknown scheme", NULL);
      return FALSE;
    case NJ_URL_HAS_USER:
      nj_answer_problem (exchange, 400, "a user name in the address", NULL);
      return FALSE;
    default:
      nj_answer_problem (exchange, 400, "not an address", NULL);
      return FALSE;
    }

  exchange->record.url = exchange->url.text;
  exchange->record.host = exchange->url.host;
  if (exchange->url.is_secure)
    {
      nj_answer_problem (exchange, 501, "https without CONNECT", NULL);
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_acceptable (NjExchange *exchange)
{
  NjBytes hops = nj_head_value (&exchange->request, NJ_FIELD_MAX_FORWARDS);

  if (nj_verdict_is_own_port (exchange->lane, exchange->url.host, exchange->url.port))
    {
      exchange->record.action = NJ_LOG_REFUSED;
      exchange->record.reason = "a request to the proxy itself";
      nj_lane_log (exchange->lane, &exchange->record);
      return FALSE;
    }

  /* TRACE gives a script the fields that it must not see (RFC 9110 §9.3.8). */
  if (exchange->request.method_id == NJ_METHOD_TRACE)
    {
      nj_answer_problem (exchange, 405, "TRACE is not passed on", NULL);
      return FALSE;
    }
  if (exchange->request.method_id == NJ_METHOD_OPTIONS && nj_bytes_equal (hops, NJ_BYTES ("0")))
    {
      nj_answer_problem (exchange, 204, "the last hop", NULL);
      return FALSE;
    }
  if (nj_head_find (&exchange->request, NJ_FIELD_EXPECT) != NULL &&
      !nj_bytes_equal_nocase (nj_head_value (&exchange->request, NJ_FIELD_EXPECT), NJ_BYTES ("100-continue")))
    {
      nj_answer_problem (exchange, 417, "an expectation other than 100-continue", NULL);
      return FALSE;
    }
  return TRUE;
}

/* Asks, and follows a rewriting rule once: the new address is judged again, and a second rewriting
 * would be a loop. FALSE when the client has its answer. */
static gboolean
judge (NjExchange *exchange)
{
  for (int round = 0; round < 2; round++)
    {
      if (!nj_exchange_choose_address (exchange))
        return FALSE;
      nj_verdict_ask_request (exchange->lane, exchange->policy, &exchange->request, &exchange->url, &exchange->context,
                              &exchange->arena, &exchange->verdict);
      nj_program_way_take (exchange->session, exchange->policy, exchange->url.host, &exchange->verdict.route);
      exchange->record.action = exchange->verdict.action;
      exchange->record.reason = exchange->verdict.reason;
      if (exchange->verdict.kind == NJ_VERDICT_BLOCK || exchange->verdict.kind == NJ_VERDICT_REDIRECT)
        {
          nj_answer_blocked (exchange);
          return FALSE;
        }
      if (exchange->verdict.kind == NJ_VERDICT_PASS || round == 1)
        return TRUE;

      /* A page's address changes visibly, or reloading it would ask again. */
      if (exchange->verdict.type == NJ_TYPE_DOCUMENT && exchange->request.method_id == NJ_METHOD_GET)
        {
          nj_answer_redirect (exchange, 307, exchange->verdict.rewrite);
          return FALSE;
        }
      if (nj_url_parse (exchange->verdict.rewrite, &exchange->arena, &exchange->url) != NJ_URL_OK ||
          !nj_exchange_is_inside (exchange))
        {
          nj_answer_redirect (exchange, 307, exchange->verdict.rewrite);
          return FALSE;
        }
      exchange->record.changes |= NJ_CHANGE_PARAMETERS;
      nj_exchange_changes_note_url (exchange, exchange->record.url, exchange->url.text, "a filter rule");
    }

  return TRUE;
}

/* A request that may be sent a second time when the first connection proves dead: RFC 9110 §9.2.2. */
static gboolean
is_repeatable (const NjExchange *exchange)
{
  NjMethod method = exchange->request.method_id;

  return exchange->framing.kind == NJ_FRAMING_NONE &&
         (method == NJ_METHOD_GET || method == NJ_METHOD_HEAD || method == NJ_METHOD_OPTIONS ||
          method == NJ_METHOD_PUT || method == NJ_METHOD_DELETE);
}

static void
pass_on (NjExchange *exchange)
{
  gboolean may_reuse = is_repeatable (exchange);
  NjStep   step;

  nj_exchange_prepare (exchange);
  do
    {
      step = nj_exchange_send (exchange, may_reuse);
      if (step == NJ_STEP_DONE)
        step = nj_exchange_receive (exchange);
      may_reuse = FALSE;
    }
  while (step == NJ_STEP_STALE);
}

static void
exchange_serve (NjExchange *exchange)
{
  NjInspected *inspected = exchange->session->inspected;

  if (!is_http (exchange))
    {
      if (inspected != NULL && !inspected->has_served)
        nj_inspection_learn (exchange->lane, inspected->host, inspected->port, inspected->client, NJ_INSPECTION_NOT_HTTP);
      return;
    }
  if (!read_request (exchange))
    return;
  if (inspected != NULL)
    inspected->has_served = TRUE;

  if (exchange->request.method_id == NJ_METHOD_CONNECT)
    {
      if (inspected == NULL)
        nj_connect_serve (exchange);
      else
        nj_answer_problem (exchange, 405, "CONNECT inside a tunnel", NULL);
      return;
    }

  exchange->keeps_client = exchange->framing.is_persistent;
  if (!take_url (exchange) || !is_acceptable (exchange))
    {
      exchange->keeps_client = FALSE;
      return;
    }
  if (nj_answer_own_host (exchange) || !judge (exchange) || !nj_exchange_upgrade (exchange))
    return;

  pass_on (exchange);
}

/**
 * nj_exchange_run:
 * @session: a session whose client has sent at least a byte
 *
 * Serves one request. A fiber's call.
 *
 * Returns: whether the connection may carry another one
 */
gboolean
nj_exchange_run (NjSession *session)
{
  NjExchange exchange;
  void      *block = nj_worker_block_take (session->lane->worker);

  memset (&exchange, 0, G_STRUCT_OFFSET (NjExchange, context.page_host_text));
  exchange.session = session;
  exchange.lane = session->lane;
  exchange.policy = nj_lane_policy (session->lane);
  exchange.start = nj_worker_now (session->lane->worker);
  exchange.record.time = nj_clock_wall ();
  exchange.record.client_port = session->port;
  exchange.record.http_client = session->is_h2 ? 20 : 11;
  nj_arena_init (&exchange.arena, block, NJ_WORKER_BLOCK);

  exchange_serve (&exchange);

  session->over = NULL;
  if (exchange.upstream != NULL)
    nj_upstream_close (exchange.upstream);
  nj_arena_clear (&exchange.arena);
  nj_worker_block_give (session->lane->worker, block);
  nj_policy_unref (exchange.policy);
  return exchange.keeps_client;
}
