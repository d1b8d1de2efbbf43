/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of an engine image that grow rule by rule: texts, names, classes, records and the
 * line each came from. Which rules go in is the compiler's, what finds them again is index.c's. One thread.
 */
#include "filter/builder.h"
#include "filter/host-code.h"

/* Rules between two anchors: describing a rule walks at most this far. */
#define ANCHOR_EVERY 64

/**
 * nj_builder_init:
 * @self: (out): a builder
 * @text_size: bytes of list text to come
 *
 * One thread.
 */
void
nj_builder_init (NjBuilder *self, gsize text_size)
{
  NjBuffer *buffers[] = { &self->lists,      &self->classes, &self->rules,   &self->anchors,
                          &self->conditions, &self->name_at, &self->name_len, &self->blob,
                          &self->regexes,    &self->hosts,   &self->pending };

  *self = (NjBuilder){ 0 };
  /* None is ever without memory: parts of an empty one may be named. */
  for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
    nj_buffer_reserve (buffers[i], buffers[i] == &self->rules ? text_size / 2 + 4096 : 256);
  self->n_name_slots = 1024;
  self->name_slots = g_new0 (guint32, self->n_name_slots);
  self->use_counts = g_new0 (guint16, 1 << 16);
}

/**
 * nj_builder_clear:
 * @self: a builder
 *
 * One thread.
 */
void
nj_builder_clear (NjBuilder *self)
{
  NjBuffer *buffers[] = { &self->lists,      &self->classes, &self->rules,   &self->anchors,
                          &self->conditions, &self->name_at, &self->name_len, &self->blob,
                          &self->regexes,    &self->hosts,   &self->pending };

  for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
    nj_buffer_clear (buffers[i]);
  g_clear_pointer (&self->name_slots, g_free);
  g_clear_pointer (&self->use_counts, g_free);
}

/**
 * nj_builder_count_line:
 * @self: a builder
 * @line: the line of the rule that is added next
 *
 * One thread.
 *
 * Returns: what the rule notes of its line
 */
guint8
nj_builder_count_line (NjBuilder *self, guint line)
{
  guint delta = line - self->last_line;

  self->last_line = line;
  if (self->since_anchor++ > 0 && self->since_anchor < ANCHOR_EVERY && delta <= G_MAXUINT8)
    return (guint8) delta;

  self->since_anchor = 1;
  *(NjImageAnchor *) nj_buffer_extend (&self->anchors, sizeof (NjImageAnchor))
      = (NjImageAnchor){ (guint32) self->rules.len, line, self->list };
  return 0;
}

static void
grow_names (NjBuilder *self)
{
  guint    n = self->n_name_slots * 2;
  guint32 *slots = g_new0 (guint32, n);

  for (guint32 number = 0; number < self->n_names; number++)
    {
      guint32 at = ((const guint32 *) self->name_at.data)[number];
      guint64 hash = nj_hash_name ((const char *) self->rules.data + at, self->name_len.data[number]);
      guint   i = hash & (n - 1);

      while (slots[i] != 0)
        i = (i + 1) & (n - 1);
      slots[i] = (guint32) (hash >> 56) << 24 | (number + 1);
    }
  g_free (self->name_slots);
  self->name_slots = slots;
  self->n_name_slots = n;
}

static gboolean
find_slot (const NjBuilder *self, NjBytes name, guint64 hash, guint *ret_slot)
{
  guint i = hash & (self->n_name_slots - 1);

  for (; self->name_slots[i] != 0; i = (i + 1) & (self->n_name_slots - 1))
    {
      guint32 number = (self->name_slots[i] & NJ_IMAGE_NAME_NUMBER) - 1;
      guint32 at;

      if (self->name_slots[i] >> 24 != hash >> 56 || self->name_len.data[number] != name.len)
        continue;
      at = ((const guint32 *) self->name_at.data)[number];
      if (memcmp (self->rules.data + at, name.data, name.len) == 0)
        {
          *ret_slot = i;
          return TRUE;
        }
    }
  *ret_slot = i;
  return FALSE;
}

/**
 * nj_builder_add_name:
 * @self: a builder
 * @name: a host name or an entity
 * @at: where among the rules the same text lies for good
 *
 * One thread.
 *
 * Returns: the number of @name, the same each time
 */
guint32
nj_builder_add_name (NjBuilder *self, NjBytes name, guint32 at)
{
  guint64 hash = nj_hash_name (name.data, name.len);
  guint   slot;

  if (find_slot (self, name, hash, &slot))
    return (self->name_slots[slot] & NJ_IMAGE_NAME_NUMBER) - 1;

  if ((self->n_names + 1) * 10 > self->n_name_slots * 6)
    {
      grow_names (self);
      find_slot (self, name, hash, &slot);
    }
  self->name_slots[slot] = (guint32) (hash >> 56) << 24 | (self->n_names + 1);
  nj_buffer_append_u32 (&self->name_at, at);
  *(guint8 *) nj_buffer_extend (&self->name_len, 1) = (guint8) name.len;
  return self->n_names++;
}

/**
 * nj_builder_add_text:
 * @self: a builder
 * @text: a text
 *
 * One thread.
 *
 * Returns: where in the blob it is now
 */
NjImageSpan
nj_builder_add_text (NjBuilder *self, NjBytes text)
{
  return (NjImageSpan){ (guint32) nj_buffer_append (&self->blob, text.data, text.len), (guint32) text.len };
}

/**
 * nj_builder_add_regex:
 * @self: a builder
 * @source: a regular expression without its slashes
 * @flags: of nj_regex_new()
 *
 * One thread.
 *
 * Returns: its number
 */
guint32
nj_builder_add_regex (NjBuilder *self, NjBytes source, guint flags)
{
  NjImageSpan  text = nj_builder_add_text (self, source);
  NjImageRegex regex = { text.at, (guint16) text.size, (guint16) flags };

  return nj_buffer_append (&self->regexes, &regex, sizeof regex) / sizeof regex;
}

static NjBytes
blob_text (const NjBuilder *self, NjImageSpan span)
{
  return nj_bytes ((const char *) self->blob.data + span.at, span.size);
}

/**
 * nj_builder_find_class:
 * @self: a builder
 * @cond: what the rules ask of a request
 * @is_exception: whether they allow
 * @prefix: the text before the name in each
 * @suffix: the text after it
 *
 * Finds or makes a class of host rules. One thread.
 *
 * Returns: its number, -1 when there are too many
 */
gint
nj_builder_find_class (NjBuilder *self, guint16 cond, gboolean is_exception, NjBytes prefix, NjBytes suffix)
{
  guint        n = self->classes.len / sizeof (NjImageClass);
  NjImageClass class = { .cond = cond, .flags = is_exception ? NJ_IMAGE_RULE_EXCEPTION : 0 };

  for (guint i = 0; i < n; i++)
    {
      const NjImageClass *other = (const NjImageClass *) self->classes.data + i;

      if (other->cond == cond && other->flags == class.flags && nj_bytes_equal (blob_text (self, other->suffix), suffix)
          && nj_bytes_equal (blob_text (self, other->prefix), prefix))
        return i;
    }
  if (n >= NJ_BUILDER_MAX_CLASSES)
    return -1;

  class.prefix = nj_builder_add_text (self, prefix);
  class.suffix = nj_builder_add_text (self, suffix);
  nj_buffer_append (&self->classes, &class, sizeof class);
  return n;
}

/**
 * nj_builder_add_host:
 * @self: a builder
 * @host: a name of at most 253 bytes
 * @class: the class of the rule
 * @line: the line it stands in
 * @realms: bits of the realms it belongs to
 *
 * One thread.
 */
void
nj_builder_add_host (NjBuilder *self, NjBytes host, guint8 class, guint line, guint32 realms)
{
  guint8        delta = nj_builder_count_line (self, line);
  NjPendingHost pending = { nj_hash_name (host.data, host.len), (guint32) self->rules.len, 0 };
  guint8       *at = nj_buffer_extend (&self->rules, host.len + 3);

  at[0] = (guint8) nj_host_code_encode (host, at + 3);
  at[1] = class;
  at[2] = delta;
  self->rules.len -= host.len - at[0];

  for (; realms != 0; realms &= realms - 1)
    {
      pending.realm = __builtin_ctz (realms);
      nj_buffer_append (&self->hosts, &pending, sizeof pending);
    }
}

/**
 * nj_builder_condition:
 * @rule: a rule
 * @realm: where it will be looked for
 *
 * Any thread. Source: how uBlock Origin files rules without a type, and that its modifiers take them for
 * documents too while blocking does not.
 *
 * Returns: what @rule asks of a request there
 */
guint16
nj_builder_condition (const NjRule *rule, NjRealm realm)
{
  gboolean is_untyped = rule->types == 0 || (rule->types & NJ_TYPES_NETWORK) == NJ_TYPES_NETWORK;
  guint32  types = is_untyped ? rule->types | NJ_TYPES_NETWORK : rule->types;
  guint    party = rule->party != 0 ? rule->party : NJ_PARTY_FIRST | NJ_PARTY_THIRD;
  guint16  cond;

  if (realm >= NJ_REALM_GENERIC_HIDE)
    types = NJ_TYPES_REQUEST;
  else if (realm > NJ_REALM_EXCEPT && realm != NJ_REALM_HEADER && is_untyped)
    types |= NJ_TYPE_BIT (NJ_TYPE_DOCUMENT);

  cond = types & NJ_TYPES_REQUEST & ~rule->not_types;
  if (is_untyped && rule->not_types == 0)
    cond |= NJ_COND_UNTYPED;
  if ((party & NJ_PARTY_FIRST) != 0)
    cond |= NJ_COND_FIRST;
  if ((party & NJ_PARTY_THIRD) != 0)
    cond |= NJ_COND_THIRD;
  return rule->is_important ? cond | NJ_COND_IMPORTANT : cond;
}
