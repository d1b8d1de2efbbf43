/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules that look at or change a response: header=, csp=, permissions=, removeheader=, replace=, inline
 * scripts, and pages on which cosmetic rules are off. The proxy asks once the response's head is there. Any thread.
 */
#include "filter/response.h"
#include "filter/cookie-match.h"
#include "filter/engine-private.h"
#include "filter/modifier.h"

/* Whether a rule of @realm holds and no exception of the same realm lifts it. */
typedef struct
{
  guint32  block;
  gboolean is_important;
  guint32  exception;
} Pair;

static gboolean
take_pair (NjMatch *match, const NjMatchHit *hit, gpointer user_data)
{
  Pair *pair = user_data;

  if ((hit->flags & NJ_IMAGE_RULE_EXCEPTION) != 0)
    pair->exception = hit->rule;
  else if (!pair->is_important)
    {
      pair->block = hit->rule;
      pair->is_important = (hit->flags & NJ_IMAGE_RULE_IMPORTANT) != 0;
    }
  return FALSE;
}

static Pair
find_pair (NjMatch *match, NjRealm realm, guint16 need)
{
  Pair pair = { NJ_RULE_NONE, FALSE, NJ_RULE_NONE };

  nj_match_visit (match, realm, need, take_pair, &pair);
  return pair;
}

static guint32
decide_header (NjMatch *match, guint16 need)
{
  Pair pair = find_pair (match, NJ_REALM_HEADER, need);

  if (pair.block == NJ_RULE_NONE || pair.is_important)
    return pair.block;
  if (pair.exception != NJ_RULE_NONE || nj_match_find (match, NJ_REALM_EXCEPT, need, NULL) != NJ_RULE_NONE)
    return NJ_RULE_NONE;
  return pair.block;
}

static guint32
decide_inline (NjMatch *match, NjRealm realm, guint16 need)
{
  Pair pair = find_pair (match, realm, need);

  return pair.is_important || pair.exception == NJ_RULE_NONE ? pair.block : NJ_RULE_NONE;
}

/* Blocking these is implied; only exceptions say anything, and important rules against them. */
static gboolean
is_page_excepted (NjMatch *match, NjRealm realm)
{
  Pair pair = find_pair (match, realm, NJ_TYPE_BIT (NJ_TYPE_DOCUMENT) | NJ_COND_FIRST);

  return pair.exception != NJ_RULE_NONE && !pair.is_important;
}

static NjResponseChanges
collect (NjMatch *match, NjRealm realm, NjArena *arena)
{
  NjModifierList    list;
  NjResponseChanges changes = { NULL, 0 };

  nj_modifier_collect (match, realm, &list);
  if (list.n == 0)
    return changes;
  changes.items = nj_arena_alloc (arena, list.n * sizeof changes.items[0]);
  for (guint i = 0; i < list.n; i++)
    changes.items[changes.n++] = (NjResponseChange){ list.hits[i].value, list.hits[i].rule };
  return changes;
}

/* "request:name" is about the request; moves those out of @all. */
static NjResponseChanges
split_requests (NjResponseChanges *all, NjArena *arena)
{
  NjResponseChanges requests = { nj_arena_alloc (arena, (all->n + 1) * sizeof all->items[0]), 0 };
  const NjBytes     prefix = NJ_BYTES ("request:");
  guint             kept = 0;

  for (guint i = 0; i < all->n; i++)
    {
      NjResponseChange change = all->items[i];

      if (!nj_bytes_starts_with (change.value, prefix))
        {
          all->items[kept++] = change;
          continue;
        }
      change.value = nj_bytes (change.value.data + prefix.len, change.value.len - prefix.len);
      requests.items[requests.n++] = change;
    }
  all->n = kept;
  return requests;
}

/**
 * nj_response_is_judged:
 * @engine: an engine
 * @is_html: whether the response is a page or a frame
 *
 * Most lists have no rules for what is no page, and then the second look at each request can be spared.
 * Any thread.
 *
 * Returns: whether nj_response_match() can come to anything for such a response
 */
gboolean
nj_response_is_judged (const NjEngine *engine, gboolean is_html)
{
  static const NjRealm html[] = { NJ_REALM_REMOVE_HEADER, NJ_REALM_CSP, NJ_REALM_PERMISSIONS, NJ_REALM_INLINE_SCRIPT,
                                  NJ_REALM_INLINE_FONT, NJ_REALM_GENERIC_HIDE, NJ_REALM_SPECIFIC_HIDE, NJ_REALM_REPLACE };

  for (; engine != NULL; engine = engine->base)
    {
      if (engine->header->realms[NJ_REALM_HEADER].n_rules > 0 || (engine->header->asks & NJ_IMAGE_ASKS_RESPONSE) != 0)
        return TRUE;
      for (guint i = 0; is_html && i < G_N_ELEMENTS (html); i++)
        if (engine->header->realms[html[i]].n_rules > 0)
          return TRUE;
    }

  return FALSE;
}

/**
 * nj_response_may_replace:
 * @engine: (nullable): an engine
 * @request: a request before it is sent
 * @arena: for scratch
 *
 * What a rule asks of the response's fields is not known yet: such a one does not count. Any thread.
 *
 * Returns: whether rules want something replaced in what comes
 */
gboolean
nj_response_may_replace (const NjEngine *engine, const NjFilterRequest *request, NjArena *arena)
{
  gboolean has_any = FALSE;
  NjMatch  match;

  for (const NjEngine *layer = engine; layer != NULL; layer = layer->base)
    has_any |= layer->header->realms[NJ_REALM_REPLACE].n_rules > 0;
  if (!has_any || request->url.len == 0)
    return FALSE;
  nj_match_init (&match, engine, request, arena);
  return collect (&match, NJ_REALM_REPLACE, arena).n > 0;
}

/**
 * nj_response_match:
 * @engine: an engine
 * @request: the request that was let through
 * @headers: fields of the response, in order
 * @n_headers: how many
 * @arena: for scratch and for @ret_verdict
 * @ret_verdict: (out): what to do to the response
 *
 * Any thread. Source: uBlock Origin 1.67's order for what it does when headers have come.
 */
void
nj_response_match (const NjEngine *engine, const NjFilterRequest *request, const NjFilterHeader *headers,
                   guint n_headers, NjArena *arena, NjResponseVerdict *ret_verdict)
{
  gboolean is_page = request->type == NJ_TYPE_DOCUMENT || request->type == NJ_TYPE_SUBDOCUMENT;
  NjMatch  match;
  guint16  need;

  *ret_verdict = (NjResponseVerdict){ .blocked_by = NJ_RULE_NONE,
                                      .inline_script = NJ_RULE_NONE,
                                      .inline_font = NJ_RULE_NONE };
  if (request->url.len == 0 || request->host_only)
    return;

  nj_match_init (&match, engine, request, arena);
  for (NjMatch *layer = &match; layer != NULL; layer = layer->base)
    {
      layer->headers = headers;
      layer->n_headers = n_headers;
    }
  need = NJ_TYPE_BIT (request->type) | match.party;

  ret_verdict->blocked_by = decide_header (&match, need);
  ret_verdict->replace = collect (&match, NJ_REALM_REPLACE, arena);
  ret_verdict->remove_headers = collect (&match, NJ_REALM_REMOVE_HEADER, arena);
  ret_verdict->remove_request_headers = split_requests (&ret_verdict->remove_headers, arena);
  nj_cookie_match_collect (&match, &ret_verdict->cookies);
  if (!is_page)
    return;

  ret_verdict->csp = collect (&match, NJ_REALM_CSP, arena);
  ret_verdict->permissions = collect (&match, NJ_REALM_PERMISSIONS, arena);
  ret_verdict->inline_script = decide_inline (&match, NJ_REALM_INLINE_SCRIPT, need);
  ret_verdict->inline_font = decide_inline (&match, NJ_REALM_INLINE_FONT, need);
  ret_verdict->no_generic_hide = is_page_excepted (&match, NJ_REALM_GENERIC_HIDE);
  ret_verdict->no_specific_hide = is_page_excepted (&match, NJ_REALM_SPECIFIC_HIDE);
}
