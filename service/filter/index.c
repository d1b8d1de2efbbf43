/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What finds rules again: a table of host names for each realm, and for all realms buckets by token,
 * and by the page's or the request's name for rules without a token. Also joins all parts into one image.
 * The image is read by match.c. One thread.
 */
#include "filter/index.h"
#include "base/host.h"
#include "filter/host-code.h"
#include "filter/record.h"
#include "filter/regex.h"
#include "filter/token.h"

#include <stdlib.h>

/* Names under which a rule without a token is filed at most; past that it is filed under none. */
#define MAX_KEYS 2000
/* Bits of the host map for each host rule. */
#define HOST_MAP_BITS 6

typedef enum
{
  BY_TOKEN,
  BY_SOURCE,
  BY_TARGET,
  BY_NOTHING
} KeyKind;

/* An entry before it is sorted into its bucket. */
typedef struct
{
  guint32      key;
  guint32      kind; /* KeyKind */
  NjImageEntry entry;
} Filed;

static NjRealm
realm_of (const Filed *filed)
{
  return filed->entry.realm & NJ_ENTRY_REALM;
}

static NjImageSpan
put_part (NjBuffer *image, const void *data, gsize size)
{
  static const guint8 zeros[NJ_IMAGE_MARKS] = { 0 };
  NjImageSpan         span;

  /* A group of marks is in one line of the cache. */
  nj_buffer_append (image, zeros, -image->len % sizeof zeros);
  span = (NjImageSpan){ (guint32) image->len, (guint32) size };
  nj_buffer_append (image, data, size);
  return span;
}

/* Whether the slot's rule is the same host of the same class: another list's copy. */
static gboolean
is_same_host (const NjBuilder *builder, guint32 a, guint32 b)
{
  const guint8 *x = builder->rules.data + a, *y = builder->rules.data + b;
  const NjImageClass *classes = (const NjImageClass *) builder->classes.data;

  return x[0] == y[0] && classes[x[1]].cond == classes[y[1]].cond && classes[x[1]].flags == classes[y[1]].flags
         && memcmp (x + 3, y + 3, x[0]) == 0;
}

static void
insert_host (const NjBuilder *builder, const NjPendingHost *host, guint8 *marks, guint32 *rules, guint n_groups)
{
  guint8 mark = (host->hash & 0xff) | 1;
  guint  group = nj_image_share (host->hash >> 32, n_groups);

  for (;; group = group + 1 < n_groups ? group + 1 : 0)
    for (guint i = group * NJ_IMAGE_MARKS; i < (group + 1) * NJ_IMAGE_MARKS; i++)
      {
        if (marks[i] == 0)
          {
            marks[i] = mark;
            rules[i] = host->rule;
            return;
          }
        if (marks[i] == mark && is_same_host (builder, rules[i], host->rule))
          return;
      }
}

static void
build_hosts (const NjBuilder *builder, NjRealm realm, NjBuffer *image, NjImageRealm *ret_realm)
{
  const NjPendingHost *hosts = (const NjPendingHost *) builder->hosts.data;
  gsize                n_all = builder->hosts.len / sizeof hosts[0], n = 0;
  guint                n_groups;
  g_autofree guint8   *marks = NULL;
  g_autofree guint32  *rules = NULL;

  for (gsize i = 0; i < n_all; i++)
    n += hosts[i].realm == realm;
  if (n == 0)
    return;

  n_groups = (n * 16 / 13 + NJ_IMAGE_MARKS - 1) / NJ_IMAGE_MARKS + 1;
  marks = g_malloc0 (n_groups * NJ_IMAGE_MARKS);
  rules = g_malloc0 (n_groups * NJ_IMAGE_MARKS * sizeof rules[0]);
  for (gsize i = 0; i < n_all; i++)
    if (hosts[i].realm == realm)
      insert_host (builder, &hosts[i], marks, rules, n_groups);

  ret_realm->n_rules += n;
  ret_realm->host_marks = put_part (image, marks, n_groups * NJ_IMAGE_MARKS);
  ret_realm->host_rules = put_part (image, rules, n_groups * NJ_IMAGE_MARKS * sizeof rules[0]);
}

/* Four bytes of a pattern that stands at its token, for a look at the URL before the rule is read: those that say most
 * besides the token itself, behind it or at the start. */
static void
take_sample (NjBytes pattern, NjImageEntry *entry)
{
  gsize at = entry->at, token = 0, behind, new_behind;

  if (pattern.len < sizeof entry->sample)
    return;
  while (token < NJ_TOKEN_MAX && at + token < pattern.len && nj_token_is (pattern.data[at + token], NJ_CLASS_TOKEN))
    token++;
  behind = MIN (token, NJ_ENTRY_SAMPLE_MAX);
  if (at + behind + sizeof entry->sample > pattern.len)
    behind = pattern.len > at + sizeof entry->sample ? pattern.len - at - sizeof entry->sample : 0;
  new_behind = behind > 0 ? behind + sizeof entry->sample - token : 0;
  if (new_behind < MIN (at, sizeof entry->sample))
    behind = 0;

  entry->realm |= (guint8) (behind << NJ_ENTRY_SAMPLE_BIT);
  entry->sample = nj_hash_load32 (pattern.data + (behind == 0 ? 0 : at + behind));
}

static void
file_under (NjBuffer *filed, const NjPendingRule *rule, guint32 key, KeyKind kind, guint8 at, NjBytes pattern)
{
  Filed one = { key, kind, { rule->cond, at, rule->realm, rule->rule, 0 } };

  if (at != NJ_ENTRY_ANYWHERE)
    take_sample (pattern, &one.entry);

  nj_buffer_append (filed, &one, sizeof one);
}

/* The words of the condition with @tag, if the rule has one and no expression beside it. */
static const guint32 *
find_names (const NjBuilder *builder, guint32 conditions, NjConditionTag tag, guint *ret_n)
{
  const guint32 *word = (const guint32 *) builder->conditions.data + conditions;
  const guint32 *found = NULL;

  if (conditions == NJ_IMAGE_NONE)
    return NULL;
  for (; *word != NJ_CONDITION_END; word += 1 + (*word >> 8))
    {
      if ((*word & 0xff) == (guint) tag)
        {
          found = word + 1;
          *ret_n = *word >> 8;
        }
      if ((*word & 0xff) == (guint) tag + 1)
        return NULL;
    }
  return found;
}

static void
file_rule (const NjBuilder *builder, const NjPendingRule *pending, NjBuffer *filed)
{
  static const struct
  {
    NjConditionTag tag;
    KeyKind        kind;
  } ways[] = { { NJ_CONDITION_FROM, BY_SOURCE }, { NJ_CONDITION_TO, BY_TARGET } };
  NjRule         rule;
  NjTokenChoice  choice;
  NjImageRule    header;

  nj_record_read (builder, pending->rule, &rule);
  /* Among redirects the order in which rules are found counts, and that goes by uBlock Origin's word. */
  choice = nj_token_choose (&rule, pending->realm == NJ_REALM_REDIRECT ? NULL : builder->use_counts);
  memcpy (&header, builder->rules.data + pending->rule, sizeof header);
  if (choice.is_known)
    {
      gboolean is_plain = (header.kind & NJ_IMAGE_RULE_KIND) == NJ_PATTERN_PLAIN;
      gsize    len = header.pattern_len - ((header.anchors & NJ_IMAGE_BOUND_SEPARATOR) != 0 ? 1 : 0);
      NjBytes  pattern = nj_bytes ((const char *) builder->rules.data + pending->rule + sizeof header + header.pattern_at, len);

      file_under (filed, pending, choice.hash, BY_TOKEN, is_plain ? choice.at : NJ_ENTRY_ANYWHERE, pattern);
      return;
    }

  for (guint way = 0; way < G_N_ELEMENTS (ways); way++)
    {
      guint          n = 0;
      const guint32 *names = find_names (builder, header.conditions, ways[way].tag, &n);

      if (names == NULL || n > MAX_KEYS)
        continue;
      for (guint i = 0; i < n; i++)
        file_under (filed, pending, names[i], ways[way].kind, NJ_ENTRY_ANYWHERE, NJ_BYTES_NONE);
      return;
    }
  file_under (filed, pending, pending->realm, BY_NOTHING, NJ_ENTRY_ANYWHERE, NJ_BYTES_NONE);
}

/* Of redirects with the same priority the last one found wins. uBlock Origin looks among the rules for any type
 * and party first, then type, party, both; and in each the newest rule first. */
static guint
special_rank (guint16 cond)
{
  const guint16 parties = NJ_COND_FIRST | NJ_COND_THIRD;

  return ((cond & parties) != parties ? 2 : 0) + ((cond & NJ_COND_UNTYPED) == 0 ? 1 : 0);
}

static int
compare_filed (const void *a, const void *b)
{
  const Filed *x = a, *y = b;

  if (x->kind != y->kind)
    return x->kind < y->kind ? -1 : 1;
  /* Without a key the realm is the key. */
  if (x->key != y->key)
    return x->key < y->key ? -1 : 1;
  if (realm_of (x) != realm_of (y))
    return realm_of (x) < realm_of (y) ? -1 : 1;
  if (special_rank (x->entry.cond) != special_rank (y->entry.cond))
    return special_rank (x->entry.cond) < special_rank (y->entry.cond) ? -1 : 1;
  return x->entry.rule > y->entry.rule ? -1 : x->entry.rule < y->entry.rule;
}

/* Makes a table of the buckets of one kind, which are sorted by key. */
static NjImageSpan
build_slots (const Filed *filed, gsize n, guint32 first, NjBuffer *image)
{
  g_autofree NjImageSlot *slots = NULL;
  NjImageSlot            *slot = NULL;
  guint32                 n_keys = 0, size;

  for (gsize i = 0; i < n; i++)
    n_keys += i == 0 || filed[i].key != filed[i - 1].key;
  if (n_keys == 0)
    return (NjImageSpan){ 0 };

  size = n_keys + n_keys / 2 + 2;
  slots = g_new (NjImageSlot, size);
  memset (slots, 0xff, size * sizeof slots[0]);
  for (gsize i = 0; i < n; i++)
    {
      guint32 at = nj_image_share (nj_image_spread (filed[i].key), size);

      if (i == 0 || filed[i].key != filed[i - 1].key)
        {
          while (slots[at].bucket != NJ_IMAGE_NONE)
            at = at + 1 < size ? at + 1 : 0;
          slot = &slots[at];
          *slot = (NjImageSlot){ filed[i].key, first + i };
        }
      slot->bucket |= nj_image_group (realm_of (&filed[i]));
      if (realm_of (&filed[i]) == NJ_REALM_BLOCK
          && ((filed[i].entry.cond & NJ_TYPE_BIT (NJ_TYPE_DOCUMENT)) != 0 || filed[i].entry.at == NJ_ENTRY_ANYWHERE))
        slot->bucket |= NJ_BUCKET_PAGES;
    }
  return put_part (image, slots, size * sizeof slots[0]);
}

static void
build_buckets (const Filed *filed, gsize n, NjBuffer *image, NjImageHeader *header)
{
  NjImageSpan             *parts[] = { &header->tokens, &header->sources, &header->targets };
  g_autofree NjImageEntry *entries = g_new (NjImageEntry, MAX (n, 1));
  gsize                    start = 0;

  for (gsize i = 0; i < n; i++)
    {
      gboolean is_last = i + 1 == n || filed[i + 1].key != filed[i].key || filed[i + 1].kind != filed[i].kind;

      entries[i] = filed[i].entry;
      if (is_last)
        entries[i].rule |= NJ_ENTRY_LAST;
      header->realms[realm_of (&filed[i])].n_rules++;
    }
  header->entries = put_part (image, entries, n * sizeof entries[0]);
  for (guint realm = 0; realm < NJ_N_REALMS; realm++)
    header->realms[realm].unfiled = NJ_IMAGE_NONE;
  if (n == 0)
    return;

  for (guint kind = BY_TOKEN; kind <= BY_TARGET; kind++)
    {
      gsize end = start;

      while (end < n && filed[end].kind == kind)
        end++;
      *parts[kind] = build_slots (filed + start, end - start, start, image);
      start = end;
    }
  for (gsize i = start; i < n; i++)
    if (i == start || filed[i].key != filed[i - 1].key)
      header->realms[realm_of (&filed[i])].unfiled = i;
}

static void
build_token_map (const Filed *filed, gsize n, NjBuffer *image, NjImageHeader *header)
{
  g_autofree guint64 *map = g_new0 (guint64, (1 << NJ_TOKEN_MAP_BITS) / 64);

  for (gsize i = 0; i < n; i++)
    if (filed[i].kind == BY_TOKEN)
      nj_image_map_add (map, filed[i].key >> (32 - NJ_TOKEN_MAP_BITS));
  header->token_map = put_part (image, map, (1 << NJ_TOKEN_MAP_BITS) / 8);
}

/* A bit for the last two labels of each name; about one in six of names that no rule has finds one nonetheless. */
static void
build_host_map (const NjBuilder *builder, NjBuffer *image, NjImageHeader *header)
{
  const NjPendingHost *hosts = (const NjPendingHost *) builder->hosts.data;
  gsize                n = builder->hosts.len / sizeof hosts[0];
  guint32              n_words = n * HOST_MAP_BITS / 64 + 1;
  g_autofree guint64  *map = g_new0 (guint64, n_words);

  for (gsize i = 0; i < n; i++)
    {
      const guint8 *rule = builder->rules.data + hosts[i].rule;
      char          name[NJ_HOST_MAX + 16];
      gsize         len = nj_host_code_decode (rule + 3, rule[0], name), at = len;
      guint         dots = 0;
      guint64       hash;

      while (at > 0 && (name[at - 1] != '.' || ++dots < 2))
        at--;
      hash = nj_hash_name (name + at, len - at);
      if (dots == 0)
        nj_image_map_add (header->lone_map, nj_image_lone_bit (hash));
      else
        nj_image_map_add (map, nj_image_share (hash >> 32, n_words * 64));
    }
  header->host_map = put_part (image, map, n_words * sizeof map[0]);
}

/* Returns whether the numbers of rules and names fit into the tables. */
static gboolean
build_realms (NjBuilder *builder, NjBuffer *image, NjImageHeader *header)
{
  const NjPendingRule *pending = (const NjPendingRule *) builder->pending.data;
  gsize                n_pending = builder->pending.len / sizeof pending[0];
  NjBuffer             buffer = { 0 };
  Filed               *filed;
  gsize                n;

  for (gsize i = 0; i < n_pending; i++)
    file_rule (builder, &pending[i], &buffer);
  filed = (Filed *) buffer.data;
  n = buffer.len / sizeof filed[0];
  if (n >= NJ_BUCKET_FIRST || builder->n_names >= NJ_IMAGE_NAME_NUMBER)
    {
      nj_buffer_clear (&buffer);
      return FALSE;
    }
  if (n > 0)
    qsort (filed, n, sizeof filed[0], compare_filed);

  build_token_map (filed, n, image, header);
  build_buckets (filed, n, image, header);
  build_host_map (builder, image, header);
  for (guint realm = 0; realm < NJ_N_REALMS; realm++)
    build_hosts (builder, realm, image, &header->realms[realm]);
  nj_buffer_clear (&buffer);
  return TRUE;
}

static void
build_entity_map (const NjBuilder *builder, NjImageHeader *header)
{
  for (guint32 i = 0; i < builder->n_names; i++)
    {
      const char *name = (const char *) builder->rules.data + ((const guint32 *) builder->name_at.data)[i];
      gsize       len = builder->name_len.data[i];

      if (len <= 2 || name[len - 1] != '*')
        continue;
      nj_image_map_add (header->entity_map, nj_image_entity_bit (name, len - 2));
    }
}

/**
 * nj_index_build:
 * @builder: all rules of all lists
 * @fingerprint: what the image says it was made of
 * @ret_size: (out): bytes of the image
 *
 * One thread.
 *
 * Returns: (transfer full) (nullable): the image, to be freed with g_free(); %NULL when there are too many rules
 */
guint8 *
nj_index_build (NjBuilder *builder, guint64 fingerprint, gsize *ret_size)
{
  NjImageHeader header = { .magic = NJ_IMAGE_MAGIC,
                           .version = NJ_IMAGE_VERSION,
                           .header_size = sizeof header,
                           .fingerprint = fingerprint,
                           .asks = builder->asks };
  NjBuffer      image = { 0 };
  const guint8  slack[NJ_TOKEN_SLACK] = { 0 };

  nj_buffer_append (&image, &header, sizeof header);
  if (!build_realms (builder, &image, &header))
    {
      nj_buffer_clear (&image);
      return NULL;
    }
  build_entity_map (builder, &header);
  header.lists = put_part (&image, builder->lists.data, builder->lists.len);
  header.classes = put_part (&image, builder->classes.data, builder->classes.len);
  header.anchors = put_part (&image, builder->anchors.data, builder->anchors.len);
  header.conditions = put_part (&image, builder->conditions.data, builder->conditions.len);
  header.name_slots = put_part (&image, builder->name_slots, builder->n_name_slots * sizeof (guint32));
  header.name_at = put_part (&image, builder->name_at.data, builder->name_at.len);
  header.name_len = put_part (&image, builder->name_len.data, builder->name_len.len);
  header.regexes = put_part (&image, builder->regexes.data, builder->regexes.len);
  header.blob = put_part (&image, builder->blob.data, builder->blob.len);
  header.rules = put_part (&image, builder->rules.data, builder->rules.len);
  nj_buffer_append (&image, slack, sizeof slack);

  header.size = image.len;
  memcpy (image.data, &header, sizeof header);
  header.checksum = nj_image_checksum (image.data, image.len);
  memcpy (image.data, &header, sizeof header);

  *ret_size = image.len;
  return image.data;
}
