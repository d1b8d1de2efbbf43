/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Takes the source of a page apart into tags, comments and text, piece by piece as it streams by, byte-exact: the pieces put
 * together are the source. No library does both; they want the whole page, or give back another. What elements become of the
 * tags is not here, but for SVG and MathML, in which tags are read otherwise. Any thread.
 * Source: WHATWG HTML §13.2.5 (tokenization); the names of its states are ours, shortened.
 */
#include "filter/html-scan.h"

/* A comment longer than this is given out in pieces. */
#define PIECE_MAX 4096

enum
{
  DATA,
  NAME,
  BEFORE_ATTRIBUTE,
  ATTRIBUTE,
  AFTER_ATTRIBUTE,
  BEFORE_VALUE,
  VALUE_DOUBLE,
  VALUE_SINGLE,
  VALUE_BARE,
  AFTER_VALUE,
  SELF_CLOSING,
  MARKUP,
  COMMENT,
  BOGUS, /* ends at the next ">": a doctype, too */
  CDATA,
  PLAIN
};

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

static gboolean
ends_name (char c)
{
  return is_blank (c) || c == '/' || c == '>';
}

/**
 * nj_html_scan_init:
 * @self: (out): a scanner at the start of a page
 * @is_xml: whether it is XHTML: then no element's text is special, and CDATA stands anywhere
 */
void
nj_html_scan_init (NjHtmlScan *self, gboolean is_xml)
{
  memset (self, 0, sizeof *self);
  self->is_xml = is_xml;
}

/**
 * nj_html_scan_is_between:
 * @self: a scanner
 *
 * Returns: whether an element that was put in here would be one
 */
gboolean
nj_html_scan_is_between (const NjHtmlScan *self)
{
  return self->state == DATA && self->raw[0] == '\0' && !self->is_cut && !self->is_unfinished && self->n_foreign == 0;
}

static void
give (NjHtmlToken *token, NjHtmlKind kind, gsize length)
{
  token->kind = kind;
  token->length = length;
}

/* All of the token is there. */
static void
finish (NjHtmlScan *self, NjHtmlToken *token, NjHtmlKind kind, gsize length)
{
  give (token, kind, length);
  self->state = DATA;
  self->at = 0;
  self->is_cut = FALSE;
}

/* More is needed; of what is long enough all but @kept bytes are given out. */
static void
wait_for_more (NjHtmlScan *self, NjHtmlToken *token, NjHtmlKind kind, NjBytes bytes, gsize kept, gsize most, gboolean is_last)
{
  if (is_last)
    {
      finish (self, token, kind, bytes.len);
      self->is_unfinished = TRUE;
      return;
    }
  give (token, NJ_HTML_MORE, 0);
  self->at = bytes.len;
  if (bytes.len <= most)
    return;

  give (token, kind, bytes.len - kept);
  self->at = 0;
  self->is_cut = TRUE;
}

static void
scan_text (NjHtmlScan *self, NjBytes bytes, gsize from, NjHtmlToken *token)
{
  const char *mark = bytes.len > from ? memchr (bytes.data + from, '<', bytes.len - from) : NULL;

  finish (self, token, NJ_HTML_TEXT, mark != NULL ? (gsize) (mark - bytes.data) : bytes.len);
}

static void
scan_until (NjHtmlScan *self, NjBytes bytes, NjBytes end, NjHtmlKind kind, gboolean is_last, NjHtmlToken *token)
{
  gsize  from = self->at >= end.len ? self->at - (end.len - 1) : 0;
  gssize found = nj_bytes_find (nj_bytes (bytes.data + from, bytes.len - from), end);

  if (found >= 0)
    finish (self, token, kind, from + (gsize) found + end.len);
  else
    wait_for_more (self, token, kind, bytes, end.len - 1, PIECE_MAX, is_last);
}

/* "-->" and "--!>"; the dashes of "<!--" count for the first: "<!-->" is a whole comment. */
static void
scan_comment (NjHtmlScan *self, NjBytes bytes, gboolean is_last, NjHtmlToken *token)
{
  gsize from = self->is_cut ? 0 : 4;
  gsize i = MAX (from, self->at);

  for (; i < bytes.len; i++)
    {
      const char *end = bytes.data + i;

      if (*end != '>')
        continue;
      if (i >= 2 && end[-1] == '-' && end[-2] == '-')
        break;
      if (i >= from + 3 && end[-1] == '!' && end[-2] == '-' && end[-3] == '-')
        break;
    }
  if (i < bytes.len)
    finish (self, token, NJ_HTML_OTHER, i + 1);
  else
    wait_for_more (self, token, NJ_HTML_OTHER, bytes, 3, PIECE_MAX, is_last);
}

/* Whether @bytes begin with @text in any case; -1: as far as they go. */
static int
begins_with (NjBytes bytes, NjBytes text)
{
  gsize n = MIN (bytes.len, text.len);

  for (gsize i = 0; i < n; i++)
    if (nj_ascii_lower (bytes.data[i]) != text.data[i])
      return 0;
  return bytes.len >= text.len ? 1 : -1;
}

/* After "<!". */
static void
scan_markup (NjHtmlScan *self, NjBytes bytes, gboolean is_last, NjHtmlToken *token)
{
  NjBytes rest = nj_bytes (bytes.data + 2, bytes.len - 2);
  int     comment = begins_with (rest, NJ_BYTES ("--"));
  int     cdata = self->is_xml || nj_html_scan_is_foreign (self) ? begins_with (rest, NJ_BYTES ("[cdata[")) : 0;

  if (!is_last && (comment < 0 || cdata < 0))
    {
      give (token, NJ_HTML_MORE, 0);
      return;
    }
  self->state = comment > 0 ? COMMENT : cdata > 0 ? CDATA : BOGUS;
  self->at = 0;
  nj_html_scan_next (self, bytes, is_last, token);
}

static void
start_tag (NjHtmlScan *self, gboolean is_end_tag, gsize at)
{
  self->state = NAME;
  self->is_end_tag = is_end_tag;
  self->name_len = 0;
  self->name[0] = '\0';
  self->at = at;
}

/* At "<". FALSE when the token was told already. */
static gboolean
open_tag (NjHtmlScan *self, NjBytes bytes, gboolean is_last, NjHtmlToken *token)
{
  gsize wanted = bytes.len > 1 && bytes.data[1] == '/' ? 3 : 2;
  char  next;

  if (bytes.len < wanted)
    {
      finish (self, token, NJ_HTML_TEXT, bytes.len);
      self->is_unfinished = is_last;
      if (!is_last)
        give (token, NJ_HTML_MORE, 0);
      return FALSE;
    }

  next = bytes.data[wanted - 1];
  if (g_ascii_isalpha (next))
    {
      start_tag (self, wanted == 3, wanted - 1);
      return TRUE;
    }
  if (wanted == 3 && next == '>')
    finish (self, token, NJ_HTML_OTHER, 3);
  else if (wanted == 3 || next == '?')
    self->state = BOGUS;
  else if (next == '!')
    self->state = MARKUP;
  else
    scan_text (self, bytes, 1, token);
  return self->state != DATA;
}

/* The state after one byte of a tag; DATA when it is whole. */
static guint8
next_state (guint8 state, char c)
{
  switch (state)
    {
    case NAME:
      return c == '>' ? DATA : c == '/' ? SELF_CLOSING : is_blank (c) ? BEFORE_ATTRIBUTE : NAME;
    case SELF_CLOSING:
    case BEFORE_ATTRIBUTE:
    case AFTER_VALUE:
      return c == '>' ? DATA : c == '/' ? SELF_CLOSING : is_blank (c) ? BEFORE_ATTRIBUTE : ATTRIBUTE;
    case ATTRIBUTE:
      return c == '>' ? DATA : c == '/' ? SELF_CLOSING : c == '=' ? BEFORE_VALUE : is_blank (c) ? AFTER_ATTRIBUTE : ATTRIBUTE;
    case AFTER_ATTRIBUTE:
      return c == '>' ? DATA : c == '/' ? SELF_CLOSING : c == '=' ? BEFORE_VALUE : is_blank (c) ? AFTER_ATTRIBUTE : ATTRIBUTE;
    case BEFORE_VALUE:
      return c == '>' ? DATA : c == '"' ? VALUE_DOUBLE : c == '\'' ? VALUE_SINGLE : is_blank (c) ? BEFORE_VALUE : VALUE_BARE;
    case VALUE_BARE:
      return c == '>' ? DATA : is_blank (c) ? BEFORE_ATTRIBUTE : VALUE_BARE;
    default:
      g_assert_not_reached ();
    }
}

/* Behind the end of a quoted value that begins or goes on at @i; past the end of @bytes when it does not end there. */
static gsize
skip_quoted (NjHtmlScan *self, NjBytes bytes, gsize i)
{
  const char *end = memchr (bytes.data + i, self->state == VALUE_DOUBLE ? '"' : '\'', bytes.len - i);

  if (end == NULL)
    return bytes.len;
  self->state = AFTER_VALUE;
  return (gsize) (end - bytes.data) + 1;
}

static void
take_name (NjHtmlScan *self, char c)
{
  if (self->name_len < NJ_HTML_NAME_MAX)
    self->name[self->name_len] = nj_ascii_lower (c);
  self->name_len++;
}

/* The tag is whole: what is text and what is not from here on. */
static void
finish_tag (NjHtmlScan *self, NjHtmlToken *token, gsize length, gboolean is_closed)
{
  gboolean is_cut = self->is_cut;

  self->name[self->name_len <= NJ_HTML_NAME_MAX ? self->name_len : 0] = '\0';
  token->name = self->name;
  token->is_closed = is_closed;
  finish (self, token, self->is_end_tag ? NJ_HTML_END : NJ_HTML_START, length);
  if (!self->is_xml && self->is_end_tag)
    nj_html_scan_leave (self, token->name);
  else if (!self->is_xml)
    nj_html_scan_enter (self, token);
  if (self->raw[0] == 'p' && strcmp (self->raw, "plaintext") == 0)
    self->state = PLAIN;
  if (is_cut)
    token->kind = NJ_HTML_OTHER;
}

/* Bytes of names and of values without quotes, which most of a tag is. */
static gsize
skip_plain (NjBytes bytes, gsize i)
{
  while (i < bytes.len && (g_ascii_isalnum (bytes.data[i]) || bytes.data[i] == '-'))
    i++;
  return i;
}

static void
scan_tag (NjHtmlScan *self, NjBytes bytes, gboolean is_last, NjHtmlToken *token)
{
  gsize i = self->at;

  while (i < bytes.len)
    {
      guint8 before = self->state;

      if (before == VALUE_DOUBLE || before == VALUE_SINGLE)
        {
          i = skip_quoted (self, bytes, i);
          continue;
        }
      if (before == ATTRIBUTE || before == VALUE_BARE)
        i = skip_plain (bytes, i);
      if (i == bytes.len)
        break;
      self->state = next_state (before, bytes.data[i]);
      if (self->state == NAME)
        take_name (self, bytes.data[i]);
      i++;
      if (self->state == DATA)
        {
          finish_tag (self, token, i, before == SELF_CLOSING);
          return;
        }
    }
  /* A tag that does not end is no tag. */
  wait_for_more (self, token, NJ_HTML_OTHER, bytes, 0, NJ_HTML_TAG_MAX, is_last);
}

/* Whether "</name" and the end of a name stand at @at, or "<name" of a script; -1: perhaps. */
static int
is_tag_at (NjBytes bytes, gsize at, NjBytes open, const char *name)
{
  NjBytes rest = nj_bytes (bytes.data + at, bytes.len - at);
  int     begins = begins_with (rest, open);

  if (begins <= 0)
    return begins;
  rest = nj_bytes (rest.data + open.len, rest.len - open.len);
  begins = begins_with (rest, nj_bytes_from_string (name));
  if (begins <= 0)
    return begins;
  if (rest.len == strlen (name))
    return -1;
  return ends_name (rest.data[strlen (name)]);
}

/* A byte of a script that is no "<", after "<!--". */
static void
count_dashes (NjHtmlScan *self, char c)
{
  if (c == '>' && self->dashes >= 2)
    self->escape = 0;
  self->dashes = c == '-' ? MIN (self->dashes + 1, 2) : 0;
}

/* At a "<" of a script that ends nothing. Returns how many bytes it takes, 0 when more are needed to tell. */
static gsize
escape_script (NjHtmlScan *self, NjBytes bytes, gsize at)
{
  int found;

  self->dashes = 0;
  if (self->escape == 0)
    {
      found = begins_with (nj_bytes (bytes.data + at, bytes.len - at), NJ_BYTES ("<!--"));
      if (found > 0)
        {
          self->escape = 1;
          self->dashes = 2;
        }
      return found < 0 ? 0 : found > 0 ? 4 : 1;
    }

  found = self->escape == 1 ? is_tag_at (bytes, at, NJ_BYTES ("<"), "script") : is_tag_at (bytes, at, NJ_BYTES ("</"), "script");
  if (found > 0)
    self->escape = self->escape == 1 ? 2 : 1;
  return found < 0 ? 0 : 1;
}

/* The text of an element in which no tags are looked for but its own end. */
static void
scan_raw (NjHtmlScan *self, NjBytes bytes, gboolean is_last, NjHtmlToken *token)
{
  gboolean is_script = strcmp (self->raw, "script") == 0;
  gsize    i = 0;

  while (i < bytes.len)
    {
      const char *mark = self->escape == 0 ? memchr (bytes.data + i, '<', bytes.len - i) : bytes.data + i;
      gsize       taken = 1;
      int         ends = 0;

      if (mark == NULL)
        break;
      i = (gsize) (mark - bytes.data);
      if (*mark != '<')
        {
          count_dashes (self, bytes.data[i++]);
          continue;
        }

      if (self->escape < 2)
        ends = is_tag_at (bytes, i, NJ_BYTES ("</"), self->raw);
      if (ends == 0 && is_script)
        taken = escape_script (self, bytes, i);
      if (ends > 0 || (!is_last && (ends < 0 || taken == 0)))
        {
          if (ends > 0)
            self->raw[0] = '\0';
          give (token, i > 0 ? NJ_HTML_TEXT : NJ_HTML_MORE, i);
          if (i == 0 && ends > 0)
            nj_html_scan_next (self, bytes, is_last, token);
          return;
        }
      i += MAX (taken, 1);
    }
  give (token, NJ_HTML_TEXT, bytes.len);
}

static void
scan_data (NjHtmlScan *self, NjBytes bytes, gboolean is_last, NjHtmlToken *token)
{
  if (bytes.data[0] != '<')
    scan_text (self, bytes, 0, token);
  else if (open_tag (self, bytes, is_last, token))
    nj_html_scan_next (self, bytes, is_last, token);
}

/**
 * nj_html_scan_next:
 * @self: a scanner
 * @bytes: what has come and was not given out yet; begins where the last piece ended
 * @is_last: whether nothing comes after @bytes
 * @ret_token: (out): the next piece
 *
 * After %NJ_HTML_MORE it is to be called with the same bytes and more behind them.
 */
void
nj_html_scan_next (NjHtmlScan *self, NjBytes bytes, gboolean is_last, NjHtmlToken *ret_token)
{
  ret_token->name = "";
  ret_token->is_closed = FALSE;
  give (ret_token, NJ_HTML_MORE, 0);
  if (bytes.len == 0)
    return;

  switch (self->state)
    {
    case DATA:
      if (self->raw[0] != '\0')
        scan_raw (self, bytes, is_last, ret_token);
      else
        scan_data (self, bytes, is_last, ret_token);
      return;
    case PLAIN:
      give (ret_token, NJ_HTML_TEXT, bytes.len);
      return;
    case MARKUP:
      scan_markup (self, bytes, is_last, ret_token);
      return;
    case COMMENT:
      scan_comment (self, bytes, is_last, ret_token);
      return;
    case CDATA:
      scan_until (self, bytes, NJ_BYTES ("]]>"), NJ_HTML_OTHER, is_last, ret_token);
      return;
    case BOGUS:
      scan_until (self, bytes, NJ_BYTES (">"), NJ_HTML_OTHER, is_last, ret_token);
      return;
    default:
      scan_tag (self, bytes, is_last, ret_token);
    }
}
