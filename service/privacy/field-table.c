/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking up a field's name in a table of those that are dropped. Both scrubs walk a head once and
 * ask here for fields that no room knows by id: nearly always an empty bucket. Called by
 * request-fields and response-fields, on worker threads.
 */
#include "privacy/field-table.h"

/* Of length and both ends: names of one table differ in them well enough. The letters' case is in bit 5. */
static inline guint
bucket_of (NjBytes name)
{
  guint first = (guint8) name.data[0] | 0x20;
  guint last = (guint8) name.data[name.len - 1] | 0x20;

  return ((guint) name.len * 9 + first * 5 + last * 17) % NJ_FIELD_TABLE_BUCKETS;
}

static void
make_ready (NjFieldTable *table)
{
  g_assert (table->n_rows <= NJ_FIELD_TABLE_MAX);

  for (gsize i = 0; i < table->n_rows; i++)
    {
      NjBytes name = table->rows[i].name;
      guint8 *chain = name.data[name.len - 1] == '*' ? &table->first_family : &table->first[bucket_of (name)];

      table->next[i] = *chain;
      *chain = (guint8) (i + 1);
    }
}

static gboolean
is_for (NjFieldFor whom, const NjScrubContext *context)
{
  switch (whom)
    {
    case NJ_FIELD_FOR_THIRD:
      return context->is_third_party;
    case NJ_FIELD_FOR_STRICT_THIRD:
      return context->is_third_party && context->profile == NJ_PROFILE_STRICT;
    case NJ_FIELD_FOR_THIRD_OR_STRICT:
      return context->is_third_party || context->profile == NJ_PROFILE_STRICT;
    case NJ_FIELD_FOR_ALL:
    default:
      return TRUE;
    }
}

static guint
change_of_family (const NjFieldTable *table, NjBytes name, const NjScrubContext *context)
{
  for (guint i = table->first_family; i != 0; i = table->next[i - 1])
    {
      const NjFieldRow *row = &table->rows[i - 1];
      gsize             len = row->name.len - 1;

      if (name.len > len && nj_bytes_equal_nocase (nj_bytes (name.data, len), nj_bytes (row->name.data, len)) &&
          is_for (row->whom, context))
        return row->change;
    }

  return 0;
}

/**
 * nj_field_table_change:
 * @table: a table
 * @name: the name of a field, in any case
 * @context: who asks whom
 *
 * Any thread.
 *
 * Returns: the change that dropping the field is, 0 when it stays
 */
guint
nj_field_table_change (NjFieldTable *table, NjBytes name, const NjScrubContext *context)
{
  if (name.len == 0)
    return 0;
  if (g_once_init_enter (&table->is_ready))
    {
      make_ready (table);
      g_once_init_leave (&table->is_ready, 1);
    }

  for (guint i = table->first[bucket_of (name)]; i != 0; i = table->next[i - 1])
    {
      const NjFieldRow *row = &table->rows[i - 1];

      if (row->name.len == name.len && nj_bytes_equal_nocase (row->name, name))
        return is_for (row->whom, context) ? row->change : 0;
    }

  /* All families begin with "X-". */
  return (name.data[0] | 0x20) == 'x' ? change_of_family (table, name, context) : 0;
}
