/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Absolute URLs into the one form that rules, routes, cache keys and the journal use, and the
 * authority of a CONNECT. Path and query go through byte by byte: what a server makes of "..",
 * "%2e" or "|" is not ours to guess. Called by proxy and privacy, on any thread.
 */
#include "http/url.h"

#include "http/scan.h"

static gboolean
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

/* Leading zeros are dropped, as WHATWG URL does; 0 is no port one can connect to. */
static gboolean
parse_port (NjBytes text, guint16 *ret_port)
{
  guint64 port;

  if (!nj_bytes_parse_u64 (text, G_MAXUINT16, &port) || port == 0)
    return FALSE;

  *ret_port = (guint16) port;
  return TRUE;
}

/* "0177.0.0.1", "2130706433" and "127.1" are names to us and addresses to the C library; a name whose
 * last label is a number is no name at all (WHATWG URL, "ends in a number"). */
static gboolean
is_odd_address (NjBytes host)
{
  gsize start = host.len;

  while (start > 0 && host.data[start - 1] != '.')
    start--;
  if (start == host.len || !is_digit (host.data[start]) || nj_host_is_address (host))
    return FALSE;

  if (host.len - start >= 2 && host.data[start] == '0' && host.data[start + 1] == 'x')
    return TRUE;
  for (gsize i = start; i < host.len; i++)
    if (!is_digit (host.data[i]))
      return FALSE;
  return TRUE;
}

/* host [ ":" port ]; @ret_port_text has data NULL when there is no colon */
static gboolean
split_authority (NjBytes authority, NjBytes *ret_host, NjBytes *ret_port_text)
{
  const char *end;
  const char *host_end;

  if (authority.len == 0)
    return FALSE;

  end = authority.data + authority.len;
  if (authority.data[0] == '[')
    {
      host_end = memchr (authority.data, ']', authority.len);
      if (host_end == NULL)
        return FALSE;
      host_end++;
    }
  else
    {
      host_end = memchr (authority.data, ':', authority.len);
      if (host_end == NULL)
        host_end = end;
    }

  if (host_end < end && *host_end != ':')
    return FALSE;

  *ret_host = nj_bytes (authority.data, (gsize) (host_end - authority.data));
  *ret_port_text = host_end < end ? nj_bytes (host_end + 1, (gsize) (end - host_end - 1)) : NJ_BYTES_NONE;
  return TRUE;
}

static gsize
normalize_host (NjBytes host, char ret_host[NJ_HOST_MAX + 1])
{
  gsize len = nj_host_normalize (host, ret_host);

  return len > 0 && !is_odd_address (nj_bytes (ret_host, len)) ? len : 0;
}

/**
 * nj_url_parse_authority:
 * @text: "host:port", as the target of a CONNECT
 * @default_port: the port when there is none, -1 when there must be one
 * @arena: where the host goes
 * @ret_host: (out): the host in its normal form, IPv6 in brackets
 * @ret_port: (out): the port, never 0
 *
 * Any thread. Source: RFC 9110 §7.1, §9.3.6, RFC 9112 §3.2.3.
 *
 * Returns: whether it was one; outputs are untouched if not
 */
gboolean
nj_url_parse_authority (NjBytes text, gint default_port, NjArena *arena, NjBytes *ret_host, guint16 *ret_port)
{
  char    host[NJ_HOST_MAX + 1];
  NjBytes host_text;
  NjBytes port_text;
  guint16 port = (guint16) MAX (default_port, 0);
  gsize   len;

  if (!split_authority (text, &host_text, &port_text))
    return FALSE;
  if (port_text.data == NULL ? default_port < 0 : !parse_port (port_text, &port))
    return FALSE;

  len = normalize_host (host_text, host);
  if (len == 0)
    return FALSE;

  *ret_host = nj_arena_copy (arena, nj_bytes (host, len));
  *ret_port = port;
  return TRUE;
}

/* What a scheme stands for. */
typedef struct
{
  NjBytes  name;
  guint16  port;
  gboolean is_secure;
} Scheme;

static const Scheme schemes[] = {
  { NJ_BYTES ("http"), 80, FALSE },
  { NJ_BYTES ("https"), 443, TRUE },
  { NJ_BYTES ("ws"), 80, FALSE },
  { NJ_BYTES ("wss"), 443, TRUE },
};

static const Scheme *
find_scheme (NjBytes name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (nj_bytes_equal_nocase (schemes[i].name, name))
      return &schemes[i];

  return NULL;
}

/* scheme "://"; an unknown scheme is told apart from what is no URL. */
static NjUrlResult
take_scheme (NjBytes *text, const Scheme **ret_scheme)
{
  const char *colon;
  gsize       len;

  /* Nearly always. */
  if (nj_bytes_starts_with (*text, NJ_BYTES ("http://")))
    {
      *ret_scheme = &schemes[0];
      *text = nj_bytes (text->data + 7, text->len - 7);
      return NJ_URL_OK;
    }

  colon = memchr (text->data, ':', text->len);
  len = colon != NULL ? (gsize) (colon - text->data) : 0;
  if (len == 0)
    return NJ_URL_BAD;
  for (gsize i = 0; i < len; i++)
    if (!g_ascii_isalpha (text->data[i]) && (i == 0 || !(is_digit (text->data[i]) || strchr ("+-.", text->data[i]))))
      return NJ_URL_BAD;

  *ret_scheme = find_scheme (nj_bytes (text->data, len));
  if (*ret_scheme == NULL)
    return NJ_URL_UNKNOWN_SCHEME;
  if (!nj_bytes_starts_with (nj_bytes (colon, text->len - len), NJ_BYTES ("://")))
    return NJ_URL_BAD;

  *text = nj_bytes (colon + 3, text->len - len - 3);
  return NJ_URL_OK;
}

/* Where the authority ends; a user's name in it and a backslash are noted on the way: browsers end the
 * authority at the latter, we do not, so it is refused before the two can differ. */
static NjUrlResult
find_authority_end (NjBytes text, gsize *ret_end)
{
  const char *end = text.data + text.len;
  const char *p = nj_scan_authority (text.data, end);
  NjUrlResult result = NJ_URL_OK;

  for (; p < end && (*p == '@' || *p == '\\'); p = nj_scan_authority (p + 1, end))
    if (*p == '\\')
      result = NJ_URL_BAD;
    else if (result == NJ_URL_OK)
      result = NJ_URL_HAS_USER;

  *ret_end = (gsize) (p - text.data);
  return p == text.data ? NJ_URL_BAD : result;
}

static char *
put (char *p, const char *bytes, gsize len)
{
  if (len > 0)
    memcpy (p, bytes, len);
  return p + len;
}

/* Writes the parts one behind the other and points the slices at them. */
static void
assemble (NjArena *arena, const Scheme *scheme, NjBytes host, NjBytes port_text, guint16 port, NjBytes rest, NjUrl *ret_url)
{
  gsize       port_len = 0;
  gboolean    needs_slash = rest.len == 0 || rest.data[0] != '/';
  char       *start;
  char       *p;
  const char *mark;

  if (port != scheme->port)
    port_len = 1 + port_text.len;

  p = start = nj_arena_alloc (arena, scheme->name.len + 3 + host.len + port_len + 1 + rest.len + 1);
  p = put (p, scheme->name.data, scheme->name.len);
  p = put (p, "://", 3);
  ret_url->scheme = nj_bytes (start, scheme->name.len);
  ret_url->host = nj_bytes (p, host.len);
  ret_url->authority = nj_bytes (p, host.len + port_len);
  p = put (p, host.data, host.len);
  if (port_len > 0)
    {
      *p++ = ':';
      p = put (p, port_text.data, port_text.len);
    }

  ret_url->path = nj_bytes (p, rest.len + (needs_slash ? 1 : 0));
  if (needs_slash)
    *p++ = '/';
  p = put (p, rest.data, rest.len);
  *p = '\0';

  mark = memchr (ret_url->path.data, '?', ret_url->path.len);
  ret_url->query = mark != NULL ? nj_bytes (mark + 1, (gsize) (p - mark - 1)) : NJ_BYTES_NONE;
  ret_url->text = nj_bytes (start, (gsize) (p - start));
  ret_url->port = port;
  ret_url->is_secure = scheme->is_secure;
}

/**
 * nj_url_parse:
 * @text: an absolute URL as somebody wrote it
 * @arena: where its normal form goes
 * @ret_url: (out): the URL, a NUL behind its text; untouched on failure
 *
 * Blanks, control bytes and bytes from 0x80 on are refused, the fragment is cut off, an empty port is
 * the scheme's. Any thread. Source: RFC 3986 §3, §6.2.3, RFC 9110 §4.2.
 *
 * Returns: %NJ_URL_OK, or why not
 */
NjUrlResult
nj_url_parse (NjBytes text, NjArena *arena, NjUrl *ret_url)
{
  char          host[NJ_HOST_MAX + 1];
  const Scheme *scheme;
  const char   *fragment;
  NjBytes       authority;
  NjBytes       host_text;
  NjBytes       port_text;
  NjBytes       rest;
  guint16       port;
  gsize         len;
  NjUrlResult   result;

  if (text.len == 0 || !nj_scan_is_all_target (text))
    return NJ_URL_BAD;
  result = take_scheme (&text, &scheme);
  if (result != NJ_URL_OK)
    return result;

  result = find_authority_end (text, &len);
  if (result != NJ_URL_OK)
    return result;
  authority = nj_bytes (text.data, len);
  rest = nj_bytes (text.data + authority.len, text.len - authority.len);
  fragment = rest.len > 0 ? memchr (rest.data, '#', rest.len) : NULL;
  if (fragment != NULL)
    rest.len = (gsize) (fragment - rest.data);

  port = scheme->port;
  if (!split_authority (authority, &host_text, &port_text))
    return NJ_URL_BAD;
  if (port_text.len > 0 && !parse_port (port_text, &port))
    return NJ_URL_BAD;

  len = normalize_host (host_text, host);
  if (len == 0)
    return NJ_URL_BAD;

  while (port_text.len > 0 && port_text.data[0] == '0')
    port_text = nj_bytes (port_text.data + 1, port_text.len - 1);
  assemble (arena, scheme, nj_bytes (host, len), port_text, port, rest, ret_url);
  return NJ_URL_OK;
}
