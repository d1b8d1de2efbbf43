/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules that change a request before it is sent: removeheader=request:, cookie=, and stealth, which switches the
 * proxy's own protection off. The proxy asks once for each request that may pass, if there are such rules. Any thread.
 */
#include "filter/request-change.h"
#include "filter/cookie-match.h"
#include "filter/engine-private.h"
#include "filter/modifier.h"

/* Fields that no rule may take: they say where a message ends and whom it is for, or protect the page.
 * Source: AdGuard's description of its removeheader modifier. */
static const char *const kept[] = {
  "accept", "accept-encoding", "access-control-allow-credentials", "access-control-allow-headers",
  "access-control-allow-methods", "access-control-allow-origin", "access-control-expose-headers", "access-control-max-age",
  "access-control-request-headers", "access-control-request-method", "allow", "connection", "content-encoding",
  "content-length", "content-security-policy", "content-security-policy-report-only", "content-type",
  "cross-origin-embedder-policy", "cross-origin-opener-policy", "cross-origin-resource-policy", "expect", "expect-ct",
  "feature-policy", "host", "keep-alive", "origin", "origin-isolation", "permissions-policy", "public-key-pins",
  "public-key-pins-report-only", "referrer-policy", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site",
  "sec-fetch-user", "sec-websocket-accept", "sec-websocket-extensions", "sec-websocket-key", "sec-websocket-protocol",
  "sec-websocket-version", "strict-transport-security", "te", "timing-allow-origin", "trailer", "transfer-encoding",
  "upgrade", "upgrade-insecure-requests", "x-content-type-options", "x-download-options", "x-frame-options",
  "x-permitted-cross-domain-policies", "x-xss-protection",
};

static const struct
{
  const char *name;
  guint       bits;
} stealth_options[] = {
  { "referrer", NJ_STEALTH_REFERRER },
  { "donottrack", NJ_STEALTH_SIGNALS },
  { "searchqueries", NJ_STEALTH_REFERRER },
  { "queryparams", NJ_STEALTH_PARAMETERS },
  { "1p-cookie", NJ_STEALTH_COOKIES_FIRST_PARTY },
  { "3p-cookie", NJ_STEALTH_COOKIES_THIRD_PARTY },
  { "3p-cache", NJ_STEALTH_CACHE },
  { "3p-auth", NJ_STEALTH_AUTHORIZATION },
  { "xclientdata", NJ_STEALTH_IDENTITY },
  { "useragent", NJ_STEALTH_IDENTITY },
  { "ip", NJ_STEALTH_IDENTITY },
  /* What only something inside the browser does: nothing to switch off. */
  { "dpi", 0 }, { "flash", 0 }, { "java", 0 }, { "location", 0 }, { "push", 0 }, { "webrtc", 0 },
};

static NjBytes
without_prefix (NjBytes value)
{
  const NjBytes prefix = NJ_BYTES ("request:");

  return nj_bytes_starts_with (value, prefix) ? nj_bytes (value.data + prefix.len, value.len - prefix.len) : value;
}

/**
 * nj_request_change_is_removable:
 * @name: what a removeheader= rule names, perhaps with "request:" before it
 *
 * Any thread. Source: RFC 9110 §5.6.2 for what a name is.
 *
 * Returns: whether a rule may take such a field
 */
gboolean
nj_request_change_is_removable (NjBytes name)
{
  name = without_prefix (name);
  if (name.len == 0)
    return FALSE;
  for (gsize i = 0; i < name.len; i++)
    if (!g_ascii_isalnum (name.data[i]) && (name.data[i] == '\0' || strchr ("!#$%&'*+-.^_`|~", name.data[i]) == NULL))
      return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    if (nj_bytes_equal_nocase (name, nj_bytes_from_string (kept[i])))
      return FALSE;
  return TRUE;
}

/**
 * nj_request_change_parse_stealth:
 * @value: what follows "stealth=", such as "referrer|donottrack"; empty: all
 * @ret_bits: (out): NJ_STEALTH_ bits
 *
 * Any thread. Source: AdGuard's description of its stealth modifier.
 *
 * Returns: whether all of it is known
 */
gboolean
nj_request_change_parse_stealth (NjBytes value, guint *ret_bits)
{
  guint bits = value.len == 0 ? NJ_STEALTH_ALL : 0;

  while (value.len > 0)
    {
      const char *bar = memchr (value.data, '|', value.len);
      gsize       len = bar != NULL ? (gsize) (bar - value.data) : value.len;
      guint       i = 0;

      while (i < G_N_ELEMENTS (stealth_options)
             && !nj_bytes_equal (nj_bytes (value.data, len), nj_bytes_from_string (stealth_options[i].name)))
        i++;
      if (i == G_N_ELEMENTS (stealth_options))
        return FALSE;
      bits |= stealth_options[i].bits;
      value = bar != NULL ? nj_bytes (bar + 1, value.len - len - 1) : NJ_BYTES_NONE;
    }
  *ret_bits = bits;
  return TRUE;
}

/**
 * nj_request_change_is_judged:
 * @engine: an engine
 *
 * Any thread.
 *
 * Returns: whether nj_request_change_match() can come to anything
 */
gboolean
nj_request_change_is_judged (const NjEngine *engine)
{
  for (; engine != NULL; engine = engine->base)
    if ((engine->header->asks & NJ_IMAGE_ASKS_REQUEST) != 0)
      return TRUE;
  return FALSE;
}

static NjResponseChanges
collect_headers (NjMatch *match)
{
  NjModifierList    list;
  NjResponseChanges changes = { NULL, 0 };

  nj_modifier_collect (match, NJ_REALM_REMOVE_HEADER, &list);
  if (list.n > 0)
    changes.items = nj_arena_alloc (match->arena, list.n * sizeof changes.items[0]);
  for (guint i = 0; i < list.n; i++)
    {
      NjBytes name = without_prefix (list.hits[i].value);

      if (name.len < list.hits[i].value.len)
        changes.items[changes.n++] = (NjResponseChange){ name, list.hits[i].rule };
    }
  return changes;
}

static guint
collect_stealth (NjMatch *match)
{
  NjModifierList list;
  guint          all = 0, bits;

  nj_modifier_collect_all (match, NJ_REALM_STEALTH, &list);
  for (guint i = 0; i < list.n; i++)
    if (nj_request_change_parse_stealth (list.hits[i].value, &bits))
      all |= bits;
  return all;
}

/**
 * nj_request_change_match:
 * @engine: an engine
 * @request: a request that may pass
 * @arena: for scratch and for @ret_changes
 * @ret_changes: (out): what to do to it
 *
 * Any thread. Source: AdGuard's description of its removeheader, cookie and stealth modifiers.
 */
void
nj_request_change_match (const NjEngine *engine, const NjFilterRequest *request, NjArena *arena, NjRequestChanges *ret_changes)
{
  NjMatch match;

  *ret_changes = (NjRequestChanges){ 0 };
  if (request->url.len == 0 || request->host_only)
    return;

  nj_match_init (&match, engine, request, arena);
  ret_changes->remove_headers = collect_headers (&match);
  nj_cookie_match_collect (&match, &ret_changes->cookies);
  ret_changes->stealth_off = collect_stealth (&match);
}
