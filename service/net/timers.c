/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The timers of a worker: a binary heap of moments. Setting one later costs what setting it the
 * first time does, so those who wait often leave theirs in and look again when it fires.
 */
#include "net/worker-private.h"

static void
place (NjWorker *worker, guint index, NjTimer *timer)
{
  worker->timers[index] = timer;
  timer->index = index;
}

static void
sift_up (NjWorker *worker, guint index, NjTimer *timer)
{
  while (index > 0)
    {
      guint parent = (index - 1) / 2;

      if (worker->timers[parent]->when <= timer->when)
        break;
      place (worker, index, worker->timers[parent]);
      index = parent;
    }
  place (worker, index, timer);
}

static void
sift_down (NjWorker *worker, guint index, NjTimer *timer)
{
  for (;;)
    {
      guint child = 2 * index + 1;

      if (child >= worker->n_timers)
        break;
      if (child + 1 < worker->n_timers && worker->timers[child + 1]->when < worker->timers[child]->when)
        child++;
      if (timer->when <= worker->timers[child]->when)
        break;
      place (worker, index, worker->timers[child]);
      index = child;
    }
  place (worker, index, timer);
}

/**
 * nj_worker_timer_set:
 * @worker: the calling thread's worker
 * @timer: a timer with its fire function set; stays where it is while set
 * @when: monotonic µs, above 0
 *
 * Sets or moves it. It fires once, on the worker's thread.
 */
void
nj_worker_timer_set (NjWorker *worker, NjTimer *timer, gint64 when)
{
  nj_worker_timer_clear (worker, timer);

  if (worker->n_timers == worker->timers_size)
    {
      worker->timers_size = MAX (16, worker->timers_size * 2);
      worker->timers = g_renew (NjTimer *, worker->timers, worker->timers_size);
    }

  timer->when = MAX (when, 1);
  sift_up (worker, worker->n_timers++, timer);
}

/**
 * nj_worker_timer_clear:
 * @worker: the calling thread's worker
 * @timer: a timer, set or not
 */
void
nj_worker_timer_clear (NjWorker *worker, NjTimer *timer)
{
  NjTimer *last;
  guint    index = timer->index;

  if (timer->when == 0)
    return;

  timer->when = 0;
  last = worker->timers[--worker->n_timers];
  if (last == timer)
    return;

  if (index > 0 && worker->timers[(index - 1) / 2]->when > last->when)
    sift_up (worker, index, last);
  else
    sift_down (worker, index, last);
}

/**
 * nj_timers_run:
 * @worker: the calling thread's worker
 *
 * Fires what is due.
 *
 * Returns: ms until the next one, rounded up; 0 when something was fired; -1 when there is none
 */
int
nj_timers_run (NjWorker *worker)
{
  gint64 left;

  if (worker->n_timers == 0)
    return -1;

  left = worker->timers[0]->when - nj_worker_now (worker);
  if (left > 0)
    {
      worker->now = 0;
      return (int) MIN ((left + 999) / 1000, G_MAXINT / 2);
    }

  while (worker->n_timers > 0 && worker->timers[0]->when <= nj_worker_now (worker))
    {
      NjTimer *timer = worker->timers[0];

      nj_worker_timer_clear (worker, timer);
      timer->fire (timer);
    }
  return 0;
}

/**
 * nj_timers_clear:
 * @worker: a worker that has ended
 */
void
nj_timers_clear (NjWorker *worker)
{
  g_clear_pointer (&worker->timers, g_free);
  worker->n_timers = worker->timers_size = 0;
}
