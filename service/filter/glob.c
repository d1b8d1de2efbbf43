/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patterns with "*" and "^" that float in the URL. Taking the leftmost place for each part between stars
 * is enough, since an earlier place only leaves more room to the next; no backtracking, so
 * the time is bounded by pattern times URL. The same bound holds for texts with "*" and "?" that are looked for in
 * fields. Any thread.
 */
#include "filter/glob.h"
#include "filter/token.h"

/* Matches a part without stars at @at. "^" also matches the end, without taking anything. */
static gboolean
part_matches (NjBytes part, const NjGlobText *url, gsize at, gsize *ret_end)
{
  for (gsize i = 0; i < part.len; i++)
    {
      char c = part.data[i];

      if (c == '^' && at == url->len)
        continue;
      if (at == url->len)
        return FALSE;
      if (c == '^' ? nj_token_is (url->text[at], NJ_CLASS_NO_SEPARATOR) : url->text[at] != c)
        return FALSE;
      at++;
    }
  *ret_end = at;
  return TRUE;
}

/* Finds the first place of @part from @at on; with @to_end only one that reaches the end counts. */
static gboolean
part_find (NjBytes part, const NjGlobText *url, gsize at, gboolean to_end, gsize *ret_end)
{
  char first = part.len > 0 ? part.data[0] : '^';

  for (; at <= url->len; at++)
    {
      if (first != '^')
        {
          const char *hit = memchr (url->text + at, first, url->len - at);

          if (hit == NULL)
            return FALSE;
          at = hit - url->text;
        }
      if (part_matches (part, url, at, ret_end) && (!to_end || *ret_end == url->len))
        return TRUE;
    }
  return FALSE;
}

static NjBytes
take_part (NjBytes *pattern)
{
  const char *star = memchr (pattern->data, '*', pattern->len);
  NjBytes     part = nj_bytes (pattern->data, star != NULL ? (gsize) (star - pattern->data) : pattern->len);
  gsize       skip = part.len;

  while (skip < pattern->len && pattern->data[skip] == '*')
    skip++;
  *pattern = nj_bytes (pattern->data + skip, pattern->len - skip);
  return part;
}

/* Matches what is left of a pattern after a part that ended at @at. */
static gboolean
rest_matches (NjBytes rest, gboolean to_end, const NjGlobText *url, gsize at, gsize *ret_end)
{
  if (rest.len == 0)
    {
      *ret_end = at;
      return !to_end || at == url->len;
    }

  while (rest.len > 0)
    {
      NjBytes part = take_part (&rest);

      if (!part_find (part, url, at, to_end && rest.len == 0, &at))
        return FALSE;
    }
  *ret_end = at;
  return TRUE;
}

/* Matches with the first part just at @at. */
static gboolean
match_at (NjBytes pattern, gboolean to_end, const NjGlobText *url, gsize at, gsize *ret_end)
{
  NjBytes part = take_part (&pattern);

  return part_matches (part, url, at, &at) && rest_matches (pattern, to_end, url, at, ret_end);
}

/* Whether path, query or fragment start at @at. Letters are beyond all three. */
static inline gboolean
is_authority_end (const NjGlobText *url, gsize at)
{
  char c = url->text[at];

  return at == url->len || (c <= '?' && (c == '/' || c == '?' || c == '#'));
}

/* "||": at the start of the authority or after a dot in it; before a dot anywhere in it. */
static gboolean
match_host (NjBytes pattern, gboolean to_end, const NjGlobText *url, gsize *ret_end)
{
  NjBytes  part = take_part (&pattern);
  gboolean is_dotted = part.len > 0 && part.data[0] == '.';
  gsize    end;

  if (url->authority == 0)
    return FALSE;

  for (gsize at = url->authority;; at++)
    {
      gboolean is_start = is_dotted ? url->text[at] == '.'
                                    : at == url->authority || (url->text[at - 1] == '.' && at > url->authority + 1);

      if (is_start && part_matches (part, url, at, &end) && rest_matches (pattern, to_end, url, end, ret_end))
        return TRUE;
      if (is_authority_end (url, at))
        return FALSE;
    }
}

/**
 * nj_glob_match:
 * @pattern: a pattern in lower case
 * @anchors: NJ_ANCHOR_ bits
 * @url: a URL
 * @ret_end: (out): where the match ends
 *
 * Any thread. Source: the syntax of Adblock Plus as uBlock Origin 1.67 matches it.
 *
 * Returns: whether @pattern is in @url
 */
gboolean
nj_glob_match (NjBytes pattern, guint anchors, const NjGlobText *url, gsize *ret_end)
{
  gboolean to_end = (anchors & NJ_ANCHOR_RIGHT) != 0;
  NjBytes  part;
  gsize    end;

  while (pattern.len > 0 && pattern.data[0] == '*')
    pattern = nj_bytes (pattern.data + 1, pattern.len - 1);
  while (pattern.len > 0 && pattern.data[pattern.len - 1] == '*')
    pattern.len--;

  if ((anchors & NJ_ANCHOR_HOST) != 0)
    return match_host (pattern, to_end, url, ret_end);
  if ((anchors & NJ_ANCHOR_LEFT) != 0)
    return match_at (pattern, to_end, url, 0, ret_end);

  part = take_part (&pattern);
  return part_find (part, url, 0, to_end && pattern.len == 0, &end) && rest_matches (pattern, to_end, url, end, ret_end);
}

/* Which places of a pattern may come next: a flag for each, and up to which there are any. */
typedef struct
{
  guint8 is_on[NJ_GLOB_FIND_MAX + 1];
  gsize  end;
} Places;

/* "*" and "?" may also stand for nothing. */
static void
places_add (Places *places, NjBytes pattern, gsize at)
{
  while (!places->is_on[at])
    {
      places->is_on[at] = TRUE;
      places->end = MAX (places->end, at + 1);
      if (at == pattern.len || (pattern.data[at] != '*' && pattern.data[at] != '?'))
        return;
      at++;
    }
}

static void
places_step (const Places *places, NjBytes pattern, char c, Places *ret_next)
{
  for (gsize at = 0; at < places->end && at < pattern.len; at++)
    {
      if (!places->is_on[at])
        continue;
      if (pattern.data[at] == '*')
        places_add (ret_next, pattern, at);
      else if (pattern.data[at] == '?' || nj_ascii_lower (pattern.data[at]) == nj_ascii_lower (c))
        places_add (ret_next, pattern, at + 1);
    }
}

/**
 * nj_glob_find:
 * @pattern: a text with "*" for any run and "?" for at most one byte
 * @text: where it is looked for
 *
 * In any case of letters. Goes through all ways to match at once, so that no pattern takes longer than itself times
 * @text; one that is longer than %NJ_GLOB_FIND_MAX is found nowhere. Any thread.
 *
 * Returns: whether it is anywhere in @text
 */
gboolean
nj_glob_find (NjBytes pattern, NjBytes text)
{
  Places places[2] = { 0 };

  if (pattern.len > NJ_GLOB_FIND_MAX)
    return FALSE;

  places_add (&places[0], pattern, 0);
  for (gsize i = 0; i < text.len && !places[i % 2].is_on[pattern.len]; i++)
    {
      Places *next = &places[(i + 1) % 2];

      memset (next->is_on, 0, next->end);
      next->end = 0;
      places_step (&places[i % 2], pattern, text.data[i], next);
      places_add (next, pattern, 0);
    }

  return places[0].is_on[pattern.len] || places[1].is_on[pattern.len];
}
