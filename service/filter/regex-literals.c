/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every match of a regular expression must contain: its literal runs, with marks between them
 * for what is not known. A rule that is a regular expression is filed under such a run, so that the
 * expression is run on few URLs. Running them is regex.c's. Any thread.
 */
#include "filter/regex.h"
#include "filter/token.h"

/* What stands in the place of things that are not literal. */
enum
{
  EDGE = '\0',       /* no token character there */
  OPEN = '\x01',     /* perhaps a token character */
  MAYBE_EDGE = '\x02', /* may be left out; else as EDGE */
  MAYBE_OPEN = '\x03'
};

#define DEPTH_MAX 24

typedef struct
{
  const char *at;
  const char *end;
  gboolean    is_broken;
  guint       depth;
} Scanner;

static void scan_sequence (Scanner *self, GString *out);

static gboolean
is_open (char c)
{
  return c == OPEN || c == MAYBE_OPEN || nj_token_is (c, NJ_CLASS_TOKEN);
}

static gboolean
starts_open (const GString *text)
{
  return text->len > 0 && is_open (text->str[0]);
}

static gboolean
ends_open (const GString *text)
{
  return text->len > 0 && is_open (text->str[text->len - 1]);
}

/* Reads a quantifier. Returns the least number of times, 1 without one; *ret_is_one tells that it is just that. */
static guint
take_quantifier (Scanner *self, gboolean *ret_is_one)
{
  guint least = 1;
  char  c = self->at < self->end ? *self->at : '\0';

  *ret_is_one = FALSE;
  if (c == '*' || c == '?')
    least = 0;
  else if (c == '{' && self->at + 1 < self->end && g_ascii_isdigit (self->at[1]))
    {
      const char *close = memchr (self->at, '}', self->end - self->at);

      least = self->at[1] == '0' ? 0 : 1;
      if (close == NULL)
        {
          self->is_broken = TRUE;
          return 0;
        }
      self->at = close;
    }
  else if (c != '+')
    {
      *ret_is_one = TRUE;
      return 1;
    }

  self->at++;
  if (self->at < self->end && (*self->at == '?' || *self->at == '+'))
    self->at++;
  return least;
}

/* Appends what an atom leaves behind, given the quantifier that follows it. */
static void
append_atom (Scanner *self, const GString *atom, GString *out)
{
  gboolean is_one;
  guint    least = take_quantifier (self, &is_one);

  if (is_one)
    g_string_append_len (out, atom->str, atom->len);
  else if (atom->len > 0)
    {
      char base = least == 0 ? MAYBE_EDGE : EDGE;

      g_string_append_c (out, base + starts_open (atom));
      g_string_append_c (out, base + ends_open (atom));
    }
}

static void
scan_class (Scanner *self, GString *atom)
{
  gboolean may_be_token = FALSE;

  if (self->at < self->end && *self->at == '^')
    may_be_token = TRUE;
  for (; self->at < self->end && *self->at != ']'; self->at++)
    {
      if (*self->at == '\\' && self->at + 1 < self->end)
        {
          self->at++;
          may_be_token |= g_ascii_isalnum (*self->at);
        }
      else if (*self->at == '-' || nj_token_is (*self->at, NJ_CLASS_TOKEN))
        may_be_token |= *self->at != '-' || (self->at[-1] != '[' && self->at + 1 < self->end && self->at[1] != ']');
    }

  if (self->at == self->end)
    self->is_broken = TRUE;
  else
    self->at++;
  g_string_append_c (atom, may_be_token ? OPEN : EDGE);
}

static void
scan_escape (Scanner *self, GString *atom)
{
  char c = self->at < self->end ? *self->at++ : '\0';

  if (c == 'b')
    g_string_append_c (atom, EDGE);
  else if (c == '\0' || g_ascii_isalnum (c))
    {
      /* \x41 and \u0041 name one character; what follows must not be read as literal. */
      gsize width = c == 'x' ? 2 : c == 'u' ? 4 : 0;

      self->at += MIN (width, (gsize) (self->end - self->at));
      g_string_append_c (atom, OPEN);
    }
  else
    g_string_append_c (atom, c);
}

/* Reads "(…)" after its parenthesis: one branch stands for itself, several only for their edges. */
static void
scan_group (Scanner *self, GString *atom)
{
  gboolean is_negative = FALSE;

  if (self->end - self->at >= 2 && self->at[0] == '?')
    {
      if (self->at[1] == '<' && self->end - self->at >= 3 && self->at[2] != '!' && self->at[2] != '=')
        {
          const char *close = memchr (self->at, '>', self->end - self->at);

          self->at = close != NULL ? close + 1 : self->end;
        }
      else
        {
          self->at += self->at[1] == '<' ? 2 : 1;
          is_negative = self->at < self->end && *self->at == '!';
          self->at += self->at < self->end;
        }
    }

  if (++self->depth > DEPTH_MAX)
    self->is_broken = TRUE;
  else
    scan_sequence (self, atom);
  self->depth--;

  if (self->at == self->end || *self->at != ')')
    self->is_broken = TRUE;
  else
    self->at++;
  if (is_negative)
    g_string_truncate (atom, 0);
}

static void
scan_atom (Scanner *self, GString *out)
{
  g_autoptr (GString) atom = g_string_new (NULL);
  char                c = *self->at++;

  switch (c)
    {
    case '\\':
      scan_escape (self, atom);
      break;
    case '[':
      scan_class (self, atom);
      break;
    case '(':
      scan_group (self, atom);
      break;
    case '.':
      g_string_append_c (atom, OPEN);
      break;
    case '^':
    case '$':
      g_string_append_c (atom, EDGE);
      break;
    default:
      g_string_append_c (atom, c);
      break;
    }
  append_atom (self, atom, out);
}

/* Reads up to the end of a group or of the whole. */
static void
scan_sequence (Scanner *self, GString *out)
{
  gsize    start = out->len;
  gboolean has_branches = FALSE, opens = FALSE, closes = FALSE;

  while (!self->is_broken && self->at < self->end && *self->at != ')')
    {
      if (*self->at != '|')
        {
          scan_atom (self, out);
          continue;
        }
      has_branches = TRUE;
      opens |= out->len > start && is_open (out->str[start]);
      closes |= out->len > start && is_open (out->str[out->len - 1]);
      g_string_truncate (out, start);
      self->at++;
    }

  if (!has_branches)
    return;
  opens |= out->len > start && is_open (out->str[start]);
  closes |= out->len > start && is_open (out->str[out->len - 1]);
  g_string_truncate (out, start);
  g_string_append_c (out, opens ? OPEN : EDGE);
  g_string_append_c (out, closes ? OPEN : EDGE);
}

/* What may be left out joins what is before it to what is after it. */
static void
resolve_optional (GString *text)
{
  for (gsize i = 0; i < text->len; i++)
    {
      gsize    end = i;
      gboolean left, right;

      while (end < text->len && (text->str[end] == MAYBE_EDGE || text->str[end] == MAYBE_OPEN))
        end++;
      if (end == i)
        continue;

      left = i == 0 || is_open (text->str[i - 1]) || text->str[end - 1] == MAYBE_OPEN;
      right = end == text->len || is_open (text->str[end]) || text->str[i] == MAYBE_OPEN;
      for (gsize k = i; k < end; k++)
        text->str[k] = OPEN;
      text->str[i] = right ? OPEN : EDGE;
      text->str[end - 1] = left || (end - 1 == i && right) ? OPEN : EDGE;
      i = end - 1;
    }
}

/**
 * nj_regex_literals:
 * @source: a regular expression without its slashes
 * @arena: where the answer goes
 *
 * The literal texts of which every match holds all, in order. What is between them is '\0' where no
 * token character can stand, '\1' where one may. Any thread.
 *
 * Returns: the text; empty when nothing is known
 */
NjBytes
nj_regex_literals (NjBytes source, NjArena *arena)
{
  g_autoptr (GString) out = g_string_sized_new (source.len);
  Scanner             scanner = { source.data, source.data + source.len, FALSE, 0 };

  scan_sequence (&scanner, out);
  if (scanner.is_broken || scanner.at != scanner.end)
    return NJ_BYTES_NONE;

  resolve_optional (out);
  return nj_arena_copy (arena, nj_bytes (out->str, out->len));
}
