/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A thread of the data plane: one loop over the poller, the timers, the fibers that were woken and
 * what other threads posted. All of it belongs to that thread; nj_worker_post is the only way in.
 */
#include "net/worker-private.h"

#include "base/clock.h"

#include <gio/gio.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

static _Thread_local NjWorker *current_worker;

/**
 * nj_worker_new:
 * @name: for the thread, at most 15 bytes are shown
 * @error: where a reason goes
 *
 * Any thread.
 *
 * Returns: (transfer full) (nullable): a worker that does not run yet; %NULL with a %G_IO_ERROR when
 *   the system gives no descriptors
 */
NjWorker *
nj_worker_new (const char *name, GError **error)
{
  g_autoptr (NjWorker) worker = g_new0 (NjWorker, 1);

  worker->name = g_strdup (name);
  worker->epoll_fd = worker->event_fd = -1;
  pthread_mutex_init (&worker->post_lock, NULL);
  worker->posted = g_array_new (FALSE, FALSE, sizeof (NjPosted));
  worker->running = g_array_new (FALSE, FALSE, sizeof (NjPosted));
  worker->deferred = g_array_new (FALSE, FALSE, sizeof (NjPosted));
  worker->stoppables.next = worker->stoppables.previous = &worker->stoppables;
  worker->scratch = g_malloc (NJ_WORKER_SCRATCH);
  nj_fiber_stack_init (worker);
  nj_pools_init (worker);

  if (!nj_poll_open (worker, error))
    return NULL;

  return g_steal_pointer (&worker);
}

/**
 * nj_worker_free:
 * @worker: (transfer full): a worker that has been stopped or never started
 *
 * Any thread.
 */
void
nj_worker_free (NjWorker *worker)
{
  if (worker == NULL)
    return;

  nj_poll_close (worker);
  nj_spares_clear (worker);
  nj_timers_clear (worker);
  nj_pools_clear (worker);
  pthread_mutex_destroy (&worker->post_lock);
  g_array_unref (worker->posted);
  g_array_unref (worker->running);
  g_array_unref (worker->deferred);
  g_free (worker->scratch);
  g_free (worker->name);
  g_free (worker);
}

/* Runs an array of posted calls that may grow the array they came from. */
static void
run_calls (GArray *calls)
{
  for (guint i = 0; i < calls->len; i++)
    {
      NjPosted *posted = &g_array_index (calls, NjPosted, i);

      posted->func (posted->user_data);
    }
  g_array_set_size (calls, 0);
}

static void
run_posted (NjWorker *worker)
{
  GArray *calls;

  pthread_mutex_lock (&worker->post_lock);
  calls = worker->posted;
  worker->posted = worker->running;
  worker->running = calls;
  pthread_mutex_unlock (&worker->post_lock);

  run_calls (calls);
}

static void
stop_all (NjWorker *worker)
{
  NjStoppable *stoppable = worker->stoppables.next;

  while (stoppable != &worker->stoppables)
    {
      NjStoppable *next = stoppable->next;

      stoppable->stop (stoppable);
      stoppable = next;
    }
}

/* One turn of the loop. A worker that ends does not wait for events, only for those that unwind. */
static void
turn (NjWorker *worker)
{
  gboolean is_busy = nj_fiber_run_ready (worker) || worker->deferred->len > 0;
  int      timeout;

  worker->now = 0;
  timeout = is_busy ? 0 : nj_timers_run (worker);
  if (worker->is_stopping)
    timeout = worker->stoppables.next == &worker->stoppables ? 0 : MIN ((guint) timeout, 10);
  nj_poll_wait (worker, timeout);
  if (worker->deferred->len > 0)
    run_calls (worker->deferred);
}

/**
 * nj_worker_run:
 * @worker: a worker
 *
 * Runs the loop on the calling thread until nj_worker_stop(); then cancels every fiber, stops every
 * relay, and returns when all of them have ended.
 */
void
nj_worker_run (NjWorker *worker)
{
  sigset_t signals;

  /* send() can be told not to raise SIGPIPE, splice() cannot. */
  sigemptyset (&signals);
  sigaddset (&signals, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &signals, NULL);

  current_worker = worker;

  while (!worker->is_stopping)
    turn (worker);

  while (worker->stoppables.next != &worker->stoppables)
    {
      stop_all (worker);
      turn (worker);
    }
  run_posted (worker);

  current_worker = NULL;
}

static gpointer
thread_main (gpointer user_data)
{
  nj_worker_run (user_data);
  return NULL;
}

/**
 * nj_worker_start:
 * @worker: a worker that does not run
 *
 * Starts its thread. Any thread.
 */
void
nj_worker_start (NjWorker *worker)
{
  g_assert (worker->thread == NULL);
  worker->thread = g_thread_new (worker->name, thread_main, worker);
}

static void
on_stop_posted (gpointer user_data)
{
  NjWorker *worker = user_data;

  worker->is_stopping = TRUE;
}

/**
 * nj_worker_stop:
 * @worker: a worker
 *
 * Ends its loop and, when it has a thread of its own, waits for that to end. Any other thread, or
 * the worker's own when it was run by nj_worker_run().
 */
void
nj_worker_stop (NjWorker *worker)
{
  nj_worker_post (worker, on_stop_posted, worker);
  if (worker->thread != NULL)
    g_thread_join (g_steal_pointer (&worker->thread));
}

/**
 * nj_worker_current:
 *
 * Returns: (transfer none) (nullable): the worker of the calling thread
 */
NjWorker *
nj_worker_current (void)
{
  return current_worker;
}

/**
 * nj_worker_post:
 * @worker: a worker
 * @func: what to run on its thread
 * @user_data: for @func
 *
 * The door in. Calls run in the order they were posted. Any thread.
 */
void
nj_worker_post (NjWorker *worker, NjPostFunc func, gpointer user_data)
{
  NjPosted posted = { func, user_data };
  gboolean was_empty;

  pthread_mutex_lock (&worker->post_lock);
  was_empty = worker->posted->len == 0;
  g_array_append_val (worker->posted, posted);
  pthread_mutex_unlock (&worker->post_lock);

  if (was_empty)
    {
      ssize_t n;

      do
        n = write (worker->event_fd, &(guint64){ 1 }, sizeof (guint64));
      while (n < 0 && errno == EINTR);
    }
}

/**
 * nj_worker_post_run:
 * @worker: a worker
 *
 * Runs what was posted; for the poller, when it hears the door. The worker's thread.
 */
void
nj_worker_post_run (NjWorker *worker)
{
  run_posted (worker);
}

/**
 * nj_worker_defer:
 * @worker: the calling thread's worker
 * @func: what to run after the current batch of events
 * @user_data: for @func
 */
void
nj_worker_defer (NjWorker *worker, NjPostFunc func, gpointer user_data)
{
  NjPosted posted = { func, user_data };

  g_array_append_val (worker->deferred, posted);
}

/**
 * nj_worker_now:
 * @worker: the calling thread's worker
 *
 * Returns: monotonic µs, asked once a turn of the loop
 */
gint64
nj_worker_now (NjWorker *worker)
{
  if (worker->now == 0)
    worker->now = nj_clock_monotonic ();
  return worker->now;
}

/**
 * nj_worker_stoppable_add:
 * @worker: the calling thread's worker
 * @stoppable: (transfer none): what to stop when the worker ends
 */
void
nj_worker_stoppable_add (NjWorker *worker, NjStoppable *stoppable)
{
  stoppable->previous = worker->stoppables.previous;
  stoppable->next = &worker->stoppables;
  stoppable->previous->next = stoppable;
  worker->stoppables.previous = stoppable;
}

/**
 * nj_worker_stoppable_remove:
 * @worker: the calling thread's worker
 * @stoppable: one that was added
 */
void
nj_worker_stoppable_remove (NjWorker *worker, NjStoppable *stoppable)
{
  stoppable->previous->next = stoppable->next;
  stoppable->next->previous = stoppable->previous;
  stoppable->next = stoppable->previous = NULL;
}

/**
 * nj_worker_set_slot:
 * @worker: a worker that does not run yet
 * @slot: (nullable): borrowed, must outlive the worker
 */
void
nj_worker_set_slot (NjWorker *worker, gpointer slot)
{
  worker->slot = slot;
}

/**
 * nj_worker_slot:
 * @worker: the calling thread's worker
 *
 * Returns: (transfer none) (nullable): what nj_worker_set_slot() was given
 */
gpointer
nj_worker_slot (NjWorker *worker)
{
  return worker->slot;
}
