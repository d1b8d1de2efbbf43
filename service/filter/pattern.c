/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The part of a rule before its options: anchors, what can be left out, one form of letters, and
 * which kind of pattern it is. How a pattern is matched is in glob.c. Any thread.
 */
#include "filter/pattern.h"
#include "filter/domains.h"
#include "filter/regex.h"
#include "filter/token.h"

/* "||name^" in ASCII: labels that start with a letter or digit, but for the last, which must end so. */
static gboolean
is_anchored_host (NjBytes name)
{
  gsize label = 0;

  for (gsize i = 0; i < name.len; i++)
    {
      char c = name.data[i];

      if (c == '.')
        {
          if (i == label || !nj_token_is (name.data[label], NJ_CLASS_ALNUM))
            return FALSE;
          label = i + 1;
        }
      else if (!nj_token_is (c, NJ_CLASS_ALNUM) && c != '-' && c != '_')
        return FALSE;
    }
  return name.len > 0 && nj_token_is (name.data[name.len - 1], NJ_CLASS_ALNUM);
}

static gboolean
has_class (NjBytes text, guint classes)
{
  for (gsize i = 0; i < text.len; i++)
    if (nj_token_is (text.data[i], classes))
      return TRUE;
  return FALSE;
}

static gboolean
is_all (NjBytes text, guint classes)
{
  for (gsize i = 0; i < text.len; i++)
    if (!nj_token_is (text.data[i], classes))
      return FALSE;
  return TRUE;
}

static gboolean
is_ascii (NjBytes text)
{
  for (gsize i = 0; i < text.len; i++)
    if ((guchar) text.data[i] >= 0x80)
      return FALSE;
  return TRUE;
}

/* A host part of a pattern may stop in the middle of a name, so it is put into punycode label by label. */
static NjBytes
encode_labels (NjBytes host, NjArena *arena)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gsize               start = 0;

  for (gsize i = 0; i <= host.len; i++)
    {
      NjBytes label, ascii;

      if (i < host.len && host.data[i] != '.')
        continue;
      label = nj_bytes (host.data + start, i - start);
      ascii = is_ascii (label) ? label : nj_domains_host (label, arena);
      if (ascii.len == 0)
        ascii = label;
      g_string_append_len (out, ascii.data, ascii.len);
      if (i < host.len)
        g_string_append_c (out, '.');
      start = i + 1;
    }
  return nj_arena_copy (arena, nj_bytes (out->str, out->len));
}

static NjBytes
encode_rest (NjBytes text, NjArena *arena)
{
  static const char digits[] = "0123456789abcdef";
  char             *out = nj_arena_alloc (arena, text.len * 3);
  gsize             len = 0;

  for (gsize i = 0; i < text.len; i++)
    {
      guchar c = text.data[i];

      if (c < 0x80)
        out[len++] = c;
      else
        {
          out[len++] = '%';
          out[len++] = digits[c >> 4];
          out[len++] = digits[c & 15];
        }
    }
  return nj_bytes (out, len);
}

static gboolean
is_host_part (char c)
{
  return (guchar) c >= 0x80 || nj_token_is (c, NJ_CLASS_ALNUM) || strchr ("%*-._", c) != NULL;
}

/* Lower case; non-ASCII letters as they stand in a URL: punycode in the host, else percent-encoded. */
static gboolean
normalize (NjBytes *pattern, NjArena *arena)
{
  NjBytes text;
  gsize   host = 0;
  char   *at;

  /* Left where it is if it can be: the pattern then is a part of the rule's text in the image too. */
  if (is_all (*pattern, NJ_CLASS_LOWER))
    return TRUE;
  text = nj_arena_copy (arena, *pattern);
  at = (char *) text.data;

  for (gsize i = 0; i < text.len; i++)
    {
      at[i] = nj_ascii_lower (at[i]);
      if ((guchar) at[i] < 0x20 || at[i] == 0x7f)
        return FALSE;
    }
  *pattern = text;
  if (is_ascii (text))
    return TRUE;
  if (!g_utf8_validate (text.data, text.len, NULL))
    return FALSE;

  while (host < text.len && text.data[host] != '\0' && is_host_part (text.data[host]))
    host++;
  if (host > 0)
    {
      NjBytes name = encode_labels (nj_bytes (text.data, host), arena);

      text = nj_arena_printf (arena, "%.*s%.*s", NJ_BYTES_ARGS (name), (int) (text.len - host),
                              text.data + host);
    }
  *pattern = encode_rest (text, arena);
  return TRUE;
}

static void
strip_anchors (NjBytes *text, NjRule *rule)
{
  if (text->data[0] == '|')
    {
      guint    width = text->len > 1 && text->data[1] == '|' ? 2 : 1;
      gboolean is_word = text->len > width && nj_token_is (text->data[width], NJ_CLASS_TOKEN);

      if (is_word)
        rule->anchor |= width == 2 ? NJ_ANCHOR_HOST : NJ_ANCHOR_LEFT;
      *text = nj_bytes (text->data + width, text->len - width);
    }

  if (text->len > 0 && text->data[text->len - 1] == '|')
    {
      if (text->len < 2 || text->data[text->len - 2] != '*')
        rule->anchor |= NJ_ANCHOR_RIGHT;
      text->len--;
    }
}

/* Stars that change nothing, by uBlock Origin's rules: one next to a short word does change something,
 * since it tells that the word may go on. */
static void
strip_stars (NjBytes *text)
{
  gsize n = 0, word = 0;

  while (n < text->len && text->data[n] == '*')
    n++;
  if (n > 0 && n < text->len && (guchar) text->data[n] < 0x80 && !nj_token_is (text->data[n], NJ_CLASS_TOKEN))
    *text = nj_bytes (text->data + n, text->len - n);

  for (n = text->len; n > 0 && text->data[n - 1] == '*'; n--)
    ;
  if (n >= 2 && text->data[n - 1] == '^' && text->data[n - 2] == '*')
    text->len = --n;

  for (n = text->len; n > 0 && text->data[n - 1] == '*'; n--)
    ;
  while (word < n && nj_token_is (text->data[n - 1 - word], NJ_CLASS_TOKEN))
    word++;
  if (n > 0 && n < text->len && (word == 0 || word >= NJ_TOKEN_MAX))
    text->len = n;
}

static NjRefusal
parse_regex (NjBytes text, NjRule *rule)
{
  rule->kind = NJ_PATTERN_REGEX;
  rule->pattern = nj_bytes (text.data + 1, text.len - 2);
  return nj_regex_is_valid (rule->pattern) ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_REGEX;
}

/**
 * nj_pattern_parse:
 * @text: the pattern as written, without "@@" and options
 * @arena: where a changed pattern goes
 * @rule: the rule, whose options have been read; gets pattern, kind and anchor
 *
 * Any thread. Source: the syntax of Adblock Plus as uBlock Origin 1.67 reads it.
 *
 * Returns: %NJ_REFUSAL_NONE, or what is wrong
 */
NjRefusal
nj_pattern_parse (NjBytes text, NjArena *arena, NjRule *rule)
{
  gboolean is_start;

  rule->anchor = 0;
  rule->kind = NJ_PATTERN_ANY;
  rule->pattern = NJ_BYTES ("*");
  if (text.len == 0)
    return rule->has_options ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_PATTERN;

  if (text.len > 3 && text.data[0] == '|' && text.data[1] == '|' && text.data[text.len - 1] == '^'
      && is_anchored_host (nj_bytes (text.data + 2, text.len - 3)))
    {
      rule->pattern = nj_bytes (text.data + 2, text.len - 3);
      rule->anchor = NJ_ANCHOR_HOST;
      rule->kind = NJ_PATTERN_HOST;
      return NJ_REFUSAL_NONE;
    }
  if (text.len > 2 && text.data[0] == '/' && text.data[text.len - 1] == '/')
    return parse_regex (text, rule);

  /* "||ads.net" alone is the start of a name, "||ads.net$script" a whole one: so does uBlock Origin. */
  is_start = !rule->has_options && text.len > 2 && nj_bytes_starts_with (text, NJ_BYTES ("||"))
             && is_all (nj_bytes (text.data + 2, text.len - 2), NJ_CLASS_PLAIN);

  strip_anchors (&text, rule);
  if (is_start)
    rule->anchor = NJ_ANCHOR_HOST;
  strip_stars (&text);
  if (text.len == 0)
    {
      rule->anchor = 0;
      return rule->has_options ? NJ_REFUSAL_NONE : NJ_REFUSAL_BAD_PATTERN;
    }
  if (has_class (text, NJ_CLASS_BLANK) || !normalize (&text, arena))
    return NJ_REFUSAL_BAD_PATTERN;

  rule->pattern = text;
  if (nj_bytes_equal (text, NJ_BYTES ("*")))
    rule->kind = NJ_PATTERN_ANY;
  else if (!is_start && nj_domains_is_host (text))
    rule->kind = NJ_PATTERN_HOST;
  else if (memchr (text.data, '*', text.len) != NULL || memchr (text.data, '^', text.len) != NULL)
    rule->kind = NJ_PATTERN_GENERIC;
  else
    rule->kind = NJ_PATTERN_PLAIN;

  if (rule->kind == NJ_PATTERN_HOST && !rule->has_options)
    rule->anchor |= NJ_ANCHOR_HOST;
  if (text.len <= 1 && !rule->has_options)
    return NJ_REFUSAL_BAD_PATTERN;
  return text.len > NJ_PATTERN_MAX ? NJ_REFUSAL_TOO_LONG : NJ_REFUSAL_NONE;
}
