/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is to happen with a request or a tunnel: firewall, filter and route are asked in that order and
 * one struct answers for all. The rooms asked know nothing of each other. A worker's calls.
 */
#include "proxy/verdict.h"

#include "privacy/request-scrub.h"

typedef struct
{
  const char   *name;
  NjRequestType type;
} TypeName;

/* Fetch Standard §2.2.5, what browsers send in Sec-Fetch-Dest. */
static const TypeName destinations[] = {
  { "document", NJ_TYPE_DOCUMENT },      { "image", NJ_TYPE_IMAGE },
  { "script", NJ_TYPE_SCRIPT },          { "style", NJ_TYPE_STYLESHEET },
  { "empty", NJ_TYPE_XHR },              { "font", NJ_TYPE_FONT },
  { "iframe", NJ_TYPE_SUBDOCUMENT },     { "frame", NJ_TYPE_SUBDOCUMENT },
  { "fencedframe", NJ_TYPE_SUBDOCUMENT }, { "audio", NJ_TYPE_MEDIA },
  { "video", NJ_TYPE_MEDIA },            { "track", NJ_TYPE_MEDIA },
  { "object", NJ_TYPE_OBJECT },          { "embed", NJ_TYPE_OBJECT },
  { "worker", NJ_TYPE_SCRIPT },          { "sharedworker", NJ_TYPE_SCRIPT },
  { "serviceworker", NJ_TYPE_SCRIPT },   { "audioworklet", NJ_TYPE_SCRIPT },
  { "paintworklet", NJ_TYPE_SCRIPT },    { "websocket", NJ_TYPE_WEBSOCKET },
};

static const TypeName extensions[] = {
  { "js", NJ_TYPE_SCRIPT },      { "mjs", NJ_TYPE_SCRIPT },     { "css", NJ_TYPE_STYLESHEET },
  { "gif", NJ_TYPE_IMAGE },      { "png", NJ_TYPE_IMAGE },      { "jpg", NJ_TYPE_IMAGE },
  { "jpeg", NJ_TYPE_IMAGE },     { "webp", NJ_TYPE_IMAGE },     { "svg", NJ_TYPE_IMAGE },
  { "ico", NJ_TYPE_IMAGE },      { "avif", NJ_TYPE_IMAGE },     { "woff", NJ_TYPE_FONT },
  { "woff2", NJ_TYPE_FONT },     { "ttf", NJ_TYPE_FONT },       { "otf", NJ_TYPE_FONT },
  { "mp4", NJ_TYPE_MEDIA },      { "webm", NJ_TYPE_MEDIA },     { "mp3", NJ_TYPE_MEDIA },
  { "m3u8", NJ_TYPE_MEDIA },     { "ogg", NJ_TYPE_MEDIA },      { "html", NJ_TYPE_DOCUMENT },
  { "htm", NJ_TYPE_DOCUMENT },   { "swf", NJ_TYPE_OBJECT },
};

static gboolean
type_by_name (const TypeName *names, gsize n, NjBytes name, NjRequestType *ret_type)
{
  for (gsize i = 0; i < n; i++)
    if (nj_bytes_equal_nocase (nj_bytes_from_string (names[i].name), name))
      {
        *ret_type = names[i].type;
        return TRUE;
      }

  return FALSE;
}

static gboolean
type_by_extension (const NjUrl *url, NjRequestType *ret_type)
{
  gsize end = url->path.len;
  gsize dot;

  if (url->query.data != NULL)
    end -= url->query.len + 1;
  for (dot = end; dot > 0 && url->path.data[dot - 1] != '.'; dot--)
    if (url->path.data[dot - 1] == '/' || end - dot > 6)
      return FALSE;

  return dot > 0 && type_by_name (extensions, G_N_ELEMENTS (extensions),
                                  nj_bytes (url->path.data + dot, end - dot), ret_type);
}

/* Of programs that send no Sec-Fetch-Dest: old browsers, curl. */
static NjRequestType
type_by_accept (NjHead *head, const NjUrl *url)
{
  NjBytes       accept = nj_head_value (head, NJ_FIELD_ACCEPT);
  NjRequestType type = NJ_TYPE_OTHER;

  if (nj_bytes_starts_with (accept, NJ_BYTES ("text/html")) ||
      nj_bytes_starts_with (accept, NJ_BYTES ("application/xhtml+xml")))
    return NJ_TYPE_DOCUMENT;
  if (nj_bytes_starts_with (accept, NJ_BYTES ("image/")))
    return NJ_TYPE_IMAGE;
  if (nj_bytes_starts_with (accept, NJ_BYTES ("text/css")))
    return NJ_TYPE_STYLESHEET;
  if (nj_bytes_starts_with (accept, NJ_BYTES ("text/event-stream")))
    return NJ_TYPE_XHR;

  type_by_extension (url, &type);
  return type;
}

/**
 * nj_verdict_request_type:
 * @head: a request head
 * @url: what it asks for
 *
 * Returns: what the answer will be used for, as well as the request tells
 */
NjRequestType
nj_verdict_request_type (NjHead *head, const NjUrl *url)
{
  NjBytes       destination = nj_head_value (head, NJ_FIELD_SEC_FETCH_DEST);
  NjBytes       mode = nj_head_value (head, NJ_FIELD_SEC_FETCH_MODE);
  NjRequestType type = NJ_TYPE_OTHER;

  if (nj_bytes_equal (mode, NJ_BYTES ("websocket")) ||
      nj_head_list_has (head, NJ_FIELD_UPGRADE, NJ_BYTES ("websocket")))
    return NJ_TYPE_WEBSOCKET;
  if (destination.len == 0)
    return type_by_accept (head, url);

  type_by_name (destinations, G_N_ELEMENTS (destinations), destination, &type);
  /* navigator.sendBeacon and <a ping>: fetches that nobody reads the answer of. */
  if (type == NJ_TYPE_XHR && head->method_id == NJ_METHOD_POST && nj_bytes_equal (mode, NJ_BYTES ("no-cors")))
    type = NJ_TYPE_PING;
  return type;
}

/**
 * nj_verdict_is_own_port:
 * @lane: the calling worker's lane
 * @host: a host in its normal form
 * @port: its port
 *
 * Returns: whether that is this very proxy, by address or by a name that can only be it
 */
gboolean
nj_verdict_is_own_port (const NjLane *lane, NjBytes host, guint16 port)
{
  NjAddress address;

  if (port != nj_address_port (&lane->shared->address))
    return FALSE;
  if (nj_host_is_below (host, NJ_BYTES ("localhost")))
    return TRUE;
  if (!nj_address_parse (host, port, &address))
    return FALSE;

  return nj_address_scope (&address) == NJ_SCOPE_LOOPBACK || nj_address_scope (&address) == NJ_SCOPE_UNSPECIFIED;
}

/* 0.0.0.0 reaches this machine on Linux, past every rule about loopback; the others are nobody's. */
static gboolean
is_nobody (NjBytes host)
{
  NjAddress address;
  NjScope   scope;

  /* 0.0.0.0/8, 224.0.0.0/3 and what is in brackets: names and all other addresses are spared the rest. */
  if (strchr ("02[", host.data[0]) == NULL || !nj_host_is_address (host) || !nj_address_parse (host, 0, &address))
    return FALSE;

  scope = nj_address_scope (&address);
  return scope == NJ_SCOPE_UNSPECIFIED || scope == NJ_SCOPE_MULTICAST;
}

static gboolean
refuse_nobody (NjBytes host, NjVerdict *verdict)
{
  if (!is_nobody (host))
    return FALSE;

  verdict->kind = NJ_VERDICT_BLOCK;
  verdict->action = NJ_LOG_REFUSED;
  verdict->reason = "an address that is nobody's";
  return TRUE;
}

static void
take_filter_verdict (NjLane *lane, const NjFilterVerdict *filter, NjBytes host, NjVerdict *verdict)
{
  verdict->rule = filter->rule;
  verdict->asks_address = filter->asks_address;
  switch (filter->action)
    {
    case NJ_FILTER_ALLOW:
      break;
    case NJ_FILTER_EXCEPT:
      verdict->action = NJ_LOG_EXCEPTED;
      break;
    case NJ_FILTER_REWRITE:
      verdict->kind = NJ_VERDICT_REWRITE;
      verdict->rule = filter->modifier;
      verdict->rewrite = filter->rewrite;
      break;
    default:
      verdict->kind = filter->action == NJ_FILTER_REDIRECT ? NJ_VERDICT_REDIRECT : NJ_VERDICT_BLOCK;
      verdict->redirect = filter->redirect;
      verdict->action = NJ_LOG_BLOCKED;
    }

  if (verdict->action == NJ_LOG_BLOCKED && nj_allowances_has (lane->shared->allowances, host))
    {
      verdict->kind = NJ_VERDICT_PASS;
      verdict->action = NJ_LOG_EXCEPTED;
      verdict->reason = "allowed once";
    }
}

/**
 * nj_verdict_ask_request:
 * @lane: the calling worker's lane
 * @policy: the conversation's policy
 * @head: the request, as the client sent it
 * @url: what it asks for
 * @context: who asks whom
 * @arena: the exchange's arena
 * @ret_verdict: (out): what is to happen
 */
void
nj_verdict_ask_request (NjLane *lane, const NjPolicy *policy, NjHead *head, const NjUrl *url,
                        const NjScrubContext *context, NjArena *arena, NjVerdict *ret_verdict)
{
  NjFilterRequest request = { .url = url->text, .host = url->host, .source_host = context->page_host,
                              .method = head->method };
  NjFilterVerdict filter;

  *ret_verdict = (NjVerdict){ .rule = NJ_RULE_NONE };
  ret_verdict->type = request.type = nj_verdict_request_type (head, url);
  nj_route_choose (&policy->choice, url->host, &ret_verdict->route);
  if (refuse_nobody (url->host, ret_verdict) || !policy->is_filtering)
    return;

  ret_verdict->reason = nj_request_scrub_refusal (head, context);
  if (ret_verdict->reason != NULL)
    {
      ret_verdict->kind = NJ_VERDICT_BLOCK;
      ret_verdict->action = NJ_LOG_BLOCKED;
      return;
    }

  nj_engine_match (policy->engine, &request, arena, &filter);
  take_filter_verdict (lane, &filter, url->host, ret_verdict);
}

/* A tunnel as the filter sees it: the host's front page, of no known type. */
static void
describe_tunnel (NjBytes host, NjArena *arena, NjFilterRequest *ret_request)
{
  NjBytes scheme = NJ_BYTES ("https://");
  NjBytes url = nj_arena_join (arena, nj_arena_join (arena, scheme, host), NJ_BYTES ("/"));

  *ret_request = (NjFilterRequest){ .host_only = TRUE, .type = NJ_TYPE_OTHER, .url = url };
  ret_request->host = nj_bytes (url.data + scheme.len, host.len);
}

/**
 * nj_verdict_ask_tunnel:
 * @lane: the calling worker's lane
 * @policy: the conversation's policy
 * @host: where the tunnel goes, in its normal form
 * @port: its port
 * @arena: the conversation's arena
 * @ret_verdict: (out): what is to happen; only what a host name alone decides
 */
void
nj_verdict_ask_tunnel (NjLane *lane, const NjPolicy *policy, NjBytes host, guint16 port, NjArena *arena,
                       NjVerdict *ret_verdict)
{
  NjFilterRequest request;
  NjFilterVerdict filter;

  *ret_verdict = (NjVerdict){ .rule = NJ_RULE_NONE };
  nj_route_choose (&policy->choice, host, &ret_verdict->route);
  if (refuse_nobody (host, ret_verdict) || !policy->is_filtering)
    return;

  describe_tunnel (host, arena, &request);
  nj_engine_match (policy->engine, &request, arena, &filter);
  take_filter_verdict (lane, &filter, host, ret_verdict);
}

/**
 * nj_verdict_ask_canonical:
 * @lane: the calling worker's lane
 * @policy: the conversation's policy
 * @host: where a tunnel goes, resolved a moment ago for its connection
 * @deadline: monotonic µs
 * @arena: the conversation's arena
 * @verdict: (inout): what is to happen
 *
 * Judges a tunnel by the name that its host is an alias of. A fiber's call.
 *
 * Returns: whether it is blocked now
 */
gboolean
nj_verdict_ask_canonical (NjLane *lane, const NjPolicy *policy, NjBytes host, gint64 deadline, NjArena *arena,
                          NjVerdict *verdict)
{
  NjFilterRequest request;
  NjFilterVerdict filter;
  NjResolved      resolved;
  const char     *name = resolved.names;

  if (!policy->is_filtering || verdict->action != NJ_LOG_PASSED || verdict->route.kind != NJ_ROUTE_DIRECT ||
      nj_host_is_address (host) ||
      nj_resolver_resolve (lane->worker, host, deadline, &resolved) != NJ_RESOLVE_OK || resolved.n_names == 0)
    return FALSE;

  for (guint i = 1; i < resolved.n_names; i++)
    name += strlen (name) + 1;
  describe_tunnel (host, arena, &request);
  if (!nj_engine_match_cname (policy->engine, &request, nj_bytes_from_string (name), arena, &filter))
    return FALSE;

  take_filter_verdict (lane, &filter, host, verdict);
  return verdict->kind == NJ_VERDICT_BLOCK || verdict->kind == NJ_VERDICT_REDIRECT;
}

/**
 * nj_verdict_name_rule:
 * @policy: the conversation's policy
 * @verdict: a verdict of its engine
 * @arena: the exchange's arena
 * @ret_rule: (out): the rule as written in its list
 * @ret_list: (out): the list's title and the line
 *
 * Looks up what decided; only for what is shown or logged as blocked, since the text of a rule is
 * not kept at hand.
 */
void
nj_verdict_name_rule (const NjPolicy *policy, const NjVerdict *verdict, NjArena *arena, NjBytes *ret_rule,
                      NjBytes *ret_list)
{
  g_auto (NjRuleOrigin) origin = { 0 };

  *ret_rule = *ret_list = NJ_BYTES_NONE;
  if (verdict->rule == NJ_RULE_NONE || !nj_engine_describe (policy->engine, verdict->rule, &origin))
    return;

  *ret_rule = nj_arena_copy (arena, nj_bytes_from_string (origin.text));
  *ret_list = nj_arena_printf (arena, "%s:%u", origin.title != NULL ? origin.title : origin.list, origin.line);
}
