/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cookies: none for third parties in either direction, none from a pure redirector, and a bound on
 * how long a first party may remember. A cookie that a site takes back is always let through.
 * Called by request-scrub and response-scrub, on worker threads.
 */
#include "privacy/cookies.h"

#include "base/clock.h"

/* How long a first party's cookie may live; seconds. Half a year keeps people logged in, a month is
 * what strict is for. */
#define LIFETIME_STANDARD (G_GINT64_CONSTANT (180) * 86400)
#define LIFETIME_STRICT   (G_GINT64_CONSTANT (30) * 86400)

/* Of those that only count visitors, and of hosts that are a first party by name only. As long as browsers
 * let scripts remember. */
#define LIFETIME_TRACKER (G_GINT64_CONSTANT (7) * 86400)

/* How the names begin that measuring services give the cookies they set in a site's own name. */
static const NjBytes trackers[] = {
  /* clang-format off */
  NJ_BYTES ("_ga"), NJ_BYTES ("_gid"), NJ_BYTES ("_gcl_"), NJ_BYTES ("_gac_"), NJ_BYTES ("__utm"), NJ_BYTES ("FPID"), NJ_BYTES ("FPLC"),
  NJ_BYTES ("FPAU"), NJ_BYTES ("__gads"), NJ_BYTES ("__gpi"), NJ_BYTES ("_fbp"), NJ_BYTES ("_fbc"), NJ_BYTES ("_uet"), NJ_BYTES ("_clck"),
  NJ_BYTES ("_clsk"), NJ_BYTES ("_hj"), NJ_BYTES ("_pk_id"), NJ_BYTES ("_pk_ses"), NJ_BYTES ("_pk_ref"), NJ_BYTES ("mtm_"),
  NJ_BYTES ("ajs_"), NJ_BYTES ("amplitude_"), NJ_BYTES ("AMP_"), NJ_BYTES ("mp_"), NJ_BYTES ("optimizely"), NJ_BYTES ("_vwo"),
  NJ_BYTES ("_vis_opt"), NJ_BYTES ("__hs"), NJ_BYTES ("hubspotutk"), NJ_BYTES ("_mkto_trk"), NJ_BYTES ("s_vi"), NJ_BYTES ("s_fid"),
  NJ_BYTES ("AMCV"), NJ_BYTES ("_ttp"), NJ_BYTES ("_tt_"), NJ_BYTES ("_pin_unauth"), NJ_BYTES ("_scid"), NJ_BYTES ("_rdt_uuid"),
  NJ_BYTES ("_ym_"), NJ_BYTES ("__qca"), NJ_BYTES ("_cb_"), NJ_BYTES ("_parsely"), NJ_BYTES ("_sp_id"), NJ_BYTES ("_matomo"),
  NJ_BYTES ("__kla_id"), NJ_BYTES ("_lfa"),
  /* clang-format on */
};

/**
 * nj_cookies_scrub_request:
 * @head: a request head
 * @context: who asks whom
 *
 * Worker threads.
 *
 * Returns: a mask of #NjScrubChange
 */
guint
nj_cookies_scrub_request (NjHead *head, const NjScrubContext *context)
{
  if (!context->is_third_party || (context->spared & NJ_SCRUB_COOKIES) != 0 || nj_head_find (head, NJ_FIELD_COOKIE) == NULL)
    return 0;

  nj_head_drop (head, NJ_FIELD_COOKIE);
  return NJ_SCRUB_COOKIES;
}

/* One attribute of a Set-Cookie, RFC 6265 §5.2: the first part is name and value, not an attribute. */
static gboolean
find_attribute (NjBytes cookie, NjBytes lower_name, NjBytes *ret_value)
{
  const char *end = cookie.data + cookie.len;
  const char *p = memchr (cookie.data, ';', cookie.len);
  gboolean    is_found = FALSE;

  while (p != NULL)
    {
      const char *start = p + 1;
      const char *next = memchr (start, ';', (gsize) (end - start));
      const char *equals = NULL;
      NjBytes     part = NJ_BYTES_NONE;

      /* Most are something else, by their first letter. */
      while (start < end && (*start == ' ' || *start == '\t'))
        start++;
      if (start < end && (*start | 0x20) == lower_name.data[0])
        {
          part = nj_bytes_trim (nj_bytes (start, (gsize) ((next != NULL ? next : end) - start)));
          equals = part.len > 0 ? memchr (part.data, '=', part.len) : NULL;
        }
      if (equals != NULL &&
          nj_bytes_equal_nocase (nj_bytes_trim (nj_bytes (part.data, (gsize) (equals - part.data))), lower_name))
        {
          /* The last one counts. */
          *ret_value = nj_bytes_trim (nj_bytes (equals + 1, (gsize) (part.data + part.len - equals - 1)));
          is_found = TRUE;
        }
      p = next;
    }

  return is_found;
}

static int
month_of (const char *text)
{
  static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

  for (int i = 0; i < 12; i++)
    if (g_ascii_strncasecmp (text, names + i * 3, 3) == 0)
      return i + 1;
  return 0;
}

/* The day of an Expires, near enough for a bound of months: "Wed, 21 Oct 2026 07:28:00 GMT" with blanks or
 * hyphens, years of two digits too. RFC 6265 §5.1.1 */
static gboolean
parse_expires (NjBytes text, gint64 *ret_seconds)
{
  char     buffer[64];
  char    *p = buffer;
  gint     day;
  gint     month;
  gint64   year;
  GDate    date;
  gboolean is_date;

  if (text.len == 0 || text.len >= sizeof buffer)
    return FALSE;

  memcpy (buffer, text.data, text.len);
  buffer[text.len] = '\0';
  while (*p != '\0' && !g_ascii_isdigit (*p))
    p++;
  day = (gint) g_ascii_strtoll (p, &p, 10);
  if (*p != ' ' && *p != '-')
    return FALSE;

  month = month_of (p + 1);
  if (month == 0 || (p[4] != ' ' && p[4] != '-'))
    return FALSE;
  year = g_ascii_strtoll (p + 5, NULL, 10);
  if (year >= 0 && year < 100)
    year += year < 70 ? 2000 : 1900;

  is_date = year >= 1601 && year <= 65535 && g_date_valid_dmy ((GDateDay) CLAMP (day, 0, 255), (GDateMonth) month, (GDateYear) year);
  if (!is_date)
    return FALSE;

  g_date_clear (&date, 1);
  g_date_set_dmy (&date, (GDateDay) day, (GDateMonth) month, (GDateYear) year);
  /* Day 1 of GDate is the first of January of year 1. */
  *ret_seconds = ((gint64) g_date_get_julian (&date) - 719163) * 86400;
  return TRUE;
}

/* Seconds from now that a cookie is to live, 0 or less when it is taken back, -1 and @ret_is_session
 * when it has no end of its own. Max-Age goes before Expires, RFC 6265 §5.3. */
static gint64
lifetime_of (NjBytes cookie, gboolean *ret_is_session, gboolean *ret_by_age)
{
  NjBytes value = NJ_BYTES_NONE;
  guint64 age;
  gint64  expires;

  *ret_is_session = FALSE;
  *ret_by_age = FALSE;
  if (find_attribute (cookie, NJ_BYTES ("max-age"), &value))
    {
      *ret_by_age = TRUE;
      if (nj_bytes_parse_u64 (value, G_MAXUINT64, &age))
        return (gint64) MIN (age, (guint64) G_MAXINT64);
      if (value.len > 1 && value.data[0] == '-')
        return 0;
      /* A number too long to read is a long time, anything else no attribute. */
      if (value.len > 0 && g_ascii_isdigit (value.data[0]) && value.len > 18)
        return G_MAXINT64;
      *ret_by_age = FALSE;
    }
  if (find_attribute (cookie, NJ_BYTES ("expires"), &value) && parse_expires (value, &expires))
    return expires - nj_clock_wall () / G_USEC_PER_SEC;

  *ret_is_session = TRUE;
  return -1;
}

/**
 * nj_cookies_outlives:
 * @cookie: the value of a Set-Cookie field
 * @longest_s: seconds
 *
 * Worker threads. Source: RFC 6265 §5.3.
 *
 * Returns: whether the cookie names an end of its own that is later than @longest_s from now
 */
gboolean
nj_cookies_outlives (NjBytes cookie, gint64 longest_s)
{
  gboolean is_session, by_age;
  gint64   lifetime = lifetime_of (cookie, &is_session, &by_age);

  return !is_session && lifetime > longest_s;
}

/* The cookie with every Max-Age left out and one of ours behind: it goes before Expires. */
static NjBytes
with_lifetime (NjArena *arena, NjBytes cookie, gint64 lifetime)
{
  NjBytes     ending = nj_arena_printf (arena, "; Max-Age=%" G_GINT64_FORMAT, lifetime);
  char       *start = nj_arena_alloc (arena, cookie.len + ending.len);
  char       *out = start;
  const char *p = cookie.data;
  const char *end = cookie.data + cookie.len;

  while (p < end)
    {
      const char *next = memchr (p + 1, ';', (gsize) (end - p - 1));
      gsize       len = (gsize) ((next != NULL ? next : end) - p);
      NjBytes     part = nj_bytes_trim (nj_bytes (p + 1, len - 1));

      if (*p != ';' || part.len < 7 || !nj_bytes_equal_nocase (nj_bytes (part.data, 7), NJ_BYTES ("max-age")))
        {
          memcpy (out, p, len);
          out += len;
        }
      p += len;
    }

  memcpy (out, ending.data, ending.len);
  return nj_bytes (start, (gsize) (out - start) + ending.len);
}

static gboolean
equals_decoded (NjBytes encoded, NjBytes plain)
{
  gsize at = 0;

  for (gsize i = 0; i < encoded.len; i++, at++)
    {
      char c = encoded.data[i];

      if (c == '%' && i + 2 < encoded.len && g_ascii_isxdigit (encoded.data[i + 1]) && g_ascii_isxdigit (encoded.data[i + 2]))
        {
          c = (char) (g_ascii_xdigit_value (encoded.data[i + 1]) << 4 | g_ascii_xdigit_value (encoded.data[i + 2]));
          i += 2;
        }
      if (at >= plain.len || plain.data[at] != c)
        return FALSE;
    }

  return at == plain.len;
}

/* A redirect to another site, to exactly the URL that the request itself brought as a parameter: the
 * host between does nothing but see who passes. A login that comes back adds something to the URL. */
static gboolean
is_bounce (NjHead *head, NjArena *arena, const NjScrubContext *context)
{
  NjUrl   target;
  NjBytes location = nj_head_value (head, NJ_FIELD_LOCATION);
  NjBytes rest = context->url->query;

  if (head->status < 301 || head->status > 308 || !context->is_navigation || rest.len == 0 || location.len < 8 ||
      nj_url_parse (location, arena, &target) != NJ_URL_OK || nj_host_is_same_site (target.host, context->url->host))
    return FALSE;

  while (rest.len > 0)
    {
      const char *amp = memchr (rest.data, '&', rest.len);
      gsize       len = amp != NULL ? (gsize) (amp - rest.data) : rest.len;
      const char *equals = memchr (rest.data, '=', len);

      if (equals != NULL && equals_decoded (nj_bytes (equals + 1, len - (gsize) (equals + 1 - rest.data)), location))
        return TRUE;
      len = MIN (len + 1, rest.len);
      rest = nj_bytes (rest.data + len, rest.len - len);
    }

  return FALSE;
}

static gboolean
is_tracker (NjBytes cookie)
{
  for (gsize i = 0; i < G_N_ELEMENTS (trackers); i++)
    if (cookie.data[0] == trackers[i].data[0] && nj_bytes_starts_with (cookie, trackers[i]))
      return TRUE;

  return FALSE;
}

static gint64
longest_for (NjBytes cookie, const NjScrubContext *context)
{
  if (context->is_cloaked || is_tracker (cookie))
    return LIFETIME_TRACKER;

  return context->profile == NJ_PROFILE_STRICT ? LIFETIME_STRICT : LIFETIME_STANDARD;
}

static guint
scrub_one (NjField *field, NjArena *arena, const NjScrubContext *context, gboolean bounces)
{
  gint64   longest;
  gboolean is_session;
  gboolean by_age;
  gint64   lifetime = lifetime_of (field->value, &is_session, &by_age);
  guint    change = context->is_third_party ? NJ_SCRUB_COOKIES : bounces ? NJ_SCRUB_BOUNCE : 0;

  if (!is_session && lifetime <= 0)
    return 0;
  if ((change & ~context->spared) != 0)
    {
      field->is_dropped = TRUE;
      return change;
    }
  if (is_session || lifetime <= LIFETIME_TRACKER || (context->spared & NJ_SCRUB_LIFETIME) != 0)
    return 0;
  longest = longest_for (field->value, context);
  if (lifetime <= longest)
    return 0;

  field->value = with_lifetime (arena, field->value, longest);
  return NJ_SCRUB_LIFETIME;
}

/**
 * nj_cookies_scrub_response:
 * @head: a response head
 * @arena: the exchange's arena
 * @context: who asked whom
 *
 * Worker threads. Source: RFC 6265 §5.2, §5.3.
 *
 * Returns: a mask of #NjScrubChange
 */
guint
nj_cookies_scrub_response (NjHead *head, NjArena *arena, const NjScrubContext *context)
{
  NjField *field = nj_head_find (head, NJ_FIELD_SET_COOKIE);
  gboolean bounces = field != NULL && is_bounce (head, arena, context);
  guint    changes = 0;

  for (; field != NULL; field = nj_head_find_next (head, field))
    changes |= scrub_one (field, arena, context, bounces);

  return changes;
}
