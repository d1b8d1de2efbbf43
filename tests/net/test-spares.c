/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a burst leaves: used again while the burst goes on, given back when it is over. The clock is
 * the test's own.
 */
#include "base/clock.h"
#include "net/worker-private.h"

#define KEEP 4
#define MOST 20

static gint64 now = 1000;
static guint  n_dropped;

static gint64
tell (void)
{
  return now;
}

static void
drop (gpointer spare)
{
  n_dropped++;
  g_free (spare);
}

static void
take_and_give (NjWorker *worker, guint n)
{
  gpointer lent[64];

  for (guint i = 0; i < n; i++)
    {
      lent[i] = nj_spares_take (worker, NJ_SPARES_BLOCKS);
      if (lent[i] == NULL)
        lent[i] = g_malloc (64);
    }
  for (guint i = 0; i < n; i++)
    nj_spares_give (worker, NJ_SPARES_BLOCKS, lent[i]);
}

static void
pass (NjWorker *worker, gint64 seconds)
{
  now += seconds * G_USEC_PER_SEC;
  worker->now = 0;
  nj_timers_run (worker);
}

static void
test_burst (void)
{
  NjWorker *worker = nj_worker_new ("test", NULL);
  NjSpares *spares = &worker->spares[NJ_SPARES_BLOCKS];

  nj_spares_init (worker, NJ_SPARES_BLOCKS, KEEP, MOST, drop);
  take_and_give (worker, KEEP);
  g_assert_cmpint (worker->spares_timer.when, ==, 0);

  take_and_give (worker, 30);
  g_assert_cmpuint (spares->n, ==, MOST);
  g_assert_cmpuint (n_dropped, ==, 30 - MOST);

  /* Twelve are in use again and again, all others were not since. */
  n_dropped = 0;
  pass (worker, 4);
  take_and_give (worker, 12);
  pass (worker, 4);
  g_assert_cmpuint (spares->n, ==, 12);
  g_assert_cmpuint (n_dropped, ==, MOST - 12);
  take_and_give (worker, 12);
  g_assert_cmpuint (n_dropped, ==, MOST - 12);

  /* And then none; nothing is left that would wake an idle worker. */
  pass (worker, 4);
  pass (worker, 4);
  g_assert_cmpuint (spares->n, ==, KEEP);
  g_assert_cmpint (worker->spares_timer.when, ==, 0);
  nj_worker_free (worker);
  g_assert_cmpuint (n_dropped, ==, MOST);
}

int
main (int argc, char **argv)
{
  const NjClock own = { tell, tell };

  g_test_init (&argc, &argv, NULL);
  nj_clock_replace (&own);
  g_test_add_func ("/net/spares/burst", test_burst);
  return g_test_run ();
}
