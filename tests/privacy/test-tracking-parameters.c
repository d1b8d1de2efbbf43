/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Queries: what goes, what stays byte for byte.
 */
#include "privacy/tracking-names.h"
#include "privacy/tracking-parameters.h"

static void
assert_stripped (const char *url, const char *expected)
{
  g_auto (NjArena) arena = { 0 };
  NjBytes          stripped = NJ_BYTES_NONE;
  gboolean         had_any = nj_tracking_parameters_strip (nj_bytes_from_string (url), &arena, &stripped);
  g_autofree char *text = nj_bytes_dup (had_any ? stripped : nj_bytes_from_string (url));

  g_assert_cmpint (had_any, ==, strcmp (url, expected) != 0);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_places (void)
{
  assert_stripped ("/p?fbclid=I&id=5", "/p?id=5");
  assert_stripped ("/p?id=5&fbclid=I", "/p?id=5");
  assert_stripped ("/p?a=1&fbclid=I&b=2", "/p?a=1&b=2");
  assert_stripped ("/p?gclid=1&gclid=2&t=3&gclid=4", "/p?t=3");
  assert_stripped ("/p?utm_source=a&utm_medium=b&utm_x-y=c", "/p");
  assert_stripped ("/p?fbclid", "/p");
  assert_stripped ("/p?a&fbclid=", "/p?a");
  assert_stripped ("http://a.example/?gclid=x", "http://a.example/");
}

static void
test_rest_is_untouched (void)
{
  assert_stripped ("/p?q=a+b%20c&utm_source=x", "/p?q=a+b%20c");
  assert_stripped ("/p?q=%C3%A9&gclid=1&r=%zz", "/p?q=%C3%A9&r=%zz");
  assert_stripped ("/p?a=1&&b=2&gclid=3&", "/p?a=1&&b=2");
  assert_stripped ("/p?a?b=c&gclid=1&d=e?f", "/p?a?b=c&d=e?f");
}

static void
test_nothing_to_do (void)
{
  static const char *const urls[] = { "/p",           "/p?",         "/p?&&",        "/p?a=fbclid", "/p?fbclid1=t", "/p?xfbclid=t",
                                      "/p?FBCLID=t",  "/p?%66bclid=1", "/p?a=1;fbclid=2", "/fbclid=1", "/p?utm_=1",  "/p?utm=1",
                                      "/p?=fbclid",   "" };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    assert_stripped (urls[i], urls[i]);
}

static void
test_left_whole (void)
{
  assert_stripped ("/dl?Expires=1&Signature=abc&utm_source=x", "/dl?Expires=1&Signature=abc&utm_source=x");
  assert_stripped ("/dl?utm_source=x&X-Amz-Signature=abc", "/dl?utm_source=x&X-Amz-Signature=abc");
  assert_stripped ("/d?auth_key=1-0-0-abc&spm=a", "/d?auth_key=1-0-0-abc&spm=a");
  assert_stripped ("/d?hdnts=exp=1~acl=x&gclid=a", "/d?hdnts=exp=1~acl=x&gclid=a");
  assert_stripped ("/Unsubscribe?mkt_tok=abc", "/Unsubscribe?mkt_tok=abc");
  assert_stripped ("/go?mkt_tok=abc&to=unsubscribe", "/go?to=unsubscribe");
}

static void
test_table (void)
{
  static const char *const names[] = { "fbclid", "gclid", "msclkid", "ttclid", "twclid", "yclid", "igshid", "mc_eid", "_hsenc", "__s",
                                       "mkt_tok", "srsltid", "wbraid", "dclid", "vero_id", "li_fat_id", "Echobox", "ysclid", "__hstc",
                                       "_ga", "_zucks_suid", "utm_source", "xtor", ".tsrc", "LGWCODE", "bd_vid", "ga_anything", "pd_rd_w",
                                       "__cft__[0]", "elqTrackId", "rfsn", "zanpid" };

  /* Each is found only if the table is in order. */
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_true (nj_tracking_names_has (nj_bytes_from_string (names[i])));

  g_assert_true (nj_tracking_names_has (NJ_BYTES ("hsa_anything")));
  g_assert_false (nj_tracking_names_has (NJ_BYTES ("hsa_")));
  g_assert_false (nj_tracking_names_has (NJ_BYTES ("id")));
  g_assert_false (nj_tracking_names_has (NJ_BYTES ("")));
  g_assert_false (nj_tracking_names_has (NJ_BYTES ("zzzz")));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/privacy/tracking-parameters/places", test_places);
  g_test_add_func ("/privacy/tracking-parameters/rest-is-untouched", test_rest_is_untouched);
  g_test_add_func ("/privacy/tracking-parameters/nothing-to-do", test_nothing_to_do);
  g_test_add_func ("/privacy/tracking-parameters/left-whole", test_left_whole);
  g_test_add_func ("/privacy/tracking-parameters/table", test_table);
  return g_test_run ();
}
