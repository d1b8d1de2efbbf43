/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the name of a field to its id and back, and the table of token bytes. Every field of every
 * head goes through here once, so the look-up is a switch on the length and one or two word
 * comparisons that the compiler folds; no hashing, no loop. Called by the head parser, on any thread.
 */
#include "http/field-names.h"

#include "http/scan.h"

#define ROW(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p) a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p

const guint8 nj_scan_token_table[256] = {
  ROW (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  ROW (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
  /*     !  "  #  $  %  &  '  (  )  *  +  ,  -  .  /  */
  ROW (0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0),
  ROW (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0),
  ROW (0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
  /*                                     [  \  ]  ^  _ */
  ROW (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1),
  ROW (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
  /*                                     {  |  }  ~ DEL */
  ROW (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0),
};

#undef ROW

/* In the order of NjFieldId. */
static const NjBytes names[NJ_FIELD_LAST] = {
  [NJ_FIELD_OTHER] = { "", 0 },
  [NJ_FIELD_ACCEPT] = NJ_BYTES ("Accept"),
  [NJ_FIELD_ACCEPT_ENCODING] = NJ_BYTES ("Accept-Encoding"),
  [NJ_FIELD_ACCEPT_LANGUAGE] = NJ_BYTES ("Accept-Language"),
  [NJ_FIELD_ALT_SVC] = NJ_BYTES ("Alt-Svc"),
  [NJ_FIELD_AUTHORIZATION] = NJ_BYTES ("Authorization"),
  [NJ_FIELD_CACHE_CONTROL] = NJ_BYTES ("Cache-Control"),
  [NJ_FIELD_CONNECTION] = NJ_BYTES ("Connection"),
  [NJ_FIELD_CONTENT_ENCODING] = NJ_BYTES ("Content-Encoding"),
  [NJ_FIELD_CONTENT_LENGTH] = NJ_BYTES ("Content-Length"),
  [NJ_FIELD_CONTENT_TYPE] = NJ_BYTES ("Content-Type"),
  [NJ_FIELD_COOKIE] = NJ_BYTES ("Cookie"),
  [NJ_FIELD_DATE] = NJ_BYTES ("Date"),
  [NJ_FIELD_DNT] = NJ_BYTES ("DNT"),
  [NJ_FIELD_ETAG] = NJ_BYTES ("ETag"),
  [NJ_FIELD_EXPECT] = NJ_BYTES ("Expect"),
  [NJ_FIELD_FORWARDED] = NJ_BYTES ("Forwarded"),
  [NJ_FIELD_FROM] = NJ_BYTES ("From"),
  [NJ_FIELD_HOST] = NJ_BYTES ("Host"),
  [NJ_FIELD_IF_MODIFIED_SINCE] = NJ_BYTES ("If-Modified-Since"),
  [NJ_FIELD_IF_NONE_MATCH] = NJ_BYTES ("If-None-Match"),
  [NJ_FIELD_IF_RANGE] = NJ_BYTES ("If-Range"),
  [NJ_FIELD_KEEP_ALIVE] = NJ_BYTES ("Keep-Alive"),
  [NJ_FIELD_LAST_MODIFIED] = NJ_BYTES ("Last-Modified"),
  [NJ_FIELD_LOCATION] = NJ_BYTES ("Location"),
  [NJ_FIELD_MAX_FORWARDS] = NJ_BYTES ("Max-Forwards"),
  [NJ_FIELD_ORIGIN] = NJ_BYTES ("Origin"),
  [NJ_FIELD_PROXY_AUTHENTICATE] = NJ_BYTES ("Proxy-Authenticate"),
  [NJ_FIELD_PROXY_AUTHENTICATION_INFO] = NJ_BYTES ("Proxy-Authentication-Info"),
  [NJ_FIELD_PROXY_AUTHORIZATION] = NJ_BYTES ("Proxy-Authorization"),
  [NJ_FIELD_PROXY_CONNECTION] = NJ_BYTES ("Proxy-Connection"),
  [NJ_FIELD_RANGE] = NJ_BYTES ("Range"),
  [NJ_FIELD_REFERER] = NJ_BYTES ("Referer"),
  [NJ_FIELD_SEC_FETCH_DEST] = NJ_BYTES ("Sec-Fetch-Dest"),
  [NJ_FIELD_SEC_FETCH_MODE] = NJ_BYTES ("Sec-Fetch-Mode"),
  [NJ_FIELD_SEC_FETCH_SITE] = NJ_BYTES ("Sec-Fetch-Site"),
  [NJ_FIELD_SEC_FETCH_USER] = NJ_BYTES ("Sec-Fetch-User"),
  [NJ_FIELD_SEC_GPC] = NJ_BYTES ("Sec-GPC"),
  [NJ_FIELD_SET_COOKIE] = NJ_BYTES ("Set-Cookie"),
  [NJ_FIELD_TE] = NJ_BYTES ("TE"),
  [NJ_FIELD_TRAILER] = NJ_BYTES ("Trailer"),
  [NJ_FIELD_TRANSFER_ENCODING] = NJ_BYTES ("Transfer-Encoding"),
  [NJ_FIELD_UPGRADE] = NJ_BYTES ("Upgrade"),
  [NJ_FIELD_USER_AGENT] = NJ_BYTES ("User-Agent"),
  [NJ_FIELD_VIA] = NJ_BYTES ("Via"),
  [NJ_FIELD_X_CLIENT_DATA] = NJ_BYTES ("X-Client-Data"),
  [NJ_FIELD_X_FORWARDED] = NJ_BYTES ("X-Forwarded-For"),
};

static inline guint64
lower_word (const char *p)
{
  guint64 word;

  memcpy (&word, p, sizeof word);
  return word | G_GUINT64_CONSTANT (0x2020202020202020);
}

static inline guint32
lower_half (const char *p)
{
  guint32 word;

  memcpy (&word, p, sizeof word);
  return word | 0x20202020u;
}

/* Setting bit 5 lowers letters and leaves the hyphen; no other token byte turns into either, so
 * the comparison is exact for names that were checked to be tokens. @len is a constant: all but one branch fold away. */
static inline __attribute__ ((always_inline)) gboolean
is_name (const char *name, const char *lower, gsize len)
{
  if (len < 4)
    {
      gboolean same = TRUE;

      for (gsize i = 0; i < len; i++)
        same &= (name[i] | 0x20) == lower[i];
      return same;
    }
  if (len < 8)
    return lower_half (name) == lower_half (lower) &&
           lower_half (name + len - 4) == lower_half (lower + len - 4);
  if (len <= 16)
    return lower_word (name) == lower_word (lower) &&
           lower_word (name + len - 8) == lower_word (lower + len - 8);

  return lower_word (name) == lower_word (lower) && lower_word (name + 8) == lower_word (lower + 8) &&
         lower_word (name + len - 16) == lower_word (lower + len - 16) &&
         lower_word (name + len - 8) == lower_word (lower + len - 8);
}

#define TRY(lower, id)                                                                                      \
  if (is_name (p, lower, sizeof lower - 1))                                                                 \
    return id

static NjFieldId
lookup_short (const char *p, gsize len)
{
  switch (len)
    {
    case 2:
      TRY ("te", NJ_FIELD_TE);
      break;
    case 3:
      TRY ("dnt", NJ_FIELD_DNT);
      TRY ("via", NJ_FIELD_VIA);
      break;
    case 4:
      TRY ("host", NJ_FIELD_HOST);
      TRY ("date", NJ_FIELD_DATE);
      TRY ("etag", NJ_FIELD_ETAG);
      TRY ("from", NJ_FIELD_FROM);
      break;
    case 5:
      TRY ("range", NJ_FIELD_RANGE);
      break;
    case 6:
      TRY ("accept", NJ_FIELD_ACCEPT);
      TRY ("cookie", NJ_FIELD_COOKIE);
      TRY ("origin", NJ_FIELD_ORIGIN);
      TRY ("expect", NJ_FIELD_EXPECT);
      break;
    case 7:
      TRY ("referer", NJ_FIELD_REFERER);
      TRY ("alt-svc", NJ_FIELD_ALT_SVC);
      TRY ("sec-gpc", NJ_FIELD_SEC_GPC);
      TRY ("trailer", NJ_FIELD_TRAILER);
      TRY ("upgrade", NJ_FIELD_UPGRADE);
      break;
    case 8:
      TRY ("location", NJ_FIELD_LOCATION);
      TRY ("if-range", NJ_FIELD_IF_RANGE);
      break;
    case 9:
      TRY ("forwarded", NJ_FIELD_FORWARDED);
      TRY ("x-real-ip", NJ_FIELD_X_FORWARDED);
      TRY ("client-ip", NJ_FIELD_X_FORWARDED);
      break;
    case 10:
      TRY ("connection", NJ_FIELD_CONNECTION);
      TRY ("user-agent", NJ_FIELD_USER_AGENT);
      TRY ("set-cookie", NJ_FIELD_SET_COOKIE);
      TRY ("keep-alive", NJ_FIELD_KEEP_ALIVE);
      break;
    case 11:
      TRY ("x-client-ip", NJ_FIELD_X_FORWARDED);
      TRY ("x-forwarded", NJ_FIELD_X_FORWARDED);
      TRY ("x-remote-ip", NJ_FIELD_X_FORWARDED);
      break;
    case 12:
      TRY ("content-type", NJ_FIELD_CONTENT_TYPE);
      TRY ("max-forwards", NJ_FIELD_MAX_FORWARDS);
      break;
    default:
      break;
    }

  return NJ_FIELD_OTHER;
}

static NjFieldId
lookup_long (const char *p, gsize len)
{
  switch (len)
    {
    case 13:
      TRY ("cache-control", NJ_FIELD_CACHE_CONTROL);
      TRY ("if-none-match", NJ_FIELD_IF_NONE_MATCH);
      TRY ("last-modified", NJ_FIELD_LAST_MODIFIED);
      TRY ("authorization", NJ_FIELD_AUTHORIZATION);
      TRY ("x-client-data", NJ_FIELD_X_CLIENT_DATA);
      TRY ("x-remote-addr", NJ_FIELD_X_FORWARDED);
      break;
    case 14:
      TRY ("content-length", NJ_FIELD_CONTENT_LENGTH);
      TRY ("sec-fetch-dest", NJ_FIELD_SEC_FETCH_DEST);
      TRY ("sec-fetch-mode", NJ_FIELD_SEC_FETCH_MODE);
      TRY ("sec-fetch-site", NJ_FIELD_SEC_FETCH_SITE);
      TRY ("sec-fetch-user", NJ_FIELD_SEC_FETCH_USER);
      TRY ("true-client-ip", NJ_FIELD_X_FORWARDED);
      break;
    case 15:
      TRY ("accept-encoding", NJ_FIELD_ACCEPT_ENCODING);
      TRY ("accept-language", NJ_FIELD_ACCEPT_LANGUAGE);
      break;
    case 16:
      TRY ("content-encoding", NJ_FIELD_CONTENT_ENCODING);
      TRY ("proxy-connection", NJ_FIELD_PROXY_CONNECTION);
      TRY ("cf-connecting-ip", NJ_FIELD_X_FORWARDED);
      TRY ("x-originating-ip", NJ_FIELD_X_FORWARDED);
      TRY ("fastly-client-ip", NJ_FIELD_X_FORWARDED);
      break;
    case 17:
      TRY ("transfer-encoding", NJ_FIELD_TRANSFER_ENCODING);
      TRY ("if-modified-since", NJ_FIELD_IF_MODIFIED_SINCE);
      break;
    case 18:
      TRY ("proxy-authenticate", NJ_FIELD_PROXY_AUTHENTICATE);
      break;
    case 19:
      TRY ("proxy-authorization", NJ_FIELD_PROXY_AUTHORIZATION);
      TRY ("x-cluster-client-ip", NJ_FIELD_X_FORWARDED);
      break;
    case 25:
      TRY ("proxy-authentication-info", NJ_FIELD_PROXY_AUTHENTICATION_INFO);
      break;
    default:
      break;
    }

  /* X-Forwarded-For, -Host, -Proto, -Port, -Server, -Prefix … */
  if (len > 12 && is_name (p, "x-forwarded-", 12))
    return NJ_FIELD_X_FORWARDED;

  return NJ_FIELD_OTHER;
}

#undef TRY

/**
 * nj_field_names_lookup:
 * @name: the name of a field, a token, in any case
 *
 * Any thread.
 *
 * Returns: its id, %NJ_FIELD_OTHER when no room asks for it by name
 */
NjFieldId
nj_field_names_lookup (NjBytes name)
{
  return name.len <= 12 ? lookup_short (name.data, name.len) : lookup_long (name.data, name.len);
}

/**
 * nj_field_names_get:
 * @id: an id
 *
 * Any thread.
 *
 * Returns: the name as it is usually written, empty for %NJ_FIELD_OTHER
 */
NjBytes
nj_field_names_get (NjFieldId id)
{
  return id < NJ_FIELD_LAST ? names[id] : names[NJ_FIELD_OTHER];
}
