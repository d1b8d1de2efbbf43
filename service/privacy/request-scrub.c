/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a request tells beyond what it asks for, taken out. Cookies are in cookies.c, the query in
 * tracking-parameters.c. Never touched, because sites break: Origin, Sec-Fetch-*, Accept,
 * User-Agent, first-party cookies, validators and credentials, and the order and case of fields.
 * Called by proxy's exchange, on worker threads.
 */
#include "privacy/request-scrub.h"

#include "http/scan.h"
#include "privacy/cookies.h"
#include "privacy/local-network.h"
#include "privacy/request-fields.h"
#include "privacy/tracking-parameters.h"

/* The fields that change_of() has something to say of. */
#define LOOKED_AT                                                                                                  \
  (NJ_FIELD_BIT (NJ_FIELD_OTHER) | NJ_FIELD_BIT (NJ_FIELD_FROM) | NJ_FIELD_BIT (NJ_FIELD_X_CLIENT_DATA) |           \
   NJ_FIELD_BIT (NJ_FIELD_VIA) | NJ_FIELD_BIT (NJ_FIELD_FORWARDED) | NJ_FIELD_BIT (NJ_FIELD_X_FORWARDED) |          \
   NJ_FIELD_BIT (NJ_FIELD_IF_NONE_MATCH) | NJ_FIELD_BIT (NJ_FIELD_IF_MODIFIED_SINCE) |                              \
   NJ_FIELD_BIT (NJ_FIELD_AUTHORIZATION))

/* What a browser sends to a site by itself once the user has logged in there, and not what a script
 * puts in on purpose: a Bearer token to an API of another site is how half the web works. */
static gboolean
is_ambient_credential (NjHead *head, const NjField *field, NjProfile profile)
{
  static const NjBytes schemes[] = { NJ_BYTES ("basic "), NJ_BYTES ("digest "), NJ_BYTES ("negotiate "), NJ_BYTES ("ntlm ") };

  if (nj_head_find (head, NJ_FIELD_ORIGIN) != NULL)
    return FALSE;
  if (profile == NJ_PROFILE_STRICT)
    return TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (field->value.len >= schemes[i].len &&
        nj_bytes_equal_nocase (nj_bytes (field->value.data, schemes[i].len), schemes[i]))
      return TRUE;

  return FALSE;
}

static guint
change_of (NjHead *head, const NjField *field, const NjScrubContext *context)
{
  switch (field->id)
    {
    case NJ_FIELD_OTHER:
      return nj_request_fields_change (field, context);
    case NJ_FIELD_FROM:
    case NJ_FIELD_X_CLIENT_DATA:
      return NJ_SCRUB_IDENTITY;
    case NJ_FIELD_VIA:
    case NJ_FIELD_FORWARDED:
    case NJ_FIELD_X_FORWARDED:
      return NJ_SCRUB_PROXY;
    /* An ETag or a date made up for one visitor finds him again on every site that embeds it. */
    case NJ_FIELD_IF_NONE_MATCH:
    case NJ_FIELD_IF_MODIFIED_SINCE:
      return context->is_third_party ? NJ_SCRUB_VALIDATORS : 0;
    case NJ_FIELD_AUTHORIZATION:
      return context->is_third_party && is_ambient_credential (head, field, context->profile) ? NJ_SCRUB_AUTHORIZATION : 0;
    default:
      return 0;
    }
}

/* The normal form up to the first slash of the path, which is always there. */
static NjBytes
origin_of (const NjUrl *page)
{
  return nj_bytes (page->text.data, (gsize) (page->path.data - page->text.data) + 1);
}

/* Some old pages have bytes in their path that no URL has; their origin is still good. */
static gboolean
parse_page (NjBytes text, NjArena *arena, NjUrl *ret_page)
{
  gssize      slashes = nj_bytes_find (text, NJ_BYTES ("://"));
  const char *path;

  if (nj_url_parse (text, arena, ret_page) == NJ_URL_OK)
    return TRUE;
  if (slashes < 0)
    return FALSE;

  path = memchr (text.data + slashes + 3, '/', text.len - (gsize) slashes - 3);
  return path != NULL && nj_url_parse (nj_bytes (text.data, (gsize) (path - text.data) + 1), arena, ret_page) == NJ_URL_OK;
}

/* Nothing in it that would have to go; most are so, and taking a URL apart costs more than all else here. */
static gboolean
is_harmless (NjBytes referer, const NjScrubContext *context, gboolean only_origin)
{
  if (!context->page_is_plain)
    return FALSE;
  if (only_origin)
    return referer.len == context->page_path + 1;

  return nj_scan_is_all_path (nj_bytes (referer.data + context->page_path, referer.len - context->page_path));
}

/* To another site, or down from HTTPS, the origin; within a site the page without fragment and
 * tracking parameters; what is no web page (a file, an app) nothing. W3C Referrer Policy §3.7 */
static G_NO_INLINE guint
change_referer (NjHead *head, NjField *referer, NjArena *arena, gboolean only_origin)
{
  NjUrl   page;
  NjBytes scrubbed;

  if (!parse_page (referer->value, arena, &page) || page.scheme.data[0] != 'h' ||
      nj_head_find_next (head, referer) != NULL)
    {
      nj_head_drop (head, NJ_FIELD_REFERER);
      return NJ_SCRUB_REFERER;
    }

  if (only_origin)
    scrubbed = origin_of (&page);
  else if (!nj_tracking_parameters_strip (page.text, arena, &scrubbed))
    scrubbed = page.text;

  if (nj_bytes_equal (scrubbed, referer->value))
    return 0;
  referer->value = scrubbed;
  return NJ_SCRUB_REFERER;
}

static guint
scrub_referer (NjHead *head, NjArena *arena, const NjScrubContext *context)
{
  NjField *referer = nj_head_find (head, NJ_FIELD_REFERER);
  gboolean only_origin = context->is_cross_site || (context->page_is_secure && !context->url->is_secure);

  if (referer == NULL || (context->spared & NJ_SCRUB_REFERER) != 0 ||
      (is_harmless (referer->value, context, only_origin) && nj_head_find_next (head, referer) == NULL))
    return 0;

  return change_referer (head, referer, arena, only_origin);
}

/* Without its If-Range a range could be glued to the wrong half, so both go and the whole comes. */
static guint
scrub_range (NjHead *head, const NjScrubContext *context)
{
  if (!context->is_third_party || (context->spared & NJ_SCRUB_VALIDATORS) != 0 || nj_head_find (head, NJ_FIELD_IF_RANGE) == NULL)
    return 0;

  nj_head_drop (head, NJ_FIELD_IF_RANGE);
  nj_head_drop (head, NJ_FIELD_RANGE);
  return NJ_SCRUB_VALIDATORS;
}

/* The rarest of a list of languages tells the most; the first two serve. "de-CH,de;q=0.9,en;q=0.8,rm;q=0.7" */
static guint
scrub_languages (NjHead *head, const NjScrubContext *context)
{
  NjField    *field = nj_head_find (head, NJ_FIELD_ACCEPT_LANGUAGE);
  const char *comma = NULL;

  if (field == NULL || !(context->is_third_party || context->profile == NJ_PROFILE_STRICT) ||
      (context->spared & NJ_SCRUB_HINTS) != 0)
    return 0;

  comma = memchr (field->value.data, ',', field->value.len);
  if (comma != NULL)
    comma = memchr (comma + 1, ',', field->value.len - (gsize) (comma + 1 - field->value.data));
  if (comma == NULL)
    return 0;

  field->value.len = (gsize) (comma - field->value.data);
  return NJ_SCRUB_HINTS;
}

/* Global Privacy Control §3.1 has legal force; DNT is older and still asked for by some. An existing
 * field keeps its place. */
static guint
set_signal (NjHead *head, NjArena *arena, NjFieldId id, NjBytes name)
{
  static const NjBytes yes = NJ_BYTES ("1");
  NjField             *field = nj_head_find (head, id);

  if (field != NULL && nj_head_find_next (head, field) == NULL)
    {
      if (nj_bytes_equal (field->value, yes))
        return 0;
      field->value = yes;
      return NJ_SCRUB_SIGNALS;
    }

  nj_head_drop (head, id);
  nj_head_add (head, arena, id, name, yes);
  return NJ_SCRUB_SIGNALS;
}

/**
 * nj_request_scrub:
 * @head: a request head, hop-by-hop fields already dropped
 * @arena: the exchange's arena
 * @context: who asks whom
 *
 * Worker threads. Source: W3C Referrer Policy §3.7, Global Privacy Control §3.1, WICG UA Client
 * Hints, RFC 9110 §8.8 (validators), RFC 6265.
 *
 * Returns: a mask of #NjScrubChange, 0 when nothing was changed
 */
guint
nj_request_scrub (NjHead *head, NjArena *arena, const NjScrubContext *context)
{
  guint changes = 0;

  if (context->profile == NJ_PROFILE_OFF)
    return 0;

  for (guint i = 0; i < head->n_fields; i++)
    {
      NjField *field = &head->fields[i];
      guint    change;

      if ((NJ_FIELD_BIT (field->id) & LOOKED_AT) == 0 || field->is_dropped)
        continue;
      change = change_of (head, field, context) & ~context->spared;
      changes |= change;
      field->is_dropped = change != 0;
    }

  changes |= scrub_referer (head, arena, context);
  changes |= scrub_range (head, context);
  changes |= scrub_languages (head, context);
  changes |= nj_cookies_scrub_request (head, context);
  if ((context->spared & NJ_SCRUB_SIGNALS) != 0)
    return changes;
  changes |= set_signal (head, arena, NJ_FIELD_DNT, NJ_BYTES ("DNT"));
  changes |= set_signal (head, arena, NJ_FIELD_SEC_GPC, NJ_BYTES ("Sec-GPC"));
  return changes;
}

/**
 * nj_request_scrub_strips_parameters:
 * @context: who asks whom
 * @method: the request's method
 *
 * Click ids come with links from elsewhere: from another site, a mail, a chat. Within a site the
 * same names may mean something, and a form's answer is never touched. Any thread.
 *
 * Returns: whether nj_tracking_parameters_strip() should see the request's URL
 */
gboolean
nj_request_scrub_strips_parameters (const NjScrubContext *context, NjMethod method)
{
  if (context->profile == NJ_PROFILE_OFF || (method != NJ_METHOD_GET && method != NJ_METHOD_HEAD))
    return FALSE;
  if (context->is_navigation)
    return context->is_cross_site || context->page_host.len == 0;

  return context->is_cross_site && context->profile == NJ_PROFILE_STRICT;
}

/* With parameters or without. */
static gboolean
is_type (NjBytes type, NjBytes lower_type)
{
  return type.len >= lower_type.len && nj_bytes_equal_nocase (nj_bytes (type.data, lower_type.len), lower_type) &&
         (type.len == lower_type.len || type.data[lower_type.len] == ';' || g_ascii_isspace (type.data[lower_type.len]));
}

static gboolean
is_report_type (NjBytes type)
{
  static const NjBytes types[] = { NJ_BYTES ("application/csp-report"), NJ_BYTES ("application/reports+json"),
                                   NJ_BYTES ("application/expect-ct-report+json"),
                                   NJ_BYTES ("application/expect-staple-report"),
                                   NJ_BYTES ("application/report"), NJ_BYTES ("application/reports"),
                                   NJ_BYTES ("application/network-error-logging+json"),
                                   NJ_BYTES ("application/csp-report+json") };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (is_type (type, types[i]))
      return TRUE;

  return FALSE;
}

/**
 * nj_request_scrub_refusal:
 * @head: a request head
 * @context: who asks whom
 *
 * Requests that serve nobody but the one who listens: link audits, reports to other sites, and
 * pages of the web that reach for machines on the user's own network. Worker threads.
 * Source: HTML §4.6.5 (hyperlink auditing), Reporting API §3, Private Network Access §2.
 *
 * Returns: (nullable): why it should not be sent, static text, or %NULL
 */
const char *
nj_request_scrub_refusal (NjHead *head, const NjScrubContext *context)
{
  NjBytes  type = nj_head_value (head, NJ_FIELD_CONTENT_TYPE);

  if (context->profile == NJ_PROFILE_OFF)
    return NULL;
  if (type.len > 0 && is_type (type, NJ_BYTES ("text/ping")))
    return "link audit";
  if (context->is_third_party &&
      (is_report_type (type) ||
       nj_bytes_equal_nocase (nj_head_value (head, NJ_FIELD_SEC_FETCH_DEST), NJ_BYTES ("report"))))
    return "report to another site";

  return nj_local_network_refusal (head, context);
}
