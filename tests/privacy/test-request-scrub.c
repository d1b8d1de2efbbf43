/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What leaves with a request and what does not.
 */
#include "exchange.h"

#define URL "http://site-a.example/x"

static guint
scrub (Exchange *x, NjProfile profile, const char *fields)
{
  exchange_ask (x, profile, "GET", URL, fields);
  nj_head_drop (&x->request, NJ_FIELD_HOST);
  return nj_request_scrub (&x->request, &x->arena, &x->context);
}

#define assert_scrubbed(x, fields, expected)                                                                  \
  G_STMT_START                                                                                                \
  {                                                                                                           \
    scrub (x, NJ_PROFILE_STANDARD, fields);                                                                   \
    assert_fields (x, &(x)->request, expected SIGNALS);                                                       \
  }                                                                                                           \
  G_STMT_END

static void
test_off (Exchange *x, gconstpointer unused)
{
  g_assert_cmpuint (scrub (x, NJ_PROFILE_OFF, PAGE_B "Via: 1.1 me\r\nCookie: a=b\r\n"), ==, 0);
  assert_fields (x, &x->request, PAGE_B "Via: 1.1 me\r\nCookie: a=b\r\n");
}

/* What a rule spares is left, the rest goes. */
static void
test_spared (Exchange *x, gconstpointer unused)
{
  static const struct
  {
    guint       spared;
    const char *left;
  } rows[] = {
    { NJ_SCRUB_REFERER, PAGE_B SIGNALS },
    { NJ_SCRUB_COOKIES, "Referer: http://site-b.example/\r\nCookie: a=b\r\n" SIGNALS },
    { NJ_SCRUB_VALIDATORS, "Referer: http://site-b.example/\r\nIf-None-Match: \"1\"\r\n" SIGNALS },
    { NJ_SCRUB_AUTHORIZATION, "Referer: http://site-b.example/\r\nAuthorization: Basic eA==\r\n" SIGNALS },
    { NJ_SCRUB_IDENTITY, "Referer: http://site-b.example/\r\nFrom: me\r\n" SIGNALS },
    { NJ_SCRUB_PROXY, "Referer: http://site-b.example/\r\nVia: 1.1 me\r\n" SIGNALS },
    { NJ_SCRUB_SIGNALS, "Referer: http://site-b.example/\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *expected = g_strconcat (rows[i].left, "\r\n", NULL);
      g_autofree char *got = NULL;

      exchange_ask (x, NJ_PROFILE_STANDARD, "GET", URL,
                    PAGE_B "Cookie: a=b\r\nIf-None-Match: \"1\"\r\nAuthorization: Basic eA==\r\nFrom: me\r\nVia: 1.1 me\r\n");
      nj_head_drop (&x->request, NJ_FIELD_HOST);
      x->context.spared = rows[i].spared;
      g_assert_cmpuint (nj_request_scrub (&x->request, &x->arena, &x->context) & rows[i].spared, ==, 0);
      got = exchange_fields (x, &x->request);
      g_assert_cmpstr (got, ==, expected);
    }
}

static void
test_identity (Exchange *x, gconstpointer unused)
{
  assert_scrubbed (x,
                   "From: me@home.example\r\nX-Client-Data: CIe2\r\nVia: 1.1 box\r\nX-Forwarded-For: 10.0.0.7\r\n"
                   "X-Forwarded-Host: h\r\nForwarded: for=10.0.0.7\r\nX-Real-IP: 10.0.0.7\r\nClient-IP: 10.0.0.7\r\n"
                   "X-UIDH: OTg\r\nX-Wap-Profile: http://x/\r\nX-ATT-DeviceId: 1\r\nX-Goog-Visitor-Id: C\r\n"
                   "X-Requested-With: com.example.app\r\nAccept: */*\r\n",
                   "Accept: */*\r\n");
  assert_scrubbed (x, "X-Requested-With: XMLHttpRequest\r\n", "X-Requested-With: XMLHttpRequest\r\n");
  g_assert_cmpuint (scrub (x, NJ_PROFILE_STANDARD, "Via: x\r\nFrom: y\r\n"), ==,
                    NJ_SCRUB_PROXY | NJ_SCRUB_IDENTITY | NJ_SCRUB_SIGNALS);
}

static void
test_hints (Exchange *x, gconstpointer unused)
{
  assert_scrubbed (x,
                   "sec-ch-ua: \"C\"\r\nsec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Windows\"\r\n"
                   "Sec-CH-UA-Full-Version-List: \"C\"\r\nSec-CH-UA-Model: \"P\"\r\nSec-CH-DPR: 1.25\r\nDPR: 1\r\n"
                   "Downlink: 9\r\nRTT: 50\r\nECT: 4g\r\nDevice-Memory: 8\r\nWidth: 3\r\n",
                   "sec-ch-ua: \"C\"\r\nsec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Windows\"\r\n");
  assert_scrubbed (x, "Save-Data: on\r\n", "Save-Data: on\r\n");
  assert_scrubbed (x, PAGE_B "Save-Data: on\r\n", "Referer: http://site-b.example/\r\n");
  assert_scrubbed (x, "Sec-Browsing-Topics: ()\r\nAttribution-Reporting-Eligible: trigger\r\nSec-Ad-Auction-Fetch: ?1\r\n", "");
}

/* What the siblings of those names are called, in whatever case they come. */
static void
test_more_names (Exchange *x, gconstpointer unused)
{
  static const char *const gone[] = {
    "X-UP-CALLING-LINE-ID", "x-up-devcap-screendepth", "X-Wap-ClientID", "X-Nokia-BEARER", "X-MSISDN", "x-imsi", "X-OperaMini-Phone-UA",
    "X-UCBrowser-Device-UA", "Device-Stock-UA", "X-Browser-Validation", "X-Geo", "X-Chrome-Connected", "Sec-MS-GEC", "Ping-From", "Ping-To",
    "X-BlueCoat-Via", "X-Proxy-ID", "X-ProxyUser-IP", "X-Originating-IP", "X-Remote-Addr", "Forwarded-For", "X-Forwarded",
    "Fastly-Client-IP", "CF-IPCountry", "X-Azure-ClientIP", "X-Varnish", "CDN-Loop", "WL-Proxy-Client-IP", "X-Forwarded-Anything",
    "True-Client-IP", "X-Cluster-Client-IP", "CF-Connecting-IP", "X-Client-IP",
    "Viewport-Height", "Content-DPR", "Sec-CH-UA-Form-Factors", "Sec-CH-Device-Memory", "sec-ch-prefers-color-scheme", "SEC-CH-UA-BITNESS",
    "Sec-Browsing-Topics", "Sec-Private-Aggregation", "Sec-Ad-Auction-Event-Recording-Eligible", "Sec-Redemption-Record",
    "Attribution-Reporting-Support", "Cookie2", "Cache-Digest",
  };
  static const char *const kept[] = {
    "X-Up-Target", "X-Client-Version", "X-CSRF-Token", "X-Custom", "X-Requested-With", "Sec-Fetch-Storage-Access", "Sec-Purpose",
    "Priority", "X-Proxy", "Sec-CH-UA-Platform", "Sec-WebSocket-Key", "Available-Dictionary", "Save-Data", "X-Goog-Api-Key", "Viewport",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (gone); i++)
    {
      g_autofree char *field = g_strdup_printf ("%s: 1\r\nAccept: */*\r\n", gone[i]);

      g_test_message ("%s", gone[i]);
      g_assert_cmpuint (scrub (x, NJ_PROFILE_STANDARD, field) & ~(guint) NJ_SCRUB_SIGNALS, !=, 0);
      assert_fields (x, &x->request, "Accept: */*\r\n" SIGNALS);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      g_autofree char *field = g_strdup_printf ("%s: 1\r\n", kept[i]);

      g_test_message ("%s", kept[i]);
      g_assert_cmpuint (scrub (x, NJ_PROFILE_STANDARD, field), ==, NJ_SCRUB_SIGNALS);
    }

  /* The hash of a dictionary is an ETag. */
  assert_scrubbed (x, PAGE_B "Available-Dictionary: :abc=:\r\nSec-Private-State-Token: t\r\n", "Referer: http://site-b.example/\r\n");
}

static void
test_languages (Exchange *x, gconstpointer unused)
{
  static const char many[] = "Accept-Language: de-CH,de;q=0.9,en;q=0.8,rm;q=0.6\r\n";

  assert_scrubbed (x, "Accept-Language: de-CH,de;q=0.9,en;q=0.8,rm;q=0.6\r\n",
                   "Accept-Language: de-CH,de;q=0.9,en;q=0.8,rm;q=0.6\r\n");
  scrub (x, NJ_PROFILE_STRICT, many);
  assert_fields (x, &x->request, "Accept-Language: de-CH,de;q=0.9\r\n" SIGNALS);
  assert_scrubbed (x, PAGE_B "Accept-Language: en-US,en;q=0.9\r\n",
                   "Referer: http://site-b.example/\r\nAccept-Language: en-US,en;q=0.9\r\n");
}

static void
test_referer (Exchange *x, gconstpointer unused)
{
  static const char *const cases[][2] = {
    { "http://site-b.example/private?user=42", "Referer: http://site-b.example/\r\n" },
    { "https://bank.example:8443/account/1", "Referer: https://bank.example:8443/\r\n" },
    { "https://site-a.example/account/1", "Referer: https://site-a.example/\r\n" },
    { "http://site-a.example/cart?id=7", "Referer: http://site-a.example/cart?id=7\r\n" },
    { "http://site-a.example/p#token", "Referer: http://site-a.example/p\r\n" },
    { "http://site-a.example/?fbclid=I&a=b", "Referer: http://site-a.example/?a=b\r\n" },
    { "http://sub.site-a.example/x", "Referer: http://sub.site-a.example/x\r\n" },
    { "file:///home/alice/tax.html", "" },
    { "android-app://com.example/", "" },
    { "http://u:p@site-a.example/", "" },
    { "http://site-a.example/caf\xe9", "Referer: http://site-a.example/\r\n" },
    { "http://site-b.example/caf\xe9", "Referer: http://site-b.example/\r\n" },
    { "http://site-a.example", "Referer: http://site-a.example/\r\n" },
    { "nonsense", "" },
    { "HTTP://Site-B.example/private?user=42", "Referer: http://site-b.example/\r\n" },
    { "http://site-b.example\\private", "" },
    { "http://site-b.example:8080/private", "Referer: http://site-b.example:8080/\r\n" },
    { "http://site-b.example?user=42", "Referer: http://site-b.example/\r\n" },
    { "http://SITE-B.example./private", "Referer: http://site-b.example/\r\n" },
    { "http://site-a.example@site-b.example/private", "" },
    { "chrome-extension://abcdef/page.html", "" },
    { "about:blank", "" },
    { "data:text/html,x", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *field = g_strdup_printf ("Referer: %s\r\n", cases[i][0]);
      g_autofree char *expected = g_strconcat (cases[i][1], SIGNALS, "\r\n", NULL);
      g_autofree char *got = NULL;

      scrub (x, NJ_PROFILE_STANDARD, field);
      got = exchange_fields (x, &x->request);
      g_assert_cmpstr (got, ==, expected);
    }

  /* A link from another site is trimmed as well, though it is no third party. */
  assert_scrubbed (x, HTML PAGE_B, HTML "Referer: http://site-b.example/\r\n");
  assert_scrubbed (x, PAGE_B PAGE_A, "");
}

static void
test_signals (Exchange *x, gconstpointer unused)
{
  assert_scrubbed (x, "Accept: */*\r\n", "Accept: */*\r\n");
  g_assert_cmpuint (scrub (x, NJ_PROFILE_STANDARD, "DNT: 0\r\nSec-GPC: 0\r\nAccept: */*\r\n"), ==, NJ_SCRUB_SIGNALS);
  assert_fields (x, &x->request, "DNT: 1\r\nSec-GPC: 1\r\nAccept: */*\r\n");
  g_assert_cmpuint (scrub (x, NJ_PROFILE_STANDARD, "DNT: 1\r\nSec-GPC: 1\r\n"), ==, 0);
  scrub (x, NJ_PROFILE_STANDARD, "DNT: 0\r\nDNT: 1\r\n");
  assert_fields (x, &x->request, SIGNALS);
}

static void
test_first_party_is_kept (Exchange *x, gconstpointer unused)
{
  static const char fields[] = PAGE_A "Cookie: s=1\r\nIf-None-Match: \"v1\"\r\nIf-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
                                      "Authorization: Basic dTpw\r\nIf-Range: \"v1\"\r\nRange: bytes=1-\r\n"
                                      "Origin: http://site-a.example\r\nSec-Fetch-Mode: cors\r\n";

  scrub (x, NJ_PROFILE_STRICT, fields);
  assert_fields (x, &x->request,
                 PAGE_A "Cookie: s=1\r\nIf-None-Match: \"v1\"\r\nIf-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
                        "Authorization: Basic dTpw\r\nIf-Range: \"v1\"\r\nRange: bytes=1-\r\n"
                        "Origin: http://site-a.example\r\nSec-Fetch-Mode: cors\r\n" SIGNALS);

  /* A link from elsewhere must not log the user out. */
  assert_scrubbed (x, HTML PAGE_B "Cookie: s=1\r\nIf-None-Match: \"v1\"\r\n",
                   HTML "Referer: http://site-b.example/\r\nCookie: s=1\r\nIf-None-Match: \"v1\"\r\n");
}

static void
test_third_party (Exchange *x, gconstpointer unused)
{
  assert_scrubbed (x,
                   PAGE_B "Cookie: s=1\r\ncookie: t=2\r\nIf-None-Match: \"v1\"\r\nIf-Modified-Since: Thu, 01 Jan 1998 04:07:11 GMT\r\n"
                          "If-Range: \"v1\"\r\nRange: bytes=1-\r\nAuthorization: Basic dTpw\r\n",
                   "Referer: http://site-b.example/\r\n");
  assert_scrubbed (x, PAGE_B "Range: bytes=1-\r\n", "Referer: http://site-b.example/\r\nRange: bytes=1-\r\n");
}

static void
test_third_party_credentials (Exchange *x, gconstpointer unused)
{
  assert_scrubbed (x, PAGE_B "Authorization: Bearer t\r\n", "Referer: http://site-b.example/\r\nAuthorization: Bearer t\r\n");
  assert_scrubbed (x, "Origin: http://site-b.example\r\nAuthorization: Basic dTpw\r\n",
                   "Origin: http://site-b.example\r\nAuthorization: Basic dTpw\r\n");
  assert_scrubbed (x, PAGE_B "Authorization: negotiate YII\r\n", "Referer: http://site-b.example/\r\n");
  scrub (x, NJ_PROFILE_STRICT, PAGE_B "Authorization: Bearer t\r\n");
  assert_fields (x, &x->request, "Referer: http://site-b.example/\r\n" SIGNALS);
}

static void
test_strips_parameters (Exchange *x, gconstpointer unused)
{
  static const struct
  {
    const char *fields;
    NjProfile   profile;
    NjMethod    method;
    gboolean    strips;
  } cases[] = {
    { HTML PAGE_B, NJ_PROFILE_STANDARD, NJ_METHOD_GET, TRUE },
    { HTML, NJ_PROFILE_STANDARD, NJ_METHOD_GET, TRUE },
    { HTML PAGE_A, NJ_PROFILE_STANDARD, NJ_METHOD_GET, FALSE },
    { HTML PAGE_B, NJ_PROFILE_STANDARD, NJ_METHOD_POST, FALSE },
    { HTML PAGE_B, NJ_PROFILE_OFF, NJ_METHOD_GET, FALSE },
    { PAGE_B, NJ_PROFILE_STANDARD, NJ_METHOD_GET, FALSE },
    { PAGE_B, NJ_PROFILE_STRICT, NJ_METHOD_GET, TRUE },
    { "", NJ_PROFILE_STRICT, NJ_METHOD_GET, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      exchange_ask (x, cases[i].profile, "GET", URL, cases[i].fields);
      g_assert_cmpint (nj_request_scrub_strips_parameters (&x->context, cases[i].method), ==, cases[i].strips);
    }
}

static void
test_refusal (Exchange *x, gconstpointer unused)
{
  static const struct
  {
    const char *method;
    const char *url;
    const char *fields;
    gboolean    is_refused;
  } cases[] = {
    { "POST", URL, "Content-Type: text/ping\r\nPing-To: http://x.example/\r\n", TRUE },
    { "POST", URL, PAGE_B "Content-Type: application/csp-report; charset=utf-8\r\n", TRUE },
    { "POST", URL, PAGE_B "Content-Type: application/reports+json\r\n", TRUE },
    { "POST", "http://www.site-a.example/r", PAGE_A "Content-Type: application/csp-report\r\n", FALSE },
    { "POST", URL, PAGE_B "Content-Type: application/json\r\n", FALSE },
    { "GET", "http://192.168.1.1/", PAGE_B, TRUE },
    { "GET", "http://127.0.0.1:8080/", "Origin: http://site-b.example\r\n", TRUE },
    { "GET", "http://[::1]/", PAGE_B, TRUE },
    { "GET", "http://localhost/", PAGE_B, TRUE },
    { "GET", "http://printer.local/", PAGE_B, TRUE },
    { "POST", "http://192.168.1.1/reboot", HTML PAGE_B, TRUE },
    { "GET", "http://192.168.1.1/", HTML PAGE_B, FALSE },
    { "GET", "http://192.168.1.1/", "", FALSE },
    { "GET", "http://192.168.1.1/a.css", "Referer: http://192.168.1.1/\r\n", FALSE },
    { "GET", "http://192.168.1.2/a.css", "Referer: http://192.168.1.1/\r\n", FALSE },
    { "GET", "http://93.184.216.34/a.css", PAGE_B, FALSE },
    { "POST", URL, "content-type: TEXT/PING\r\n", TRUE },
    { "POST", URL, "Content-Type: text/ping;charset=utf-8\r\n", TRUE },
    { "POST", URL, "Content-Type: text/pingpong\r\n", FALSE },
    { "POST", URL, PAGE_B "Sec-Fetch-Dest: report\r\nContent-Type: application/x\r\n", TRUE },
    { "POST", "http://www.site-a.example/r", PAGE_A "Sec-Fetch-Dest: report\r\n", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s %s", cases[i].method, cases[i].url);
      exchange_ask (x, NJ_PROFILE_STANDARD, cases[i].method, cases[i].url, cases[i].fields);
      g_assert_cmpint (nj_request_scrub_refusal (&x->request, &x->context) != NULL, ==, cases[i].is_refused);
    }
}

#define ADD(path, function) g_test_add ("/privacy/request-scrub/" path, Exchange, NULL, exchange_set_up, function, exchange_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("off", test_off);
  ADD ("spared", test_spared);
  ADD ("identity", test_identity);
  ADD ("hints", test_hints);
  ADD ("more-names", test_more_names);
  ADD ("languages", test_languages);
  ADD ("referer", test_referer);
  ADD ("signals", test_signals);
  ADD ("first-party-is-kept", test_first_party_is_kept);
  ADD ("third-party", test_third_party);
  ADD ("third-party-credentials", test_third_party_credentials);
  ADD ("strips-parameters", test_strips_parameters);
  ADD ("refusal", test_refusal);
  return g_test_run ();
}
