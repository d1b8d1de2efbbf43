/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lines of a list: continuations joined, blocks for other programs left out, what the list says of
 * itself noted. What a line means is list-parser's, where other files come from list-walk's. Any thread.
 */
#include "filter/list-reader.h"

/* The environment lists can ask for; whatever else they name is unknown and keeps its block, except
 * for capabilities, of which we have only those named here. Cosmetic rules are refused one by one. */
static const struct
{
  const char *name;
  gboolean    is_true;
} environment[] = {
  { "ext_ublock", TRUE },      { "env_firefox", TRUE },     { "cap_html_filtering", TRUE },
  { "cap_user_stylesheet", TRUE }, { "cap_ipaddress", TRUE }, { "env_chromium", FALSE },
  { "env_edge", FALSE },       { "env_mobile", FALSE },     { "env_mv3", FALSE },
  { "env_safari", FALSE },     { "env_legacy", FALSE },     { "ext_ubol", FALSE },
  { "ext_devbuild", FALSE },   { "ext_abp", FALSE },        { "adguard", FALSE },
  { "false", FALSE },          { "true", TRUE },
};

typedef enum
{
  VALUE_FALSE,
  VALUE_TRUE,
  VALUE_UNKNOWN
} Value;

static Value
evaluate_token (NjBytes token)
{
  gboolean is_negated = token.len > 0 && token.data[0] == '!';

  if (is_negated)
    token = nj_bytes (token.data + 1, token.len - 1);
  for (guint i = 0; i < G_N_ELEMENTS (environment); i++)
    if (nj_bytes_equal (token, nj_bytes_from_string (environment[i].name)))
      return environment[i].is_true != is_negated ? VALUE_TRUE : VALUE_FALSE;
  if (nj_bytes_starts_with (token, NJ_BYTES ("adguard_")) || nj_bytes_starts_with (token, NJ_BYTES ("cap_")))
    return is_negated ? VALUE_TRUE : VALUE_FALSE;
  return VALUE_UNKNOWN;
}

/**
 * nj_list_reader_is_true:
 * @expression: what follows "!#if "
 *
 * Names joined by "&&" and "||" from left to right, each perhaps negated. Any thread.
 * Source: uBlock Origin's pre-parsing directives.
 *
 * Returns: whether the block counts; TRUE when the expression is not understood
 */
gboolean
nj_list_reader_is_true (NjBytes expression)
{
  Value result = VALUE_UNKNOWN;
  char  joint = '\0';

  expression = nj_bytes_trim (expression);
  if (expression.len > 2 && expression.data[0] == '(' && expression.data[expression.len - 1] == ')')
    expression = nj_bytes_trim (nj_bytes (expression.data + 1, expression.len - 2));

  while (expression.len > 0)
    {
      gsize len = 0;
      Value value;

      while (len < expression.len && strchr ("&| \t", expression.data[len]) == NULL)
        len++;
      value = evaluate_token (nj_bytes (expression.data, len));
      if (value == VALUE_UNKNOWN)
        return TRUE;
      if (joint == '\0')
        result = value;
      else if (joint == '&')
        result = result == VALUE_TRUE && value == VALUE_TRUE;
      else
        result = result == VALUE_TRUE || value == VALUE_TRUE;

      expression = nj_bytes_trim (nj_bytes (expression.data + len, expression.len - len));
      if (expression.len == 0)
        break;
      if (expression.len < 3 || expression.data[0] != expression.data[1])
        return TRUE;
      joint = expression.data[0];
      expression = nj_bytes_trim (nj_bytes (expression.data + 2, expression.len - 2));
    }
  return result != VALUE_FALSE;
}

/**
 * nj_list_reader_parse_span:
 * @text: a time such as "4 days (update frequency)", "12 hours" or "1"
 *
 * Any thread.
 *
 * Returns: seconds, 0 when it is none; at most 60 days
 */
guint32
nj_list_reader_parse_span (NjBytes text)
{
  guint64 number;
  gsize   digits = 0;
  guint32 unit = 86400;

  while (digits < text.len && g_ascii_isdigit (text.data[digits]))
    digits++;
  if (digits > 6 || !nj_bytes_parse_u64 (nj_bytes (text.data, digits), 1000000, &number))
    return 0;

  text = nj_bytes_trim (nj_bytes (text.data + digits, text.len - digits));
  if (nj_bytes_starts_with (text, NJ_BYTES ("hour")) || nj_bytes_starts_with (text, NJ_BYTES ("h")))
    unit = 3600;
  else if (nj_bytes_starts_with (text, NJ_BYTES ("min")))
    unit = 60;
  return MIN (number * unit, 60 * 86400);
}

static gboolean
take_fact (NjBytes line, const char *key, NjBytes *ret_value)
{
  gsize len = strlen (key);

  if (line.len <= len || line.data[len] != ':'
      || !nj_bytes_equal_nocase (nj_bytes (line.data, len), nj_bytes (key, len)))
    return FALSE;

  *ret_value = nj_bytes_trim (nj_bytes (line.data + len + 1, line.len - len - 1));
  /* A release script did not fill it in. */
  return ret_value->len > 0 && ret_value->data[0] != '%';
}

/* "! Title: …" and its like, anywhere in the list's first lines. */
static void
read_facts (NjListReader *self, NjBytes line)
{
  NjBytes value;

  line = nj_bytes_trim (nj_bytes (line.data + 1, line.len - 1));
  if (take_fact (line, "Title", &value) && self->facts.title.len == 0)
    self->facts.title = value;
  else if (take_fact (line, "Homepage", &value) && self->facts.homepage.len == 0)
    self->facts.homepage = value;
  else if (take_fact (line, "License", &value) || take_fact (line, "Licence", &value))
    self->facts.licence = value;
  else if (take_fact (line, "Expires", &value) && self->facts.expires_s == 0)
    self->facts.expires_s = nj_list_reader_parse_span (value);
  else if (take_fact (line, "Diff-Path", &value))
    self->facts.diff_path = value;
  else if (take_fact (line, "Redirect", &value))
    self->facts.redirect = value;
}

static void
take_directive (NjListReader *self, NjBytes line)
{
  guint64 bit = G_GUINT64_CONSTANT (1) << MIN (self->depth, 63);

  if (nj_bytes_starts_with (line, NJ_BYTES ("!#if ")))
    {
      if (self->depth + 1 >= NJ_LIST_READER_DEPTH)
        return;
      self->depth++;
      bit = G_GUINT64_CONSTANT (1) << self->depth;
      self->is_off &= ~bit;
      if (!nj_list_reader_is_true (nj_bytes (line.data + 5, line.len - 5)))
        self->is_off |= bit;
    }
  else if (self->depth > 0 && nj_bytes_starts_with (line, NJ_BYTES ("!#else")))
    self->is_off ^= bit;
  else if (self->depth > 0 && nj_bytes_starts_with (line, NJ_BYTES ("!#endif")))
    {
      self->is_off &= ~bit;
      self->depth--;
    }
  else if (self->takes_includes && self->is_off == 0 && nj_bytes_starts_with (line, NJ_BYTES ("!#include ")))
    self->include = nj_bytes_trim (nj_bytes (line.data + 10, line.len - 10));
}

static NjBytes
read_line (NjListReader *self)
{
  const char *newline = memchr (self->at, '\n', self->end - self->at);
  const char *stop = newline != NULL ? newline : self->end;
  NjBytes     line = nj_bytes (self->at, stop - self->at);

  self->at = newline != NULL ? newline + 1 : self->end;
  self->line++;
  if (line.len > 0 && line.data[line.len - 1] == '\r')
    line.len--;
  return line;
}

/* A line that ends in " \" goes on in the next, if that starts with four blanks. */
static NjBytes
join_lines (NjListReader *self, NjBytes line)
{
  while (nj_bytes_ends_with (line, NJ_BYTES (" \\"))
         && nj_bytes_starts_with (nj_bytes (self->at, self->end - self->at), NJ_BYTES ("    ")))
    {
      NjBytes first = nj_bytes_trim (nj_bytes (line.data, line.len - 2));
      NjBytes next = nj_bytes_trim (read_line (self));
      char   *both = nj_arena_alloc (self->arena, first.len + next.len);

      memcpy (both, first.data, first.len);
      memcpy (both + first.len, next.data, next.len);
      line = nj_bytes (both, first.len + next.len);
    }
  return line;
}

/**
 * nj_list_reader_init:
 * @self: (out): a reader
 * @text: a whole list; must outlive the reader
 * @arena: where joined lines go
 *
 * Any thread.
 */
void
nj_list_reader_init (NjListReader *self, NjBytes text, NjArena *arena)
{
  *self = (NjListReader){ .at = text.data, .end = text.data + text.len, .arena = arena };
  if (nj_bytes_starts_with (text, NJ_BYTES ("\xef\xbb\xbf")))
    self->at += 3;
}

/**
 * nj_list_reader_next:
 * @self: a reader
 * @ret_line: (out): the next line that may hold a rule, a slice of the text or in the arena
 *
 * Any thread.
 *
 * Returns: whether there was one
 */
gboolean
nj_list_reader_next (NjListReader *self, NjBytes *ret_line)
{
  self->include = NJ_BYTES_NONE;
  while (self->at < self->end)
    {
      NjBytes line = read_line (self);

      if (line.len == 0)
        continue;
      if (line.data[0] == '!')
        {
          if (line.len > 1 && line.data[1] == '#')
            take_directive (self, line);
          else
            read_facts (self, line);
          if (G_LIKELY (self->include.len == 0))
            continue;
          *ret_line = nj_bytes (line.data, 0);
          return TRUE;
        }
      if (self->is_off != 0)
        continue;

      if (G_UNLIKELY (line.data[line.len - 1] == '\\'))
        line = join_lines (self, line);
      *ret_line = line;
      return TRUE;
    }
  return FALSE;
}
