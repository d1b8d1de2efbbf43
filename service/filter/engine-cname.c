/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can only be asked once a name was resolved: whether the host is another's under an alias of the site's own,
 * and whether its address decides. Whoever resolves calls: after nj_engine_match() said "allow" and the chain of
 * canonical names is known, nj_engine_match_cname() for the last of them; and, if its verdict asks for the address,
 * nj_engine_match() again with that. A request that an exception let through is not asked about. Any thread.
 */
#include "filter/engine.h"
#include "base/host.h"
#include "filter/match.h"

/* The URL under its other host, up to the first slash of its path: uBlock Origin does not replay the rest. */
static void
rename_host (const NjFilterRequest *request, NjBytes host, NjArena *arena, NjFilterRequest *ret_renamed)
{
  gsize       before = request->host.data - request->url.data;
  const char *rest = request->host.data + request->host.len;
  gsize       left = request->url.data + request->url.len - rest;
  const char *slash = left > 0 ? memchr (rest, '/', left) : NULL;
  gsize       after = slash != NULL ? (gsize) (slash + 1 - rest) : 0;
  char       *url = nj_arena_alloc (arena, before + host.len + after + 1);

  memcpy (url, request->url.data, before);
  memcpy (url + before, host.data, host.len);
  memcpy (url + before + host.len, rest, after);
  *ret_renamed = *request;
  ret_renamed->url = nj_bytes (url, before + host.len + after);
  ret_renamed->host = nj_bytes (url + before, host.len);
}

/* Such exceptions are about the page that asks. */
static guint32
find_exception (const NjEngine *engine, const NjFilterRequest *request, NjArena *arena)
{
  NjBytes         page = request->source_host.len > 0 ? request->source_host : request->host;
  NjFilterRequest asked = { .type = NJ_TYPE_DOCUMENT };
  NjMatch         match;

  asked.url = nj_arena_printf (arena, "https://%.*s/", NJ_BYTES_ARGS (page));
  asked.host = asked.source_host = nj_bytes (asked.url.data + 8, page.len);
  nj_match_init (&match, engine, &asked, arena);
  return nj_match_find (&match, NJ_REALM_CNAME, NJ_TYPE_BIT (NJ_TYPE_DOCUMENT) | NJ_COND_FIRST, NULL);
}

/**
 * nj_engine_match_cname:
 * @engine: an engine
 * @request: a request that nj_engine_match() would let through, by no exception; its host is a slice of its URL
 * @cname_host: the canonical name of its host
 * @arena: for scratch
 * @ret_verdict: (out): by which rule
 *
 * Whether the request would be blocked under its host's other name. A page is not, nor what stays within its site;
 * "@@…$cname" exempts the page that asks. In a tunnel (host_only) pages cannot be told from the rest. Any thread.
 * Source: uBlock Origin 1.67 with its default settings for canonical names.
 *
 * Returns: whether it is to be blocked
 */
gboolean
nj_engine_match_cname (const NjEngine *engine, const NjFilterRequest *request, NjBytes cname_host, NjArena *arena,
                       NjFilterVerdict *ret_verdict)
{
  char            normal[NJ_HOST_MAX + 1];
  NjBytes         cname;
  NjFilterRequest renamed;
  guint32         exception;

  *ret_verdict = (NjFilterVerdict){ .action = NJ_FILTER_ALLOW, .rule = NJ_RULE_NONE, .modifier = NJ_RULE_NONE };
  if (request->type == NJ_TYPE_DOCUMENT && !request->host_only)
    return FALSE;
  cname = nj_bytes (normal, nj_host_normalize (cname_host, normal));
  if (cname.len == 0 || request->host.len == 0 || nj_host_is_same_site (cname, request->host))
    return FALSE;

  rename_host (request, cname, arena, &renamed);
  nj_engine_match (engine, &renamed, arena, ret_verdict);
  if (ret_verdict->action != NJ_FILTER_BLOCK && ret_verdict->action != NJ_FILTER_REDIRECT)
    {
      *ret_verdict = (NjFilterVerdict){ .action = NJ_FILTER_ALLOW, .rule = NJ_RULE_NONE, .modifier = NJ_RULE_NONE };
      return FALSE;
    }

  exception = ret_verdict->is_important ? NJ_RULE_NONE : find_exception (engine, request, arena);
  if (exception == NJ_RULE_NONE)
    return TRUE;
  *ret_verdict = (NjFilterVerdict){ .action = NJ_FILTER_EXCEPT, .rule = exception, .modifier = NJ_RULE_NONE };
  return FALSE;
}
