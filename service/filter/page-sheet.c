/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cosmetic rules as the style sheet that a page gets. A rule comes from a list, so it must stay what it is: a selector that
 * does not close its brackets would swallow the rules behind it, one that holds "</style" would end the element it stands in.
 * Each rule stands alone, for a browser drops a whole rule when it does not know one selector of it. Any thread.
 */
#include "filter/page-sheet.h"

#define HIDE "{display:none!important}\n"

/* Brackets within brackets. */
#define DEPTH_MAX 32

/* Behind the quoted text that begins at @at, or 0 when it does not end. */
static gsize
skip_quoted (NjBytes text, gsize at)
{
  char quote = text.data[at];

  for (at++; at < text.len; at++)
    {
      if (text.data[at] == '\\')
        at++;
      else if (text.data[at] == quote)
        return at + 1;
      else if (text.data[at] == '\n')
        return 0;
    }
  return 0;
}

static char
closing (char open)
{
  return open == '(' ? ')' : open == '[' ? ']' : '\0';
}

/* Whether @text ends where it seems to: quotes and brackets close, no block begins or ends, no comment opens. */
static gboolean
is_contained (NjBytes text)
{
  char  open[DEPTH_MAX];
  guint depth = 0;

  for (gsize i = 0; i < text.len;)
    {
      char c = text.data[i];

      if (c == '"' || c == '\'')
        {
          i = skip_quoted (text, i);
          if (i == 0)
            return FALSE;
          continue;
        }
      if (c == '\0' || c == '{' || c == '}' || c == '@' || (c == ';' && depth > 0) ||
          (c == '/' && i + 1 < text.len && text.data[i + 1] == '*') || (c == '\\' && i + 1 == text.len))
        return FALSE;
      if (closing (c) != '\0')
        {
          if (depth == DEPTH_MAX)
            return FALSE;
          open[depth++] = closing (c);
        }
      else if ((c == ')' || c == ']') && (depth == 0 || open[--depth] != c))
        return FALSE;
      i += c == '\\' ? 2 : 1;
    }
  return depth == 0;
}

/* "<" could end the element, "]]>" the section of an XHTML page, and what is not ASCII would be read by the page's encoding. */
static void
put_text (NjBuffer *sheet, NjBytes text)
{
  gsize start = 0, i = 0;

  while (i < text.len)
    {
      guchar   c = (guchar) text.data[i];
      gunichar sign = c;
      char     escape[16];
      int      length;

      if (c != '<' && c < 0x80 && !(c == '>' && i > 0 && text.data[i - 1] == ']'))
        {
          i++;
          continue;
        }
      nj_buffer_append (sheet, text.data + start, i - start);
      /* ">" behind a bracket joins two elements and must stay; a blank before it does no harm. */
      if (c == '>')
        {
          nj_buffer_append (sheet, " >", 2);
          start = ++i;
          continue;
        }
      sign = c < 0x80 ? c : g_utf8_get_char_validated (text.data + i, (gssize) (text.len - i));
      if (sign >= (gunichar) -2)
        sign = 0xfffd;
      length = g_snprintf (escape, sizeof escape, "\\%x ", sign);
      nj_buffer_append (sheet, escape, (gsize) length);
      i += c < 0x80 || sign == 0xfffd ? 1 : (gsize) g_unichar_to_utf8 (sign, NULL);
      start = i;
    }
  nj_buffer_append (sheet, text.data + start, i - start);
}

/* "selector{declarations}" or "selector:style(declarations)". */
static gboolean
split_style (NjBytes body, NjBytes *ret_selector, NjBytes *ret_declarations)
{
  const NjBytes mark = NJ_BYTES (":style(");
  gssize        at = nj_bytes_find (body, mark);
  gsize         skipped = mark.len;

  if (at < 0)
    {
      at = nj_bytes_find (body, NJ_BYTES ("{"));
      skipped = 1;
    }
  if (at <= 0 || (gsize) at + skipped + 1 >= body.len || body.data[body.len - 1] != (skipped == 1 ? '}' : ')'))
    return FALSE;
  *ret_selector = nj_bytes_trim (nj_bytes (body.data, (gsize) at));
  *ret_declarations = nj_bytes_trim (nj_bytes (body.data + at + skipped, body.len - (gsize) at - skipped - 1));
  return TRUE;
}

/**
 * nj_page_sheet_add:
 * @sheet: a style sheet, to which the rule is added
 * @rule: a rule of %NJ_PAGE_LINE_HIDE or %NJ_PAGE_LINE_STYLE
 *
 * What is written is ASCII, and can stand in a style element as it is. Any thread.
 *
 * Returns: whether the rule can stand in a style sheet
 */
gboolean
nj_page_sheet_add (NjBuffer *sheet, const NjPageRule *rule)
{
  NjBytes selector = rule->body, declarations;

  if (rule->kind == NJ_PAGE_LINE_HIDE)
    {
      if (selector.len == 0 || !is_contained (selector))
        return FALSE;
      put_text (sheet, selector);
      nj_buffer_append (sheet, HIDE, sizeof HIDE - 1);
      return TRUE;
    }

  if (!split_style (rule->body, &selector, &declarations) || selector.len == 0 || !is_contained (selector) ||
      !is_contained (declarations))
    return FALSE;
  put_text (sheet, selector);
  nj_buffer_append (sheet, "{", 1);
  put_text (sheet, declarations);
  nj_buffer_append (sheet, "}\n", 2);
  return TRUE;
}
