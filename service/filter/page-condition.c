/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * AdGuard's conditions before a rule about pages: "[$path=/news,domain=a.example|b.example]##.ad". A path becomes an expression
 * that the address must match behind its host; domains become those of the rule. What else AdGuard has there (app, url) is about
 * programs of its own, and refuses the rule. Any thread. Source: AdGuard, "Non-basic rules modifiers".
 */
#include "filter/page-condition.h"
#include "filter/regex.h"

/* Longer than any expression of a list. */
#define PATH_MAX_LENGTH 4096

/* Where @sign stands without a backslash before it, or the end. */
static gsize
find_bare (NjBytes text, gsize from, char sign)
{
  for (; from < text.len && text.data[from] != sign; from++)
    if (text.data[from] == '\\')
      from++;
  return MIN (from, text.len);
}

/* Brackets and commas have a backslash before them, which is not the value's own. */
static NjBytes
unescape (NjBytes text, NjArena *arena)
{
  char *out = nj_arena_alloc (arena, text.len + 1);
  gsize len = 0;

  for (gsize i = 0; i < text.len; i++)
    {
      if (text.data[i] == '\\' && i + 1 < text.len && strchr ("[],", text.data[i + 1]) != NULL)
        i++;
      out[len++] = text.data[i];
    }
  return nj_bytes (out, len);
}

/* A pattern with "*", "^" and "|" at its ends as an expression. */
static NjBytes
expression_of (NjBytes pattern, NjArena *arena)
{
  char    *out = nj_arena_alloc (arena, pattern.len * 18 + 4), *at = out;
  gboolean is_start = pattern.data[0] == '|', is_end = pattern.len > 1 && pattern.data[pattern.len - 1] == '|';

  if (is_start)
    *at++ = '^';
  for (gsize i = is_start; i < pattern.len - is_end; i++)
    {
      char c = pattern.data[i];

      if (c == '*')
        at = mempcpy (at, ".*", 2);
      else if (c == '^')
        at = mempcpy (at, "(?:[^\\w.%-]|$)", 14);
      else
        {
          if (strchr ("\\.+?()[]{}|$/", c) != NULL)
            *at++ = '\\';
          *at++ = c;
        }
    }
  if (is_end)
    *at++ = '$';
  return nj_bytes (out, (gsize) (at - out));
}

/* "path" alone is the main page. */
static NjRefusal
take_path (NjBytes value, NjArena *arena, NjBytes *ret_path)
{
  NjBytes text = unescape (value, arena);

  if (value.len > PATH_MAX_LENGTH)
    return NJ_REFUSAL_TOO_LONG;
  if (text.len > 0 && memchr (text.data, '\0', text.len) != NULL)
    return NJ_REFUSAL_BAD_VALUE;
  if (text.len == 0)
    *ret_path = NJ_BYTES ("^/(?:\\?|$)");
  else if (text.len > 2 && text.data[0] == '/' && text.data[text.len - 1] == '/')
    *ret_path = nj_bytes (text.data + 1, text.len - 2);
  else
    *ret_path = expression_of (text, arena);
  return nj_regex_is_valid (*ret_path) ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_REGEX;
}

/* "a.example|~b.a.example" as a rule has it before its mark. */
static NjBytes
take_domains (NjBytes value, NjArena *arena)
{
  NjBytes text = unescape (value, arena);
  char   *data = (char *) text.data;

  /* In an expression it stands for itself. */
  for (gsize i = 0, depth = 0; i < text.len; i++)
    {
      if (data[i] == '/')
        depth ^= 1;
      else if (data[i] == '|' && depth == 0)
        data[i] = ',';
    }
  return text;
}

static NjRefusal
take_one (NjBytes item, NjArena *arena, NjBytes *domains, NjBytes *path)
{
  const char *equals = item.len > 0 ? memchr (item.data, '=', item.len) : NULL;
  NjBytes     name = nj_bytes_trim (nj_bytes (item.data, equals != NULL ? (gsize) (equals - item.data) : item.len));
  NjBytes     value = equals != NULL ? nj_bytes (equals + 1, item.len - (gsize) (equals + 1 - item.data)) : NJ_BYTES_NONE;

  if (nj_bytes_equal (name, NJ_BYTES ("path")))
    return path->len > 0 ? NJ_REFUSAL_DUPLICATE_OPTION : take_path (value, arena, path);
  if (nj_bytes_equal (name, NJ_BYTES ("domain")) || nj_bytes_equal (name, NJ_BYTES ("from")))
    {
      if (domains->len > 0)
        return NJ_REFUSAL_CONFLICT;
      *domains = take_domains (value, arena);
      return domains->len > 0 ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_VALUE;
    }
  return nj_bytes_equal (name, NJ_BYTES ("app")) || nj_bytes_equal (name, NJ_BYTES ("url")) ? NJ_REFUSAL_UNSUPPORTED
                                                                                         : NJ_REFUSAL_UNKNOWN_OPTION;
}

/**
 * nj_page_condition_take:
 * @domains: (inout): what stands before a rule's mark; gets the domains alone
 * @arena: where texts go
 * @ret_path: (out): an expression for what stands behind the host in an address; empty for any
 *
 * Any thread.
 *
 * Returns: %NJ_REFUSAL_NONE, also when there is no condition, or why the rule cannot be used
 */
NjRefusal
nj_page_condition_take (NjBytes *domains, NjArena *arena, NjBytes *ret_path)
{
  NjBytes rest, items;
  gsize   end;

  *ret_path = NJ_BYTES_NONE;
  if (!nj_bytes_starts_with (*domains, NJ_BYTES ("[")))
    return NJ_REFUSAL_NONE;
  end = find_bare (*domains, 1, ']');
  if (end == domains->len || end < 3 || domains->data[1] != '$')
    return NJ_REFUSAL_BAD_DOMAIN;

  items = nj_bytes (domains->data + 2, end - 2);
  rest = nj_bytes_trim (nj_bytes (domains->data + end + 1, domains->len - end - 1));
  while (items.len > 0)
    {
      gsize     len = find_bare (items, 0, ',');
      NjRefusal refusal = take_one (nj_bytes (items.data, len), arena, &rest, ret_path);

      if (refusal != NJ_REFUSAL_NONE)
        return refusal;
      len = MIN (len + 1, items.len);
      items = nj_bytes (items.data + len, items.len - len);
    }
  *domains = rest;
  return NJ_REFUSAL_NONE;
}
