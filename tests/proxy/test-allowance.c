/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "Allow once": a token works once, for its host, for five minutes, and no guess works at all.
 */
#include "proxy/allowance.h"

#include "base/clock.h"

static gint64 now = 1000000;

static gint64
now_told (void)
{
  return now;
}

static const NjClock clock_of_test = { now_told, now_told };

static void
test_once (void)
{
  g_autofree char *url = NULL;
  NjAllowances    *allowances = nj_allowances_new ();
  char             token[NJ_ALLOWANCE_TOKEN + 1];

  nj_allowances_offer (allowances, NJ_BYTES ("ads.test"), NJ_BYTES ("http://ads.test/x"), token);
  g_assert_cmpuint (strlen (token), ==, NJ_ALLOWANCE_TOKEN);
  g_assert_false (nj_allowances_has (allowances, NJ_BYTES ("ads.test")));

  g_assert_null (nj_allowances_accept (allowances, NJ_BYTES ("00000000000000000000000000000000")));
  g_assert_null (nj_allowances_accept (allowances, nj_bytes (token, NJ_ALLOWANCE_TOKEN - 1)));
  url = nj_allowances_accept (allowances, nj_bytes (token, NJ_ALLOWANCE_TOKEN));
  g_assert_cmpstr (url, ==, "http://ads.test/x");
  g_assert_null (nj_allowances_accept (allowances, nj_bytes (token, NJ_ALLOWANCE_TOKEN)));

  g_assert_true (nj_allowances_has (allowances, NJ_BYTES ("ads.test")));
  g_assert_false (nj_allowances_has (allowances, NJ_BYTES ("www.ads.test")));
  now += 301 * G_USEC_PER_SEC;
  g_assert_false (nj_allowances_has (allowances, NJ_BYTES ("ads.test")));
  nj_allowances_free (allowances);
}

/* The oldest page loses its button, nothing else does. */
static void
test_ring (void)
{
  NjAllowances    *allowances = nj_allowances_new ();
  char             first[NJ_ALLOWANCE_TOKEN + 1], second[NJ_ALLOWANCE_TOKEN + 1], other[NJ_ALLOWANCE_TOKEN + 1];
  g_autofree char *url = NULL;

  nj_allowances_offer (allowances, NJ_BYTES ("a.test"), NJ_BYTES ("http://a.test/"), first);
  nj_allowances_offer (allowances, NJ_BYTES ("b.test"), NJ_BYTES ("http://b.test/"), second);
  for (int i = 0; i < 63; i++)
    nj_allowances_offer (allowances, NJ_BYTES ("c.test"), NJ_BYTES ("http://c.test/"), other);
  g_assert_null (nj_allowances_accept (allowances, nj_bytes (first, NJ_ALLOWANCE_TOKEN)));
  url = nj_allowances_accept (allowances, nj_bytes (second, NJ_ALLOWANCE_TOKEN));
  g_assert_cmpstr (url, ==, "http://b.test/");
  nj_allowances_free (allowances);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  nj_clock_replace (&clock_of_test);
  g_test_add_func ("/proxy/allowance/once", test_once);
  g_test_add_func ("/proxy/allowance/ring", test_ring);
  return g_test_run ();
}
