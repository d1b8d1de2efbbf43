/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of our own: what was refused and why, what was blocked and by which rule, the file for
 * proxy auto-configuration, the button of the block page. Each writes the journal's line and ends the
 * exchange. In the session's fiber.
 */
#include "proxy/exchange-private.h"

#include "filter/redirect.h"

/* No name under .invalid is ever resolved (RFC 6761 §6.4), so only a client of ours gets here. */
#define OWN_HOST NJ_BYTES ("nightjar.invalid")
#define ALLOW_PATH NJ_BYTES ("/allow/")

static void
say (NjExchange *exchange, NjBytes text)
{
  NjSession *session = exchange->session;
  gint64     now = nj_worker_now (exchange->lane->worker);

  /* The body of the request is not read: the next request cannot be found behind it. */
  if (exchange->framing.kind != NJ_FRAMING_NONE)
    exchange->keeps_client = FALSE;
  session->must_linger = !exchange->keeps_client;

  if (nj_stream_write (session->client.stream, text.data, text.len, now + exchange->policy->timeouts.transfer) != NJ_OK)
    exchange->keeps_client = FALSE;
  exchange->record.bytes_down += text.len;
  exchange->record.duration = nj_worker_now (exchange->lane->worker) - exchange->start;
  nj_lane_log (exchange->lane, &exchange->record);
}

static void
say_page (NjExchange *exchange, NjPage *page)
{
  if (exchange->framing.kind != NJ_FRAMING_NONE)
    exchange->keeps_client = FALSE;
  page->is_persistent = exchange->keeps_client;
  page->omit_body = exchange->request.method_id == NJ_METHOD_HEAD;
  exchange->record.status = page->status;
  say (exchange, nj_page_print (&exchange->arena, page));
}

/**
 * nj_answer_problem:
 * @exchange: the exchange
 * @status: what to answer
 * @reason: static text, for the page and the journal
 * @detail: (nullable): more of it, for the page
 *
 * The request is refused or has failed.
 */
void
nj_answer_problem (NjExchange *exchange, guint status, const char *reason, const char *detail)
{
  NjPage page = { .status = status, .url = exchange->url.text };

  page.title = status >= 500 && status != 501 && status != 505 ? NJ_BYTES ("This page could not be reached")
                                                               : NJ_BYTES ("This request was refused");
  page.reason = nj_bytes_from_string (reason);
  if (detail != NULL && *detail != '\0' && strcmp (detail, reason) != 0)
    page.reason = nj_arena_printf (&exchange->arena, "%s: %s", reason, detail);
  if (exchange->record.action == NJ_LOG_PASSED || exchange->record.action == NJ_LOG_EXCEPTED)
    exchange->record.action = status == 502 || status == 504 ? NJ_LOG_FAILED : NJ_LOG_REFUSED;
  exchange->record.reason = reason;
  say_page (exchange, &page);
}

/**
 * nj_answer_bad_head:
 * @exchange: the exchange
 * @result: what the parser said
 * @problem: (nullable): static text
 *
 * The request is malformed: what follows it cannot be found, so the connection ends.
 */
void
nj_answer_bad_head (NjExchange *exchange, NjHeadResult result, const char *problem)
{
  guint status = 400;

  if (result == NJ_HEAD_TOO_LARGE)
    status = 431;
  else if (result == NJ_HEAD_TARGET_TOO_LONG)
    status = 414;
  else if (result == NJ_HEAD_BAD_VERSION)
    status = 505;
  else if (result == NJ_HEAD_NOT_IMPLEMENTED)
    status = 501;

  exchange->keeps_client = FALSE;
  nj_answer_problem (exchange, status, problem != NULL ? problem : "malformed request", NULL);
}

/**
 * nj_answer_failure:
 * @exchange: the exchange
 * @failure: why there is no way to the origin
 */
void
nj_answer_failure (NjExchange *exchange, const NjDialFailure *failure)
{
  nj_answer_problem (exchange, failure->result == NJ_DIAL_TIMEOUT ? 504 : 502, nj_dial_result_text (failure->result),
                     failure->detail);
}

/**
 * nj_answer_redirect:
 * @exchange: the exchange
 * @status: 302 or 307
 * @location: where to
 *
 * Sends the client elsewhere.
 */
void
nj_answer_redirect (NjExchange *exchange, guint status, NjBytes location)
{
  exchange->record.status = status;
  exchange->record.action = NJ_LOG_REDIRECTED;
  if (exchange->framing.kind != NJ_FRAMING_NONE)
    exchange->keeps_client = FALSE;
  say (exchange, nj_arena_printf (&exchange->arena,
                                  "HTTP/1.1 %u %s\r\nLocation: %.*s\r\nContent-Length: 0\r\nCache-Control: no-store\r\n"
                                  "Connection: %s\r\n\r\n",
                                  status, status == 307 ? "Temporary Redirect" : "Found", NJ_BYTES_ARGS (location),
                                  exchange->keeps_client ? "keep-alive" : "close"));
}

/* What fits where the answer is used; a page only where somebody would see it. */
static void
fit_page (NjRequestType type, NjPage *page)
{
  static const struct
  {
    guint      status;
    NjPageKind kind;
  } fits[NJ_N_REQUEST_TYPES] = {
    [NJ_TYPE_OTHER] = { 204, NJ_PAGE_EMPTY },      [NJ_TYPE_DOCUMENT] = { 403, NJ_PAGE_HTML },
    [NJ_TYPE_SUBDOCUMENT] = { 403, NJ_PAGE_HTML }, [NJ_TYPE_STYLESHEET] = { 200, NJ_PAGE_STYLE },
    [NJ_TYPE_SCRIPT] = { 200, NJ_PAGE_SCRIPT },    [NJ_TYPE_IMAGE] = { 200, NJ_PAGE_IMAGE },
    [NJ_TYPE_FONT] = { 204, NJ_PAGE_EMPTY },       [NJ_TYPE_MEDIA] = { 204, NJ_PAGE_EMPTY },
    [NJ_TYPE_OBJECT] = { 204, NJ_PAGE_EMPTY },     [NJ_TYPE_XHR] = { 204, NJ_PAGE_EMPTY },
    [NJ_TYPE_PING] = { 204, NJ_PAGE_EMPTY },       [NJ_TYPE_WEBSOCKET] = { 403, NJ_PAGE_EMPTY },
  };

  page->status = fits[type].status;
  page->kind = fits[type].kind;
}

/* What a rule wants in place of the blocked script, picture or frame, so that the page around it goes on. A page of
 * another site may have asked for it by CORS. */
static gboolean
say_resource (NjExchange *exchange)
{
  const NjRedirectResource *resource = NULL;
  gboolean                  has_body = exchange->request.method_id != NJ_METHOD_HEAD;
  NjBytes                   head;

  if (exchange->verdict.kind == NJ_VERDICT_REDIRECT)
    resource = nj_redirect_find (exchange->verdict.redirect);
  if (resource == NULL)
    return FALSE;

  if (exchange->framing.kind != NJ_FRAMING_NONE)
    exchange->keeps_client = FALSE;
  head = nj_arena_printf (&exchange->arena,
                          "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n"
                          "Access-Control-Allow-Origin: *\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                          "Connection: %s\r\n\r\n",
                          resource->content_type, resource->body.len, exchange->keeps_client ? "keep-alive" : "close");
  exchange->record.status = 200;
  exchange->record.reason = "answered by a stand-in";
  say (exchange, has_body ? nj_arena_join (&exchange->arena, head, resource->body) : head);
  return TRUE;
}

/**
 * nj_answer_blocked:
 * @exchange: the exchange, judged
 *
 * Answers in place of the origin: something small that fits what was asked for, and for a page the
 * rule that decided and a way through.
 */
void
nj_answer_blocked (NjExchange *exchange)
{
  NjPage page = { .title = NJ_BYTES ("Nightjar blocked this page"), .url = exchange->url.text };
  char   token[NJ_ALLOWANCE_TOKEN + 1];

  fit_page (exchange->verdict.type, &page);
  nj_verdict_name_rule (exchange->policy, &exchange->verdict, &exchange->arena, &exchange->record.rule,
                        &exchange->record.list);
  if (say_resource (exchange))
    return;

  page.rule = exchange->record.rule;
  page.list = exchange->record.list;
  page.reason = exchange->verdict.reason != NULL ? nj_bytes_from_string (exchange->verdict.reason)
                                                 : NJ_BYTES ("A rule of your filter lists blocks it.");

  if (page.kind == NJ_PAGE_HTML && exchange->verdict.reason == NULL)
    {
      nj_allowances_offer (exchange->lane->shared->allowances, exchange->url.host, exchange->url.text, token);
      if (token[0] != '\0')
        {
          page.action_label = NJ_BYTES ("Allow once");
          page.action_url = nj_arena_printf (&exchange->arena, "http://nightjar.invalid/allow/%s", token);
        }
    }
  say_page (exchange, &page);
}

static NJ_SELDOM void
answer_own_host (NjExchange *exchange)
{
  g_autofree char *url = NULL;

  if (nj_bytes_starts_with (exchange->url.path, ALLOW_PATH) && exchange->request.method_id == NJ_METHOD_GET)
    url = nj_allowances_accept (exchange->lane->shared->allowances,
                                nj_bytes (exchange->url.path.data + ALLOW_PATH.len,
                                          exchange->url.path.len - ALLOW_PATH.len));
  if (url != NULL)
    nj_answer_redirect (exchange, 302, nj_bytes_from_string (url));
  else
    nj_answer_problem (exchange, 404, "this button was used already, or is too old", NULL);
}

/**
 * nj_answer_own_host:
 * @exchange: the exchange, its URL known
 *
 * Answers what is asked of nightjar.invalid, where the button of a block page leads.
 *
 * Returns: whether it was that host
 */
gboolean
nj_answer_own_host (NjExchange *exchange)
{
  if (!nj_bytes_equal (exchange->url.host, OWN_HOST))
    return FALSE;

  answer_own_host (exchange);
  return TRUE;
}

/* Whoever was given the path asks for it at our address and from no page; a name that leads to us (DNS
 * rebinding) and a page that learnt the path get nothing. */
static gboolean
is_from_nowhere (NjExchange *exchange)
{
  NjHead *request = &exchange->request;
  NjBytes site = nj_head_value (request, NJ_FIELD_SEC_FETCH_SITE);
  NjBytes host = nj_head_value (request, NJ_FIELD_HOST);
  NjUrl   url;

  if (nj_head_find (request, NJ_FIELD_ORIGIN) != NULL || nj_head_find (request, NJ_FIELD_REFERER) != NULL ||
      (site.len > 0 && !nj_bytes_equal_nocase (site, NJ_BYTES ("none"))))
    return FALSE;
  if (host.len == 0)
    return TRUE;

  return nj_url_parse (nj_arena_printf (&exchange->arena, "http://%.*s/", NJ_BYTES_ARGS (host)), &exchange->arena, &url) ==
             NJ_URL_OK &&
         nj_verdict_is_own_port (exchange->lane, url.host, url.port);
}

/**
 * nj_answer_origin_form:
 * @exchange: a request whose target is a path
 *
 * Serves the file for proxy auto-configuration to whoever knows its secret path. Anything else gets
 * no answer: a page in the browser must not find out what listens here.
 *
 * Returns: whether it was that file
 */
gboolean
nj_answer_origin_form (NjExchange *exchange)
{
  if (exchange->request.method_id != NJ_METHOD_GET ||
      !nj_bytes_equal (exchange->request.target, exchange->lane->shared->pac_path) || !is_from_nowhere (exchange))
    return FALSE;

  exchange->keeps_client = FALSE;
  exchange->record.status = 200;
  exchange->record.url = NJ_BYTES ("proxy.pac");
  say (exchange, exchange->lane->shared->pac_answer);
  return TRUE;
}
