/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request against the index: which rules of a realm hold. Host names are looked up label by
 * label, everything else by the words of the URL. What follows from the rules found is engine.c's. Any thread;
 * allocates only scratch in the caller's arena.
 */
#include "filter/match.h"
#include "filter/condition.h"
#include "base/host.h"

#define LOW_BITS  G_GUINT64_CONSTANT (0x0101010101010101)
#define HIGH_BITS G_GUINT64_CONSTANT (0x8080808080808080)

/* The start of the last two labels. */
static NjBytes
last_labels (NjBytes host)
{
  const char *dot = host.len > 0 ? memrchr (host.data, '.', host.len) : NULL;

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
  return !nj_host_is_below (host, nj_host_registrable (source));
}

static void
lower_url (NjMatch *match, NjArena *arena)
{
  NjBytes     url = match->request->url;
  char       *text = nj_arena_alloc (arena, url.len + NJ_TOKEN_SLACK);
  const char *colon;

  for (gsize i = 0; i < url.len; i++)
    text[i] = nj_ascii_lower (url.data[i]);
  memset (text + url.len, 0, NJ_TOKEN_SLACK);
  match->url = (NjGlobText){ text, url.len, 0, 0 };

  colon = memchr (text, ':', url.len);
  if (colon != NULL && colon + 2 < text + url.len && colon[1] == '/' && colon[2] == '/')
    {
      gsize end = match->url.authority = colon + 3 - text;

      while (end < url.len && text[end] != '/' && text[end] != '?' && text[end] != '#')
        end++;
      match->url.authority_end = end;
    }
  match->host_end = match->url.authority + match->request->host.len;
}

static void
hash_labels (NjMatch *match)
{
  NjBytes host = match->request->host;
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
  gsize room = request->url.len / 2 + 1;

  match->engine = engine;
  match->request = request;
  match->is_scanned = FALSE;
  match->headers = NULL;
  match->n_headers = 0;
  match->n_labels = 0;
  match->source.is_known = match->target.is_known = FALSE;
  match->source.host = request->type == NJ_TYPE_DOCUMENT ? request->host : request->source_host;
  match->target.host = request->host;
  match->party = is_third_party (request->host, match->source.host) ? NJ_COND_THIRD : NJ_COND_FIRST;
  match->method = nj_rule_method_bit (request->method);
  lower_url (match, arena);
  hash_labels (match);
  match->tokens = nj_arena_alloc (arena, room * sizeof (NjToken));
  match->n_tokens = nj_token_scan (match->url.text, match->url.len, engine->token_map, match->tokens, room);
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

  hit->rule = place;
  hit->flags = rule.kind;
  hit->is_host = FALSE;
  hit->conditions = rule.conditions != NJ_IMAGE_NONE ? engine->conditions + rule.conditions : NULL;
  return hit->conditions == NULL || nj_condition_holds (match, hit->conditions, &hit->end);
}

static gboolean
visit_bucket (NjMatch *match, const NjImageEntry *entry, gsize at, guint16 need, NjMatchVisit visit, gpointer user_data)
{
  for (;; entry++)
    {
      NjMatchHit hit;

      if ((entry->cond & need) == need && rule_matches (match, entry, at, &hit) && visit (match, &hit, user_data))
        return TRUE;
      if ((entry->rule & NJ_ENTRY_LAST) != 0)
        return FALSE;
    }
}

/* The first entry of the bucket with that key, or NJ_IMAGE_NONE. */
static guint32
find_bucket (const NjEngine *engine, NjImageSpan span, guint32 key)
{
  const NjImageSlot *slots = nj_engine_part (engine, span);
  guint32            mask = span.size / sizeof slots[0] - 1;

  for (guint32 i = key & mask;; i = (i + 1) & mask)
    if (slots[i].first == NJ_IMAGE_NONE || slots[i].key == key)
      return slots[i].first;
}

static gboolean
visit_tokens (NjMatch *match, const NjImageRealm *realm, guint16 need, NjMatchVisit visit, gpointer user_data)
{
  const NjImageEntry *entries = nj_engine_part (match->engine, realm->entries);

  for (guint i = 0; i < match->n_tokens; i++)
    {
      guint32 first = find_bucket (match->engine, realm->tokens, match->tokens[i].hash);

      if (first != NJ_IMAGE_NONE
          && visit_bucket (match, entries + first, match->tokens[i].at, need, visit, user_data))
        return TRUE;
    }
  return FALSE;
}

static gboolean
visit_names (NjMatch *match, NjMatchNames *names, const NjImageRealm *realm, NjImageSpan span, guint16 need,
             NjMatchVisit visit, gpointer user_data)
{
  const NjImageEntry *entries = nj_engine_part (match->engine, realm->entries);

  nj_condition_names (match, names);
  for (guint i = 0; i < names->n; i++)
    {
      guint32 first = find_bucket (match->engine, span, names->numbers[i]);

      if (first != NJ_IMAGE_NONE && visit_bucket (match, entries + first, 0, need, visit, user_data))
        return TRUE;
    }
  return FALSE;
}

/* Whether a slot of a host table is the suffix of the host that starts at @start, with a class that fits. */
static gboolean
host_matches (const NjMatch *match, guint32 place, guint start, guint16 need, NjMatchHit *hit)
{
  const guint8       *rule = match->engine->rules + place;
  NjBytes             host = match->request->host;
  const NjImageClass *class = &match->engine->classes[rule[1]];

  if (rule[0] != host.len - start || (class->cond & need) != need
      || memcmp (rule + 3, host.data + start, rule[0]) != 0)
    return FALSE;

  *hit = (NjMatchHit){ .rule = place, .flags = (guint8) class->flags, .is_host = TRUE, .end = match->host_end };
  return TRUE;
}

static gboolean
visit_hosts (NjMatch *match, const NjImageRealm *realm, guint16 need, NjMatchVisit visit, gpointer user_data)
{
  const guint8  *marks = nj_engine_part (match->engine, realm->host_marks);
  const guint32 *rules = nj_engine_part (match->engine, realm->host_rules);
  guint32        mask = realm->host_marks.size / 8 - 1;

  for (guint label = 0; label < match->n_labels; label++)
    {
      guint64 hash = match->label_hashes[label];
      guint64 wanted = LOW_BITS * ((hash >> 56) | 1);
      guint32 group = (hash >> 8) & mask;

      for (;; group = (group + 1) & mask)
        {
          guint64 present = nj_hash_load64 (marks + group * 8);
          guint64 differs = present ^ wanted;
          guint64 hits = (differs - LOW_BITS) & ~differs & HIGH_BITS;

          for (; hits != 0; hits &= hits - 1)
            {
              NjMatchHit hit;
              guint32    place = rules[group * 8 + __builtin_ctzll (hits) / 8];

              if (host_matches (match, place, match->label_starts[label], need, &hit) && visit (match, &hit, user_data))
                return TRUE;
            }
          if (((present - LOW_BITS) & ~present & HIGH_BITS) != 0)
            break;
        }
    }
  return FALSE;
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
  const NjImageRealm *part = &match->engine->header->realms[realm];

  if (part->n_rules == 0)
    return FALSE;
  if (part->host_marks.size > 0 && visit_hosts (match, part, need, visit, user_data))
    return TRUE;
  if (part->tokens.size > 0 && visit_tokens (match, part, need, visit, user_data))
    return TRUE;
  if (part->sources.size > 0 && visit_names (match, &match->source, part, part->sources, need, visit, user_data))
    return TRUE;
  if (part->targets.size > 0 && visit_names (match, &match->target, part, part->targets, need, visit, user_data))
    return TRUE;
  return part->unfiled != NJ_IMAGE_NONE
         && visit_bucket (match, (const NjImageEntry *) nj_engine_part (match->engine, part->entries) + part->unfiled, 0,
                          need, visit, user_data);
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
