/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What becomes of an address before anybody is asked for it: links over redirectors are followed to
 * their end, tracking parameters are cut out, and a page of plain HTTP is asked for by HTTPS where
 * its host is found to speak it. In this order, and only the last one after the verdict, for it
 * opens a connection. In the session's fiber.
 */
#include "proxy/exchange-private.h"

#include "filter/request-change.h"
#include "privacy/debounce.h"
#include "privacy/local-network.h"
#include "privacy/request-scrub.h"
#include "privacy/tracking-parameters.h"

/* As long as browsers wait before they fall back, too. */
#define PROBE_US (3 * (gint64) G_USEC_PER_SEC)

/* The page's site decides for all that belongs to it; a page that is opened decides for itself. */
static NjProfile
profile_of (const NjExchange *exchange)
{
  const NjScrubContext *context = &exchange->context;

  return nj_site_profiles_find (exchange->policy->site_profiles,
                                context->is_navigation || context->page_host.len == 0 ? exchange->url.host : context->page_host,
                                exchange->policy->profile);
}

static void
begin_context (NjExchange *exchange)
{
  nj_scrub_context_init (&exchange->context, &exchange->request, &exchange->url, exchange->policy->profile);
  if (exchange->policy->site_profiles != NULL)
    exchange->context.profile = profile_of (exchange);
}

/* Where it goes now; inside of a tunnel another host is another connection's business. */
static NJ_SELDOM gboolean
go_to (NjExchange *exchange, const NjUrl *url, const char *why)
{
  NjBytes before = exchange->url.text;

  exchange->record.changes |= NJ_CHANGE_PARAMETERS;
  exchange->record.reason = why;
  nj_exchange_changes_note_url (exchange, before, url->text, why);
  nj_answer_redirect (exchange, 307, url->text);
  return FALSE;
}

/* The browser must know: cookies, security and history belong to the page that it is going to get. */
static gboolean
pass_by_redirector (NjExchange *exchange)
{
  NjUrl   target;
  NjBytes stripped;

  if (!exchange->context.is_navigation || exchange->request.method_id != NJ_METHOD_GET ||
      !nj_debounce (&exchange->url, exchange->context.profile, &exchange->arena, &target) ||
      nj_exchange_is_spared (exchange, NJ_STEALTH_ALL))
    return TRUE;

  if (nj_tracking_parameters_strip (target.text, &exchange->arena, &stripped) &&
      nj_url_parse (stripped, &exchange->arena, &target) != NJ_URL_OK)
    return TRUE;
  return go_to (exchange, &target, "led past a redirector");
}

static void
strip_parameters (NjExchange *exchange)
{
  NjBytes before = exchange->url.text;
  NjBytes stripped;

  if (!nj_request_scrub_strips_parameters (&exchange->context, exchange->request.method_id) ||
      !nj_tracking_parameters_strip (before, &exchange->arena, &stripped) || nj_exchange_is_spared (exchange, NJ_STEALTH_PARAMETERS) ||
      nj_url_parse (stripped, &exchange->arena, &exchange->url) != NJ_URL_OK)
    return;

  exchange->record.changes |= NJ_CHANGE_PARAMETERS;
  nj_exchange_changes_note_url (exchange, before, exchange->url.text, "tracking parameters");
}

/**
 * nj_exchange_choose_address:
 * @exchange: an exchange whose URL is known
 *
 * Finds out who asks whom, and what is to be asked for.
 *
 * Returns: whether it goes on; if not the client has its answer
 */
gboolean
nj_exchange_choose_address (NjExchange *exchange)
{
  if (!exchange->policy->is_filtering)
    return TRUE;

  begin_context (exchange);
  if (exchange->context.profile == NJ_PROFILE_OFF)
    return TRUE;
  if (!pass_by_redirector (exchange))
    return FALSE;

  strip_parameters (exchange);
  return TRUE;
}

/* What a browser's address bar asks for by plain HTTP, of a host with a public name. */
static gboolean
may_be_upgraded (NjExchange *exchange)
{
  NjHttpsFirst wish = exchange->policy->https_first;
  NjProfile    profile = exchange->context.profile;

  if (wish == NJ_HTTPS_FIRST_OFF || profile == NJ_PROFILE_OFF || (wish == NJ_HTTPS_FIRST_STRICT && profile != NJ_PROFILE_STRICT))
    return FALSE;

  return !exchange->url.is_secure && exchange->url.port == 80 && exchange->session->inspected == NULL &&
         exchange->request.method_id == NJ_METHOD_GET && exchange->context.is_navigation &&
         nj_head_find_name (&exchange->request, NJ_BYTES ("upgrade-insecure-requests")) != NULL &&
         !nj_host_is_address (exchange->url.host) && !nj_local_network_has (exchange->url.host);
}

/* A handshake and nothing more. What is wrong with the way there says nothing about the host. */
static NJ_SELDOM NjHttpsAnswer
probe (NjExchange *exchange)
{
  NjBytes       agent = nj_head_value (&exchange->request, NJ_FIELD_USER_AGENT);
  NjUpstreamKey key = { .route = &exchange->verdict.route, .host = exchange->url.host, .port = 443, .is_secure = TRUE,
                        .name = exchange->url.host,
                        .mirror = nj_client_mirrors_recall (&exchange->lane->shared->client_mirrors, agent) };
  NjUpstream   *upstream = NULL;
  NjDialFailure failure = { 0 };
  gint64        deadline = nj_worker_now (exchange->lane->worker) + PROBE_US;

  if (nj_upstream_dial (exchange->lane->upstreams, &key, deadline, &upstream, &failure) == NJ_OK)
    {
      gboolean is_local = upstream->reach != NJ_SCOPE_GLOBAL;

      nj_upstream_close (upstream);
      return is_local ? NJ_HTTPS_NO : NJ_HTTPS_YES;
    }

  switch (failure.result)
    {
    case NJ_DIAL_CONNECTION_REFUSED:
    case NJ_DIAL_TIMEOUT:
    case NJ_DIAL_EXIT_REFUSED:
    case NJ_DIAL_CERTIFICATE:
    case NJ_DIAL_TLS:
      return NJ_HTTPS_NO;
    default:
      return NJ_HTTPS_UNKNOWN;
    }
}

/**
 * nj_exchange_upgrade:
 * @exchange: an exchange that may pass
 *
 * Sends the browser to the same page by HTTPS when its host answers there.
 *
 * Returns: whether it goes on as it is; if not the client has its answer
 */
gboolean
nj_exchange_upgrade (NjExchange *exchange)
{
  NjHttpsMemory *memory = exchange->lane->shared->https_memory;
  NjHttpsAnswer  answer;
  NjUrl          url;

  if (!exchange->policy->is_filtering || !may_be_upgraded (exchange))
    return TRUE;

  answer = nj_https_memory_ask (memory, exchange->url.host);
  if (answer == NJ_HTTPS_UNKNOWN)
    {
      answer = probe (exchange);
      nj_https_memory_learn (memory, exchange->url.host, answer);
    }
  if (answer != NJ_HTTPS_YES || !nj_https_memory_may_send (memory, exchange->url.host, exchange->url.text) ||
      nj_url_parse (nj_arena_printf (&exchange->arena, "https%.*s", (int) (exchange->url.text.len - 4), exchange->url.text.data + 4),
                    &exchange->arena, &url) != NJ_URL_OK)
    return TRUE;

  return go_to (exchange, &url, "asked for by HTTPS");
}
