/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads the selector of a rule that takes elements out of the source: names, ids, classes, attributes, ":not()", and what may
 * be asked of the text: uBlock Origin's ":has-text()", Adblock Plus' ":-abp-contains()", AdGuard's "[tag-content]". Anything
 * else refuses the rule: one that was half understood would take out too much. Any thread.
 */
#include "filter/html-rule-private.h"

#define TESTS_MAX 16

/* What is read off, and where it goes. */
typedef struct
{
  NjArena *arena;
  NjBytes  rest;
  guint    depth; /* of ":not(" */
} Reader;

static gboolean
is_name (char c)
{
  return g_ascii_isalnum (c) || c == '-' || c == '_' || (guchar) c >= 0x80;
}

static char
peek (const Reader *reader)
{
  return reader->rest.len > 0 ? reader->rest.data[0] : '\0';
}

static void
skip (Reader *reader, gsize n)
{
  reader->rest = nj_bytes (reader->rest.data + n, reader->rest.len - n);
}

static void
skip_blanks (Reader *reader)
{
  while (reader->rest.len > 0 && g_ascii_isspace (reader->rest.data[0]))
    skip (reader, 1);
}

static gboolean
take (Reader *reader, NjBytes text)
{
  if (!nj_bytes_starts_with (reader->rest, text))
    return FALSE;
  skip (reader, text.len);
  return TRUE;
}

/* A name, its escapes of single signs resolved; empty when there is none or it is written otherwise. */
static NjBytes
take_name (Reader *reader, gboolean is_lower)
{
  char *name = nj_arena_alloc (reader->arena, reader->rest.len + 1);
  gsize n = 0;

  while (reader->rest.len > 0 && (is_name (peek (reader)) || peek (reader) == '\\'))
    {
      if (peek (reader) == '\\')
        {
          skip (reader, 1);
          if (reader->rest.len == 0 || g_ascii_isxdigit (peek (reader)))
            return NJ_BYTES_NONE;
        }
      name[n++] = is_lower ? nj_ascii_lower (peek (reader)) : peek (reader);
      skip (reader, 1);
    }
  return nj_bytes (name, n);
}

/* A quoted text, or a name. */
static gboolean
take_value (Reader *reader, NjBytes *ret_value)
{
  char  quote = peek (reader);
  char *value;
  gsize n = 0;

  if (quote != '"' && quote != '\'')
    {
      *ret_value = take_name (reader, FALSE);
      return ret_value->len > 0;
    }

  value = nj_arena_alloc (reader->arena, reader->rest.len);
  for (skip (reader, 1); reader->rest.len > 0; skip (reader, 1))
    {
      char c = peek (reader);

      if (c == quote && reader->rest.len > 1 && reader->rest.data[1] == quote)
        skip (reader, 1); /* AdGuard doubles it */
      else if (c == quote)
        {
          skip (reader, 1);
          *ret_value = nj_bytes (value, n);
          return TRUE;
        }
      else if (c == '\\' && reader->rest.len > 1)
        {
          skip (reader, 1);
          c = peek (reader);
        }
      value[n++] = c;
    }
  return FALSE;
}

static gboolean
take_attribute (Reader *reader, NjHtmlTest *ret_test)
{
  static const struct
  {
    NjBytes        sign;
    NjHtmlTestKind kind;
  } signs[] = { { { "=", 1 }, NJ_HTML_TEST_EQUALS },  { { "~=", 2 }, NJ_HTML_TEST_WORD }, { { "|=", 2 }, NJ_HTML_TEST_DASH },
                { { "^=", 2 }, NJ_HTML_TEST_STARTS }, { { "$=", 2 }, NJ_HTML_TEST_ENDS }, { { "*=", 2 }, NJ_HTML_TEST_HOLDS } };

  skip_blanks (reader);
  ret_test->name = take_name (reader, TRUE);
  skip_blanks (reader);
  ret_test->kind = NJ_HTML_TEST_ATTRIBUTE;
  for (guint i = 0; ret_test->name.len > 0 && i < G_N_ELEMENTS (signs); i++)
    if (take (reader, signs[i].sign))
      {
        ret_test->kind = signs[i].kind;
        skip_blanks (reader);
        if (!take_value (reader, &ret_test->value))
          return FALSE;
        break;
      }
  skip_blanks (reader);
  ret_test->is_caseless = ret_test->kind != NJ_HTML_TEST_ATTRIBUTE && (take (reader, NJ_BYTES ("i")) || take (reader, NJ_BYTES ("I")));
  skip_blanks (reader);
  return ret_test->name.len > 0 && take (reader, NJ_BYTES ("]"));
}

/* AdGuard's conditions on the text look like attributes. */
static gboolean
refine_attribute (NjHtmlTest *test, gboolean *ret_wants_text)
{
  if (nj_bytes_equal (test->name, NJ_BYTES ("wildcard")))
    return FALSE;
  if (nj_bytes_equal (test->name, NJ_BYTES ("tag-content")))
    test->kind = NJ_HTML_TEST_TEXT;
  else if (nj_bytes_equal (test->name, NJ_BYTES ("min-length")))
    test->kind = NJ_HTML_TEST_MIN_LENGTH;
  else if (nj_bytes_equal (test->name, NJ_BYTES ("max-length")))
    test->kind = NJ_HTML_TEST_MAX_LENGTH;
  else
    return TRUE;

  *ret_wants_text = TRUE;
  return test->kind == NJ_HTML_TEST_TEXT ? test->value.len > 0 : nj_bytes_parse_u64 (test->value, G_MAXUINT32, &test->length);
}

/* What is in brackets, up to the one that closes them; signs behind a backslash are none. */
static gboolean
take_argument (Reader *reader, NjBytes *ret_argument)
{
  guint depth = 1;

  for (gsize i = 0; i < reader->rest.len; i++)
    {
      char c = reader->rest.data[i];

      if (c == '\\')
        i++;
      else if (c == '(')
        depth++;
      else if (c == ')' && --depth == 0)
        {
          *ret_argument = nj_bytes (reader->rest.data, i);
          skip (reader, i + 1);
          return TRUE;
        }
    }
  return FALSE;
}

/* "/expression/flags", or text, perhaps in quotes. */
static gboolean
read_text (Reader *reader, NjBytes argument, NjHtmlTest *test)
{
  gsize  flags = argument.len;
  char  *text;
  gsize  n = 0;

  test->kind = NJ_HTML_TEST_TEXT;
  while (flags > 0 && g_ascii_isalpha (argument.data[flags - 1]))
    flags--;
  if (argument.len > 2 && argument.data[0] == '/' && flags > 1 && argument.data[flags - 1] == '/')
    {
      NjBytes  signs = nj_bytes (argument.data + flags, argument.len - flags);
      gboolean is_caseless = nj_bytes_find (signs, NJ_BYTES ("i")) >= 0;

      test->regex = nj_regex_new (nj_bytes (argument.data + 1, flags - 2), is_caseless ? NJ_REGEX_CASELESS : 0);
      return test->regex != NULL;
    }

  if (argument.len > 2 && (argument.data[0] == '"' || argument.data[0] == '\'') && argument.data[argument.len - 1] == argument.data[0])
    argument = nj_bytes (argument.data + 1, argument.len - 2);
  text = nj_arena_alloc (reader->arena, argument.len + 1);
  for (gsize i = 0; i < argument.len; i++)
    {
      if (argument.data[i] == '\\' && i + 1 < argument.len)
        i++;
      text[n++] = argument.data[i];
    }
  test->value = nj_bytes (text, n);
  return n > 0;
}

static gboolean take_compounds (Reader *reader, NjHtmlCompound **ret_first);

static gboolean
take_pseudo (Reader *reader, NjHtmlTest *test, gboolean *ret_wants_text)
{
  static const NjBytes text_names[] = { { "has-text(", 9 }, { "contains(", 9 }, { "-abp-contains(", 14 } };
  NjBytes              argument;

  for (guint i = 0; i < G_N_ELEMENTS (text_names); i++)
    if (take (reader, text_names[i]))
      {
        *ret_wants_text = TRUE;
        return take_argument (reader, &argument) && read_text (reader, argument, test);
      }
  if (take (reader, NJ_BYTES ("min-text-length(")))
    {
      *ret_wants_text = TRUE;
      test->kind = NJ_HTML_TEST_MIN_LENGTH;
      return take_argument (reader, &argument) && nj_bytes_parse_u64 (nj_bytes_trim (argument), G_MAXUINT32, &test->length);
    }
  if (take (reader, NJ_BYTES ("not(")) && reader->depth == 0)
    {
      Reader inner = { reader->arena, { 0 }, 1 };

      test->kind = NJ_HTML_TEST_NOT;
      return take_argument (reader, &inner.rest) && take_compounds (&inner, &test->others) && !test->others->wants_text;
    }
  return FALSE;
}

static gboolean
take_test (Reader *reader, NjHtmlTest *test, gboolean *ret_wants_text)
{
  *test = (NjHtmlTest){ 0 };
  if (take (reader, NJ_BYTES ("#")))
    {
      test->kind = NJ_HTML_TEST_EQUALS;
      test->name = NJ_BYTES ("id");
      test->value = take_name (reader, FALSE);
      return test->value.len > 0;
    }
  if (take (reader, NJ_BYTES (".")))
    {
      test->kind = NJ_HTML_TEST_WORD;
      test->name = NJ_BYTES ("class");
      test->value = take_name (reader, FALSE);
      return test->value.len > 0;
    }
  if (take (reader, NJ_BYTES ("[")))
    return take_attribute (reader, test) && refine_attribute (test, ret_wants_text);
  return take (reader, NJ_BYTES (":")) && take_pseudo (reader, test, ret_wants_text);
}

/* A compound that says nothing would take out the page. */
static gboolean
take_compound (Reader *reader, NjHtmlCompound *compound)
{
  skip_blanks (reader);
  compound->tests = nj_arena_alloc (reader->arena, TESTS_MAX * sizeof (NjHtmlTest));
  if (!take (reader, NJ_BYTES ("*")))
    compound->name = take_name (reader, TRUE);
  while (reader->rest.len > 0 && strchr ("#.[:", peek (reader)) != NULL)
    {
      if (compound->n_tests == TESTS_MAX)
        return FALSE;
      /* Counted first, so that what was made of it is freed in any case. */
      if (!take_test (reader, &compound->tests[compound->n_tests++], &compound->wants_text))
        return FALSE;
    }
  skip_blanks (reader);
  return (compound->name.len > 0 || compound->n_tests > 0) && (reader->rest.len == 0 || peek (reader) == ',');
}

static gboolean
take_compounds (Reader *reader, NjHtmlCompound **ret_first)
{
  NjHtmlCompound **next = ret_first;

  do
    {
      *next = nj_arena_alloc (reader->arena, sizeof **next);
      **next = (NjHtmlCompound){ 0 };
      if (!take_compound (reader, *next))
        return FALSE;
      (*ret_first)->wants_text |= (*next)->wants_text;
      next = &(*next)->next;
    }
  while (take (reader, NJ_BYTES (",")));

  return reader->rest.len == 0;
}

/**
 * nj_html_rule_parse:
 * @self: a rule with an arena and nothing in it
 * @body: its selector
 *
 * For html-rule.c.
 *
 * Returns: whether the rule can be used
 */
gboolean
nj_html_rule_parse (NjHtmlRule *self, NjBytes body)
{
  Reader reader = { &self->arena, body, 0 };

  return take_compounds (&reader, &self->first);
}
