/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a request tells beyond what it asks for, taken out. Cookies are in cookies.c, the query in
 * tracking-parameters.c. Never touched, because sites break: Origin, Sec-Fetch-*, Accept,
 * User-Agent, first-party cookies, validators and credentials, and the order and case of fields.
 * Called by proxy's exchange, on worker threads.
 */
#include "privacy/request-scrub.h"

#include "privacy/cookies.h"
#include "privacy/field-table.h"
#include "privacy/tracking-parameters.h"

/* Dropped for everybody. */
static const NjFieldRow dropped[] = {
  /* Operators, apps and browser makers that name the user or the device. */
  { NJ_BYTES ("x-wap-profile"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-uidh"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-acr"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-vf-acr"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-msisdn"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("msisdn"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-nokia-msisdn"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-up-subno"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-up-calling-line-id"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-att-deviceid"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-device-id"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-device-user-agent"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-original-user-agent"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-operamini-phone"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-operamini-phone-ua"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-ucbrowser-device-ua"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-amobee-1"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-amobee-2"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-goog-visitor-id"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-chrome-connected"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-chrome-uma-enabled"), NJ_SCRUB_IDENTITY },
  { NJ_BYTES ("x-chrome-variations"), NJ_SCRUB_IDENTITY },
  /* Other proxies on the way here. */
  { NJ_BYTES ("x-bluecoat-via"), NJ_SCRUB_PROXY },
  { NJ_BYTES ("x-proxy-id"), NJ_SCRUB_PROXY },
  { NJ_BYTES ("x-proxyuser-ip"), NJ_SCRUB_PROXY },
  { NJ_BYTES ("x-privoxy"), NJ_SCRUB_PROXY },
  { NJ_BYTES ("surrogate-capability"), NJ_SCRUB_PROXY },
  { NJ_BYTES ("proxy-client-ip"), NJ_SCRUB_PROXY },
  { NJ_BYTES ("wl-proxy-client-ip"), NJ_SCRUB_PROXY },
  { NJ_BYTES ("x-imforwards"), NJ_SCRUB_PROXY },
  { NJ_BYTES ("cdn-loop"), NJ_SCRUB_PROXY },
  /* Hints with much entropy, without the Sec-CH- prefix: WICG Client Hints, Device Memory, Network Information. */
  { NJ_BYTES ("dpr"), NJ_SCRUB_HINTS },
  { NJ_BYTES ("width"), NJ_SCRUB_HINTS },
  { NJ_BYTES ("viewport-width"), NJ_SCRUB_HINTS },
  { NJ_BYTES ("device-memory"), NJ_SCRUB_HINTS },
  { NJ_BYTES ("downlink"), NJ_SCRUB_HINTS },
  { NJ_BYTES ("ect"), NJ_SCRUB_HINTS },
  { NJ_BYTES ("rtt"), NJ_SCRUB_HINTS },
  /* Advertising built into the browser: Topics, Attribution Reporting, Protected Audience, Shared Storage. */
  { NJ_BYTES ("sec-browsing-topics"), NJ_SCRUB_AD_APIS },
  { NJ_BYTES ("sec-ad-auction-fetch"), NJ_SCRUB_AD_APIS },
  { NJ_BYTES ("sec-shared-storage-writable"), NJ_SCRUB_AD_APIS },
  { NJ_BYTES ("sec-shared-storage-data-origin"), NJ_SCRUB_AD_APIS },
  { NJ_BYTES ("attribution-reporting-eligible"), NJ_SCRUB_AD_APIS },
  { NJ_BYTES ("attribution-reporting-support"), NJ_SCRUB_AD_APIS },
  { NJ_BYTES ("ad-auction-fetch"), NJ_SCRUB_AD_APIS },
};

/* Sec-CH-UA, -Mobile and -Platform are sent to everybody and say no more than User-Agent; the rest is
 * only sent when a site asks for it. */
static gboolean
is_telling_hint (NjBytes name)
{
  static const NjBytes prefix = NJ_BYTES ("sec-ch-");
  NjBytes              rest;

  if (name.len <= prefix.len || !nj_bytes_equal_nocase (nj_bytes (name.data, prefix.len), prefix))
    return FALSE;

  rest = nj_bytes (name.data + prefix.len, name.len - prefix.len);
  return !nj_bytes_equal_nocase (rest, NJ_BYTES ("ua")) && !nj_bytes_equal_nocase (rest, NJ_BYTES ("ua-mobile")) &&
         !nj_bytes_equal_nocase (rest, NJ_BYTES ("ua-platform"));
}

/* Sites tell scripted requests by "XMLHttpRequest"; a web view puts its app's name there. */
static gboolean
is_app_name (const NjField *field)
{
  return nj_bytes_equal_nocase (field->name, NJ_BYTES ("x-requested-with")) &&
         memchr (field->value.data, '.', field->value.len) != NULL;
}

static guint
change_of_other (const NjField *field, const NjScrubContext *context)
{
  if (is_telling_hint (field->name))
    return NJ_SCRUB_HINTS;
  if (field->value.len > 0 && is_app_name (field))
    return NJ_SCRUB_IDENTITY;
  if ((context->is_third_party || context->profile == NJ_PROFILE_STRICT) &&
      nj_bytes_equal_nocase (field->name, NJ_BYTES ("save-data")))
    return NJ_SCRUB_HINTS;

  return nj_field_table_change (dropped, G_N_ELEMENTS (dropped), field->name);
}

/* What a browser sends to a site by itself once the user has logged in there, and not what a script
 * puts in on purpose: a Bearer token to an API of another site is how half the web works. */
static gboolean
is_ambient_credential (NjHead *head, const NjField *field)
{
  static const NjBytes schemes[] = { NJ_BYTES ("basic "), NJ_BYTES ("digest "), NJ_BYTES ("negotiate "), NJ_BYTES ("ntlm ") };

  if (nj_head_find (head, NJ_FIELD_ORIGIN) != NULL)
    return FALSE;

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
      return change_of_other (field, context);
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
      return context->is_third_party && is_ambient_credential (head, field) ? NJ_SCRUB_AUTHORIZATION : 0;
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

/* To another site, or down from HTTPS, the origin; within a site the page without fragment and
 * tracking parameters; what is no web page (a file, an app) nothing. W3C Referrer Policy §3.7 */
static guint
scrub_referer (NjHead *head, NjArena *arena, const NjScrubContext *context)
{
  NjField *referer = nj_head_find (head, NJ_FIELD_REFERER);
  NjUrl    page;
  NjBytes  scrubbed;

  if (referer == NULL)
    return 0;
  if (!parse_page (referer->value, arena, &page) || page.scheme.data[0] != 'h' ||
      nj_head_find_next (head, referer) != NULL)
    {
      nj_head_drop (head, NJ_FIELD_REFERER);
      return NJ_SCRUB_REFERER;
    }

  if (context->is_cross_site || (page.is_secure && !context->url->is_secure))
    scrubbed = origin_of (&page);
  else if (!nj_tracking_parameters_strip (page.text, arena, &scrubbed))
    scrubbed = page.text;

  if (nj_bytes_equal (scrubbed, referer->value))
    return 0;
  referer->value = scrubbed;
  return NJ_SCRUB_REFERER;
}

/* Without its If-Range a range could be glued to the wrong half, so both go and the whole comes. */
static guint
scrub_range (NjHead *head, const NjScrubContext *context)
{
  if (!context->is_third_party || nj_head_find (head, NJ_FIELD_IF_RANGE) == NULL)
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

  if (field == NULL || !(context->is_third_party || context->profile == NJ_PROFILE_STRICT))
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
      guint    change = field->is_dropped ? 0 : change_of (head, field, context);

      changes |= change;
      field->is_dropped |= change != 0;
    }

  changes |= scrub_referer (head, arena, context);
  changes |= scrub_range (head, context);
  changes |= scrub_languages (head, context);
  changes |= nj_cookies_scrub_request (head, context);
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

static gboolean
is_local_host (NjBytes host)
{
  NjAddress address;

  if (nj_host_is_below (host, NJ_BYTES ("localhost")) || nj_host_is_below (host, NJ_BYTES ("local")))
    return TRUE;

  return nj_host_is_address (host) && nj_address_parse (host, 0, &address) &&
         nj_address_scope (&address) != NJ_SCOPE_GLOBAL;
}

static gboolean
is_report_type (NjBytes type)
{
  static const NjBytes types[] = { NJ_BYTES ("application/csp-report"), NJ_BYTES ("application/reports+json"),
                                   NJ_BYTES ("application/expect-ct-report+json"),
                                   NJ_BYTES ("application/expect-staple-report") };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (type.len >= types[i].len && nj_bytes_equal_nocase (nj_bytes (type.data, types[i].len), types[i]))
      return TRUE;

  return FALSE;
}

/**
 * nj_request_scrub_refusal:
 * @head: a request head
 * @context: who asks whom
 *
 * Requests that serve nobody but the one who listens: link audits, reports to other sites, and
 * pages of the web that reach for machines on the user's own network. Names that only resolve to
 * such machines are the firewall's to find. Worker threads.
 * Source: HTML §4.6.5 (hyperlink auditing), Reporting API §3, Private Network Access §2.
 *
 * Returns: (nullable): why it should not be sent, static text, or %NULL
 */
const char *
nj_request_scrub_refusal (NjHead *head, const NjScrubContext *context)
{
  NjBytes  type = nj_head_value (head, NJ_FIELD_CONTENT_TYPE);
  gboolean is_simple = head->method_id == NJ_METHOD_GET || head->method_id == NJ_METHOD_HEAD;

  if (context->profile == NJ_PROFILE_OFF)
    return NULL;
  if (nj_bytes_equal_nocase (type, NJ_BYTES ("text/ping")))
    return "link audit";
  if (context->is_third_party && is_report_type (type))
    return "report to another site";

  /* A link that the user follows to his router is his own wish, a form sent there is not. */
  if (context->is_cross_site && !(context->is_navigation && is_simple) && is_local_host (context->url->host) &&
      !(context->page_host.len > 0 && is_local_host (context->page_host)))
    return "a page of the web reaches for the local network";

  return NULL;
}
