/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request made ready to be matched: its URL in lower case, the tokens and the names that any rule asks for, whose
 * request it is. All that every match needs and nothing that only a few rules ask; the rest is match.c's. Any thread;
 * allocates only scratch in the caller's arena.
 */
#include "filter/match.h"
#include "base/host.h"
#include "filter/site.h"
#include "filter/url-scan.h"

/* The dot of the root says nothing that rules ask for. */
static NjBytes
without_dot (NjBytes host)
{
  while (host.len > 0 && host.data[host.len - 1] == '.')
    host.len--;
  return host;
}

/* Whether the last two labels of both are the same. */
static gboolean
ends_alike (NjBytes a, NjBytes b)
{
  NjBytes longer = a.len > b.len ? a : b;
  gsize   n = MIN (a.len, b.len);
  guint   dots = 0;

  for (gsize i = 1; i <= n; i++)
    {
      char c = a.data[a.len - i];

      if (c != b.data[b.len - i])
        return FALSE;
      if (c == '.' && ++dots == 2)
        return TRUE;
    }
  return a.len == b.len || (dots == 1 && longer.data[longer.len - n - 1] == '.');
}

/* Whether @host belongs to another site than @source. The public suffix list, which takes long, is
 * only asked where the last two labels are the same and neither is below the other. */
static gboolean
is_third_party (NjBytes host, NjBytes source)
{
  if (source.len == 0)
    return TRUE;
  if (host.data == source.data && host.len == source.len)
    return FALSE;
  if (nj_host_is_below (host, source))
    return FALSE;
  return !ends_alike (host, source) || !nj_host_is_below (host, nj_site_registrable (source));
}

/* Keeps the tokens that rules are filed under, with their buckets: all realms share them. */
static void
find_tokens (NjMatch *match)
{
  const NjEngine     *engine = match->engine;
  const NjImageEntry *entries = engine->entries;
  NjImageSpan         span = engine->header->tokens;
  const NjImageSlot  *slots = nj_engine_part (engine, span);
  guint32             size = span.size / sizeof slots[0];
  const NjToken      *end = match->tokens + match->n_tokens;
  NjToken            *kept = match->tokens;

  for (const NjToken *token = match->tokens; token < end; token++)
    __builtin_prefetch (&slots[nj_image_share (nj_image_spread (token->hash), size)]);
  for (const NjToken *token = match->tokens; token < end; token++)
    {
      guint32 bucket = nj_image_bucket (slots, size, token->hash);

      /* The bucket is looked at only after the host tables: by then it has come. */
      if (bucket != NJ_IMAGE_NONE)
        {
          __builtin_prefetch (&entries[bucket & NJ_BUCKET_FIRST]);
          *kept++ = (NjToken){ bucket, token->at };
        }
    }
  match->n_tokens = kept - match->tokens;
}

static void
scan_url (NjMatch *match, NjArena *arena)
{
  NjBytes     url = match->request->url;
  gsize       room = (url.len / 2 + 2) * sizeof (NjToken);
  char       *text;
  const char *colon;

  match->tokens = nj_arena_alloc (arena, room + url.len + NJ_TOKEN_SLACK);
  text = (char *) match->tokens + room;
  match->n_tokens = nj_url_scan (url, match->engine->token_map, text, match->tokens);
  match->url = (NjGlobText){ text, url.len, 0 };

  colon = memchr (text, ':', url.len);
  if (colon != NULL && colon + 2 < text + url.len && colon[1] == '/' && colon[2] == '/')
    match->url.authority = colon + 3 - text;
  match->host_end = match->url.authority + match->target.host.len;
}

/* Whether any host rule's name could be one of the host's: they all have a bit for their last two labels, or for
 * their only one, and most hosts have none. */
static gboolean
may_be_listed (NjMatch *match)
{
  const NjEngine *engine = match->engine;
  const guint64  *hashes = match->label_hashes;
  gboolean        is_lone = nj_image_map_has (engine->header->lone_map, nj_image_lone_bit (hashes[0]));

  match->first_label = is_lone ? 0 : 1;
  return is_lone
         || (match->n_labels > 1 && nj_image_map_has (engine->host_map, nj_image_share (hashes[1] >> 32, engine->host_map_bits)));
}

/* Takes labels of the host from @at down until there are @most. Returns where the one after them ends. */
static gsize
take_labels (NjMatch *match, gsize at, guint most, guint64 *hash)
{
  const char *host = match->target.host.data;

  for (; at > 0; at--)
    {
      if (host[at - 1] == '.')
        {
          match->label_hashes[match->n_labels] = nj_hash_name_end (*hash);
          match->label_starts[match->n_labels++] = (guint8) at;
          if (match->n_labels == most)
            return at;
        }
      *hash = nj_hash_name_add (*hash, host[at - 1]);
    }
  match->label_hashes[match->n_labels] = nj_hash_name_end (*hash);
  match->label_starts[match->n_labels++] = 0;
  return 0;
}

static void
hash_labels (NjMatch *match)
{
  NjBytes host = match->target.host;
  guint64 hash = NJ_HASH_NAME_START;
  gsize   at;

  if (host.len == 0 || host.len > NJ_HOST_MAX)
    return;
  at = take_labels (match, host.len, 2, &hash);
  if (!may_be_listed (match))
    match->n_labels = 0;
  else if (at > 0)
    {
      hash = nj_hash_name_add (hash, '.');
      take_labels (match, at - 1, NJ_MATCH_LABELS, &hash);
    }
}

/**
 * nj_match_init:
 * @match: (out): a request ready to be matched
 * @engine: an engine; must outlive @match
 * @request: what is asked; must outlive @match
 * @arena: for scratch that lives as long as @match
 *
 * Any thread.
 */
void
nj_match_init (NjMatch *match, const NjEngine *engine, const NjFilterRequest *request, NjArena *arena)
{
  match->engine = engine;
  match->arena = arena;
  match->base = NULL;
  match->mark = 0;
  match->request = request;
  match->headers = NULL;
  match->asks_address = FALSE;
  match->n_headers = 0;
  match->n_labels = 0;
  match->source.is_known = match->target.is_known = FALSE;
  match->target.host = without_dot (request->host);
  match->source.host = request->type == NJ_TYPE_DOCUMENT ? match->target.host : without_dot (request->source_host);
  scan_url (match, arena);
  hash_labels (match);
  find_tokens (match);
  match->party = is_third_party (match->target.host, match->source.host) ? NJ_COND_THIRD : NJ_COND_FIRST;
  if (engine->base == NULL)
    return;

  match->mark = NJ_ENGINE_UPPER;
  match->base = nj_arena_alloc (arena, sizeof *match->base);
  nj_match_init (match->base, engine->base, request, arena);
}
