/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What to answer in place of a blocked request: the names that lists use for our resources, and which
 * rule has the last word. The resources themselves are in resources/redirects. Any thread.
 */
#include "filter/redirect.h"
#include "filter/redirect-table.h"

/* "none" is a name too: just block. */
#define NONE "none"

/* "name:priority", perhaps with a "%" that asks for a data: URL, which a proxy has no use for. */
static NjBytes
split_value (NjBytes value, gint64 *ret_priority)
{
  const char *colon;
  guint64     number;
  gboolean    is_negative;
  NjBytes     digits;

  *ret_priority = 0;
  value = nj_bytes_trim (value);
  if (value.len > 0 && value.data[0] == '%')
    value = nj_bytes (value.data + 1, value.len - 1);

  colon = value.len > 0 ? memrchr (value.data, ':', value.len) : NULL;
  if (colon == NULL)
    return value;
  digits = nj_bytes (colon + 1, value.data + value.len - colon - 1);
  is_negative = digits.len > 0 && digits.data[0] == '-';
  if (!nj_bytes_parse_u64 (nj_bytes (digits.data + is_negative, digits.len - is_negative), G_MAXINT32, &number))
    return value;
  *ret_priority = is_negative ? -(gint64) number : (gint64) number;
  return nj_bytes (value.data, colon - value.data);
}

/**
 * nj_redirect_find:
 * @name: a name or an alias, such as "noopjs"
 *
 * Any thread.
 *
 * Returns: (nullable): the resource
 */
const NjRedirectResource *
nj_redirect_find (NjBytes name)
{
  for (guint i = 0; nj_redirect_table_names[i].name != NULL; i++)
    if (nj_bytes_equal (name, nj_bytes_from_string (nj_redirect_table_names[i].name)))
      return nj_redirect_table_get (nj_redirect_table_names[i].resource);
  return NULL;
}

/**
 * nj_redirect_choose:
 * @match: a blocked request
 * @ret_name: (out): the resource to answer with, by its own name
 * @ret_rule: (out): the rule that says so
 *
 * The highest priority wins; of equal ones an important rule, else the last found. A name nobody knows never
 * wins. Any thread. Source: uBlock Origin 1.67, where important does not outweigh priority.
 *
 * Returns: whether there is one
 */
gboolean
nj_redirect_choose (NjMatch *match, NjBytes *ret_name, guint32 *ret_rule)
{
  NjModifierList list;
  gint64         best = G_MININT64;
  gboolean       is_found = FALSE;

  nj_modifier_collect (match, NJ_REALM_REDIRECT, &list);
  for (guint i = 0; i < list.n; i++)
    {
      const NjRedirectResource *resource;
      gint64                    rank;
      NjBytes                   name = split_value (list.hits[i].value, &rank);
      gboolean                  is_none = nj_bytes_equal (name, NJ_BYTES (NONE));

      resource = is_none ? NULL : nj_redirect_find (name);
      if ((resource == NULL && !is_none) || rank < best)
        continue;
      best = rank;
      is_found = !is_none;
      *ret_rule = list.hits[i].rule;
      if (resource != NULL)
        *ret_name = nj_bytes_from_string (resource->name);
    }
  return is_found;
}
