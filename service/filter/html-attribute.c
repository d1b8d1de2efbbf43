/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The attributes of a tag, one after the other, as html-scan.c saw them when it looked for the tag's end; and what a value
 * reads once its references are resolved. Any thread. Source: WHATWG HTML §13.2.5.32-39, §13.2.5.72.
 */
#include "filter/html-scan.h"

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/**
 * nj_html_attribute_start:
 * @tag: a tag, from "<" to ">"
 *
 * Any thread.
 *
 * Returns: where its attributes begin
 */
gsize
nj_html_attribute_start (NjBytes tag)
{
  gsize at = 1;

  while (at < tag.len && !is_blank (tag.data[at]) && tag.data[at] != '/' && tag.data[at] != '>')
    at++;
  return at;
}

/* Takes what is after "=". */
static void
take_value (NjBytes tag, gsize *at, NjHtmlAttribute *attribute)
{
  gsize i = *at;
  char  quote;

  while (i < tag.len && is_blank (tag.data[i]))
    i++;
  *at = i;
  if (i == tag.len || tag.data[i] == '>')
    return;

  quote = tag.data[i] == '"' || tag.data[i] == '\'' ? tag.data[i++] : '\0';
  attribute->value_at = i;
  while (i < tag.len && (quote != '\0' ? tag.data[i] != quote : !is_blank (tag.data[i]) && tag.data[i] != '>'))
    i++;
  attribute->value = nj_bytes (tag.data + attribute->value_at, i - attribute->value_at);
  *at = quote != '\0' && i < tag.len ? i + 1 : i;
}

/**
 * nj_html_attribute_next:
 * @tag: a tag, from "<" to ">"
 * @at: (inout): where to go on; first nj_html_attribute_start()
 * @ret_attribute: (out): the next attribute
 *
 * Any thread.
 *
 * Returns: whether there is one
 */
gboolean
nj_html_attribute_next (NjBytes tag, gsize *at, NjHtmlAttribute *ret_attribute)
{
  gsize i = *at, start;

  while (i < tag.len && (is_blank (tag.data[i]) || tag.data[i] == '/'))
    i++;
  if (i >= tag.len || tag.data[i] == '>')
    return FALSE;

  /* Even a "=" is the start of a name where one is expected. */
  start = i++;
  while (i < tag.len && !is_blank (tag.data[i]) && tag.data[i] != '/' && tag.data[i] != '>' && tag.data[i] != '=')
    i++;
  *ret_attribute = (NjHtmlAttribute){ .name = nj_bytes (tag.data + start, i - start), .value = nj_bytes (tag.data + i, 0) };

  while (i < tag.len && is_blank (tag.data[i]))
    i++;
  if (i < tag.len && tag.data[i] == '=')
    {
      i++;
      take_value (tag, &i, ret_attribute);
    }
  *at = i;
  return TRUE;
}

/**
 * nj_html_attribute_find:
 * @tag: a tag, from "<" to ">"
 * @lower_name: a name in lower case
 * @ret_attribute: (out): the attribute of that name that counts, the first
 *
 * Any thread.
 *
 * Returns: whether there is one
 */
gboolean
nj_html_attribute_find (NjBytes tag, NjBytes lower_name, NjHtmlAttribute *ret_attribute)
{
  gsize           at = nj_html_attribute_start (tag);
  NjHtmlAttribute attribute;

  while (nj_html_attribute_next (tag, &at, &attribute))
    if (nj_bytes_equal_nocase (attribute.name, lower_name))
      {
        *ret_attribute = attribute;
        return TRUE;
      }
  return FALSE;
}

/* The length of the reference at the start of @text, 0: none that we know. */
static gsize
read_reference (NjBytes text, gunichar *ret_sign)
{
  static const struct
  {
    NjBytes text;
    char    sign;
  } named[] = { { { "&amp;", 5 }, '&' }, { { "&quot;", 6 }, '"' }, { { "&apos;", 6 }, '\'' },
                { { "&lt;", 4 }, '<' },  { { "&gt;", 4 }, '>' } };
  gboolean is_hex = text.len > 2 && (text.data[2] == 'x' || text.data[2] == 'X');
  gunichar sign = 0;
  gsize    start = is_hex ? 3 : 2, i = start;

  for (guint n = 0; n < G_N_ELEMENTS (named); n++)
    if (nj_bytes_starts_with (text, named[n].text))
      {
        *ret_sign = (gunichar) named[n].sign;
        return named[n].text.len;
      }
  if (text.len < 3 || text.data[1] != '#')
    return 0;
  while (i < text.len && i < start + 7 && (is_hex ? g_ascii_isxdigit (text.data[i]) : g_ascii_isdigit (text.data[i])))
    {
      sign = is_hex ? sign * 16 + (gunichar) g_ascii_xdigit_value (text.data[i])
                    : sign * 10 + (gunichar) g_ascii_digit_value (text.data[i]);
      i++;
    }
  if (i == start || sign == 0 || !g_unichar_validate (sign))
    return 0;
  *ret_sign = sign;
  return i < text.len && text.data[i] == ';' ? i + 1 : i;
}

/**
 * nj_html_attribute_text:
 * @value: a value as written
 * @arena: where it goes when it holds references
 *
 * Numbers and the five names of XML; others are left as they are. Any thread.
 *
 * Returns: what it reads
 */
NjBytes
nj_html_attribute_text (NjBytes value, NjArena *arena)
{
  char *out, *at;

  if (value.len == 0 || memchr (value.data, '&', value.len) == NULL)
    return value;

  /* No reference is shorter than what it stands for: "&#9" is the shortest, and "&#65533" of three bytes. */
  at = out = nj_arena_alloc (arena, value.len + 8);
  for (gsize i = 0; i < value.len;)
    {
      gunichar sign;
      gsize    length = value.data[i] == '&' ? read_reference (nj_bytes (value.data + i, value.len - i), &sign) : 0;

      if (length > 0)
        at += g_unichar_to_utf8 (sign, at);
      else
        *at++ = value.data[i];
      i += MAX (length, 1);
    }
  return nj_bytes (out, (gsize) (at - out));
}
