/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether the body of a response is changed, and what becomes of its head then. Pages and frames are, when rules speak of
 * them; never what a script asked for, a download, a part of something, or what says that it is not to be transformed. In the
 * session's fiber.
 */
#include "proxy/exchange-private.h"

#include "http/csp.h"
#include "privacy/common-agent.h"

/* Fields that tell of the body as it was. */
static const NjBytes stale_names[] = {
  { "content-md5", 11 },   { "digest", 6 },        { "content-digest", 14 }, { "repr-digest", 11 }, { "want-digest", 11 },
  { "accept-ranges", 13 }, { "x-content-md5", 13 },
};

/* A page that the browser fetches because it may be visited soon: no script sees it before. */
static gboolean
is_prefetch (NjExchange *exchange)
{
  NjField *purpose = nj_head_find_name (&exchange->request, NJ_BYTES ("sec-purpose"));

  return purpose != NULL && nj_bytes_starts_with (purpose->value, NJ_BYTES ("prefetch"));
}

/* A page or a frame, and nothing that a script fetched. Over plain HTTP browsers do not say what a request is for; then they
 * ask for pages as no script does. */
static gboolean
asks_for_page (NjExchange *exchange)
{
  NjBytes dest = nj_head_value (&exchange->request, NJ_FIELD_SEC_FETCH_DEST);
  NjBytes accept = nj_head_value (&exchange->request, NJ_FIELD_ACCEPT);

  if (nj_bytes_equal (dest, NJ_BYTES ("empty")))
    return nj_bytes_equal (nj_head_value (&exchange->request, NJ_FIELD_SEC_FETCH_MODE), NJ_BYTES ("no-cors")) &&
           is_prefetch (exchange);
  if (exchange->verdict.type != NJ_TYPE_DOCUMENT && exchange->verdict.type != NJ_TYPE_SUBDOCUMENT)
    return FALSE;
  if (dest.len > 0)
    return nj_bytes_equal (dest, NJ_BYTES ("document")) || nj_bytes_equal (dest, NJ_BYTES ("iframe")) ||
           nj_bytes_equal (dest, NJ_BYTES ("frame")) || nj_bytes_equal (dest, NJ_BYTES ("fencedframe"));
  return nj_bytes_find (accept, NJ_BYTES ("application/xml")) >= 0 && nj_bytes_find (accept, NJ_BYTES ("text/html")) >= 0 &&
         nj_head_find_name (&exchange->request, NJ_BYTES ("x-requested-with")) == NULL;
}

/* Browsers say so to secure origins only, and there are no others that may have most kinds of workers. */
static gboolean
asks_for_worker (NjExchange *exchange)
{
  NjBytes dest = nj_head_value (&exchange->request, NJ_FIELD_SEC_FETCH_DEST);

  return nj_bytes_equal (dest, NJ_BYTES ("worker")) || nj_bytes_equal (dest, NJ_BYTES ("sharedworker")) ||
         nj_bytes_equal (dest, NJ_BYTES ("serviceworker"));
}

/* Whether there is anything that a page could get. */
static gboolean
may_change_pages (NjExchange *exchange)
{
  const NjPolicy *policy = exchange->policy;

  return policy->pages != NULL || policy->has_common_agent || policy->matches_language ||
         exchange->context.profile == NJ_PROFILE_STRICT;
}

/* What browsers draw or play is no text, whatever it says that it is. */
static gboolean
may_be_text (guint type)
{
  return type != NJ_TYPE_IMAGE && type != NJ_TYPE_FONT && type != NJ_TYPE_MEDIA && type != NJ_TYPE_WEBSOCKET;
}

/* Whether rules may want something replaced in what comes: that costs a look at them. */
static gboolean
may_replace (NjExchange *exchange)
{
  NjFilterRequest request = { .url = exchange->url.text, .host = exchange->url.host, .source_host = exchange->context.page_host,
                              .type = exchange->verdict.type, .method = exchange->request.method };

  return may_be_text (request.type) && nj_response_may_replace (exchange->policy->engine, &request, &exchange->arena);
}

/**
 * nj_exchange_rewrite_prepare:
 * @exchange: an exchange whose request was not yet scrubbed
 *
 * What may be changed is asked for so that it can be read, and a worker's program anew: one that the browser kept was
 * perhaps not changed, or in another way.
 */
void
nj_exchange_rewrite_prepare (NjExchange *exchange)
{
  const NjPolicy *policy = exchange->policy;
  gboolean        is_changed;

  exchange->is_page = asks_for_page (exchange);
  exchange->is_worker = exchange->context.profile != NJ_PROFILE_OFF && (policy->has_common_agent || policy->matches_language) &&
                        asks_for_worker (exchange);
  is_changed = exchange->is_worker || (exchange->is_page && may_change_pages (exchange));
  /* Of pages that rules change exchange-mark.c knows what the browser has. */
  if (is_changed && exchange->request.method_id == NJ_METHOD_GET && (exchange->is_worker || policy->pages == NULL))
    {
      nj_head_drop (&exchange->request, NJ_FIELD_IF_NONE_MATCH);
      nj_head_drop (&exchange->request, NJ_FIELD_IF_MODIFIED_SINCE);
    }
  if (is_changed || may_replace (exchange))
    nj_exchange_packed_ask (exchange);
}

/**
 * nj_exchange_rewrite_tell:
 * @exchange: an exchange whose request was just scrubbed
 *
 * Keeps what the server is told of the browser, where scripts are to see the same.
 */
void
nj_exchange_rewrite_tell (NjExchange *exchange)
{
  NjHead *request = &exchange->request;
  NjBytes agent = nj_head_value (request, NJ_FIELD_USER_AGENT), languages = nj_head_value (request, NJ_FIELD_ACCEPT_LANGUAGE);

  if (!exchange->is_page && !exchange->is_worker)
    return;
  exchange->told.is_arrival = exchange->context.is_navigation && exchange->context.is_cross_site;
  exchange->told.is_control = nj_bytes_equal (nj_head_value (request, NJ_FIELD_SEC_GPC), NJ_BYTES ("1"));
  /* The request's text is gone when the answer comes. */
  if (exchange->policy->has_common_agent && nj_common_agent_is (agent, &exchange->arena))
    exchange->told.agent = nj_arena_copy (&exchange->arena, agent);
  if (exchange->policy->matches_language && exchange->verdict.route.kind == NJ_ROUTE_EXIT)
    exchange->told.languages = nj_arena_copy (&exchange->arena, languages);
}

/* The value of a parameter of Content-Type, without its quotes. */
static NjBytes
parameter (NjBytes value, NjBytes name)
{
  gssize  at = -1;
  NjBytes rest = value;

  for (gsize i = 0; at < 0 && i + name.len < value.len; i++)
    if (value.data[i] == ';')
      {
        rest = nj_bytes_trim (nj_bytes (value.data + i + 1, value.len - i - 1));
        if (rest.len > name.len && rest.data[name.len] == '=' &&
            nj_bytes_equal_nocase (nj_bytes (rest.data, name.len), name))
          at = (gssize) i;
      }
  if (at < 0)
    return NJ_BYTES_NONE;
  rest = nj_bytes (rest.data + name.len + 1, rest.len - name.len - 1);
  if (rest.len > 0 && rest.data[0] == '"')
    rest = nj_bytes (rest.data + 1, rest.len - 1);
  for (gsize i = 0; i < rest.len; i++)
    if (rest.data[i] == '"' || rest.data[i] == ';' || rest.data[i] == ' ')
      rest.len = i;
  return rest;
}

static NjBytes
media_type (NjBytes value)
{
  const char *end = value.len > 0 ? memchr (value.data, ';', value.len) : NULL;

  return nj_bytes_trim (end != NULL ? nj_bytes (value.data, (gsize) (end - value.data)) : value);
}

static gboolean
is_attachment (NjExchange *exchange)
{
  NjField *field = nj_head_find_name (&exchange->response, NJ_BYTES ("content-disposition"));

  return field != NULL && nj_bytes_equal_nocase (media_type (field->value), NJ_BYTES ("attachment"));
}

/* Whether the body may be changed at all. */
static gboolean
may_change (NjExchange *exchange, const NjFraming *framing)
{
  NjHead *response = &exchange->response;

  return framing->kind != NJ_FRAMING_NONE && (framing->kind != NJ_FRAMING_LENGTH || framing->length > 0) &&
         response->status != 206 && nj_head_find_name (response, NJ_BYTES ("content-range")) == NULL &&
         !nj_head_list_has (response, NJ_FIELD_CACHE_CONTROL, NJ_BYTES ("no-transform")) && !is_attachment (exchange);
}

/* Nothing of the body is changed, and people are told why. */
static void
leave (NjExchange *exchange, const char *why)
{
  nj_exchange_changes_note_body (exchange, nj_bytes_from_string (why), NJ_BYTES_NONE, NJ_BYTES_NONE, "the way it is packed");
}

/* Each policy of the page, also those that only report: ours is nothing to report. */
static void
admit (NjExchange *exchange, const char *nonce, guint what)
{
  for (guint i = 0; what != 0 && i < exchange->response.n_fields; i++)
    {
      NjField *field = &exchange->response.fields[i];

      if (!field->is_dropped && (nj_bytes_equal_nocase (field->name, NJ_BYTES ("content-security-policy")) ||
                                 nj_bytes_equal_nocase (field->name, NJ_BYTES ("content-security-policy-report-only"))))
        nj_csp_admit (field->value, nj_bytes_from_string (nonce), what, &exchange->arena, &field->value);
    }
}

/* What the head says of the body is no longer so. */
static void
change_head (NjExchange *exchange)
{
  NjHead *response = &exchange->response;

  nj_head_drop (response, NJ_FIELD_CONTENT_ENCODING);
  nj_head_drop (response, NJ_FIELD_CONTENT_LENGTH);
  nj_head_drop (response, NJ_FIELD_TRANSFER_ENCODING);
  nj_head_drop (response, NJ_FIELD_LAST_MODIFIED);
  for (guint i = 0; i < G_N_ELEMENTS (stale_names); i++)
    for (NjField *field; (field = nj_head_find_name (response, stale_names[i])) != NULL;)
      field->is_dropped = TRUE;
}

static NjRewrite *
begin (NjExchange *exchange, NjCoding coding, gsize spent)
{
  nj_exchange_changes_begin (exchange, &exchange->response);
  change_head (exchange);
  return nj_rewrite_new (coding, spent, coding != NJ_CODING_IDENTITY ? nj_worker_scratch (exchange->lane->worker) : NULL);
}

/* Text of any kind, in which a rule may replace something. */
static gboolean
is_text (NjBytes media)
{
  static const NjBytes types[] = { { "application/javascript", 22 },   { "application/json", 16 },
                                   { "application/xml", 15 },          { "application/x-javascript", 24 },
                                   { "application/ecmascript", 22 },   { "application/vnd.apple.mpegurl", 29 },
                                   { "application/x-mpegurl", 21 },    { "application/dash+xml", 20 },
                                   { "application/xhtml+xml", 21 } };

  if (media.len > 5 && nj_bytes_equal_nocase (nj_bytes (media.data, 5), NJ_BYTES ("text/")))
    return !nj_bytes_equal_nocase (media, NJ_BYTES ("text/event-stream"));
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (nj_bytes_equal_nocase (media, types[i]))
      return TRUE;
  return FALSE;
}

/* What a browser shows as a document whose scripts it runs. */
static gboolean
is_document (NjBytes media)
{
  static const NjBytes types[] = { { "text/html", 9 }, { "application/xhtml+xml", 21 }, { "image/svg+xml", 13 },
                                   { "application/xml", 15 }, { "text/xml", 8 } };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (nj_bytes_equal_nocase (media, types[i]))
      return TRUE;
  return FALSE;
}

/* What rules say of a page; FALSE: nothing, or it is none. */
static gboolean
find_rules (NjExchange *exchange, NjBytes media, NjRewriteRules *ret_rules)
{
  if (!exchange->is_page || !may_change_pages (exchange) || !is_document (media))
    return FALSE;

  nj_rewrite_rules_init_at (ret_rules, nj_arena_alloc (&exchange->arena, sizeof (NjPageLookup)), exchange->policy->pages,
                         exchange->url.host, exchange->url.path, exchange->spared, &exchange->arena);
  /* For these alone only the strict profile changes a page. */
  if (exchange->context.profile != NJ_PROFILE_STRICT && !nj_rewrite_rules_any (ret_rules))
    exchange->told.is_control = exchange->told.is_arrival = FALSE;
  nj_rewrite_rules_add_script (ret_rules, nj_page_script (&exchange->told, &exchange->arena));
  if (nj_rewrite_rules_any (ret_rules))
    return TRUE;
  nj_rewrite_rules_clear (ret_rules);
  return FALSE;
}

static gboolean
is_program (NjBytes media)
{
  static const NjBytes types[] = { { "text/javascript", 15 },          { "application/javascript", 22 },
                                   { "application/x-javascript", 24 }, { "application/ecmascript", 22 },
                                   { "text/ecmascript", 15 } };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (nj_bytes_equal_nocase (media, types[i]))
      return TRUE;
  return FALSE;
}

/* What goes before a worker's script; browsers read all of these as UTF-8, whatever is said. HTML §8.1.4.2. */
static NjBytes
worker_lead (NjExchange *exchange, NjBytes media)
{
  if (!exchange->is_worker || exchange->response.status != 200 || !is_program (media))
    return NJ_BYTES_NONE;
  return nj_page_script_worker (&exchange->told, &exchange->arena);
}

static NjRewrite *
rewrite (NjExchange *exchange, const NjFraming *framing, NjCoding coding, gboolean replaces)
{
  NjBytes        type = nj_head_value (&exchange->response, NJ_FIELD_CONTENT_TYPE), media = media_type (type);
  gboolean       is_xml = !nj_bytes_equal_nocase (media, NJ_BYTES ("text/html"));
  gboolean       has_charset = parameter (type, NJ_BYTES ("charset")).len > 0;
  NjRewriteRules rules;
  gboolean       has_page = find_rules (exchange, media, &rules);
  NjBytes        lead = worker_lead (exchange, media);
  NjRewrite     *self = NULL;
  gsize          spent;

  if ((has_page || replaces || lead.len > 0) && nj_exchange_packed_fits (exchange, framing, coding, &spent))
    {
      self = begin (exchange, coding, spent);
      self->text.rules = replaces ? &exchange->replace : NULL;
      self->lead = lead;
      if (has_page)
        nj_rewrite_take_page (self, &rules, is_xml, has_charset, &exchange->arena);
      self->page.drops_hints = exchange->context.profile != NJ_PROFILE_OFF && (exchange->context.spared & NJ_SCRUB_HINTS) == 0;
      nj_exchange_mark_put (exchange, nj_rewrite_wants (self), self->nonce);
      admit (exchange, self->nonce, nj_rewrite_wants (self));
      nj_exchange_changes_note (exchange, &exchange->response, "rules that change the page");
    }
  if (has_page)
    nj_rewrite_rules_clear (&rules);
  return self;
}

/* Nothing comes, for the browser has it. */
static void
confirm (NjExchange *exchange)
{
  nj_exchange_changes_begin (exchange, &exchange->response);
  change_head (exchange);
  admit (exchange, exchange->mark.nonce, nj_exchange_mark_confirm (exchange));
  nj_exchange_changes_note (exchange, &exchange->response, "rules that change the page");
}

/**
 * nj_exchange_rewrite_begin:
 * @exchange: an exchange whose response was judged and scrubbed, and not yet printed
 * @framing: of its body, as it comes
 *
 * Changes the head, if the body will be changed. May wait for the first bytes of it.
 *
 * Returns: (transfer full) (nullable): what changes the body; %NULL when it is passed as it is
 */
NjRewrite *
nj_exchange_rewrite_begin (NjExchange *exchange, const NjFraming *framing)
{
  NjBytes  type, media;
  NjCoding coding;
  gboolean replaces;

  if (!exchange->is_page && !exchange->is_worker && exchange->replace.n == 0)
    return NULL;

  if (exchange->response.status == 304 && exchange->mark.sent.len > 0)
    {
      confirm (exchange);
      return NULL;
    }
  type = nj_head_value (&exchange->response, NJ_FIELD_CONTENT_TYPE);
  media = media_type (type);
  replaces = nj_rewrite_text_is_any (&exchange->replace) && is_text (media);
  if (!replaces && !(exchange->is_page && is_document (media)) && !(exchange->is_worker && is_program (media)))
    return NULL;

  coding = nj_coding_parse (nj_head_value (&exchange->response, NJ_FIELD_CONTENT_ENCODING));
  if (coding == NJ_CODING_OTHER && may_change (exchange, framing))
    leave (exchange, "left-unreadable");
  if (coding == NJ_CODING_OTHER || !nj_rewrite_place_is_readable (parameter (type, NJ_BYTES ("charset"))) ||
      !may_change (exchange, framing))
    return NULL;
  return rewrite (exchange, framing, coding, replaces);
}

/* What is shown must be text, whatever the page was. */
static NjBytes
count_and_sample (NjExchange *exchange, guint n, const char *sample)
{
  g_autofree char *text = g_strchomp (g_utf8_make_valid (sample, -1));

  return sample[0] != '\0' ? nj_arena_printf (&exchange->arena, "%u: %s", n, text) : nj_arena_printf (&exchange->arena, "%u", n);
}

static void
note (NjExchange *exchange, const char *what, guint n, const char *before, const char *after)
{
  if (n == 0)
    return;
  exchange->record.changes |= NJ_CHANGE_BODY;
  nj_exchange_changes_note_body (exchange, nj_bytes_from_string (what),
                                 before != NULL ? count_and_sample (exchange, n, before) : NJ_BYTES_NONE,
                                 after != NULL ? count_and_sample (exchange, n, after) : NJ_BYTES_NONE, "filter rules");
}

/**
 * nj_exchange_rewrite_end:
 * @exchange: an exchange
 * @rewrite: (transfer full) (nullable): what changed its body
 *
 * Tells the journal what was done.
 */
void
nj_exchange_rewrite_end (NjExchange *exchange, NjRewrite *rewrite)
{
  if (rewrite == NULL)
    return;

  note (exchange, "hidden-elements", rewrite->page.counts.n_hidden, NULL, rewrite->page.counts.sample);
  note (exchange, "scriptlets", rewrite->page.counts.n_scriptlets, NULL, "");
  note (exchange, "removed-hints", rewrite->page.counts.n_hints, "", NULL);
  note (exchange, "removed-elements", rewrite->page.cut.n_removed, rewrite->page.cut.sample, NULL);
  note (exchange, "replaced-text", rewrite->text.n_replaced, NULL, "");
  if (rewrite->text.is_too_long)
    leave (exchange, "left-too-long");
  nj_rewrite_free (rewrite);
}
