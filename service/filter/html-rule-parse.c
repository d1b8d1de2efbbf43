/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads the selector of a rule that takes elements out of the source: names, ids, classes, attributes, what stands left of it,
 * ":not()", ":is()", ":has()", ":upward()", and what may be asked of the text: uBlock Origin's ":has-text()", Adblock Plus'
 * ":-abp-contains()", AdGuard's "[tag-content]". Anything else refuses the rule: one that was half understood would take out
 * too much. Any thread.
 */
#include "filter/html-rule-private.h"

#define TESTS_MAX 16
/* Lists one in the other, and parts of one selector. */
#define DEPTH_MAX 4
#define PARTS_MAX 16

/* What is read off, and where it goes. */
typedef struct
{
  NjHtmlRule *rule;
  NjArena    *arena;
  NjBytes     rest;
  guint       depth;
  gboolean    is_relative; /* what ":has()" is asked of stands left of all */
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

/* A test of text, known to the rule before anything is made of it, so that it is freed in any case. */
static gboolean
note_text (Reader *reader, NjHtmlTest *test, NjHtmlTestKind kind)
{
  test->kind = kind;
  if (reader->rule->n_texts == NJ_HTML_RULE_TEXTS)
    return FALSE;
  test->bit = reader->rule->n_texts;
  reader->rule->texts[reader->rule->n_texts++] = test;
  return TRUE;
}

/* AdGuard's conditions on the text look like attributes. */
static gboolean
refine_attribute (Reader *reader, NjHtmlTest *test)
{
  NjHtmlTestKind kind;

  if (nj_bytes_equal (test->name, NJ_BYTES ("wildcard")))
    return FALSE;
  if (nj_bytes_equal (test->name, NJ_BYTES ("tag-content")))
    kind = NJ_HTML_TEST_TEXT;
  else if (nj_bytes_equal (test->name, NJ_BYTES ("min-length")))
    kind = NJ_HTML_TEST_MIN_LENGTH;
  else if (nj_bytes_equal (test->name, NJ_BYTES ("max-length")))
    kind = NJ_HTML_TEST_MAX_LENGTH;
  else
    return TRUE;

  return note_text (reader, test, kind) &&
         (kind == NJ_HTML_TEST_TEXT ? test->value.len > 0 : nj_bytes_parse_u64 (test->value, G_MAXUINT32, &test->length));
}

/* What is quoted from one bracket to the other; brackets within are none. */
static gboolean
take_quoted (Reader *reader, NjBytes *ret_argument)
{
  char   end[] = { peek (reader), ')' };
  gssize found = end[0] == '"' || end[0] == '\'' ? nj_bytes_find (nj_bytes (reader->rest.data + 1, reader->rest.len - 1),
                                                                  nj_bytes (end, sizeof end))
                                                 : -1;

  if (found < 0)
    return FALSE;
  *ret_argument = nj_bytes (reader->rest.data, (gsize) found + 2);
  skip (reader, (gsize) found + 3);
  return TRUE;
}

/* What is in brackets, up to the one that closes them; signs behind a backslash are none. */
static gboolean
take_argument (Reader *reader, NjBytes *ret_argument)
{
  guint depth = 1;

  if (take_quoted (reader, ret_argument))
    return TRUE;
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

  if (!note_text (reader, test, NJ_HTML_TEST_TEXT))
    return FALSE;
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

static gboolean take_list (Reader *reader, NjHtmlCompound **ret_first);

/* A list of selectors in brackets. */
static gboolean
take_others (Reader *reader, NjHtmlTest *test, NjHtmlTestKind kind)
{
  Reader inner = { reader->rule, reader->arena, { 0 }, reader->depth + 1, kind == NJ_HTML_TEST_HAS };

  test->kind = kind;
  return inner.depth <= DEPTH_MAX && take_argument (reader, &inner.rest) &&
         take_list (&inner, &test->others);
}

static gboolean
take_pseudo (Reader *reader, NjHtmlTest *test)
{
  static const NjBytes text_names[] = { { "has-text(", 9 }, { "contains(", 9 }, { "-abp-contains(", 14 } };
  NjBytes              argument;

  for (guint i = 0; i < G_N_ELEMENTS (text_names); i++)
    if (take (reader, text_names[i]))
      return take_argument (reader, &argument) && read_text (reader, argument, test);
  if (take (reader, NJ_BYTES ("min-text-length(")))
    return note_text (reader, test, NJ_HTML_TEST_MIN_LENGTH) && take_argument (reader, &argument) &&
           nj_bytes_parse_u64 (nj_bytes_trim (argument), G_MAXUINT32, &test->length);
  if (take (reader, NJ_BYTES ("not(")) || take (reader, NJ_BYTES ("if-not(")))
    return take_others (reader, test, NJ_HTML_TEST_NOT);
  if (take (reader, NJ_BYTES ("is(")) || take (reader, NJ_BYTES ("where(")))
    return take_others (reader, test, NJ_HTML_TEST_IS);
  if (take (reader, NJ_BYTES ("has(")) || take (reader, NJ_BYTES ("-abp-has(")) || take (reader, NJ_BYTES ("if(")))
    return take_others (reader, test, NJ_HTML_TEST_HAS);
  return FALSE;
}

static gboolean
take_test (Reader *reader, NjHtmlTest *test)
{
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
    return take_attribute (reader, test) && refine_attribute (reader, test);
  return take (reader, NJ_BYTES (":")) && take_pseudo (reader, test);
}

static NjHtmlCompound *
new_compound (Reader *reader)
{
  NjHtmlCompound *compound = nj_arena_alloc (reader->arena, sizeof *compound);

  *compound = (NjHtmlCompound){ .tests = nj_arena_alloc (reader->arena, TESTS_MAX * sizeof (NjHtmlTest)) };
  memset (compound->tests, 0, TESTS_MAX * sizeof (NjHtmlTest));
  return compound;
}

/* What was read so far is what the elements of a new compound are above of. */
static gboolean
take_upward (Reader *reader, NjHtmlCompound **compound)
{
  NjHtmlCompound *above = new_compound (reader);
  NjHtmlTest     *test = &above->tests[above->n_tests++];
  Reader          inner = { reader->rule, reader->arena, { 0 }, reader->depth + 1, FALSE };

  test->kind = NJ_HTML_TEST_ABOVE;
  test->others = *compound;
  *compound = above;
  if (reader->is_relative || inner.depth > DEPTH_MAX || !take_argument (reader, &inner.rest))
    return FALSE;
  if (nj_bytes_parse_u64 (nj_bytes_trim (inner.rest), 255, &test->length))
    return test->length > 0;
  return take_list (&inner, &test->targets);
}

/* Tests of one element; *@compound may be another one then. */
static gboolean
take_compound (Reader *reader, NjHtmlCompound **compound)
{
  gboolean is_any = take (reader, NJ_BYTES ("*"));

  if (!is_any)
    (*compound)->name = take_name (reader, TRUE);
  while (reader->rest.len > 0 && strchr ("#.[:", peek (reader)) != NULL)
    {
      if (take (reader, NJ_BYTES (":upward(")))
        {
          if (!take_upward (reader, compound))
            return FALSE;
          continue;
        }
      if ((*compound)->n_tests == TESTS_MAX || !take_test (reader, &(*compound)->tests[(*compound)->n_tests]))
        return FALSE;
      (*compound)->n_tests++;
    }
  return is_any || (*compound)->name.len > 0 || (*compound)->n_tests > 0;
}

/* What stands between two compounds; "\0" for the end. */
static char
take_combinator (Reader *reader)
{
  gsize before = reader->rest.len;
  char  sign;

  skip_blanks (reader);
  sign = peek (reader);
  if (sign != '>' && sign != '+' && sign != '~')
    return reader->rest.len == 0 || sign == ',' || before == reader->rest.len ? '\0' : ' ';
  skip (reader, 1);
  skip_blanks (reader);
  return sign;
}

/* One that says nothing would take out the page. */
static gboolean
take_selector (Reader *reader, NjHtmlCompound **ret_last)
{
  NjHtmlCompound *left = NULL;
  char            combinator = '\0';

  skip_blanks (reader);
  if (reader->is_relative)
    {
      left = new_compound (reader);
      left->is_anchor = TRUE;
      combinator = take_combinator (reader);
      combinator = combinator == '\0' ? ' ' : combinator;
    }
  for (guint n = 0; n < PARTS_MAX; n++)
    {
      NjHtmlCompound *compound = new_compound (reader);

      compound->left = left;
      compound->combinator = combinator;
      if (!take_compound (reader, &compound))
        return FALSE;
      combinator = take_combinator (reader);
      *ret_last = compound;
      if (combinator == '\0')
        return compound->left != NULL || compound->name.len > 0 || compound->n_tests > 0;
      left = compound;
    }
  return FALSE;
}

static gboolean
take_list (Reader *reader, NjHtmlCompound **ret_first)
{
  NjHtmlCompound **next = ret_first;

  do
    {
      if (!take_selector (reader, next))
        return FALSE;
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
  Reader reader = { self, &self->arena, body, 0, FALSE };

  return take_list (&reader, &self->first);
}
