/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking up a field's name in a short table. Both scrubs walk a head once and ask here only for
 * fields that no room knows by id. Called by request-scrub and response-scrub, on worker threads.
 */
#include "privacy/field-table.h"

/**
 * nj_field_table_change:
 * @rows: a table
 * @n_rows: its rows
 * @name: the name of a field, in any case
 *
 * Any thread.
 *
 * Returns: the change that dropping the field is, 0 when it is not in the table
 */
guint
nj_field_table_change (const NjFieldRow *rows, gsize n_rows, NjBytes name)
{
  char first = name.len > 0 ? nj_ascii_lower (name.data[0]) : '\0';

  for (gsize i = 0; i < n_rows; i++)
    if (rows[i].name.len == name.len && rows[i].name.data[0] == first && nj_bytes_equal_nocase (rows[i].name, name))
      return rows[i].change;

  return 0;
}
