/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The names that lists give to scriptlets, and the programs behind them. Both are made of the files under
 * resources/scriptlets, each of which says what it is called. Any thread.
 */
#include "filter/scriptlet-table.h"
#include "filter/scriptlet-bodies.h"

static gint
compare (NjBytes name, const char *other)
{
  gint order = strncmp (name.data, other, name.len);

  return order != 0 ? order : -(other[name.len] != '\0');
}

/**
 * nj_scriptlet_table_find:
 * @name: a name or an alias, such as "aopr"; uBlock Origin's ".js" and AdGuard's "ubo-" may be with it
 *
 * Any thread.
 *
 * Returns: (nullable): what it stands for
 */
const NjScriptlet *
nj_scriptlet_table_find (NjBytes name)
{
  guint from = 0, to = G_N_ELEMENTS (names);

  if (nj_bytes_starts_with (name, NJ_BYTES ("ubo-")))
    name = nj_bytes (name.data + 4, name.len - 4);
  if (nj_bytes_ends_with (name, NJ_BYTES (".js")))
    name.len -= 3;
  if (name.len == 0 || memchr (name.data, '\0', name.len) != NULL)
    return NULL;

  while (from < to)
    {
      guint middle = (from + to) / 2;
      gint  order = compare (name, names[middle].name);

      if (order == 0)
        return &names[middle];
      if (order < 0)
        to = middle;
      else
        from = middle + 1;
    }
  return NULL;
}

/**
 * nj_scriptlet_table_get:
 * @scriptlet: of a name
 *
 * Any thread.
 *
 * Returns: its function
 */
const NjScriptletPart *
nj_scriptlet_table_get (guint scriptlet)
{
  g_assert (scriptlet < G_N_ELEMENTS (scriptlets));
  return &scriptlets[scriptlet];
}

/**
 * nj_scriptlet_table_part:
 * @part: a bit's number; the parts below a part have lower ones
 *
 * Any thread.
 *
 * Returns: (nullable): declarations that functions use; %NULL after the last
 */
const NjScriptletPart *
nj_scriptlet_table_part (guint part)
{
  return part < G_N_ELEMENTS (parts) ? &parts[part] : NULL;
}
