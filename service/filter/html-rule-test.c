/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a rule that takes elements out may ask of one tag, and of one text. Any thread. For html-rule.c.
 */
#include "filter/html-rule-private.h"

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static gboolean
equals (NjBytes a, NjBytes b, gboolean is_caseless)
{
  return is_caseless ? nj_bytes_equal_nocase (a, b) : nj_bytes_equal (a, b);
}

static gboolean
holds (NjBytes text, NjBytes part, gboolean is_caseless)
{
  if (!is_caseless)
    return nj_bytes_find (text, part) >= 0;
  for (gsize i = 0; i + part.len <= text.len; i++)
    if (nj_bytes_equal_nocase (nj_bytes (text.data + i, part.len), part))
      return TRUE;
  return FALSE;
}

static gboolean
holds_word (NjBytes text, NjBytes word, gboolean is_caseless)
{
  gsize start, i = 0;

  while (i < text.len)
    {
      while (i < text.len && is_blank (text.data[i]))
        i++;
      start = i;
      while (i < text.len && !is_blank (text.data[i]))
        i++;
      if (i > start && equals (nj_bytes (text.data + start, i - start), word, is_caseless))
        return TRUE;
    }
  return FALSE;
}

/* An empty part is in no value, Selectors Level 4 §6.2. */
static gboolean
value_passes (const NjHtmlTest *test, NjBytes value)
{
  gsize   n = test->value.len;
  NjBytes head = nj_bytes (value.data, MIN (n, value.len));
  NjBytes tail = nj_bytes (value.data + value.len - MIN (n, value.len), MIN (n, value.len));

  switch (test->kind)
    {
    case NJ_HTML_TEST_ATTRIBUTE:
      return TRUE;
    case NJ_HTML_TEST_EQUALS:
      return equals (value, test->value, test->is_caseless);
    case NJ_HTML_TEST_WORD:
      return n > 0 && holds_word (value, test->value, test->is_caseless);
    case NJ_HTML_TEST_DASH:
      return equals (head, test->value, test->is_caseless) && (value.len == n || value.data[n] == '-');
    case NJ_HTML_TEST_STARTS:
      return n > 0 && equals (head, test->value, test->is_caseless);
    case NJ_HTML_TEST_ENDS:
      return n > 0 && equals (tail, test->value, test->is_caseless);
    default:
      return n > 0 && holds (value, test->value, test->is_caseless);
    }
}

/**
 * nj_html_test_text:
 * @test: a test of text
 * @text: of an element
 *
 * For html-rule.c.
 *
 * Returns: whether it holds
 */
gboolean
nj_html_test_text (const NjHtmlTest *test, NjBytes text)
{
  guint64 length;

  if (test->kind == NJ_HTML_TEST_TEXT)
    return test->regex != NULL ? nj_regex_matches (test->regex, text, NULL, NULL) : nj_bytes_find (text, test->value) >= 0;
  length = (guint64) g_utf8_strlen (text.data != NULL ? text.data : "", (gssize) text.len);
  return test->kind == NJ_HTML_TEST_MIN_LENGTH ? length >= test->length : length <= test->length;
}

/**
 * nj_html_test_attribute:
 * @test: a test of an attribute
 * @tag: a start tag, as written
 *
 * For html-rule.c.
 *
 * Returns: whether it holds
 */
gboolean
nj_html_test_attribute (const NjHtmlTest *test, NjBytes tag)
{
  _Alignas (8) char lent[512];
  g_auto (NjArena)  arena;
  NjHtmlAttribute   attribute;

  nj_arena_init (&arena, lent, sizeof lent);
  return nj_html_attribute_find (tag, test->name, &attribute) &&
         value_passes (test, nj_html_attribute_text (attribute.value, &arena));
}
