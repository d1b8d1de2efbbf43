/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * urlskip=: the URL inside a URL. Steps take the text apart until an http address is left; any step
 * that fails leaves the request alone. Any thread.
 */
#include "filter/url-skip.h"
#include "filter/regex.h"

static NjBytes
skip (NjBytes text, gsize n)
{
  return nj_bytes (text.data + n, text.len - n);
}

static gboolean
query_of (NjBytes url, NjBytes *ret_query)
{
  const char *hash = memchr (url.data, '#', url.len);
  gsize       len = hash != NULL ? (gsize) (hash - url.data) : url.len;
  const char *question = memchr (url.data, '?', len);

  /* The steps before may have left no URL at all. */
  if (nj_bytes_find (url, NJ_BYTES (":")) <= 0 || question == NULL)
    return FALSE;
  *ret_query = nj_bytes (question + 1, url.data + len - question - 1);
  return TRUE;
}

/* Percent-decoding; with @is_form "+" is a blank and broken escapes stand for themselves. */
static gboolean
decode (NjBytes text, gboolean is_form, NjArena *arena, NjBytes *ret_text)
{
  char *out = nj_arena_alloc (arena, text.len + 1);
  gsize len = 0;

  for (gsize i = 0; i < text.len; i++)
    {
      char c = text.data[i];

      if (c == '%' && i + 2 < text.len && g_ascii_isxdigit (text.data[i + 1]) && g_ascii_isxdigit (text.data[i + 2]))
        {
          out[len++] = (char) (g_ascii_xdigit_value (text.data[i + 1]) << 4 | g_ascii_xdigit_value (text.data[i + 2]));
          i += 2;
        }
      else if (c == '%' && !is_form)
        return FALSE;
      else
        out[len++] = c == '+' && is_form ? ' ' : c;
    }
  *ret_text = nj_bytes (out, len);
  return g_utf8_validate (out, len, NULL);
}

static NjBytes
escape_blanks (NjBytes text, NjArena *arena)
{
  char *out;
  gsize len = 0;

  if (text.len == 0 || memchr (text.data, ' ', text.len) == NULL)
    return text;
  out = nj_arena_alloc (arena, text.len * 3);
  for (gsize i = 0; i < text.len; i++)
    {
      if (text.data[i] != ' ')
        {
          out[len++] = text.data[i];
          continue;
        }
      memcpy (out + len, "%20", 3);
      len += 3;
    }
  return nj_bytes (out, len);
}

/* "?name": the first parameter of that name. "&3": the name of the third. */
static gboolean
take_parameter (NjBytes step, NjBytes *text, NjArena *arena)
{
  gboolean is_name = step.data[0] == '?';
  guint64  wanted = 0, index = 0;
  NjBytes  query;

  step = skip (step, 1);
  if (!query_of (*text, &query) || (!is_name && (!nj_bytes_parse_u64 (step, 1000, &wanted) || wanted == 0)))
    return FALSE;

  while (query.len > 0)
    {
      const char *ampersand = memchr (query.data, '&', query.len);
      NjBytes     item = nj_bytes (query.data, ampersand != NULL ? (gsize) (ampersand - query.data) : query.len);
      const char *equals = memchr (item.data, '=', item.len);
      NjBytes     key = nj_bytes (item.data, equals != NULL ? (gsize) (equals - item.data) : item.len);

      query = ampersand != NULL ? skip (query, item.len + 1) : NJ_BYTES_NONE;
      if (item.len == 0)
        continue;
      if (!decode (key, TRUE, arena, &key))
        return FALSE;
      index++;
      if (!is_name && index == wanted)
        return decode (key, FALSE, arena, text);
      if (is_name && nj_bytes_equal (key, step))
        {
          NjBytes value = equals != NULL ? skip (item, equals + 1 - item.data) : NJ_BYTES_NONE;

          if (!decode (value, TRUE, arena, &value))
            return FALSE;
          *text = escape_blanks (value, arena);
          return TRUE;
        }
    }
  return FALSE;
}

/* Padding may be missing in the form for URLs only (RFC 4648 §3.2, §5). */
static gboolean
decode_base64 (NjBytes *text, gboolean is_safe, NjArena *arena)
{
  char *in = nj_arena_alloc (arena, text->len + 5);
  gsize len = 0, size = 0;

  for (gsize i = 0; i < text->len; i++)
    {
      char c = text->data[i];

      if (is_safe && (c == '-' || c == '_'))
        c = c == '-' ? '+' : '/';
      if (c == '=' || c == ' ' || c == '\n' || c == '\t')
        continue;
      if (!g_ascii_isalnum (c) && c != '+' && c != '/')
        return FALSE;
      in[len++] = c;
    }
  if (len == 0 || len % 4 == 1 || (!is_safe && text->len % 4 != 0))
    return FALSE;
  while (len % 4 != 0)
    in[len++] = '=';
  in[len] = '\0';
  g_base64_decode_inplace (in, &size);
  *text = nj_bytes (in, size);
  return TRUE;
}

static gboolean
force_https (NjBytes *text, NjArena *arena)
{
  NjBytes rest = *text;

  if (nj_bytes_starts_with (rest, NJ_BYTES ("https://")))
    rest = skip (rest, 8);
  else if (nj_bytes_starts_with (rest, NJ_BYTES ("http://")))
    rest = skip (rest, 7);
  *text = nj_arena_printf (arena, "https://%.*s", NJ_BYTES_ARGS (rest));
  return TRUE;
}

static gboolean
take_capture (NjBytes step, NjBytes *text)
{
  g_autoptr (NjRegex) regex = NULL;

  if (step.len < 3 || step.data[step.len - 1] != '/')
    return FALSE;
  regex = nj_regex_new (nj_bytes (step.data + 1, step.len - 2), 0);
  return regex != NULL && nj_regex_capture (regex, *text, 1, text);
}

static gboolean
take_step (NjBytes step, NjBytes *text, gboolean *is_blocked_too, NjArena *arena)
{
  switch (step.data[0])
    {
    case '?':
    case '&':
      return take_parameter (step, text, arena);
    case '/':
      return take_capture (step, text);
    case '#':
      {
        const char *hash = memchr (text->data, '#', text->len);

        *text = hash != NULL ? skip (*text, hash + 1 - text->data) : NJ_BYTES_NONE;
        return step.len == 1;
      }
    default:
      break;
    }

  if (nj_bytes_equal (step, NJ_BYTES ("+https")))
    return force_https (text, arena);
  if (nj_bytes_equal (step, NJ_BYTES ("-base64")))
    return decode_base64 (text, FALSE, arena);
  if (nj_bytes_equal (step, NJ_BYTES ("-safebase64")))
    return decode_base64 (text, TRUE, arena);
  if (nj_bytes_equal (step, NJ_BYTES ("-uricomponent")))
    return decode (*text, FALSE, arena, text);
  if (nj_bytes_equal (step, NJ_BYTES ("-blocked")))
    return *is_blocked_too = TRUE;
  return FALSE;
}

/* Whether somebody could go there: http or https, a host, nothing that ends a line. */
static gboolean
is_address (NjBytes text)
{
  NjBytes rest = text;

  if (nj_bytes_equal_nocase (nj_bytes (text.data, MIN (text.len, 8)), NJ_BYTES ("https://")))
    rest = skip (text, 8);
  else if (nj_bytes_equal_nocase (nj_bytes (text.data, MIN (text.len, 7)), NJ_BYTES ("http://")))
    rest = skip (text, 7);
  else
    return FALSE;

  for (gsize i = 0; i < text.len; i++)
    if ((guchar) text.data[i] <= 0x20 || text.data[i] == 0x7f)
      return FALSE;
  return rest.len > 0 && (g_ascii_isalnum (rest.data[0]) || (guchar) rest.data[0] >= 0x80 || rest.data[0] == '[');
}

/**
 * nj_url_skip_run:
 * @url: a URL
 * @is_blocked: whether the request for it is blocked, which only steps with "-blocked" may go around
 * @steps: the value of urlskip=
 * @arena: where texts go
 * @ret_url: (out): the URL inside
 *
 * Any thread. Source: uBlock Origin 1.67's documentation of urlskip=.
 *
 * Returns: whether the steps led to an http address other than @url
 */
gboolean
nj_url_skip_run (NjBytes url, gboolean is_blocked, NjBytes steps, NjArena *arena, NjBytes *ret_url)
{
  gboolean is_blocked_too = FALSE;
  NjBytes  text = url;

  while (steps.len > 0)
    {
      const char *blank = memchr (steps.data, ' ', steps.len);
      NjBytes     step = nj_bytes (steps.data, blank != NULL ? (gsize) (blank - steps.data) : steps.len);

      steps = skip (steps, MIN (step.len + 1, steps.len));
      if (step.len > 0 && (text.len == 0 || !take_step (step, &text, &is_blocked_too, arena)))
        return FALSE;
    }

  if (!is_address (text) || (is_blocked && !is_blocked_too) || nj_bytes_equal (text, url))
    return FALSE;
  *ret_url = text;
  return TRUE;
}

/**
 * nj_url_skip_apply:
 * @match: a request
 * @is_blocked: whether it is blocked
 * @arena: where the new URL goes
 * @ret_url: (out): where to go instead
 * @ret_rule: (out): the rule that says so
 *
 * Any thread.
 *
 * Returns: whether there is such a rule
 */
gboolean
nj_url_skip_apply (NjMatch *match, gboolean is_blocked, NjArena *arena, NjBytes *ret_url, guint32 *ret_rule)
{
  const guint32 types = NJ_TYPE_BIT (NJ_TYPE_DOCUMENT) | NJ_TYPE_BIT (NJ_TYPE_SUBDOCUMENT) | NJ_TYPE_BIT (NJ_TYPE_IMAGE)
                        | NJ_TYPE_BIT (NJ_TYPE_MEDIA) | NJ_TYPE_BIT (NJ_TYPE_OBJECT) | NJ_TYPE_BIT (NJ_TYPE_OTHER);
  NjModifierList list;

  if ((types & NJ_TYPE_BIT (match->request->type)) == 0)
    return FALSE;
  nj_modifier_collect (match, NJ_REALM_URL_SKIP, &list);
  for (guint i = 0; i < list.n; i++)
    if (nj_url_skip_run (match->request->url, is_blocked, list.hits[i].value, arena, ret_url))
      {
        *ret_rule = list.hits[i].rule;
        return TRUE;
      }
  return FALSE;
}
