/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counts of several writers add up, and never show less than nothing.
 */
#include "journal/statistics.h"

static void
test_sum (void)
{
  g_autoptr (NjStatistics) statistics = nj_statistics_new (3);

  nj_statistics_add (statistics, 0, NJ_COUNT_REQUESTS, 2);
  nj_statistics_add (statistics, 2, NJ_COUNT_REQUESTS, 5);
  nj_statistics_add (statistics, 1, NJ_COUNT_BYTES_UP, 7);
  g_assert_cmpuint (nj_statistics_sum (statistics, NJ_COUNT_REQUESTS), ==, 7);
  g_assert_cmpuint (nj_statistics_sum (statistics, NJ_COUNT_BYTES_UP), ==, 7);
  g_assert_cmpuint (nj_statistics_sum (statistics, NJ_COUNT_BLOCKED), ==, 0);

  /* Accepted by one worker and closed as seen by another: the sum is what counts. */
  nj_statistics_add (statistics, 0, NJ_COUNT_CONNECTIONS, 1);
  nj_statistics_add (statistics, 1, NJ_COUNT_CONNECTIONS, -1);
  g_assert_cmpuint (nj_statistics_sum (statistics, NJ_COUNT_CONNECTIONS), ==, 0);
  nj_statistics_add (statistics, 1, NJ_COUNT_CONNECTIONS, -1);
  g_assert_cmpuint (nj_statistics_sum (statistics, NJ_COUNT_CONNECTIONS), ==, 0);
}

static void
test_names (void)
{
  for (int i = 0; i < NJ_COUNT_LAST; i++)
    for (int j = 0; j < i; j++)
      g_assert_cmpstr (nj_count_name (i), !=, nj_count_name (j));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal/statistics/sum", test_sum);
  g_test_add_func ("/journal/statistics/names", test_names);
  return g_test_run ();
}
