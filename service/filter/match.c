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
  guint32      realms; /* NJ_ENGINE_REALM() of each */
  guint32      groups; /* nj_image_group() of each */
  guint32      groups_behind; /* the same where the host has ended */
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

/* Whether the bytes that the entry keeps of its rule stand in the URL. */
static inline gboolean
may_stand (const NjMatch *match, const NjImageEntry *entry, gsize at)
{
  gsize behind = entry->realm >> NJ_ENTRY_SAMPLE_BIT;

  if (entry->sample == 0)
    return TRUE;
  return at >= entry->at && nj_hash_load32 (match->url.text + at + behind - (behind == 0 ? entry->at : 0)) == entry->sample;
}

static G_GNUC_NO_INLINE gboolean
visit_entry (NjMatch *match, const NjImageEntry *entry, gsize at, const Walk *walk)
{
  NjMatchHit hit;

  return rule_matches (match, entry, at, &hit) && walk->visit (match, &hit, walk->user_data);
}

/* The entries of a bucket stand in the order of their realms. */
static gboolean
visit_bucket (NjMatch *match, guint32 first, gsize at, const Walk *walk)
{
  const NjImageEntry *entry = &match->engine->entries[first & NJ_BUCKET_FIRST];

  for (;; entry++)
    {
      guint32 realm = NJ_ENGINE_REALM (entry->realm & NJ_ENTRY_REALM);

      if (realm > walk->realms)
        return FALSE;
      if (may_stand (match, entry, at) && (walk->realms & realm) != 0 && asks_for (entry->cond, walk)
          && visit_entry (match, entry, at, walk))
        return TRUE;
      if ((entry->rule & NJ_ENTRY_LAST) != 0)
        return FALSE;
    }
}

static gboolean
visit_tokens (NjMatch *match, const Walk *walk)
{
  const NjToken *end = match->tokens + match->n_tokens;
  guint32        groups = walk->groups;
  gsize          behind = match->host_end + 2;

  for (const NjToken *token = match->tokens; token < end; token++)
    {
      if (token->at > behind)
        groups = walk->groups_behind;
      if ((token->hash & groups) != 0 && visit_bucket (match, token->hash, token->at, walk))
        return TRUE;
    }
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
      guint32 bucket = nj_engine_bucket (match->engine, span, names->numbers[i]);

      if (bucket != NJ_IMAGE_NONE)
        names->buckets[names->n_buckets++] = bucket;
    }
}

static gboolean
visit_names (NjMatch *match, NjMatchNames *names, NjImageSpan span, const Walk *walk)
{
  if (span.size == 0)
    return FALSE;
  find_names (match, names, span);
  for (guint i = 0; i < names->n_buckets; i++)
    if ((names->buckets[i] & walk->groups) != 0 && visit_bucket (match, names->buckets[i], 0, walk))
      return TRUE;
  return FALSE;
}

/* A slot of a host table: it may be the suffix of the host that starts at @start, with a class that fits. */
static gboolean
visit_host (NjMatch *match, guint32 place, guint start, const Walk *walk)
{
  const guint8       *rule = match->engine->rules + place;
  NjBytes             host = match->target.host;
  const NjImageClass *class = &match->engine->classes[rule[1]];
  NjMatchHit          hit;

  if (rule[0] == 0 || !asks_for (class->cond, walk)
      || !nj_host_code_is (rule + 3, rule[0], host.data + start, host.len - start))
    return FALSE;

  hit = (NjMatchHit){ .rule = place | match->mark, .flags = (guint8) class->flags, .is_host = TRUE, .end = match->host_end };
  return walk->visit (match, &hit, walk->user_data);
}

static gboolean
visit_label (NjMatch *match, const NjImageRealm *realm, guint label, const Walk *walk)
{
  const guint8  *marks = nj_engine_part (match->engine, realm->host_marks);
  const guint32 *rules = nj_engine_part (match->engine, realm->host_rules);
  guint32        n = realm->host_marks.size / NJ_IMAGE_MARKS;
  guint64        hash = match->label_hashes[label];
  guint32        group = nj_image_share (hash >> 32, n);

  for (;;)
    {
      const guint8 *present = marks + group * NJ_IMAGE_MARKS;

      for (guint32 hits = nj_image_find_marks (present, (hash & 0xff) | 1); hits != 0; hits &= hits - 1)
        if (visit_host (match, rules[group * NJ_IMAGE_MARKS + __builtin_ctz (hits)], match->label_starts[label], walk))
          return TRUE;
      if (nj_image_find_marks (present, 0) != 0)
        return FALSE;
      group = group + 1 < n ? group + 1 : 0;
    }
}

static gboolean
visit_hosts (NjMatch *match, const Walk *walk)
{
  if (match->n_labels == 0)
    return FALSE;
  for (guint32 realms = walk->realms; realms != 0; realms &= realms - 1)
    {
      const NjImageRealm *realm = &match->engine->header->realms[__builtin_ctz (realms)];

      for (guint label = match->first_label; label < match->n_labels && realm->host_marks.size > 0; label++)
        if (visit_label (match, realm, label, walk))
          return TRUE;
    }
  return FALSE;
}

static gboolean
visit_unfiled (NjMatch *match, const Walk *walk)
{
  for (guint32 realms = walk->realms; realms != 0; realms &= realms - 1)
    {
      guint32 unfiled = match->engine->header->realms[__builtin_ctz (realms)].unfiled;

      if (unfiled != NJ_IMAGE_NONE && visit_bucket (match, unfiled, 0, walk))
        return TRUE;
    }
  return FALSE;
}

/* Asks for the rules of all realms of @walk, in the engine and in the one below it. */
static gboolean
visit_all (NjMatch *match, const Walk *walk)
{
  for (; match != NULL; match = match->base)
    {
      const NjImageHeader *header = match->engine->header;

      if ((match->engine->realms & walk->realms) != 0
          && (visit_hosts (match, walk) || visit_tokens (match, walk)
              || visit_names (match, &match->source, header->sources, walk)
              || visit_names (match, &match->target, header->targets, walk) || visit_unfiled (match, walk)))
        return TRUE;
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
  guint32    group = nj_image_group (realm);
  const Walk walk = { NJ_ENGINE_REALM (realm), group, group, need, G_MAXUINT16, visit, user_data };

  return visit_all (match, &walk);
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
 * nj_match_knows_page:
 * @match: a request for a document
 *
 * Several questions at once, whose answer is nearly always no to all of them. A rule that names no type blocks a page
 * only where its match ends with the host, so such rules that stand at a token behind the host are not asked. Any thread.
 *
 * Returns: FALSE when no rule can block the page, and none can except it
 */
gboolean
nj_match_knows_page (NjMatch *match)
{
  const guint32 except = nj_image_group (NJ_REALM_EXCEPT);
  NjMatchHit    hit;
  const Walk    walk = { .realms = NJ_ENGINE_REALM (NJ_REALM_BLOCK) | NJ_ENGINE_REALM (NJ_REALM_EXCEPT),
                         .groups = nj_image_group (NJ_REALM_BLOCK) | except,
                         .groups_behind = NJ_BUCKET_PAGES | except,
                         .need = match->party,
                         .any = NJ_TYPE_BIT (NJ_TYPE_DOCUMENT) | NJ_COND_UNTYPED,
                         .visit = take_first,
                         .user_data = &hit };

  return visit_all (match, &walk);
}

/**
 * nj_match_has_rules:
 * @match: a request
 * @realms: NJ_ENGINE_REALM() of each
 *
 * Any thread.
 *
 * Returns: whether there are any rules in one of @realms, for whatever request
 */
gboolean
nj_match_has_rules (const NjMatch *match, guint32 realms)
{
  return (match->engine->realms & realms) != 0;
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
