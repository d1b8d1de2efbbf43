/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who asks whom. All that scrubbing does differently for third parties rests on what is decided
 * here, from Referer, Origin and Sec-Fetch-*. Browsers send the latter only to secure origins
 * (W3C Fetch Metadata §2), so on plain HTTP the Referer and the look of the request must do.
 * Called by proxy, on worker threads.
 */
#include "privacy/scrub-context.h"

#include "http/scan.h"

static gboolean
is_scheme (NjBytes text, NjBytes lower_scheme)
{
  return text.len > lower_scheme.len && (text.data[0] | 0x20) == 'h' &&
         nj_bytes_equal_nocase (nj_bytes (text.data, lower_scheme.len), lower_scheme);
}

static NjBytes
without_user (NjBytes authority)
{
  for (gsize i = authority.len; i > 0; i--)
    if (authority.data[i - 1] == '@')
      return nj_bytes (authority.data + i, authority.len - i);
  return authority;
}

static NjBytes
without_port (NjBytes authority)
{
  if (memchr (authority.data, ':', authority.len) == NULL)
    return authority;

  for (gsize i = authority.len; i > 0 && authority.data[i - 1] != ']'; i--)
    if (authority.data[i - 1] == ':')
      return nj_bytes (authority.data, i - 1);
  return authority;
}

/* Up to what ends it, or to the end of the text. */
static NjBytes
authority_at (NjBytes text, gsize start)
{
  const char *end = text.data + text.len;
  const char *p = nj_scan_authority (text.data + start, end);

  while (p < end && *p == '@')
    p = nj_scan_authority (p + 1, end);
  return nj_bytes (text.data + start, (gsize) (p - text.data) - start);
}

/* Splits scheme and host off a URL of any kind of path; no allocation, since most are only compared. */
static gboolean
take_page (NjScrubContext *context, NjBytes text)
{
  gboolean is_secure = is_scheme (text, NJ_BYTES ("https://"));
  gsize    start = is_secure ? 8 : 7;
  gsize    end;
  NjBytes  authority;
  gsize    len;

  if (!is_secure && !is_scheme (text, NJ_BYTES ("http://")))
    return FALSE;

  authority = authority_at (text, start);
  end = start + authority.len;

  /* Most pages are of the host that they ask, whose normal form is known. */
  if (authority.len > 0 && nj_bytes_equal (authority, context->url->host))
    context->page_host = context->url->host;
  else
    {
      len = nj_host_normalize (without_port (without_user (authority)), context->page_host_text);
      if (len == 0)
        return FALSE;
      context->page_host = nj_bytes (context->page_host_text, len);
    }
  context->page_is_secure = is_secure;
  context->page_is_plain = text.data[0] == 'h' && nj_bytes_equal (authority, context->page_host) && end < text.len && text.data[end] == '/';
  context->page_path = end;
  return TRUE;
}

static gboolean
is_value (NjBytes value, const char *text)
{
  return nj_bytes_equal_nocase (value, nj_bytes_from_string (text));
}

/* A frame is a navigation to Fetch but a part of a page to us. */
static gboolean
is_navigation (NjHead *request)
{
  NjBytes mode = nj_head_value (request, NJ_FIELD_SEC_FETCH_MODE);
  NjBytes dest = nj_head_value (request, NJ_FIELD_SEC_FETCH_DEST);

  if (dest.len > 0)
    return is_value (dest, "document");
  if (mode.len > 0)
    return is_value (mode, "navigate");

  return nj_bytes_starts_with (nj_head_value (request, NJ_FIELD_ACCEPT), NJ_BYTES ("text/html"));
}

/* Two names under one registrable domain have at least their last two labels in common. Asking that
 * first spares nearly every third-party request the public suffix list, which takes a microsecond. */
static gboolean
share_two_labels (NjBytes a, NjBytes b)
{
  guint n_dots = 0;
  gsize i = 0;

  for (; i < a.len && i < b.len && n_dots < 2; i++)
    {
      if (a.data[a.len - 1 - i] != b.data[b.len - 1 - i])
        return FALSE;
      n_dots += a.data[a.len - 1 - i] == '.';
    }

  /* The shorter may be just those two, and then the other must have a dot there. */
  return n_dots == 2 || (n_dots == 1 && (i == a.len || a.data[a.len - 1 - i] == '.') &&
                         (i == b.len || b.data[b.len - 1 - i] == '.'));
}

static gboolean
is_same_site (NjBytes a, NjBytes b)
{
  return a.data == b.data || nj_bytes_equal (a, b) || (share_two_labels (a, b) && nj_host_is_same_site (a, b));
}

/* Without a page's host. An origin that hides itself, as a frame in a sandbox does, is nobody's own. */
static gboolean
is_from_elsewhere (NjHead *request, gboolean is_navigation)
{
  NjBytes site = nj_head_value (request, NJ_FIELD_SEC_FETCH_SITE);

  if (site.len > 0)
    return is_value (site, "cross-site");
  return !is_navigation && nj_bytes_equal (nj_head_value (request, NJ_FIELD_ORIGIN), NJ_BYTES ("null"));
}

/**
 * nj_scrub_context_init:
 * @context: (out): who asks whom
 * @request: the request's head, before it is scrubbed
 * @url: (not nullable): what it asks for; must outlive @context
 * @profile: the profile for @url's site
 *
 * A page's host that is known decides by registrable domain; without one Sec-Fetch-Site does, and
 * without that the request counts as the user's own. Worker threads.
 * Source: W3C Fetch Metadata §2.2, RFC 9110 §10.1.3.
 */
void
nj_scrub_context_init (NjScrubContext *context, NjHead *request, const NjUrl *url, NjProfile profile)
{
  context->url = url;
  context->profile = profile;
  context->spared = 0;
  context->page_host = NJ_BYTES_NONE;
  context->page_is_secure = FALSE;
  context->is_cloaked = FALSE;
  context->page_is_plain = FALSE;
  context->page_path = 0;
  context->page_host_text[0] = '\0';

  if (!take_page (context, nj_head_value (request, NJ_FIELD_REFERER)))
    {
      take_page (context, nj_head_value (request, NJ_FIELD_ORIGIN));
      context->page_is_plain = FALSE;
    }

  context->is_navigation = is_navigation (request);
  context->is_cross_site = context->page_host.len > 0 ? !is_same_site (context->page_host, url->host)
                                                      : is_from_elsewhere (request, context->is_navigation);
  context->is_third_party = context->is_cross_site && !context->is_navigation;
}
