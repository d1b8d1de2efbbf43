/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Click ids and campaign tags in a query, cut out without touching anything else: nothing is decoded,
 * sorted or escaped anew, for servers sign and compare their URLs byte by byte. Whether a request is
 * one to cut is request-scrub's to say. Called by proxy and request-scrub, on worker threads.
 */
#include "privacy/tracking-parameters.h"

#include "privacy/tracking-names.h"

static NjBytes
take_parameter (NjBytes *query, NjBytes *ret_name)
{
  const char *amp = memchr (query->data, '&', query->len);
  gsize       len = amp != NULL ? (gsize) (amp - query->data) : query->len;
  NjBytes     parameter = nj_bytes (query->data, len);
  const char *equals = len > 0 ? memchr (parameter.data, '=', len) : NULL;

  *ret_name = nj_bytes (parameter.data, equals != NULL ? (gsize) (equals - parameter.data) : len);
  len = MIN (len + 1, query->len);
  *query = nj_bytes (query->data + len, query->len - len);
  return parameter;
}

/* A signed URL is not valid with a byte less. */
static gboolean
is_signature (NjBytes name)
{
  static const NjBytes names[] = {
    NJ_BYTES ("signature"),       NJ_BYTES ("x-amz-signature"), NJ_BYTES ("x-goog-signature"), NJ_BYTES ("goog-signature"),
    NJ_BYTES ("x-oss-signature"), NJ_BYTES ("x-tos-signature"), NJ_BYTES ("q-signature"),      NJ_BYTES ("hmac"),
    NJ_BYTES ("sig"),             NJ_BYTES ("sign"),            NJ_BYTES ("auth_key"),         NJ_BYTES ("wssecret"),
    NJ_BYTES ("hdnts"),           NJ_BYTES ("hdnea"),           NJ_BYTES ("oauth_signature"),  NJ_BYTES ("url_signature"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (nj_bytes_equal_nocase (name, names[i]))
      return TRUE;

  return FALSE;
}

static gboolean
must_stay_whole (NjBytes query, gboolean *ret_has_any)
{
  NjBytes name;

  *ret_has_any = FALSE;
  while (query.len > 0)
    {
      take_parameter (&query, &name);
      if (is_signature (name))
        return TRUE;
      *ret_has_any |= nj_tracking_names_has (name);
    }

  return FALSE;
}

/* Links to leave a mailing list or to see a mail in the browser name the reader by such a parameter. */
static gboolean
is_about_mail (NjBytes path)
{
  static const NjBytes words[] = { NJ_BYTES ("unsubscribe"), NJ_BYTES ("emailwebview"), NJ_BYTES ("optout"),
                                   NJ_BYTES ("opt-out"), NJ_BYTES ("viewemail") };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    for (gsize at = 0; at + words[i].len <= path.len; at++)
      if (nj_bytes_equal_nocase (nj_bytes (path.data + at, words[i].len), words[i]))
        return TRUE;

  return FALSE;
}

/**
 * nj_tracking_parameters_strip:
 * @url: a URL, or a path with a query, without a fragment
 * @arena: where the result goes
 * @ret_url: (out): @url without its tracking parameters; untouched when it has none
 *
 * Signed URLs and those about mail subscriptions stay as they are. Any thread.
 * Source: WHATWG URL §5.1 for what a parameter is.
 *
 * Returns: whether there were any
 */
gboolean
nj_tracking_parameters_strip (NjBytes url, NjArena *arena, NjBytes *ret_url)
{
  const char *mark = url.len > 0 ? memchr (url.data, '?', url.len) : NULL;
  NjBytes     before;
  NjBytes     query;
  NjBytes     name;
  gboolean    has_any;
  gboolean    is_first = TRUE;
  char       *start;
  char       *out;

  if (mark == NULL)
    return FALSE;
  before = nj_bytes (url.data, (gsize) (mark - url.data));
  query = nj_bytes (mark + 1, url.len - before.len - 1);
  if (must_stay_whole (query, &has_any) || !has_any || is_about_mail (before))
    return FALSE;

  start = nj_arena_alloc (arena, url.len + 1);
  memcpy (start, before.data, before.len);
  out = start + before.len;
  while (query.len > 0)
    {
      NjBytes parameter = take_parameter (&query, &name);

      if (nj_tracking_names_has (name))
        continue;
      *out++ = is_first ? '?' : '&';
      if (parameter.len > 0)
        memcpy (out, parameter.data, parameter.len);
      out += parameter.len;
      is_first = FALSE;
    }

  *out = '\0';
  *ret_url = nj_bytes (start, (gsize) (out - start));
  return TRUE;
}
