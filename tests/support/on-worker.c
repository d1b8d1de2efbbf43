/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A worker for the length of one test, run on the test's own thread so that a failed assertion is
 * that thread's. Only what waits for a stream needs it.
 */
#include "tests/support/on-worker.h"

typedef struct
{
  NjWorker   *worker;
  NjFiberFunc func;
  gpointer    user_data;
} Run;

static void
on_fiber (gpointer user_data)
{
  Run *run = user_data;

  run->func (run->user_data);
  nj_worker_stop (run->worker);
}

static void
on_start (gpointer user_data)
{
  Run *run = user_data;

  g_assert_nonnull (nj_fiber_spawn (run->worker, on_fiber, run));
}

void
on_worker_run (NjFiberFunc func, gpointer user_data)
{
  Run run = { nj_worker_new ("test", NULL), func, user_data };

  g_assert_nonnull (run.worker);
  nj_worker_post (run.worker, on_start, &run);
  nj_worker_run (run.worker);
  nj_worker_free (run.worker);
}
