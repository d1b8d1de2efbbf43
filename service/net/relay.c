/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A relay ties two streams together without a stack: some 300 bytes where a parked fiber holds a
 * page. It closes each direction as its peer does, and ends when both are closed, one is broken,
 * or nothing was said for too long. The bytes are moved by relay-pump.c. The worker's thread.
 */
#include "net/relay-private.h"

#include "net/socket.h"

/* With one direction closed the other has this long to say something: many peers close one way
 * and forget the other. */
#define HALF_OPEN_IDLE (300 * (gint64) G_USEC_PER_SEC)

struct NjRelay
{
  NjStoppable stoppable;
  NjWorker   *worker; /* borrowed */
  NjStream   *a;      /* owned */
  NjStream   *b;      /* owned */
  NjRelayWay  up;     /* from a to b */
  NjRelayWay  down;
  NjTimer     timer;
  gint64      idle_us;
  gint64      last; /* when bytes moved, monotonic µs */
  NjRelayDone done; /* (nullable) */
  gpointer    user_data;
  gboolean    is_deferred : 1;
  gboolean    has_ended : 1;
};

static void
relay_free (gpointer user_data)
{
  g_free (user_data);
}

static void
relay_end (NjRelay *self, gboolean failed)
{
  NjRelayEnd end = { self->up.bytes, self->down.bytes, failed };

  self->has_ended = TRUE;
  nj_worker_timer_clear (self->worker, &self->timer);
  nj_worker_stoppable_remove (self->worker, &self->stoppable);
  nj_relay_pump_clear (&self->up);
  nj_relay_pump_clear (&self->down);
  self->a->ready->notify = self->b->ready->notify = NULL;

  if (failed)
    {
      nj_socket_abort (self->a);
      nj_socket_abort (self->b);
    }
  else
    {
      nj_stream_close (self->a);
      nj_stream_close (self->b);
    }

  if (self->done != NULL)
    self->done (&end, self->user_data);
  /* A deferred turn of ours may still be on its way. */
  if (!self->is_deferred)
    relay_free (self);
}

static void relay_run (NjRelay *self);

static void
on_deferred (gpointer user_data)
{
  NjRelay *self = user_data;

  self->is_deferred = FALSE;
  if (self->has_ended)
    relay_free (self);
  else
    relay_run (self);
}

static void
relay_run (NjRelay *self)
{
  NjPump up = nj_relay_pump_run (&self->up);
  NjPump down = nj_relay_pump_run (&self->down);

  self->last = nj_worker_now (self->worker);

  if (up == NJ_PUMP_FAILED || down == NJ_PUMP_FAILED)
    {
      relay_end (self, TRUE);
      return;
    }

  if (self->up.is_shut && self->down.is_shut)
    {
      relay_end (self, FALSE);
      return;
    }

  if ((up == NJ_PUMP_BUSY || down == NJ_PUMP_BUSY) && !self->is_deferred)
    {
      self->is_deferred = TRUE;
      nj_worker_defer (self->worker, on_deferred, self);
    }
  if ((self->up.is_shut || self->down.is_shut) && self->idle_us > HALF_OPEN_IDLE)
    {
      self->idle_us = HALF_OPEN_IDLE;
      nj_worker_timer_set (self->worker, &self->timer, self->last + self->idle_us);
    }
}

static void
on_event (gpointer user_data)
{
  relay_run (user_data);
}

static void
on_timer (NjTimer *timer)
{
  NjRelay *self = (NjRelay *) (void *) ((char *) timer - G_STRUCT_OFFSET (NjRelay, timer));
  gint64   when = self->last + self->idle_us;

  if (nj_worker_now (self->worker) < when)
    nj_worker_timer_set (self->worker, timer, when);
  else
    relay_end (self, FALSE);
}

static void
on_stop (NjStoppable *stoppable)
{
  relay_end ((NjRelay *) (void *) stoppable, TRUE);
}

static void
way_init (NjRelayWay *way, NjStream *from, NjStream *to)
{
  way->from = from;
  way->to = to;
  way->pipe[0] = way->pipe[1] = -1;
}

/**
 * nj_relay_start:
 * @a: (transfer full): a stream of the calling thread's worker
 * @b: (transfer full): another stream of it
 * @idle_us: how long both may be silent, µs
 * @done: (nullable): called once, at the end, on the worker's thread
 * @user_data: for @done
 *
 * Moves bytes both ways until the end. May end before it returns.
 *
 * Returns: (transfer none) (nullable): the relay, valid until @done; %NULL when it ended at once
 */
NjRelay *
nj_relay_start (NjStream *a, NjStream *b, gint64 idle_us, NjRelayDone done, gpointer user_data)
{
  NjRelay *self = g_new0 (NjRelay, 1);

  self->worker = a->worker;
  self->a = a;
  self->b = b;
  self->idle_us = idle_us;
  self->done = done;
  self->user_data = user_data;
  self->timer.fire = on_timer;
  self->stoppable.stop = on_stop;
  self->last = nj_worker_now (self->worker);
  way_init (&self->up, a, b);
  way_init (&self->down, b, a);
  nj_worker_stoppable_add (self->worker, &self->stoppable);
  nj_worker_timer_set (self->worker, &self->timer, self->last + idle_us);

  nj_readiness_arm (a->ready);
  nj_readiness_arm (b->ready);
  a->ready->notify = b->ready->notify = on_event;
  a->ready->notify_data = b->ready->notify_data = self;

  self->is_deferred = TRUE;
  nj_worker_defer (self->worker, on_deferred, self);
  return self;
}

/**
 * nj_relay_stop:
 * @relay: (transfer full): a relay that has not ended
 *
 * Ends it now; both peers see a reset.
 */
void
nj_relay_stop (NjRelay *relay)
{
  relay_end (relay, TRUE);
}
