/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fibers: spawn, park with a deadline, wake, cancel, join. A fiber stays on its worker, so nothing
 * here is locked. What a fiber waits for is not known here: whoever wakes it says so by its own
 * flags, and every waiter looks again. Called on the worker's thread.
 */
#include "net/worker-private.h"

#if defined(__SANITIZE_ADDRESS__)
#define NJ_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NJ_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define NJ_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NJ_TSAN 1
#endif
#endif

#ifdef NJ_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef NJ_TSAN
#include <sanitizer/tsan_interface.h>
#endif

struct NjFiber
{
  NjStoppable   stoppable;
  NjWorker     *worker; /* borrowed */
  void         *sp;
  NjFiberStack *stack;  /* owned while it runs */
  NjFiberFunc   func;
  gpointer      user_data;
  NjFiber      *next_ready;
  NjFiber      *joiner; /* (nullable) counted: who waits for our end */
  NjTimer       timer;
  gint64        deadline;
  guint         refs;
  NjIo          reason;
  gboolean      is_queued : 1;
  gboolean      is_parked : 1;
  gboolean      is_cancelled : 1;
  gboolean      has_ended : 1;
  void         *fake_stack;
  void         *tsan;
};

static inline NjFiber *
fiber_of_timer (NjTimer *timer)
{
  return (NjFiber *) (void *) ((char *) timer - G_STRUCT_OFFSET (NjFiber, timer));
}

static void
ready_push (NjFiber *fiber)
{
  NjWorker *worker = fiber->worker;

  fiber->is_queued = TRUE;
  fiber->next_ready = NULL;
  if (worker->ready_last != NULL)
    worker->ready_last->next_ready = fiber;
  else
    worker->ready_first = fiber;
  worker->ready_last = fiber;
}

/* The timer of a fiber is left in the heap from one wait to the next: most waits end before it
 * fires, and a heap operation for each would cost more than one early firing. */
static void
on_timer (NjTimer *timer)
{
  NjFiber *fiber = fiber_of_timer (timer);

  if (!fiber->is_parked || fiber->is_queued || fiber->deadline == G_MAXINT64)
    return;

  if (nj_worker_now (fiber->worker) < fiber->deadline)
    {
      nj_worker_timer_set (fiber->worker, timer, fiber->deadline);
      return;
    }

  fiber->reason = NJ_TIMEOUT;
  ready_push (fiber);
}

static void
on_stop (NjStoppable *stoppable)
{
  nj_fiber_cancel ((NjFiber *) (void *) stoppable);
}

static void
to_scheduler (NjFiber *fiber, gboolean is_last)
{
  NjWorker *worker = fiber->worker;

#ifdef NJ_ASAN
  __sanitizer_start_switch_fiber (is_last ? NULL : &fiber->fake_stack, worker->scheduler_stack,
                                  worker->scheduler_stack_size);
#endif
#ifdef NJ_TSAN
  __tsan_switch_to_fiber (worker->scheduler_tsan, 0);
#endif
  nj_fiber_switch (&fiber->sp, worker->scheduler_sp);
#ifdef NJ_ASAN
  __sanitizer_finish_switch_fiber (fiber->fake_stack, &worker->scheduler_stack, &worker->scheduler_stack_size);
#endif
}

static void
fiber_entry (void)
{
  NjWorker *worker = nj_worker_current ();
  NjFiber  *fiber = worker->current;

#ifdef NJ_ASAN
  __sanitizer_finish_switch_fiber (NULL, &worker->scheduler_stack, &worker->scheduler_stack_size);
#endif
  fiber->func (fiber->user_data);
  fiber->has_ended = TRUE;
  to_scheduler (fiber, TRUE);
  g_assert_not_reached ();
}

static void
fiber_end (NjFiber *fiber)
{
  NjWorker *worker = fiber->worker;

  nj_worker_timer_clear (worker, &fiber->timer);
  nj_worker_stoppable_remove (worker, &fiber->stoppable);
  nj_fiber_switch_release (fiber->sp);
  fiber->sp = NULL;
#ifdef NJ_TSAN
  __tsan_destroy_fiber (fiber->tsan);
#endif
  nj_fiber_stack_give (worker, g_steal_pointer (&fiber->stack));

  if (fiber->joiner != NULL)
    nj_fiber_wake (fiber->joiner);
  nj_fiber_unref (fiber);
}

/* Runs one fiber until it parks or ends. */
static void
fiber_resume (NjFiber *fiber)
{
  NjWorker *worker = fiber->worker;

  worker->current = fiber;
#ifdef NJ_ASAN
  __sanitizer_start_switch_fiber (&worker->scheduler_fake_stack, fiber->stack->base, fiber->stack->size);
#endif
#ifdef NJ_TSAN
  worker->scheduler_tsan = __tsan_get_current_fiber ();
  __tsan_switch_to_fiber (fiber->tsan, 0);
#endif
  nj_fiber_switch (&worker->scheduler_sp, fiber->sp);
#ifdef NJ_ASAN
  __sanitizer_finish_switch_fiber (worker->scheduler_fake_stack, NULL, NULL);
#endif
  worker->current = NULL;

  if (fiber->has_ended)
    fiber_end (fiber);
}

/**
 * nj_fiber_run_ready:
 * @worker: the worker
 *
 * Runs every fiber that was woken up to now; those woken meanwhile wait for the next turn, so that
 * sockets are heard in between. The worker's loop.
 *
 * Returns: whether more are waiting to run
 */
gboolean
nj_fiber_run_ready (NjWorker *worker)
{
  NjFiber *last = worker->ready_last;

  while (worker->ready_first != NULL)
    {
      NjFiber *fiber = worker->ready_first;
      gboolean was_last = fiber == last;

      worker->ready_first = fiber->next_ready;
      if (worker->ready_first == NULL)
        worker->ready_last = NULL;
      fiber->is_queued = FALSE;
      fiber_resume (fiber);
      if (was_last)
        break;
    }

  return worker->ready_first != NULL;
}

/**
 * nj_fiber_spawn:
 * @worker: the worker it will live on, which must be the current thread's
 * @func: its body
 * @user_data: for @func
 *
 * Starts a fiber; it runs for the first time after the caller parks or returns.
 *
 * Returns: (transfer none) (nullable): the fiber, valid until it ends unless counted; %NULL when
 *   there is no memory for a stack
 */
NjFiber *
nj_fiber_spawn (NjWorker *worker, NjFiberFunc func, gpointer user_data)
{
  NjFiberStack *stack = nj_fiber_stack_take (worker);
  NjFiber      *fiber;

  if (stack == NULL)
    return NULL;

  fiber = g_new0 (NjFiber, 1);
  fiber->worker = worker;
  fiber->stack = stack;
  fiber->func = func;
  fiber->user_data = user_data;
  fiber->refs = 1;
  fiber->timer.fire = on_timer;
  fiber->stoppable.stop = on_stop;
  fiber->sp = nj_fiber_switch_prepare (stack->base, stack->size, fiber_entry);
#ifdef NJ_TSAN
  fiber->tsan = __tsan_create_fiber (0);
#endif
  nj_worker_stoppable_add (worker, &fiber->stoppable);
  ready_push (fiber);
  return fiber;
}

/**
 * nj_fiber_self:
 *
 * Returns: (transfer none) (nullable): the fiber that runs now, %NULL outside of any
 */
NjFiber *
nj_fiber_self (void)
{
  NjWorker *worker = nj_worker_current ();

  return worker != NULL ? worker->current : NULL;
}

/**
 * nj_fiber_park:
 * @deadline: monotonic µs, %G_MAXINT64 for none
 *
 * Gives the thread away until somebody wakes this fiber. Whoever parks looks again at what it
 * waits for, since a wake-up may come for another reason.
 *
 * Returns: %NJ_OK when woken, %NJ_TIMEOUT, or %NJ_CANCELLED, which every later wait says too
 */
NjIo
nj_fiber_park (gint64 deadline)
{
  NjFiber *self = nj_worker_current ()->current;

  if (self->is_cancelled)
    return NJ_CANCELLED;

  self->is_parked = TRUE;
  self->reason = NJ_OK;
  self->deadline = deadline;
  if (deadline != G_MAXINT64 && (self->timer.when == 0 || self->timer.when > deadline))
    nj_worker_timer_set (self->worker, &self->timer, deadline);

  to_scheduler (self, FALSE);
  self->is_parked = FALSE;
  return self->is_cancelled ? NJ_CANCELLED : self->reason;
}

/**
 * nj_fiber_wake:
 * @fiber: a fiber of this thread's worker
 *
 * Lets a parked fiber run again after the current batch; does nothing to one that is not parked.
 */
void
nj_fiber_wake (NjFiber *fiber)
{
  if (fiber->is_parked && !fiber->is_queued)
    ready_push (fiber);
}

/**
 * nj_fiber_yield:
 *
 * Lets the others run once.
 */
void
nj_fiber_yield (void)
{
  NjFiber *self = nj_worker_current ()->current;

  if (self->is_cancelled)
    return;

  self->is_parked = TRUE;
  self->deadline = G_MAXINT64;
  ready_push (self);
  to_scheduler (self, FALSE);
  self->is_parked = FALSE;
}

/**
 * nj_fiber_sleep:
 * @until: monotonic µs
 *
 * Returns: %NJ_OK when the moment has come, else %NJ_CANCELLED
 */
NjIo
nj_fiber_sleep (gint64 until)
{
  NjIo io;

  do
    io = nj_fiber_park (until);
  while (io == NJ_OK);

  return io == NJ_TIMEOUT ? NJ_OK : io;
}

/**
 * nj_fiber_rest:
 *
 * Hands back what the calling fiber touched of its stack below where it stands, for a wait that may be long: a TLS
 * handshake takes 16 KiB, of which a connection at rest needs four. Touched again, each page costs a fault.
 */
void
nj_fiber_rest (void)
{
  nj_fiber_stack_trim (nj_worker_current ()->current->stack, __builtin_frame_address (0));
}

/**
 * nj_fiber_cancel:
 * @fiber: a fiber of this thread's worker
 *
 * Makes this and every later wait of @fiber end with %NJ_CANCELLED; it then unwinds by itself.
 */
void
nj_fiber_cancel (NjFiber *fiber)
{
  if (fiber->has_ended)
    return;

  fiber->is_cancelled = TRUE;
  nj_fiber_wake (fiber);
}

/**
 * nj_fiber_is_cancelled:
 *
 * Returns: whether the fiber that runs now was cancelled
 */
gboolean
nj_fiber_is_cancelled (void)
{
  NjFiber *self = nj_fiber_self ();

  return self != NULL && self->is_cancelled;
}

/**
 * nj_fiber_ref:
 * @fiber: a fiber of this thread's worker
 *
 * Returns: (transfer full): @fiber, which may be asked about after its end
 */
NjFiber *
nj_fiber_ref (NjFiber *fiber)
{
  fiber->refs++;
  return fiber;
}

/**
 * nj_fiber_unref:
 * @fiber: (transfer full): a fiber of this thread's worker
 *
 * A fiber also holds itself until it has ended.
 */
void
nj_fiber_unref (NjFiber *fiber)
{
  if (--fiber->refs == 0)
    {
      g_clear_pointer (&fiber->joiner, nj_fiber_unref);
      g_free (fiber);
    }
}

/**
 * nj_fiber_join:
 * @fiber: another fiber of this worker, counted by the caller
 * @deadline: monotonic µs
 *
 * Waits for the end of @fiber. One fiber may join another at a time.
 *
 * Returns: %NJ_OK when it has ended, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_fiber_join (NjFiber *fiber, gint64 deadline)
{
  NjIo io = NJ_OK;

  g_assert (fiber != nj_fiber_self () && fiber->joiner == NULL);

  fiber->joiner = nj_fiber_ref (nj_fiber_self ());
  while (!fiber->has_ended && io == NJ_OK)
    io = nj_fiber_park (deadline);
  g_clear_pointer (&fiber->joiner, nj_fiber_unref);

  return fiber->has_ended ? NJ_OK : io;
}
