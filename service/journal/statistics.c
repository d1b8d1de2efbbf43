/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counts of what happened, kept by each worker in a cache line of its own and added up when
 * somebody looks. Any thread reads, one thread a writer writes.
 */
#include "journal/statistics.h"

typedef struct
{
  gint64 counts[NJ_COUNT_LAST]; /* relaxed atomics */
  char   apart[64];
} Share;

struct NjStatistics
{
  guint n_shares;
  Share shares[];
};

static const char *const names[NJ_COUNT_LAST] = {
  [NJ_COUNT_REQUESTS] = "requests",           [NJ_COUNT_BLOCKED] = "blocked",
  [NJ_COUNT_BYTES_UP] = "bytes-up",           [NJ_COUNT_BYTES_DOWN] = "bytes-down",
  [NJ_COUNT_REFUSED_PEERS] = "refused-peers", [NJ_COUNT_MALFORMED] = "malformed",
  [NJ_COUNT_CONNECTIONS] = "connections",
};

/**
 * nj_statistics_new:
 * @n_writers: threads that count, at least 1
 *
 * Returns: (transfer full): counts, all nought
 */
NjStatistics *
nj_statistics_new (guint n_writers)
{
  NjStatistics *self = g_malloc0 (sizeof (NjStatistics) + n_writers * sizeof (Share));

  self->n_shares = n_writers;
  return self;
}

/**
 * nj_statistics_free:
 * @statistics: (transfer full) (nullable): counts that nobody writes any more
 */
void
nj_statistics_free (NjStatistics *statistics)
{
  g_free (statistics);
}

/**
 * nj_statistics_add:
 * @statistics: counts
 * @writer: the calling thread's number
 * @count: which
 * @n: how much; only %NJ_COUNT_CONNECTIONS goes down
 */
void
nj_statistics_add (NjStatistics *statistics, guint writer, NjCount count, gint64 n)
{
  gint64 *cell = &statistics->shares[writer].counts[count];

  __atomic_store_n (cell, __atomic_load_n (cell, __ATOMIC_RELAXED) + n, __ATOMIC_RELAXED);
}

/**
 * nj_statistics_sum:
 * @statistics: counts
 * @count: which
 *
 * Any thread.
 *
 * Returns: the sum over the writers
 */
guint64
nj_statistics_sum (const NjStatistics *statistics, NjCount count)
{
  gint64 sum = 0;

  for (guint i = 0; i < statistics->n_shares; i++)
    sum += __atomic_load_n (&statistics->shares[i].counts[count], __ATOMIC_RELAXED);

  return (guint64) MAX (sum, 0);
}

/**
 * nj_count_name:
 * @count: which
 *
 * Returns: (transfer none): its name on the bus
 */
const char *
nj_count_name (NjCount count)
{
  return names[count];
}
