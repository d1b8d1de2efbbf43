/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * removeparam=: parameters of a query that a list wants gone. Names are compared as they stand, values
 * decoded. Any thread.
 */
#include "filter/query.h"

/* Parameters of one query at most; the rest is left alone. */
#define PARAMETERS_MAX 256

typedef struct
{
  NjBytes  key;
  NjBytes  value;
  gboolean is_gone;
} Parameter;

static gboolean
hex_value (char c, guint *ret_value)
{
  gint value = g_ascii_xdigit_value (c);

  *ret_value = (guint) value;
  return value >= 0;
}

/* decodeURIComponent(): all of it, or as it stands if any part is broken. */
static NjBytes
decode (NjBytes text, NjArena *arena)
{
  char *out;
  gsize len = 0;
  guint high, low;

  if (text.len == 0 || memchr (text.data, '%', text.len) == NULL)
    return text;

  out = nj_arena_alloc (arena, text.len);
  for (gsize i = 0; i < text.len; i++)
    {
      if (text.data[i] != '%')
        {
          out[len++] = text.data[i];
          continue;
        }
      if (i + 2 >= text.len || !hex_value (text.data[i + 1], &high) || !hex_value (text.data[i + 2], &low))
        return text;
      out[len++] = (char) (high << 4 | low);
      i += 2;
    }
  return g_utf8_validate (out, len, NULL) ? nj_bytes (out, len) : text;
}

static guint
split_query (NjBytes query, Parameter *parameters)
{
  guint n = 0;

  for (gsize i = 0; i < query.len && n < PARAMETERS_MAX; n++)
    {
      const char *ampersand = memchr (query.data + i, '&', query.len - i);
      gsize       end = ampersand != NULL && n + 1 < PARAMETERS_MAX ? (gsize) (ampersand - query.data) : query.len;
      NjBytes     item = nj_bytes (query.data + i, end - i);
      const char *equals = memchr (item.data, '=', item.len);
      gsize       key = equals != NULL ? (gsize) (equals - item.data) : item.len;

      parameters[n] = (Parameter){ .key = nj_bytes (item.data, key) };
      if (equals != NULL)
        parameters[n].value = nj_bytes (equals + 1, item.len - key - 1);
      i = end + 1;
    }
  return n;
}

static gboolean
is_meant (const NjModifierHit *hit, NjBytes name, const Parameter *parameter, NjArena *arena)
{
  NjBytes        value, both;
  const NjRegex *regex;
  char          *out;

  if (hit->regex == NJ_IMAGE_NONE)
    return nj_bytes_equal (parameter->key, name);

  regex = nj_engine_regex (hit->engine, hit->regex);
  if (regex == NULL)
    return FALSE;
  value = decode (parameter->value, arena);
  out = nj_arena_alloc (arena, parameter->key.len + value.len + 1);
  both = nj_bytes (out, parameter->key.len + value.len + 1);
  memcpy (out, parameter->key.data, parameter->key.len);
  out[parameter->key.len] = '=';
  if (value.len > 0)
    memcpy (out + parameter->key.len + 1, value.data, value.len);
  return nj_regex_matches (regex, both, NULL, NULL);
}

/* Marks what one rule removes. Returns whether it removed anything. */
static gboolean
apply (const NjModifierHit *hit, Parameter *parameters, guint n, NjArena *arena)
{
  NjBytes  name = nj_bytes_trim (hit->value);
  gboolean is_negated = name.len > 0 && name.data[0] == '~';
  gboolean is_all = name.len == 0;
  gboolean has_removed = FALSE;

  if (is_negated)
    name = nj_bytes (name.data + 1, name.len - 1);
  /* Several names in one value were never supported. */
  if (hit->regex == NJ_IMAGE_NONE && name.len > 0 && memchr (name.data, '|', name.len) != NULL)
    return FALSE;

  for (guint i = 0; i < n; i++)
    if (!parameters[i].is_gone && (is_all || is_meant (hit, name, &parameters[i], arena) != is_negated))
      parameters[i].is_gone = has_removed = TRUE;
  return has_removed;
}

static NjBytes
join (NjBytes before, const Parameter *parameters, guint n, NjBytes after, NjArena *arena)
{
  char *out = nj_arena_alloc (arena, before.len + after.len + 1 + (n > 0 ? (gsize) (after.data - before.data) : 0));
  gsize len = before.len;
  char  joint = '?';

  memcpy (out, before.data, before.len);
  for (guint i = 0; i < n; i++)
    {
      if (parameters[i].is_gone)
        continue;
      out[len++] = joint;
      joint = '&';
      memcpy (out + len, parameters[i].key.data, parameters[i].key.len);
      len += parameters[i].key.len;
      if (parameters[i].value.len == 0)
        continue;
      out[len++] = '=';
      memcpy (out + len, parameters[i].value.data, parameters[i].value.len);
      len += parameters[i].value.len;
    }
  if (after.len > 0)
    memcpy (out + len, after.data, after.len);
  return nj_bytes (out, len + after.len);
}

/**
 * nj_query_strip:
 * @match: a request that is let through
 * @arena: where the new URL goes
 * @ret_url: (out): the URL without the parameters
 * @ret_rule: (out): the first rule that removed one
 *
 * Any thread. Source: uBlock Origin 1.67.
 *
 * Returns: whether anything was removed
 */
gboolean
nj_query_strip (NjMatch *match, NjArena *arena, NjBytes *ret_url, guint32 *ret_rule)
{
  NjBytes        url = match->request->url;
  const char    *question = memchr (url.data, '?', url.len);
  const char    *end, *hash;
  Parameter     *parameters;
  NjModifierList list;
  guint          n;

  *ret_rule = NJ_RULE_NONE;
  if (question == NULL)
    return FALSE;
  nj_modifier_collect (match, NJ_REALM_REMOVE_PARAM, &list);
  if (list.n == 0)
    return FALSE;

  end = url.data + url.len;
  hash = memchr (question, '#', end - question);
  if (hash == NULL)
    hash = end;
  parameters = nj_arena_alloc (arena, PARAMETERS_MAX * sizeof *parameters);
  n = split_query (nj_bytes (question + 1, hash - question - 1), parameters);
  for (guint i = 0; i < list.n; i++)
    if (apply (&list.hits[i], parameters, n, arena) && *ret_rule == NJ_RULE_NONE)
      *ret_rule = list.hits[i].rule;
  if (*ret_rule == NJ_RULE_NONE)
    return FALSE;

  *ret_url = join (nj_bytes (url.data, question - url.data), parameters, n, nj_bytes (hash, end - hash), arena);
  return TRUE;
}
