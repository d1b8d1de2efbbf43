/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules that take elements out of the source of a page, asked about one element: its tag, then its text. What is around an
 * element cannot be told while the page streams, so selectors that ask for it are not taken. Any thread.
 */
#include "filter/html-rule-private.h"

/**
 * nj_html_rule_new:
 * @body: of a rule of %NJ_PAGE_LINE_HTML; must outlive what is returned
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): the rule; %NULL when it asks for more than an element and its text
 */
NjHtmlRule *
nj_html_rule_new (NjBytes body)
{
  NjHtmlRule *self = g_new0 (NjHtmlRule, 1);

  nj_arena_init (&self->arena, self->lent, sizeof self->lent);
  if (nj_html_rule_parse (self, body))
    return self;
  nj_html_rule_free (self);
  return NULL;
}

static void
free_regexes (NjHtmlCompound *compound)
{
  for (; compound != NULL; compound = compound->next)
    for (guint i = 0; i < compound->n_tests; i++)
      {
        nj_regex_free (compound->tests[i].regex);
        free_regexes (compound->tests[i].others);
      }
}

/**
 * nj_html_rule_free:
 * @rule: (nullable) (transfer full): a rule
 */
void
nj_html_rule_free (NjHtmlRule *rule)
{
  if (rule == NULL)
    return;

  free_regexes (rule->first);
  nj_arena_clear (&rule->arena);
  g_free (rule);
}

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

static gboolean
text_passes (const NjHtmlTest *test, NjBytes text)
{
  guint64 length;

  if (test->kind == NJ_HTML_TEST_TEXT)
    return test->regex != NULL ? nj_regex_matches (test->regex, text, NULL, NULL) : nj_bytes_find (text, test->value) >= 0;
  length = (guint64) g_utf8_strlen (text.data != NULL ? text.data : "", (gssize) text.len);
  return test->kind == NJ_HTML_TEST_MIN_LENGTH ? length >= test->length : length <= test->length;
}

static gboolean matches (const NjHtmlCompound *compound, const char *name, NjBytes tag, const NjBytes *text);

static gboolean
attribute_passes (const NjHtmlTest *test, NjBytes tag)
{
  _Alignas (8) char lent[512];
  g_auto (NjArena)  arena;
  NjHtmlAttribute   attribute;

  nj_arena_init (&arena, lent, sizeof lent);
  return nj_html_attribute_find (tag, test->name, &attribute) &&
         value_passes (test, nj_html_attribute_text (attribute.value, &arena));
}

static gboolean
passes (const NjHtmlTest *test, const char *name, NjBytes tag, const NjBytes *text)
{
  switch (test->kind)
    {
    case NJ_HTML_TEST_TEXT:
    case NJ_HTML_TEST_MIN_LENGTH:
    case NJ_HTML_TEST_MAX_LENGTH:
      return text == NULL || text_passes (test, *text);
    case NJ_HTML_TEST_NOT:
      for (const NjHtmlCompound *other = test->others; other != NULL; other = other->next)
        if (matches (other, name, tag, text))
          return FALSE;
      return TRUE;
    default:
      return attribute_passes (test, tag);
    }
}

/* Without @text what is asked of it holds. */
static gboolean
matches (const NjHtmlCompound *compound, const char *name, NjBytes tag, const NjBytes *text)
{
  if (compound->name.len > 0 && !nj_bytes_equal (compound->name, nj_bytes_from_string (name)))
    return FALSE;
  for (guint i = 0; i < compound->n_tests; i++)
    if (!passes (&compound->tests[i], name, tag, text))
      return FALSE;
  return TRUE;
}

static gboolean
any_matches (const NjHtmlRule *rule, const char *name, NjBytes tag, const NjBytes *text)
{
  for (const NjHtmlCompound *compound = rule->first; compound != NULL; compound = compound->next)
    if (matches (compound, name, tag, text))
      return TRUE;
  return FALSE;
}

/**
 * nj_html_rule_matches_tag:
 * @rule: a rule
 * @name: the name of an element, lower case
 * @tag: its start tag, as written
 *
 * Any thread.
 *
 * Returns: whether the rule is about such an element, whatever text is in it
 */
gboolean
nj_html_rule_matches_tag (const NjHtmlRule *rule, const char *name, NjBytes tag)
{
  return any_matches (rule, name, tag, NULL);
}

/**
 * nj_html_rule_wants_text:
 * @rule: a rule
 *
 * Any thread.
 *
 * Returns: whether it asks for the text in an element
 */
gboolean
nj_html_rule_wants_text (const NjHtmlRule *rule)
{
  for (const NjHtmlCompound *compound = rule->first; compound != NULL; compound = compound->next)
    if (compound->wants_text)
      return TRUE;
  return FALSE;
}

/**
 * nj_html_rule_matches_text:
 * @rule: a rule
 * @name: the name of an element, lower case
 * @tag: its start tag, as written
 * @text: all text in it
 *
 * Any thread.
 *
 * Returns: whether the element is to be taken out
 */
gboolean
nj_html_rule_matches_text (const NjHtmlRule *rule, const char *name, NjBytes tag, NjBytes text)
{
  return any_matches (rule, name, tag, &text);
}
