/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a response may plant in the browser.
 */
#include "exchange.h"

static guint
scrub (Exchange *x, NjProfile profile, const char *request, const char *status, const char *fields)
{
  exchange_ask (x, profile, "GET", "http://site-a.example/x", request);
  exchange_answer (x, status, fields);
  return nj_response_scrub (&x->response, &x->arena, &x->context);
}

static void
test_off (Exchange *x, gconstpointer unused)
{
  g_assert_cmpuint (scrub (x, NJ_PROFILE_OFF, PAGE_B, "200 OK", "ETag: \"1\"\r\nSet-Cookie: a=b\r\nNEL: {}\r\n"), ==, 0);
  assert_fields (x, &x->response, "ETag: \"1\"\r\nSet-Cookie: a=b\r\nNEL: {}\r\n");
}

static void
test_dropped (Exchange *x, gconstpointer unused)
{
  guint changes = scrub (x, NJ_PROFILE_STANDARD, HTML, "200 OK",
                         "Accept-CH: DPR\r\nCritical-CH: DPR\r\nNEL: {}\r\nReport-To: {}\r\nReporting-Endpoints: a=\"/r\"\r\n"
                         "Observe-Browsing-Topics: ?1\r\nAttribution-Reporting-Register-Trigger: {}\r\nAlt-Svc: h3=\":443\"\r\n"
                         "Shared-Storage-Write: clear\r\nContent-Security-Policy-Report-Only: default-src 'self'\r\nServer: x\r\n");

  assert_fields (x, &x->response, "Server: x\r\n");
  g_assert_cmpuint (changes, ==, NJ_SCRUB_HINTS | NJ_SCRUB_REPORTS | NJ_SCRUB_AD_APIS | NJ_SCRUB_POLICY);
}

/* What the siblings of those names are called, and for whom they go. */
static void
test_more_names (Exchange *x, gconstpointer unused)
{
  static const struct
  {
    const char *name;
    gboolean    is_gone, is_gone_for_third, is_gone_for_third_in_strict;
  } cases[] = {
    { "accept-ch-lifetime", TRUE, TRUE, TRUE },
    { "EXPECT-CT", TRUE, TRUE, TRUE },
    { "Permissions-Policy-Report-Only", TRUE, TRUE, TRUE },
    { "Attribution-Reporting-Register-OS-Source", TRUE, TRUE, TRUE },
    { "Ad-Auction-Allowed", TRUE, TRUE, TRUE },
    { "X-Allow-FLEDGE", TRUE, TRUE, TRUE },
    { "X-Protected-Audience-Bidding", TRUE, TRUE, TRUE },
    { "Supports-Loading-Mode", TRUE, TRUE, TRUE },
    { "Speculation-Rules", TRUE, TRUE, TRUE },
    { "Alternate-Protocol", TRUE, TRUE, TRUE },
    { "Set-Cookie2", TRUE, TRUE, TRUE },
    { "Set-Login", FALSE, TRUE, TRUE },
    { "Sec-Private-State-Token", FALSE, TRUE, TRUE },
    { "Activate-Storage-Access", FALSE, TRUE, TRUE },
    { "Use-As-Dictionary", FALSE, TRUE, TRUE },
    { "Strict-Transport-Security", FALSE, FALSE, TRUE },
    { "Permissions-Policy", FALSE, FALSE, FALSE },
    { "Content-Security-Policy", FALSE, FALSE, FALSE },
    { "X-Frame-Options", FALSE, FALSE, FALSE },
    { "Server-Timing", FALSE, FALSE, FALSE },
    { "Data-Version", FALSE, FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *field = g_strdup_printf ("%s: 1\r\n", cases[i].name);

      g_test_message ("%s", cases[i].name);
      g_assert_cmpint (scrub (x, NJ_PROFILE_STANDARD, PAGE_A, "200 OK", field) != 0, ==, cases[i].is_gone);
      g_assert_cmpint (scrub (x, NJ_PROFILE_STANDARD, PAGE_B, "200 OK", field) != 0, ==, cases[i].is_gone_for_third);
      g_assert_cmpint (scrub (x, NJ_PROFILE_STRICT, PAGE_B, "200 OK", field) != 0, ==, cases[i].is_gone_for_third_in_strict);
    }
}

static void
test_validators (Exchange *x, gconstpointer unused)
{
  static const char fields[] = "ETag: \"1\"\r\nLast-Modified: Thu, 01 Jan 1998 04:07:11 GMT\r\n";

  g_assert_cmpuint (scrub (x, NJ_PROFILE_STRICT, PAGE_A, "200 OK", fields), ==, 0);
  g_assert_cmpuint (scrub (x, NJ_PROFILE_STANDARD, PAGE_B, "200 OK", fields), ==, NJ_SCRUB_VALIDATORS);
  assert_fields (x, &x->response, "Last-Modified: Thu, 01 Jan 1998 04:07:11 GMT\r\n");
  scrub (x, NJ_PROFILE_STRICT, PAGE_B, "200 OK", fields);
  assert_fields (x, &x->response, "");
}

static void
test_referrer_policy (Exchange *x, gconstpointer unused)
{
  g_assert_cmpuint (scrub (x, NJ_PROFILE_STANDARD, "", "200 OK", "Referrer-Policy: origin, Unsafe-URL\r\n"), ==, NJ_SCRUB_POLICY);
  assert_fields (x, &x->response, "Referrer-Policy: strict-origin-when-cross-origin\r\n");
  g_assert_cmpuint (scrub (x, NJ_PROFILE_STANDARD, "", "200 OK", "Referrer-Policy: no-referrer\r\n"), ==, 0);
  assert_fields (x, &x->response, "Referrer-Policy: no-referrer\r\n");
}

static void
test_content_security_policy (Exchange *x, gconstpointer unused)
{
  scrub (x, NJ_PROFILE_STANDARD, "", "200 OK",
         "Content-Security-Policy: default-src 'self'; report-uri http://t.example/csp; img-src *;Report-To group\r\n");
  assert_fields (x, &x->response, "Content-Security-Policy: default-src 'self'; img-src *\r\n");
  scrub (x, NJ_PROFILE_STANDARD, "", "200 OK", "Content-Security-Policy: report-uri /r\r\n");
  assert_fields (x, &x->response, "");
  g_assert_cmpuint (scrub (x, NJ_PROFILE_STANDARD, "", "200 OK", "Content-Security-Policy: img-src report-uri.example\r\n"), ==, 0);
  g_assert_cmpuint (scrub (x, NJ_PROFILE_STANDARD, "", "200 OK", "Content-Security-Policy: script-src 'report-sample'\r\n"), ==, 0);
}

static void
test_links (Exchange *x, gconstpointer unused)
{
  static const char fields[] = "Link: <https://t.example>; rel=preconnect, </a,b>; rel=\"preload\"; as=script, "
                               "<//cdn.site-a.example>; rel=preconnect, <http://t.example/x>; rel=dns-prefetch\r\n";

  g_assert_cmpuint (scrub (x, NJ_PROFILE_STANDARD, "", "200 OK", fields), ==, 0);
  g_assert_cmpuint (scrub (x, NJ_PROFILE_STRICT, "", "200 OK", fields), ==, NJ_SCRUB_POLICY);
  assert_fields (x, &x->response, "Link: </a,b>; rel=\"preload\"; as=script, <//cdn.site-a.example>; rel=preconnect\r\n");
}

static void
test_redirect (Exchange *x, gconstpointer unused)
{
  static const char fields[] = "Location: /px?uid=1\r\nCache-Control: max-age=31536000\r\nExpires: never\r\n";

  scrub (x, NJ_PROFILE_STANDARD, PAGE_B, "301 Moved Permanently", fields);
  assert_fields (x, &x->response, "Location: /px?uid=1\r\nCache-Control: no-store\r\n");
  g_assert_cmpuint (scrub (x, NJ_PROFILE_STANDARD, PAGE_A, "301 Moved Permanently", fields), ==, 0);
  g_assert_cmpuint (scrub (x, NJ_PROFILE_STANDARD, PAGE_B, "302 Found", fields), ==, 0);
}

#define ADD(path, function) g_test_add ("/privacy/response-scrub/" path, Exchange, NULL, exchange_set_up, function, exchange_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("off", test_off);
  ADD ("dropped", test_dropped);
  ADD ("more-names", test_more_names);
  ADD ("validators", test_validators);
  ADD ("referrer-policy", test_referrer_policy);
  ADD ("content-security-policy", test_content_security_policy);
  ADD ("links", test_links);
  ADD ("redirect", test_redirect);
  return g_test_run ();
}
