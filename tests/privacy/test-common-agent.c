/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One face for all browsers of an engine, and hints that agree with it.
 */
#include "exchange.h"
#include "privacy/common-agent.h"

#define CHROME "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"

static void
test_agents (Exchange *x, gconstpointer unused)
{
  static const char *const cases[][2] = {
    { "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.6478.127 Safari/537.36", CHROME },
    { "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
      "Safari/537.36 Edg/126.0.2592.68",
      CHROME },
    { "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 OPR/112.0", CHROME },
    { "Mozilla/5.0 (X11; Debian; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0" },
    { CHROME, NULL },
    { "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36", NULL },
    { "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
      "Mobile/15E148 Safari/604.1", NULL },
    { "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15", NULL },
    { "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Bot/1.0) Chrome/126.0.0.0 Safari/537.36", NULL },
    { "curl/8.8.0", NULL },
    { "Chrome/", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *field = g_strdup_printf ("User-Agent: %s\r\n", cases[i][0]);
      g_autofree char *got = NULL;

      exchange_ask (x, NJ_PROFILE_STANDARD, "GET", "http://a.example/", field);
      g_assert_cmpint (nj_common_agent_set (&x->request, &x->arena), ==, cases[i][1] != NULL);
      got = nj_bytes_dup (nj_head_value (&x->request, NJ_FIELD_USER_AGENT));
      g_assert_cmpstr (got, ==, cases[i][1] != NULL ? cases[i][1] : cases[i][0]);
    }
}

static void
test_hints (Exchange *x, gconstpointer unused)
{
  exchange_ask (x, NJ_PROFILE_STANDARD, "GET", "http://a.example/",
                "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
                "Safari/537.36 Edg/126.0\r\n"
                "sec-ch-ua: \"Not/A)Brand\";v=\"8\", \"Chromium\";v=\"126\", \"Microsoft Edge\";v=\"126\"\r\n"
                "sec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Linux\"\r\n");
  nj_head_drop (&x->request, NJ_FIELD_HOST);
  g_assert_true (nj_common_agent_set (&x->request, &x->arena));
  assert_fields (x, &x->request,
                 "User-Agent: " CHROME "\r\n"
                 "sec-ch-ua: \"Not/A)Brand\";v=\"8\", \"Chromium\";v=\"126\", \"Google Chrome\";v=\"126\"\r\n"
                 "sec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Windows\"\r\n");
  g_assert_false (nj_common_agent_set (&x->request, &x->arena));
}

/* The makers as Chrome of that version has them, whatever the browser's own were. */
static void
test_brands (Exchange *x, gconstpointer unused)
{
  static const char *const cases[][2] = {
    { "\"Not:A-Brand\";v=\"8\", \"Chromium\";v=\"156\"", "\"Not:A-Brand\";v=\"8\", \"Chromium\";v=\"156\", \"Google Chrome\";v=\"156\"" },
    { "\"Chromium\";v=\"124\", \"Brave\";v=\"124\", \"Not-A.Brand\";v=\"99\"",
      "\"Chromium\";v=\"124\", \"Google Chrome\";v=\"124\", \"Not-A.Brand\";v=\"99\"" },
    { "\" Not A;Brand\";v=\"99\", \"Chromium\";v=\"102\", \"YaBrowser\";v=\"22\", \"Yowser\";v=\"2.5\"",
      "\" Not A;Brand\";v=\"99\", \"Chromium\";v=\"102\", \"Google Chrome\";v=\"102\"" },
    { "\"Chromium\";v=\"124\"", NULL },
    { "\"Not-A.Brand\";v=\"99\", \"Other\";v=\"1\"", NULL },
    { "\"Not-A.Brand\";v=\"99\", \"Chromium", NULL },
    { "\"", NULL },
    { "Chromium", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *fields = g_strdup_printf ("User-Agent: " CHROME "\r\nsec-ch-ua: %s\r\n", cases[i][0]);
      g_autofree char *got = NULL;

      exchange_ask (x, NJ_PROFILE_STANDARD, "GET", "http://a.example/", fields);
      g_assert_cmpint (nj_common_agent_set (&x->request, &x->arena), ==, cases[i][1] != NULL);
      got = nj_bytes_dup (nj_head_find_name (&x->request, NJ_BYTES ("sec-ch-ua"))->value);
      g_assert_cmpstr (got, ==, cases[i][1] != NULL ? cases[i][1] : cases[i][0]);
      g_assert_false (nj_common_agent_set (&x->request, &x->arena));
    }
}

static void
test_is (Exchange *x, gconstpointer unused)
{
  g_assert_true (nj_common_agent_is (NJ_BYTES (CHROME), &x->arena));
  g_assert_false (nj_common_agent_is (NJ_BYTES ("curl/8.8.0"), &x->arena));
  g_assert_false (nj_common_agent_is (NJ_BYTES_NONE, &x->arena));
}

#define ADD(path, function) g_test_add ("/privacy/common-agent/" path, Exchange, NULL, exchange_set_up, function, exchange_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("agents", test_agents);
  ADD ("hints", test_hints);
  ADD ("brands", test_brands);
  ADD ("is", test_is);
  return g_test_run ();
}
