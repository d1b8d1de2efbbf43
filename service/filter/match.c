/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request against the index: which rules of a realm hold. Host names are looked up label by
 * label, everything else by the words of the URL. What follows from the rules found is engine.c's. Any thread;
 * allocates only scratch in the caller's arena.
 */
#include "filter/match.h"
#include "filter/condition.h"
#include "base/host.h"
#include "filter/host-code.h"
#include "filter/site.h"
#include "filter/url-scan.h"

#define LOW_BITS  G_GUINT64_CONSTANT (0x0101010101010101)
#define HIGH_BITS G_GUINT64_CONSTANT (0x8080808080808080)

/* The dot of the root says nothing that rules ask for. */
static NjBytes
without_dot (NjBytes host)
{
  while (host.len > 0 && host.data[host.len - 1] == '.')
    host.len--;
  return host;
}

/* The start of the last two labels. */
static NjBytes
last_labels (NjBytes host)
{
  const char *dot = host.data != NULL ? memrchr (host.data, '.', host.len) : NULL;

  if (dot != NULL)
    dot = memrchr (host.data, '.', dot - host.data);
  return dot != NULL ? nj_bytes (dot + 1, host.data + host.len - dot - 1) : host;
}

/* Whether @host belongs to another site than @source. The public suffix list, which takes long, is
 * only asked where the last two labels are the same and neither is below the other. */
static gboolean
is_third_party (NjBytes host, NjBytes source)
{
  if (source.len == 0)
    return TRUE;
  if (nj_host_is_below (host, source))
    return FALSE;
  if (!nj_bytes_equal (last_labels (host), last_labels (source)))
    return TRUE;
  return !nj_host_is_below (host, nj_site_registrable (source));
}

/* The bucket with that key, or NJ_IMAGE_NONE. */
static guint32
find_bucket (const NjEngine *engine, NjImageSpan span, guint32 key)
{
  const NjImageSlot *slots = nj_engine_part (engine, span);
  guint32            n = span.size / sizeof slots[0];
  guint32            i = nj_image_share (nj_image_spread (key), n);

  while (slots[i].key != key && slots[i].bucket != NJ_IMAGE_NONE)
    i = i + 1 < n ? i + 1 : 0;
  return slots[i].bucket;
}

/* Keeps the tokens that rules are filed under, with their buckets: all realms share them. */
static void
find_tokens (NjMatch *match)
{
  const NjEngine    *engine = match->engine;
  NjImageSpan        span = engine->header->tokens;
  const NjImageSlot *slots = nj_engine_part (engine, span);
  guint32            size = span.size / sizeof slots[0];
  guint              n = 0;

  if (size == 0)
    {
      match->n_tokens = 0;
      return;
    }
  for (guint i = 0; i < match->n_tokens; i++)
    __builtin_prefetch (&slots[nj_image_share (nj_image_spread (match->tokens[i].hash), size)]);
  for (guint i = 0; i < match->n_tokens; i++)
    {
      guint32 bucket = find_bucket (engine, span, match->tokens[i].hash);

      if (bucket != NJ_IMAGE_NONE)
        {
          __builtin_prefetch (&engine->entries[bucket & NJ_BUCKET_FIRST]);
          match->tokens[n++] = (NjToken){ bucket, match->tokens[i].at };
        }
    }
  match->n_tokens = n;
  /* The rules are looked at only after the host tables: by then they have come. */
  for (guint i = 0; i < n; i++)
    __builtin_prefetch (engine->rules + (engine->entries[match->tokens[i].hash & NJ_BUCKET_FIRST].rule & ~NJ_ENTRY_LAST));
}

static void
scan_url (NjMatch *match, NjArena *arena)
{
  NjBytes     url = match->request->url;
  char       *text = nj_arena_alloc (arena, url.len + NJ_TOKEN_SLACK);
  const char *colon;

  match->tokens = nj_arena_alloc (arena, (url.len / 2 + 2) * sizeof (NjToken));
  match->n_tokens = nj_url_scan (url, match->engine->token_map, text, match->tokens);
  match->url = (NjGlobText){ text, url.len, 0, 0 };

  colon = memchr (text, ':', url.len);
  if (colon != NULL && colon + 2 < text + url.len && colon[1] == '/' && colon[2] == '/')
    {
      gsize end = match->url.authority = colon + 3 - text;

      while (end < url.len && text[end] != '/' && text[end] != '?' && text[end] != '#')
        end++;
      match->url.authority_end = end;
    }
  match->host_end = match->url.authority + match->target.host.len;
}

static void
hash_labels (NjMatch *match)
{
  NjBytes host = match->target.host;
  guint64 hash = NJ_HASH_NAME_START;
  guint   n = 0;

  if (host.len == 0 || host.len > NJ_HOST_MAX)
    return;
  for (gsize i = host.len; i > 0 && n + 1 < NJ_MATCH_LABELS; i--)
    {
      if (host.data[i - 1] == '.')
        {
          match->label_hashes[n] = nj_hash_name_end (hash);
          match->label_starts[n++] = (guint8) i;
        }
      hash = nj_hash_name_add (hash, host.data[i - 1]);
    }
  match->label_hashes[n] = nj_hash_name_end (hash);
  match->label_starts[n++] = 0;
  match->n_labels = n;
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
  match->method = nj_rule_method_bit (request->method);
  hash_labels (match);
  scan_url (match, arena);
  find_tokens (match);
  match->party = is_third_party (match->target.host, match->source.host) ? NJ_COND_THIRD : NJ_COND_FIRST;
  if (engine->base == NULL)
    return;

  match->mark = NJ_ENGINE_UPPER;
  match->base = nj_arena_alloc (arena, sizeof *match->base);
  nj_match_init (match->base, engine->base, request, arena);
}

/* A pattern that stands at a token: its start is known. */
static gboolean
plain_matches (const NjMatch *match, const NjImageRule *rule, NjBytes pattern, gsize start, gsize *ret_end)
{
  const NjGlobText *url = &match->url;
  guint             bounds = rule->anchors;
  gsize             end;

  pattern.len -= (bounds & NJ_IMAGE_BOUND_SEPARATOR) != 0;
  end = start + pattern.len;
  if (end > url->len || memcmp (url->text + start, pattern.data, pattern.len) != 0)
    return FALSE;
  if ((bounds & NJ_IMAGE_BOUND_LEFT) != 0 && start > 0 && nj_token_is (url->text[start - 1], NJ_CLASS_TOKEN))
    return FALSE;
  if ((bounds & NJ_IMAGE_BOUND_RIGHT) != 0 && end < url->len && nj_token_is (url->text[end], NJ_CLASS_TOKEN))
    return FALSE;
  if ((bounds & NJ_IMAGE_BOUND_SEPARATOR) != 0 && end < url->len)
    {
      if (nj_token_is (url->text[end], NJ_CLASS_NO_SEPARATOR))
        return FALSE;
      end++;
    }

  if ((bounds & NJ_ANCHOR_HOST) != 0)
    {
      if (url->authority == 0 || start >= match->host_end || start < url->authority
          || (start > url->authority && url->text[start - 1] != '.'))
        return FALSE;
      if ((bounds & NJ_IMAGE_BOUND_HOST_END) != 0 && end != match->host_end)
        return FALSE;
    }
  else if ((bounds & NJ_ANCHOR_LEFT) != 0 && start != 0)
    return FALSE;
  *ret_end = end;
  return (bounds & NJ_ANCHOR_RIGHT) == 0 || end == url->len;
}

/* Whether the rule of an entry holds. @at is where its token stands in the URL. */
static gboolean
rule_matches (NjMatch *match, const NjImageEntry *entry, gsize at, NjMatchHit *hit)
{
  const NjEngine *engine = match->engine;
  NjImageRule     rule;
  NjBytes         pattern;
  guint32         place = entry->rule & ~NJ_ENTRY_LAST;
  NjPatternKind   kind;

  memcpy (&rule, engine->rules + place, sizeof rule);
  pattern = nj_bytes ((const char *) engine->rules + place + sizeof rule + rule.pattern_at, rule.pattern_len);
  kind = rule.kind & NJ_IMAGE_RULE_KIND;
  hit->end = 0;
  if (kind == NJ_PATTERN_PLAIN)
    {
      if (at < entry->at || !plain_matches (match, &rule, pattern, at - entry->at, &hit->end))
        return FALSE;
    }
  else if (kind == NJ_PATTERN_GENERIC && !nj_glob_match (pattern, rule.anchors, &match->url, &hit->end))
    return FALSE;

  hit->rule = place | match->mark;
  hit->flags = rule.kind;
  hit->is_host = FALSE;
  hit->conditions = rule.conditions != NJ_IMAGE_NONE ? engine->conditions + rule.conditions : NULL;
  return hit->conditions == NULL || nj_condition_holds (match, hit->conditions, &hit->end);
}

/* What is looked for in one walk through a realm. */
typedef struct
{
  NjRealm      realm;
  guint16      need;
  guint16      any; /* of these one must hold besides */
  NjMatchVisit visit;
  gpointer     user_data;
} Walk;

static inline gboolean
asks_for (guint16 cond, const Walk *walk)
{
  return (cond & walk->need) == walk->need && (cond & walk->any) != 0;
}

static gboolean
visit_bucket (NjMatch *match, guint32 first, gsize at, const Walk *walk)
{
  const NjImageEntry *entry = &match->engine->entries[first & NJ_BUCKET_FIRST];

  for (;; entry++)
    {
      NjMatchHit hit;

      if (entry->realm == walk->realm && asks_for (entry->cond, walk)
          && rule_matches (match, entry, at, &hit) && walk->visit (match, &hit, walk->user_data))
        return TRUE;
      if ((entry->rule & NJ_ENTRY_LAST) != 0)
        return FALSE;
    }
}

static gboolean
visit_tokens (NjMatch *match, const Walk *walk)
{
  guint32 group = nj_image_group (walk->realm);

  for (guint i = 0; i < match->n_tokens; i++)
    if ((match->tokens[i].hash & group) != 0 && visit_bucket (match, match->tokens[i].hash, match->tokens[i].at, walk))
      return TRUE;
  return FALSE;
}

static void
find_names (NjMatch *match, NjMatchNames *names, NjImageSpan span)
{
  nj_condition_names (match, names);
  if (names->n_buckets != G_MAXUINT)
    return;

  names->n_buckets = 0;
  for (guint i = 0; i < names->n; i++)
    {
      guint32 bucket = find_bucket (match->engine, span, names->numbers[i]);

      if (bucket != NJ_IMAGE_NONE)
        names->buckets[names->n_buckets++] = bucket;
    }
}

static gboolean
visit_names (NjMatch *match, NjMatchNames *names, NjImageSpan span, const Walk *walk)
{
  guint32 group = nj_image_group (walk->realm);

  if (span.size == 0)
    return FALSE;
  find_names (match, names, span);
  for (guint i = 0; i < names->n_buckets; i++)
    if ((names->buckets[i] & group) != 0 && visit_bucket (match, names->buckets[i], 0, walk))
      return TRUE;
  return FALSE;
}

/* Whether a slot of a host table is the suffix of the host that starts at @start, with a class that fits. */
static gboolean
host_matches (const NjMatch *match, guint32 place, guint start, const Walk *walk, NjMatchHit *hit)
{
  const guint8       *rule = match->engine->rules + place;
  NjBytes             host = match->target.host;
  const NjImageClass *class = &match->engine->classes[rule[1]];

  if (rule[0] == 0 || !asks_for (class->cond, walk)
      || !nj_host_code_is (rule + 3, rule[0], host.data + start, host.len - start))
    return FALSE;

  *hit = (NjMatchHit){ .rule = place | match->mark, .flags = (guint8) class->flags, .is_host = TRUE, .end = match->host_end };
  return TRUE;
}

/* The marks of eight slots that are @mark, as the high bits of their bytes; also perhaps of one above such a byte. */
static inline guint64
find_marks (guint64 marks, guint8 mark)
{
  guint64 differs = marks ^ (LOW_BITS * mark);

  return (differs - LOW_BITS) & ~differs & HIGH_BITS;
}

static gboolean
visit_label (NjMatch *match, const NjImageRealm *realm, guint label, const Walk *walk)
{
  const guint8  *marks = nj_engine_part (match->engine, realm->host_marks);
  const guint32 *rules = nj_engine_part (match->engine, realm->host_rules);
  guint32        n = realm->host_marks.size / 8;
  guint64        hash = match->label_hashes[label];
  guint32        group = nj_image_share (hash >> 32, n);

  for (;;)
    {
      guint64 present = nj_hash_load64 (marks + group * 8);

      for (guint64 hits = find_marks (present, (hash & 0xff) | 1); hits != 0; hits &= hits - 1)
        {
          NjMatchHit hit;
          guint32    place = rules[group * 8 + __builtin_ctzll (hits) / 8];

          if (host_matches (match, place, match->label_starts[label], walk, &hit)
              && walk->visit (match, &hit, walk->user_data))
            return TRUE;
        }
      if (find_marks (present, 0) != 0)
        return FALSE;
      group = group + 1 < n ? group + 1 : 0;
    }
}

static gboolean
visit_hosts (NjMatch *match, const NjImageRealm *realm, const Walk *walk)
{
  if (realm->host_marks.size == 0)
    return FALSE;
  for (guint label = 0; label < match->n_labels; label++)
    if (visit_label (match, realm, label, walk))
      return TRUE;
  return FALSE;
}

static gboolean
visit_realm (NjMatch *match, const Walk *walk)
{
  const NjImageHeader *header = match->engine->header;
  const NjImageRealm  *part = &header->realms[walk->realm];

  if (part->n_rules == 0)
    return FALSE;
  return visit_hosts (match, part, walk) || visit_tokens (match, walk)
         || visit_names (match, &match->source, header->sources, walk)
         || visit_names (match, &match->target, header->targets, walk)
         || (part->unfiled != NJ_IMAGE_NONE && visit_bucket (match, part->unfiled, 0, walk));
}

/**
 * nj_match_visit:
 * @match: a request
 * @realm: which rules to look among
 * @need: what a rule's condition must hold: type, party, and NJ_COND_IMPORTANT if only those are wanted
 * @visit: called for each rule that holds, until it returns TRUE
 * @user_data: for @visit
 *
 * Any thread.
 *
 * Returns: whether @visit did
 */
gboolean
nj_match_visit (NjMatch *match, NjRealm realm, guint16 need, NjMatchVisit visit, gpointer user_data)
{
  const Walk walk = { realm, need, G_MAXUINT16, visit, user_data };

  for (; match != NULL; match = match->base)
    if (visit_realm (match, &walk))
      return TRUE;
  return FALSE;
}

static gboolean
take_first (NjMatch *match, const NjMatchHit *hit, gpointer user_data)
{
  *(NjMatchHit *) user_data = *hit;
  return TRUE;
}

/**
 * nj_match_find:
 * @match: a request
 * @realm: which rules to look among
 * @need: as of nj_match_visit()
 * @ret_flags: (out) (optional): the rule's NJ_IMAGE_RULE_ bits
 *
 * Any thread.
 *
 * Returns: a rule that holds, %NJ_RULE_NONE when none does
 */
guint32
nj_match_find (NjMatch *match, NjRealm realm, guint16 need, guint8 *ret_flags)
{
  NjMatchHit hit;

  if (!nj_match_visit (match, realm, need, take_first, &hit))
    return NJ_RULE_NONE;
  if (ret_flags != NULL)
    *ret_flags = hit.flags;
  return hit.rule;
}

/**
 * nj_match_has_any:
 * @match: a request
 * @realm: which rules to look among
 * @need: as of nj_match_visit()
 * @any: bits of which a rule's condition must hold one besides
 *
 * Several questions at once, whose answer is nearly always no to all of them. Any thread.
 *
 * Returns: whether a rule holds
 */
gboolean
nj_match_has_any (NjMatch *match, NjRealm realm, guint16 need, guint16 any)
{
  NjMatchHit hit;
  const Walk walk = { realm, need, any, take_first, &hit };

  for (; match != NULL; match = match->base)
    if (visit_realm (match, &walk))
      return TRUE;
  return FALSE;
}

/**
 * nj_match_ends_host:
 * @match: a request
 * @hit: a rule that holds
 *
 * Whether the rule speaks of the host and nothing after it, so that it may block a whole page or a
 * tunnel of which only the host is known. Any thread. Source: uBlock Origin's strict blocking.
 *
 * Returns: whether the match ends with the host, or with the one separator after it
 */
gboolean
nj_match_ends_host (const NjMatch *match, const NjMatchHit *hit)
{
  gsize end = match->host_end;

  if (hit->is_host)
    return TRUE;
  return hit->end == end || hit->end == end + 1
         || (hit->end == end + 2 && end < match->url.len && match->url.text[end] == '.');
}
