/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The arguments of a scriptlet rule: from the text of a list, as uBlock Origin and AdGuard write it, and to the text of
 * a program, where nothing they hold may end it. Any thread.
 */
#include "filter/scriptlet-arguments.h"

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static NjBytes
skip (NjBytes text, gsize n)
{
  return nj_bytes (text.data + n, text.len - n);
}

/* @text without the backslashes before @escaped. */
static NjBytes
unescape (NjBytes text, char escaped, NjArena *arena)
{
  char *out;
  gsize len = 0;

  if (text.len == 0 || memchr (text.data, '\\', text.len) == NULL)
    return text;

  out = nj_arena_alloc (arena, text.len);
  for (gsize i = 0; i < text.len; i++)
    {
      if (text.data[i] == '\\' && i + 1 < text.len)
        {
          i++;
          if (text.data[i] != escaped)
            out[len++] = '\\';
        }
      out[len++] = text.data[i];
    }
  return nj_bytes (out, len);
}

/* Where @c stands without a backslash before it, or the end. */
static gsize
find_bare (NjBytes text, gsize from, char c)
{
  for (; from < text.len && text.data[from] != c; from++)
    if (text.data[from] == '\\')
      from++;
  return MIN (from, text.len);
}

/* One in quotes, if they close before a comma or the end. */
static gboolean
take_quoted (NjBytes *rest, NjArena *arena, NjBytes *ret_item)
{
  char  quote = rest->len > 0 ? rest->data[0] : '\0';
  gsize end, after;

  if (quote != '"' && quote != '\'' && quote != '`')
    return FALSE;
  end = find_bare (*rest, 1, quote);
  if (end == rest->len)
    return FALSE;
  for (after = end + 1; after < rest->len && is_blank (rest->data[after]); after++)
    ;
  if (after < rest->len && rest->data[after] != ',')
    return FALSE;

  *ret_item = unescape (nj_bytes (rest->data + 1, end - 1), quote, arena);
  *rest = skip (*rest, after);
  return TRUE;
}

static NjBytes
take_bare (NjBytes *rest, NjArena *arena)
{
  gsize   end = find_bare (*rest, 0, ',');
  NjBytes item = nj_bytes_trim (nj_bytes (rest->data, end));

  *rest = skip (*rest, end);
  return unescape (item, ',', arena);
}

/* "name, argument, …" */
static gboolean
take_items (NjBytes rest, NjArena *arena, NjScriptletArguments *self)
{
  gboolean is_first = TRUE;

  while (is_first || rest.len > 0)
    {
      NjBytes item;

      if (!is_first)
        rest = skip (rest, 1);
      while (rest.len > 0 && is_blank (rest.data[0]))
        rest = skip (rest, 1);
      if (!take_quoted (&rest, arena, &item))
        item = take_bare (&rest, arena);
      if (is_first)
        self->name = item;
      else if (self->n < NJ_SCRIPTLET_ARGUMENTS)
        self->items[self->n++] = item;
      else
        return FALSE;
      is_first = FALSE;
    }
  return TRUE;
}

/**
 * nj_scriptlet_arguments_parse:
 * @body: of a rule: "name, argument, …" or "//scriptlet('name', …)"
 * @arena: where unescaped texts go
 * @ret_arguments: (out): its parts; those that need no change are slices of @body
 *
 * A comma in an argument has a backslash before it, or the argument is in quotes. Other backslashes stay: they are the
 * argument's own. Any thread.
 *
 * Returns: whether there is a name, and not too much behind it
 */
gboolean
nj_scriptlet_arguments_parse (NjBytes body, NjArena *arena, NjScriptletArguments *ret_arguments)
{
  const NjBytes start = NJ_BYTES ("//scriptlet(");

  body = nj_bytes_trim (body);
  ret_arguments->name = NJ_BYTES_NONE;
  ret_arguments->n = 0;
  if (nj_bytes_starts_with (body, start))
    {
      if (body.len <= start.len || body.data[body.len - 1] != ')')
        return FALSE;
      body = nj_bytes_trim (nj_bytes (body.data + start.len, body.len - start.len - 1));
    }
  return body.len > 0 && take_items (body, arena, ret_arguments) && ret_arguments->name.len > 0;
}

static void
append_unit (NjBuffer *buffer, guint unit)
{
  char  text[8];
  guint len = g_snprintf (text, sizeof text, "\\u%04x", unit);

  nj_buffer_append (buffer, text, len);
}

static void
append_character (NjBuffer *buffer, gunichar c)
{
  if (c < 0x10000)
    append_unit (buffer, c);
  else
    {
      append_unit (buffer, 0xd800 + ((c - 0x10000) >> 10));
      append_unit (buffer, 0xdc00 + ((c - 0x10000) & 0x3ff));
    }
}

/* What may stand for itself between the quotes: nothing that could end them, or the script element. */
static gboolean
is_plain (char c)
{
  return c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
}

/**
 * nj_scriptlet_arguments_print:
 * @text: any bytes
 * @buffer: where it goes
 *
 * Writes @text as a string of a program in a page: in ASCII, for pages have all kinds of encodings, and without anything
 * a parser of HTML could take for the end. Bytes that are no UTF-8 become U+FFFD. Any thread.
 */
void
nj_scriptlet_arguments_print (NjBytes text, NjBuffer *buffer)
{
  nj_buffer_append (buffer, "\"", 1);
  for (gsize i = 0; i < text.len;)
    {
      gunichar c;

      if (is_plain (text.data[i]))
        {
          nj_buffer_append (buffer, text.data + i++, 1);
          continue;
        }
      if (text.data[i] == '\0')
        c = 0;
      else
        c = g_utf8_get_char_validated (text.data + i, text.len - i);
      if (c >= (gunichar) -2)
        {
          append_unit (buffer, 0xfffd);
          i++;
          continue;
        }
      append_character (buffer, c);
      i += c == 0 ? 1 : g_utf8_skip[(guchar) text.data[i]];
    }
  nj_buffer_append (buffer, "\"", 1);
}
