/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The value of uritransform= and replace=: a regular expression, what to put in place of a match,
 * and flags. Any thread.
 */
#include "filter/url-transform.h"
#include "filter/condition.h"
#include "filter/regex.h"

/* Takes the text up to the next "/" that is not escaped; "\/", "\$" and "\," lose their backslash. */
static gboolean
take_part (NjBytes *rest, NjArena *arena, NjBytes *ret_part)
{
  char *out = nj_arena_alloc (arena, rest->len + 1);
  gsize len = 0;

  for (gsize i = 0; i < rest->len; i++)
    {
      char c = rest->data[i];
      char next = i + 1 < rest->len ? rest->data[i + 1] : '\0';

      if (c == '/')
        {
          *ret_part = nj_bytes (out, len);
          *rest = nj_bytes (rest->data + i + 1, rest->len - i - 1);
          return TRUE;
        }
      if (c == '\\' && (next == '/' || next == '$' || next == ','))
        {
          out[len++] = next;
          i++;
        }
      else if (c == '\\' && next != '\0')
        {
          out[len++] = c;
          out[len++] = next;
          i++;
        }
      else
        out[len++] = c;
    }
  return FALSE;
}

/**
 * nj_url_transform_parse:
 * @value: "/pattern/replacement/flags"
 * @arena: where the unescaped texts go
 * @ret_transform: (out): its parts
 *
 * Any thread.
 *
 * Returns: whether @value has that form; the pattern itself is not looked at
 */
gboolean
nj_url_transform_parse (NjBytes value, NjArena *arena, NjUrlTransform *ret_transform)
{
  NjBytes rest;

  if (value.len < 3 || value.data[0] != '/')
    return FALSE;

  rest = nj_bytes (value.data + 1, value.len - 1);
  if (!take_part (&rest, arena, &ret_transform->pattern)
      || !take_part (&rest, arena, &ret_transform->replacement))
    return FALSE;

  ret_transform->flags = 0;
  for (gsize i = 0; i < rest.len; i++)
    {
      if (rest.data[i] == 'i')
        ret_transform->flags |= NJ_REGEX_CASELESS;
      else if (rest.data[i] == 'g')
        ret_transform->flags |= NJ_REGEX_GLOBAL;
      else if (strchr ("msu", rest.data[i]) == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_valid (NjBytes value, gboolean needs_pattern)
{
  _Alignas (8) char lent[1024];
  g_auto (NjArena) arena;
  NjUrlTransform transform;

  nj_arena_init (&arena, lent, sizeof lent);
  if (!nj_url_transform_parse (value, &arena, &transform))
    return FALSE;
  if (transform.pattern.len == 0)
    return !needs_pattern;
  return nj_regex_is_valid (transform.pattern);
}

/**
 * nj_url_transform_is_valid:
 * @value: a value of uritransform=
 *
 * Any thread.
 *
 * Returns: whether it can be applied
 */
gboolean
nj_url_transform_is_valid (NjBytes value)
{
  return is_valid (value, FALSE);
}

/**
 * nj_url_transform_is_replacement:
 * @value: a value of replace=
 *
 * Any thread.
 *
 * Returns: whether it can be applied: a replacement in text or an edit of JSON
 */
gboolean
nj_url_transform_is_replacement (NjBytes value)
{
  if (nj_bytes_starts_with (value, NJ_BYTES ("json:")) || nj_bytes_starts_with (value, NJ_BYTES ("jsonl:")))
    return TRUE;
  return is_valid (value, TRUE);
}

/* The pattern of the rule itself, when the value names none. */
static const NjRegex *
own_regex (const NjModifierHit *hit)
{
  const guint32 *words = nj_condition_find (hit->conditions, NJ_CONDITION_REGEX);

  return words != NULL ? nj_engine_regex (hit->engine, words[0]) : NULL;
}

static NjBytes
transform_one (const NjMatch *match, const NjModifierHit *hit, NjArena *arena)
{
  NjBytes             url = match->request->url;
  NjUrlTransform      transform;
  g_autoptr (NjRegex) regex = NULL;
  const NjRegex      *own;

  if (!nj_url_transform_parse (hit->value, arena, &transform))
    return url;
  if (transform.pattern.len == 0)
    {
      own = own_regex (hit);
      return own != NULL ? nj_regex_replace (own, url, transform.replacement, arena) : url;
    }
  regex = nj_regex_new (transform.pattern, transform.flags);
  return regex != NULL ? nj_regex_replace (regex, url, transform.replacement, arena) : url;
}

static gboolean
is_http (NjBytes url)
{
  for (gsize i = 0; i < url.len; i++)
    if ((guchar) url.data[i] <= 0x20 || url.data[i] == 0x7f)
      return FALSE;
  return (nj_bytes_starts_with (url, NJ_BYTES ("https://")) && url.len > 8)
         || (nj_bytes_starts_with (url, NJ_BYTES ("http://")) && url.len > 7);
}

/**
 * nj_url_transform_apply:
 * @match: a request that is let through
 * @arena: where the new URL goes
 * @ret_url: (out): the new URL
 * @ret_rule: (out): the rule that made it
 *
 * The first rule that changes anything wins. Any thread. Source: uBlock Origin 1.67.
 *
 * Returns: whether one did
 */
gboolean
nj_url_transform_apply (NjMatch *match, NjArena *arena, NjBytes *ret_url, guint32 *ret_rule)
{
  NjModifierList list;

  nj_modifier_collect (match, NJ_REALM_URI_TRANSFORM, &list);
  for (guint i = 0; i < list.n; i++)
    {
      NjBytes url = transform_one (match, &list.hits[i], arena);

      if (nj_bytes_equal (url, match->request->url) || !is_http (url))
        continue;
      *ret_url = url;
      *ret_rule = list.hits[i].rule;
      return TRUE;
    }
  return FALSE;
}
