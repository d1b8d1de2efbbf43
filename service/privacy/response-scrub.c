/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a response plants in the browser beyond what was asked for, taken out: ids in validators and
 * in cached redirects, orders for hints and reports, advertising built into the browser. Bodies are
 * not looked at here. Called by proxy's exchange, on worker threads.
 */
#include "privacy/response-scrub.h"

#include "privacy/cookies.h"
#include "privacy/field-table.h"

#define HINT(text)   { NJ_BYTES (text), NJ_SCRUB_HINTS, NJ_FIELD_FOR_ALL }
#define REPORT(text) { NJ_BYTES (text), NJ_SCRUB_REPORTS, NJ_FIELD_FOR_ALL }
#define AD(text)     { NJ_BYTES (text), NJ_SCRUB_AD_APIS, NJ_FIELD_FOR_ALL }

static const NjFieldRow rows[] = {
  /* Orders for client hints, which would come with every later request. */
  HINT ("accept-ch"), HINT ("accept-ch-lifetime"), HINT ("critical-ch"), HINT ("delegate-ch"),
  /* Reports by the browser about its user's connection and visits. */
  REPORT ("nel"), REPORT ("report-to"), REPORT ("reporting-endpoints"), REPORT ("expect-ct"), REPORT ("expect-staple"),
  REPORT ("content-security-policy-report-only"), REPORT ("cross-origin-opener-policy-report-only"),
  REPORT ("cross-origin-embedder-policy-report-only"), REPORT ("permissions-policy-report-only"),
  REPORT ("document-policy-report-only"), REPORT ("integrity-policy-report-only"), REPORT ("require-document-policy-report-only"),
  REPORT ("public-key-pins-report-only"), REPORT ("x-content-security-policy-report-only"),
  /* Topics, Attribution Reporting, Shared Storage, Protected Audience, fenced frames, private tokens. */
  AD ("observe-browsing-topics"), AD ("attribution-reporting-register-source"), AD ("attribution-reporting-register-trigger"),
  AD ("attribution-reporting-register-os-source"), AD ("attribution-reporting-register-os-trigger"),
  AD ("attribution-reporting-register-event-source"), AD ("attribution-reporting-register-aggregatable-source"),
  AD ("attribution-reporting-info"), AD ("attribution-reporting-redirect"), AD ("attribution-reporting-redirect-config"),
  AD ("attribution-reporting-support"), AD ("shared-storage-write"), AD ("shared-storage-cross-origin-worklet-allowed"),
  AD ("allow-cross-origin-event-reporting"), AD ("ad-auction-allowed"), AD ("ad-auction-only"), AD ("ad-auction-signals"),
  AD ("ad-auction-result"), AD ("ad-auction-result-nonce"), AD ("ad-auction-additional-bid"), AD ("ad-auction-register-event"),
  AD ("ad-auction-record-event"), AD ("ad-auction-allow-trusted-scoring-signals-from"), AD ("x-allow-fledge"), AD ("x-fledge-*"),
  AD ("x-protected-audience-*"), AD ("x-allow-protected-audience"), AD ("supports-loading-mode"),
  AD ("sec-private-state-token-lifetime"), AD ("sec-redemption-record"),
  { NJ_BYTES ("sec-private-state-token"), NJ_SCRUB_AD_APIS, NJ_FIELD_FOR_THIRD_OR_STRICT },
  { NJ_BYTES ("sec-trust-token"), NJ_SCRUB_AD_APIS, NJ_FIELD_FOR_THIRD_OR_STRICT },
  /* Who is logged in where: the browser keeps it for federated logins, and asks it of embedded identity providers. */
  { NJ_BYTES ("set-login"), NJ_SCRUB_AD_APIS, NJ_FIELD_FOR_THIRD_OR_STRICT },
  { NJ_BYTES ("idp-signin-status"), NJ_SCRUB_AD_APIS, NJ_FIELD_FOR_THIRD_OR_STRICT },
  /* A frame that gets its unpartitioned cookies back without being asked. */
  { NJ_BYTES ("activate-storage-access"), NJ_SCRUB_COOKIES, NJ_FIELD_FOR_THIRD },
  /* Stores that outlive cookies: dictionaries, pins, and one bit for each name (RFC 6797 §14.9). */
  { NJ_BYTES ("use-as-dictionary"), NJ_SCRUB_VALIDATORS, NJ_FIELD_FOR_THIRD },
  { NJ_BYTES ("dictionary-id"), NJ_SCRUB_VALIDATORS, NJ_FIELD_FOR_THIRD },
  { NJ_BYTES ("strict-transport-security"), NJ_SCRUB_POLICY, NJ_FIELD_FOR_STRICT_THIRD },
  { NJ_BYTES ("set-cookie2"), NJ_SCRUB_COOKIES, NJ_FIELD_FOR_ALL },
  { NJ_BYTES ("public-key-pins"), NJ_SCRUB_POLICY, NJ_FIELD_FOR_ALL },
  /* Visits before the user made them. */
  { NJ_BYTES ("speculation-rules"), NJ_SCRUB_POLICY, NJ_FIELD_FOR_ALL },
  /* Other ways to say Alt-Svc. */
  { NJ_BYTES ("alternate-protocol"), NJ_SCRUB_POLICY, NJ_FIELD_FOR_ALL },
};

#undef HINT
#undef REPORT
#undef AD

static NjFieldTable table = NJ_FIELD_TABLE (rows);

/* The fields that scrub_field() has something to say of. */
#define LOOKED_AT                                                                                                    \
  (NJ_FIELD_BIT (NJ_FIELD_OTHER) | NJ_FIELD_BIT (NJ_FIELD_ALT_SVC) | NJ_FIELD_BIT (NJ_FIELD_ETAG) |                   \
   NJ_FIELD_BIT (NJ_FIELD_LAST_MODIFIED))

static inline gboolean
is_name (const NjField *field, NjBytes lower_name)
{
  return field->name.len == lower_name.len && nj_bytes_equal_nocase (field->name, lower_name);
}

static gboolean
has_nocase (NjBytes text, NjBytes needle)
{
  for (gsize i = 0; i + needle.len <= text.len; i++)
    if (nj_bytes_equal_nocase (nj_bytes (text.data + i, needle.len), needle))
      return TRUE;

  return FALSE;
}

/* Policies that send whole URLs across sites give way to what browsers do without any. */
static guint
scrub_referrer_policy (NjField *field)
{
  if (!has_nocase (field->value, NJ_BYTES ("unsafe-url")) &&
      !has_nocase (field->value, NJ_BYTES ("no-referrer-when-downgrade")))
    return 0;

  field->value = NJ_BYTES ("strict-origin-when-cross-origin");
  return NJ_SCRUB_POLICY;
}

static gboolean
is_report_directive (NjBytes directive)
{
  static const NjBytes names[] = { NJ_BYTES ("report-uri"), NJ_BYTES ("report-to") };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (directive.len >= names[i].len &&
        nj_bytes_equal_nocase (nj_bytes (directive.data, names[i].len), names[i]) &&
        (directive.len == names[i].len || g_ascii_isspace (directive.data[names[i].len])))
      return TRUE;

  return FALSE;
}

/* Copies the parts of @value between @separator that @keeps says yes to; @value itself when that is all. */
static NjBytes
filter_parts (NjArena *arena, NjBytes value, char separator, gboolean (*is_unwanted) (NjBytes part, gconstpointer data),
              gconstpointer data)
{
  char   *start = nj_arena_alloc (arena, value.len + 1);
  char   *out = start;
  NjBytes rest = value;
  guint   n_unwanted = 0;

  while (rest.len > 0)
    {
      gsize    len = 0;
      gboolean in_quotes = FALSE;
      gboolean in_angles = FALSE;

      for (; len < rest.len && (in_quotes || in_angles || rest.data[len] != separator); len++)
        {
          in_quotes ^= rest.data[len] == '"' && !in_angles;
          in_angles = !in_quotes && (rest.data[len] == '<' || (in_angles && rest.data[len] != '>'));
        }

      if (is_unwanted (nj_bytes_trim (nj_bytes (rest.data, len)), data))
        n_unwanted++;
      else
        {
          if (out > start)
            *out++ = separator;
          memcpy (out, rest.data, len);
          out += len;
        }
      len = MIN (len + 1, rest.len);
      rest = nj_bytes (rest.data + len, rest.len - len);
    }

  return n_unwanted > 0 ? nj_bytes_trim (nj_bytes (start, (gsize) (out - start))) : value;
}

static gboolean
is_unwanted_directive (NjBytes part, gconstpointer unused)
{
  return is_report_directive (part);
}

/* <https://other.example>; rel=preconnect: a visit before the user made one. */
static gboolean
is_unwanted_link (NjBytes part, gconstpointer data)
{
  const NjScrubContext *context = data;
  char                  host[NJ_HOST_MAX + 1];
  gssize                slashes = nj_bytes_find (part, NJ_BYTES ("//"));
  gsize                 start;
  gsize                 end;
  gsize                 len;

  if (!has_nocase (part, NJ_BYTES ("preconnect")) && !has_nocase (part, NJ_BYTES ("prefetch")) &&
      !has_nocase (part, NJ_BYTES ("prerender")))
    return FALSE;
  if (slashes < 0)
    return FALSE;

  start = (gsize) slashes + 2;
  end = start;
  while (end < part.len && strchr (":/?#>", part.data[end]) == NULL)
    end++;

  len = nj_host_normalize (nj_bytes (part.data + start, end - start), host);
  return len == 0 || !nj_host_is_same_site (nj_bytes (host, len), context->url->host);
}

static guint
set_filtered (NjField *field, NjBytes value, NjScrubChange change)
{
  if (value.len == field->value.len)
    return 0;

  field->value = value;
  field->is_dropped = value.len == 0;
  return change;
}

static guint
scrub_other (NjField *field, NjArena *arena, const NjScrubContext *context)
{
  guint change = nj_field_table_change (&table, field->name, context);

  if (change != 0)
    {
      field->is_dropped = TRUE;
      return change;
    }

  if (is_name (field, NJ_BYTES ("referrer-policy")))
    return scrub_referrer_policy (field);
  if (is_name (field, NJ_BYTES ("content-security-policy")) && has_nocase (field->value, NJ_BYTES ("report-")))
    return set_filtered (field, filter_parts (arena, field->value, ';', is_unwanted_directive, NULL), NJ_SCRUB_REPORTS);
  if (context->profile == NJ_PROFILE_STRICT && is_name (field, NJ_BYTES ("link")))
    return set_filtered (field, filter_parts (arena, field->value, ',', is_unwanted_link, context), NJ_SCRUB_POLICY);

  return 0;
}

static guint
scrub_field (NjField *field, NjArena *arena, const NjScrubContext *context)
{
  switch (field->id)
    {
    case NJ_FIELD_OTHER:
      return scrub_other (field, arena, context);
    /* Browsers do not use it through a proxy, but remember it: RFC 7838 §9.5. */
    case NJ_FIELD_ALT_SVC:
      field->is_dropped = TRUE;
      return NJ_SCRUB_POLICY;
    case NJ_FIELD_ETAG:
      field->is_dropped = context->is_third_party;
      return context->is_third_party ? NJ_SCRUB_VALIDATORS : 0;
    /* The request's answer to it is dropped anyway; scripts could still read it. */
    case NJ_FIELD_LAST_MODIFIED:
      field->is_dropped = context->is_third_party && context->profile == NJ_PROFILE_STRICT;
      return field->is_dropped ? NJ_SCRUB_VALIDATORS : 0;
    default:
      return 0;
    }
}

static guint
scrub_unless_spared (NjField *field, NjArena *arena, const NjScrubContext *context)
{
  NjField before = *field;
  guint   change = scrub_field (field, arena, context);

  if ((change & context->spared) == 0)
    return change;

  *field = before;
  return 0;
}

/* A permanent redirect to a URL made for one visitor is remembered by the browser like a cookie. */
static guint
scrub_redirect (NjHead *head, NjArena *arena, const NjScrubContext *context)
{
  NjField *expires;

  if (!context->is_third_party || (head->status != 301 && head->status != 308))
    return 0;

  expires = nj_head_find_name (head, NJ_BYTES ("expires"));
  if (expires != NULL)
    expires->is_dropped = TRUE;
  nj_head_drop (head, NJ_FIELD_CACHE_CONTROL);
  nj_head_add (head, arena, NJ_FIELD_CACHE_CONTROL, NJ_BYTES ("Cache-Control"), NJ_BYTES ("no-store"));
  return NJ_SCRUB_POLICY;
}

/**
 * nj_response_scrub:
 * @head: a response head, hop-by-hop fields already dropped
 * @arena: the exchange's arena
 * @context: who asked whom, made from the request
 *
 * Worker threads. Source: WICG Client Hints Infrastructure §3, Network Error Logging §4, Reporting
 * API §3, CSP §6.5, W3C Referrer Policy §3, RFC 9110 §8.8.3.
 *
 * Returns: a mask of #NjScrubChange, 0 when nothing was changed
 */
guint
nj_response_scrub (NjHead *head, NjArena *arena, const NjScrubContext *context)
{
  guint changes = 0;

  if (context->profile == NJ_PROFILE_OFF)
    return 0;

  for (guint i = 0; i < head->n_fields; i++)
    if ((NJ_FIELD_BIT (head->fields[i].id) & LOOKED_AT) != 0 && !head->fields[i].is_dropped)
      changes |= context->spared == 0 ? scrub_field (&head->fields[i], arena, context)
                                      : scrub_unless_spared (&head->fields[i], arena, context);

  changes |= nj_cookies_scrub_response (head, arena, context);
  changes |= scrub_redirect (head, arena, context);
  return changes;
}
