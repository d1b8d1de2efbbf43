/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What rules say of a request before it is sent, of what its host's name came to, and of a response once its head is known:
 * fields and cookies that are taken out, policies that are added, and whether it may pass at all. In the session's fiber.
 */
#include "proxy/exchange-private.h"

#include "filter/request-change.h"
#include "net/socket.h"
#include "privacy/cookies.h"
#include "privacy/local-network.h"

#define HEADERS_MAX 128

/* Inline scripts and fonts are forbidden by a policy of their own, beside the page's: the browser obeys both. */
#define NO_INLINE_SCRIPT \
  NJ_BYTES ("script-src 'unsafe-eval' * blob: data:")
#define NO_INLINE_FONT NJ_BYTES ("font-src *")

/* A page or frame, and not a picture or download opened as one. */
static gboolean
is_html (NjExchange *exchange)
{
  NjBytes type = nj_head_value (&exchange->response, NJ_FIELD_CONTENT_TYPE);

  if (exchange->verdict.type != NJ_TYPE_DOCUMENT && exchange->verdict.type != NJ_TYPE_SUBDOCUMENT)
    return FALSE;
  return type.len == 0 || nj_bytes_starts_with (type, NJ_BYTES ("text/")) ||
         nj_bytes_starts_with (type, NJ_BYTES ("application/xhtml+xml"));
}

static guint
list_headers (NjHead *response, NjFilterHeader headers[HEADERS_MAX])
{
  guint n = 0;

  for (guint i = 0; i < response->n_fields && n < HEADERS_MAX; i++)
    if (!response->fields[i].is_dropped)
      headers[n++] = (NjFilterHeader){ response->fields[i].name, response->fields[i].value };
  return n;
}

static void
add_field (NjExchange *exchange, NjBytes name, NjBytes value)
{
  nj_head_add (&exchange->response, &exchange->arena, NJ_FIELD_OTHER, name, value);
  exchange->record.changes |= NJ_CHANGE_OTHER;
}

/* Each policy in a field of its own: a page's policy is never merged with, so never weakened (CSP Level 3 §8.1). */
static NJ_SELDOM void
add_policies (NjExchange *exchange, const NjResponseVerdict *verdict)
{
  NjBytes permissions = NJ_BYTES_NONE;

  for (guint i = 0; i < verdict->csp.n; i++)
    add_field (exchange, NJ_BYTES ("Content-Security-Policy"), verdict->csp.items[i].value);
  if (verdict->inline_script != NJ_RULE_NONE)
    add_field (exchange, NJ_BYTES ("Content-Security-Policy"), NO_INLINE_SCRIPT);
  if (verdict->inline_font != NJ_RULE_NONE)
    add_field (exchange, NJ_BYTES ("Content-Security-Policy"), NO_INLINE_FONT);

  for (guint i = 0; i < verdict->permissions.n; i++)
    permissions = i == 0 ? verdict->permissions.items[i].value
                         : nj_arena_printf (&exchange->arena, "%.*s, %.*s", NJ_BYTES_ARGS (permissions),
                                            NJ_BYTES_ARGS (verdict->permissions.items[i].value));
  if (permissions.len > 0)
    add_field (exchange, NJ_BYTES ("Permissions-Policy"), permissions);
}

static void
remove_fields (NjExchange *exchange, NjHead *head, const NjResponseChanges *names)
{
  for (guint i = 0; i < names->n; i++)
    for (guint j = 0; j < head->n_fields; j++)
      {
        NjField *field = &head->fields[j];

        /* What tells where the body ends is not a rule's to take. */
        if (field->id == NJ_FIELD_CONTENT_LENGTH || field->id == NJ_FIELD_TRANSFER_ENCODING || field->is_dropped ||
            !nj_bytes_equal_nocase (field->name, names->items[i].value))
          continue;
        field->is_dropped = TRUE;
        exchange->record.changes |= NJ_CHANGE_OTHER;
      }
}

static void
strip_cookies (NjExchange *exchange, const NjCookieRules *rules)
{
  NjField *field = rules->n > 0 ? nj_head_find (&exchange->request, NJ_FIELD_COOKIE) : NULL;

  for (; field != NULL; field = nj_head_find_next (&exchange->request, field))
    {
      NjBytes left = nj_cookie_rule_strip (rules, field->value, &exchange->arena);

      if (left.len == field->value.len)
        continue;
      field->value = left;
      field->is_dropped = left.len == 0;
      exchange->record.changes |= NJ_CHANGE_COOKIES;
    }
}

/* What stands before the "=", RFC 6265 §5.2. */
static NjBytes
cookie_name (NjBytes cookie)
{
  const char *semicolon = memchr (cookie.data, ';', cookie.len);
  gsize       len = semicolon != NULL ? (gsize) (semicolon - cookie.data) : cookie.len;
  const char *equals = memchr (cookie.data, '=', len);

  return nj_bytes_trim (nj_bytes (cookie.data, equals != NULL ? (gsize) (equals - cookie.data) : 0));
}

/* Of several attributes of one name the last counts, RFC 6265 §5.3, so ours are put behind. */
static void
change_set_cookies (NjExchange *exchange, const NjCookieRules *rules)
{
  NjField *field = rules->n > 0 ? nj_head_find (&exchange->response, NJ_FIELD_SET_COOKIE) : NULL;

  for (; field != NULL; field = nj_head_find_next (&exchange->response, field))
    {
      NjCookieChange change;

      if (field->value.len == 0 || !nj_cookie_rule_judge (rules, cookie_name (field->value), &change))
        continue;
      field->is_dropped = change.is_dropped;
      if (change.max_age_s >= 0 && nj_cookies_outlives (field->value, change.max_age_s))
        field->value = nj_arena_printf (&exchange->arena, "%.*s; Max-Age=%" G_GINT64_FORMAT, NJ_BYTES_ARGS (field->value),
                                        change.max_age_s);
      if (change.same_site.len > 0)
        field->value = nj_arena_printf (&exchange->arena, "%.*s; SameSite=%.*s", NJ_BYTES_ARGS (field->value),
                                        NJ_BYTES_ARGS (change.same_site));
      exchange->record.changes |= NJ_CHANGE_COOKIES;
    }
}

/* What is left undone of scrubbing where a rule says "stealth=". */
static guint
scrubs_of (guint stealth_off, gboolean is_third_party)
{
  static const struct
  {
    guint stealth;
    guint scrubs;
  } rows[] = {
    { NJ_STEALTH_REFERRER, NJ_SCRUB_REFERER },
    { NJ_STEALTH_SIGNALS, NJ_SCRUB_SIGNALS },
    { NJ_STEALTH_COOKIES_FIRST_PARTY, NJ_SCRUB_LIFETIME },
    { NJ_STEALTH_COOKIES_THIRD_PARTY, NJ_SCRUB_COOKIES },
    { NJ_STEALTH_CACHE, NJ_SCRUB_VALIDATORS },
    { NJ_STEALTH_AUTHORIZATION, NJ_SCRUB_AUTHORIZATION },
    { NJ_STEALTH_IDENTITY, NJ_SCRUB_IDENTITY | NJ_SCRUB_PROXY | NJ_SCRUB_HINTS },
  };
  guint scrubs = 0;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if ((stealth_off & rows[i].stealth) != 0)
      scrubs |= rows[i].scrubs;
  /* Cookies that others may set live as long as they say. */
  if (is_third_party && (scrubs & NJ_SCRUB_COOKIES) != 0)
    scrubs |= NJ_SCRUB_LIFETIME;
  return scrubs;
}

static NjFilterRequest
describe (const NjExchange *exchange)
{
  return (NjFilterRequest){ .url = exchange->url.text, .host = exchange->url.host,
                            .source_host = exchange->context.page_host, .type = exchange->verdict.type,
                            .method = exchange->request.method };
}

static G_NO_INLINE void
change_request (NjExchange *exchange)
{
  NjFilterRequest  request = describe (exchange);
  NjRequestChanges changes;

  nj_request_change_match (exchange->policy->engine, &request, &exchange->arena, &changes);
  remove_fields (exchange, &exchange->request, &changes.remove_headers);
  strip_cookies (exchange, &changes.cookies);
  if (changes.stealth_off == NJ_STEALTH_ALL)
    exchange->context.profile = NJ_PROFILE_OFF;
  exchange->context.spared = scrubs_of (changes.stealth_off, exchange->context.is_third_party);
  nj_exchange_changes_note (exchange, &exchange->request, "a filter rule");
}

/**
 * nj_exchange_apply_request_rules:
 * @exchange: an exchange that may pass, whose request was not yet scrubbed
 *
 * Before scrubbing, for a rule may switch that off for a site.
 */
void
nj_exchange_apply_request_rules (NjExchange *exchange)
{
  if (exchange->policy->is_filtering && nj_request_change_is_judged (exchange->policy->engine))
    change_request (exchange);
}

/**
 * nj_exchange_is_spared:
 * @exchange: an exchange whose URL is known
 * @what: NJ_STEALTH_ bits
 *
 * Asked only once there is something to do, for it costs a look at the rules.
 *
 * Returns: whether rules want it left as it is in all of @what
 */
gboolean
nj_exchange_is_spared (NjExchange *exchange, guint what)
{
  NjFilterRequest  request;
  NjRequestChanges changes;

  if (!nj_request_change_is_judged (exchange->policy->engine))
    return FALSE;

  request = describe (exchange);
  request.type = nj_verdict_request_type (&exchange->request, &exchange->url);
  nj_request_change_match (exchange->policy->engine, &request, &exchange->arena, &changes);
  return (changes.stealth_off & what) == what;
}

static NJ_SELDOM void
block_by (NjExchange *exchange, guint32 rule)
{
  exchange->verdict.kind = NJ_VERDICT_BLOCK;
  exchange->verdict.rule = rule;
  exchange->record.action = NJ_LOG_BLOCKED;
  nj_answer_blocked (exchange);
}

static NJ_SELDOM gboolean
is_blocked_by_address (NjExchange *exchange, NjFilterRequest *request, NjFilterVerdict *ret_verdict)
{
  NjStream        *stream = exchange->upstream->h1.stream;
  NjAddress        address = exchange->upstream->peer;
  g_autofree char *text = NULL;
  char            *colon;

  if (!exchange->verdict.asks_address)
    return FALSE;
  if (address.len == 0 && (nj_stream_fd (stream) < 0 || !nj_socket_peer (stream, &address)))
    return FALSE;

  text = nj_address_to_text (&address);
  colon = strrchr (text, ':');
  request->address = text[0] == '[' ? nj_bytes (text + 1, (gsize) (colon - text) - 2) : nj_bytes (text, (gsize) (colon - text));
  nj_engine_match (exchange->policy->engine, request, &exchange->arena, ret_verdict);
  request->address = NJ_BYTES_NONE;
  return ret_verdict->action == NJ_FILTER_BLOCK || ret_verdict->action == NJ_FILTER_REDIRECT;
}

/* A public name that leads to the user's own network. */
static gboolean
is_rebound (NjExchange *exchange)
{
  NjRebinding *memory = &exchange->lane->shared->rebinding;
  NjUpstream  *upstream = exchange->upstream;
  const char  *reason;

  if (upstream->reach == NJ_SCOPE_GLOBAL)
    {
      if (!upstream->is_reused && upstream->exit == NULL)
        nj_rebinding_note (memory, exchange->url.host);
      return FALSE;
    }
  if (nj_local_network_is_own_wish (&exchange->request, &exchange->context))
    return FALSE;

  reason = nj_local_network_rebinding (&exchange->request, &exchange->context, upstream->reach,
                                       nj_rebinding_was_global (memory, exchange->url.host));
  if (reason == NULL)
    return FALSE;
  exchange->verdict.reason = exchange->record.reason = reason;
  block_by (exchange, NJ_RULE_NONE);
  return TRUE;
}

/* Another name of the page's site that is an alias of another site's. The page's own name may well lead to
 * whoever serves it, and so is spared. */
static gboolean
is_cloaked (const NjExchange *exchange)
{
  const NjScrubContext *context = &exchange->context;
  const char           *canonical = exchange->upstream->canonical;

  return canonical != NULL && !context->is_navigation && context->page_host.len > 0 &&
         !nj_bytes_equal (context->page_host, exchange->url.host) &&
         !nj_host_is_same_site (nj_bytes_from_string (canonical), exchange->url.host);
}

/* Asked only of what has an alias, or an address that some rule names. */
static G_NO_INLINE gboolean
may_go_there (NjExchange *exchange)
{
  const char     *canonical = exchange->upstream->canonical;
  NjFilterRequest request = describe (exchange);
  NjFilterVerdict verdict;

  if ((canonical == NULL || !nj_engine_match_cname (exchange->policy->engine, &request, nj_bytes_from_string (canonical),
                                                    &exchange->arena, &verdict)) &&
      !is_blocked_by_address (exchange, &request, &verdict))
    return TRUE;

  block_by (exchange, verdict.rule);
  return FALSE;
}

/**
 * nj_exchange_judge_resolved:
 * @exchange: an exchange with a connection to its origin, nothing of it sent
 *
 * A tracker may hide behind a name of the page's own site, and a public name may lead to the user's own network: once
 * the name was resolved here, its canonical name and its address are judged, too. Through an exit neither is known.
 *
 * Returns: whether the request may be sent; if not the client has its answer
 */
gboolean
nj_exchange_judge_resolved (NjExchange *exchange)
{
  const NjUpstream *upstream = exchange->upstream;

  if (!exchange->policy->is_filtering)
    return TRUE;
  if (is_rebound (exchange))
    return FALSE;
  exchange->context.is_cloaked = is_cloaked (exchange);
  if (exchange->verdict.action != NJ_LOG_PASSED || upstream->exit != NULL)
    return TRUE;

  return (upstream->canonical == NULL && !exchange->verdict.asks_address) || may_go_there (exchange);
}

/* On its own, for the frame is large. */
static G_NO_INLINE gboolean
change_response (NjExchange *exchange, gboolean html)
{
  NjFilterRequest   request = describe (exchange);
  NjFilterHeader    headers[HEADERS_MAX];
  NjResponseVerdict verdict;

  nj_response_match (exchange->policy->engine, &request, headers, list_headers (&exchange->response, headers),
                     &exchange->arena, &verdict);
  if (verdict.blocked_by != NJ_RULE_NONE)
    {
      block_by (exchange, verdict.blocked_by);
      return FALSE;
    }

  remove_fields (exchange, &exchange->response, &verdict.remove_headers);
  change_set_cookies (exchange, &verdict.cookies);
  exchange->replace = verdict.replace;
  exchange->spared = (verdict.no_generic_hide ? NJ_PAGE_NO_GENERIC_HIDE : 0) | (verdict.no_specific_hide ? NJ_PAGE_NO_SPECIFIC_HIDE : 0);
  if (html)
    add_policies (exchange, &verdict);
  nj_exchange_changes_note (exchange, &exchange->response, "a filter rule");
  return TRUE;
}

/**
 * nj_exchange_apply_rules:
 * @exchange: an exchange whose response head was read and not yet printed
 *
 * Returns: whether the response may pass; if not the client has its answer
 */
gboolean
nj_exchange_apply_rules (NjExchange *exchange)
{
  gboolean html;

  if (!exchange->policy->is_filtering)
    return TRUE;

  html = is_html (exchange);
  return !nj_response_is_judged (exchange->policy->engine, html) || change_response (exchange, html);
}
