/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * badfilter: rules that take other rules away. As in uBlock Origin a rule of several types is one rule
 * for each, and loses just those that the badfilter rule names. One thread.
 */
#include "filter/badfilter.h"
#include "filter/hash.h"

/* Type bits and, as one more type, "no type named". */
typedef struct
{
  guint64 key;
  guint32 types;
} Item;

/* A rule that names every network type is filed as one that names none. */
static guint32
types_of (const NjRule *rule)
{
  if (rule->types == 0)
    return NJ_TYPE_BIT_UNTYPED;
  if ((rule->types & NJ_TYPES_NETWORK) == NJ_TYPES_NETWORK)
    return (rule->types & ~NJ_TYPES_NETWORK) | NJ_TYPE_BIT_UNTYPED;
  return rule->types;
}

/* The first look goes by the pattern alone, which is cheap. */
static guint
look_bit (const NjRule *rule)
{
  guint64 value = rule->pattern.len;

  for (gsize i = 0; i < rule->pattern.len && i < 12; i++)
    value = value * 31 + (guchar) rule->pattern.data[i];
  return nj_hash_mix (value) & 1023;
}

static void
add_item (NjBadfilter *self, const NjRule *rule)
{
  Item  item = { nj_rule_key (rule), types_of (rule) };
  guint bit = look_bit (rule);

  nj_buffer_append (&self->items, &item, sizeof item);
  self->seen[bit >> 6] |= G_GUINT64_CONSTANT (1) << (bit & 63);
}

/**
 * nj_badfilter_add:
 * @self: a set
 * @rule: a rule with badfilter
 *
 * One thread.
 */
void
nj_badfilter_add (NjBadfilter *self, const NjRule *rule)
{
  NjRule block = *rule;

  add_item (self, rule);
  if (rule->modifier != NJ_MODIFIER_REDIRECT)
    return;

  block.modifier = NJ_MODIFIER_NONE;
  block.value = NJ_BYTES_NONE;
  add_item (self, &block);
}

/**
 * nj_badfilter_leaves:
 * @self: a set
 * @rule: a rule; loses the types that are taken away
 *
 * One thread.
 *
 * Returns: whether anything of @rule is left
 */
gboolean
nj_badfilter_leaves (const NjBadfilter *self, NjRule *rule)
{
  const Item *items = (const Item *) self->items.data;
  guint       bit;
  guint32     types;
  guint64     key;

  if (self->items.len == 0)
    return TRUE;
  bit = look_bit (rule);
  if ((self->seen[bit >> 6] >> (bit & 63) & 1) == 0)
    return TRUE;

  key = nj_rule_key (rule);
  types = types_of (rule);
  for (gsize i = 0; i < self->items.len / sizeof items[0]; i++)
    if (items[i].key == key)
      types &= ~items[i].types;

  if (types == types_of (rule))
    return TRUE;
  if ((types & NJ_TYPE_BIT_UNTYPED) != 0)
    types = rule->types == 0 ? 0 : (types & ~NJ_TYPE_BIT_UNTYPED) | NJ_TYPES_NETWORK;
  else if (types == 0)
    return FALSE;
  rule->types = types;
  return TRUE;
}

/**
 * nj_badfilter_clear:
 * @self: a set
 *
 * One thread.
 */
void
nj_badfilter_clear (NjBadfilter *self)
{
  nj_buffer_clear (&self->items);
}
