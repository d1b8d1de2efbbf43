/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Connections made ahead: to each exit that is likely to be wanted one lies ready, TLS and greeting
 * done, so that a switch costs no handshake. Whoever takes it has the next one made; kind h2 has a
 * carrier instead (hop-h2.c). One that the exit closes is made again after a while, and only while
 * somebody dials: without traffic they go, their timers with them, and nothing wakes. Which exits
 * is said from above. The worker's thread; each worker has connections of its own.
 */
#include "exits/warm.h"

#include "exits/dial-private.h"
#include "exits/hop-h2.h"
#include "net/worker.h"

/* How long one lies ready; most exits and the routers on the way keep a silent connection longer. */
#define KEEP_FOR (110 * (gint64) G_USEC_PER_SEC)

/* At most so often one is made that nobody took. dante closes what says nothing for 30 s. */
#define RENEW_AFTER (30 * (gint64) G_USEC_PER_SEC)

/* So long after the last dial somebody is taken to be there. */
#define ACTIVE_FOR (300 * (gint64) G_USEC_PER_SEC)

typedef struct
{
  NjStoppable   stoppable;
  NjWorker     *worker;
  NjExit       *exit;    /* counted */
  NjReached     reached; /* its stream (nullable) is owned, and silent */
  NjTimer       timer;
  gint64        begun;   /* when one was last dialled; monotonic µs */
  guint         refs;    /* the list's, the fiber's that makes one, of those that wait */
  NjFiber      *waiter;  /* (nullable) who gets what is being made */
  gboolean      is_making;
  gboolean      is_wanted;
  NjIo          made_io; /* what the last one came to */
  NjDialFailure failure;
} Warm;

static _Thread_local GPtrArray *list;   /* (element-type Warm) counted; a thread runs one worker at a time */
static _Thread_local gint64     active; /* when somebody last dialled; monotonic µs */

static void make (Warm *self);

static void
warm_unref (Warm *self)
{
  if (--self->refs > 0)
    return;
  nj_exit_unref (self->exit);
  g_free (self);
}

static void
drop_stream (Warm *self)
{
  nj_worker_timer_clear (self->worker, &self->timer);
  if (self->reached.stream == NULL)
    return;
  self->reached.stream->ready->notify = NULL;
  nj_stream_close (g_steal_pointer (&self->reached.stream));
}

/* Out of the list; whoever makes one or waits for it finds that nobody wants it. */
static void
drop (Warm *self)
{
  drop_stream (self);
  nj_worker_stoppable_remove (self->worker, &self->stoppable);
  self->is_wanted = FALSE;
  g_ptr_array_remove_fast (list, self);
  if (list->len == 0)
    g_clear_pointer (&list, g_ptr_array_unref);
  warm_unref (self);
}

static void
on_stop (NjStoppable *stoppable)
{
  drop ((Warm *) (void *) stoppable);
}

static Warm *
find (NjWorker *worker, const NjExit *exit)
{
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      Warm *warm = g_ptr_array_index (list, i);

      if (warm->worker == worker && warm->exit == exit)
        return warm;
    }
  return NULL;
}

static gboolean
is_active (Warm *self)
{
  return nj_worker_now (self->worker) < active + ACTIVE_FOR;
}

/* Nothing came and nobody closed. Tickets of TLS are read away by the look. */
static gboolean
is_silent (NjStream *stream)
{
  char  byte;
  gsize n = 0;

  if (stream->ready->broken || stream->ready->peer_shut)
    return FALSE;
  return !stream->ready->readable || nj_stream_try_read (stream, &byte, 1, &n) == NJ_AGAIN;
}

static void
on_event (gpointer user_data)
{
  Warm *self = user_data;

  if (is_silent (self->reached.stream))
    return;
  drop_stream (self);
  if (is_active (self))
    nj_worker_timer_set (self->worker, &self->timer, self->begun + RENEW_AFTER);
}

static void
on_timer (NjTimer *timer)
{
  Warm *self = (Warm *) (void *) ((char *) timer - G_STRUCT_OFFSET (Warm, timer));

  drop_stream (self);
  if (is_active (self))
    make (self);
}

static void
keep (Warm *self, const NjReached *reached)
{
  NjReadiness *ready = reached->stream->ready;

  nj_readiness_arm (ready);
  self->reached = *reached;
  ready->notify = on_event;
  ready->notify_data = self;
  nj_worker_timer_set (self->worker, &self->timer, self->begun + KEEP_FOR);
  if (!is_silent (reached->stream))
    on_event (self);
}

static void
make_serve (gpointer warm_pointer)
{
  Warm      *self = warm_pointer;
  NjReached  reached = { NULL, -1, 0 };
  gint64     deadline = nj_worker_now (self->worker) + NJ_HOP_PATIENCE;
  NjIo       io;

  self->failure = (NjDialFailure){ NJ_DIAL_OK, "", FALSE, NULL };
  if (nj_exit_kind (self->exit) == NJ_EXIT_H2)
    io = nj_hop_h2_warm (self->worker, self->exit, deadline, &reached.took, &self->failure);
  else
    io = nj_reach_ready (self->worker, self->exit, deadline, &reached, &self->failure);

  nj_dial_tell_health (self->exit, io, self->begun, reached.took, &self->failure);
  self->is_making = FALSE;
  self->made_io = io;
  if (io == NJ_OK && reached.stream != NULL && self->is_wanted)
    keep (self, &reached);
  else if (io == NJ_OK)
    nj_stream_close (reached.stream);
  if (self->waiter != NULL)
    nj_fiber_wake (self->waiter);
  warm_unref (self);
}

/* Unless one is there or on its way; a dead exit is tried by dial.c alone. */
static void
make (Warm *self)
{
  if (self->is_making || self->reached.stream != NULL || nj_exit_state (self->exit) == NJ_EXIT_STATE_DEAD)
    return;

  self->is_making = TRUE;
  self->begun = nj_worker_now (self->worker);
  self->refs++;
  if (nj_fiber_spawn (self->worker, make_serve, self) != NULL)
    return;
  self->is_making = FALSE;
  warm_unref (self);
}

/**
 * nj_warm_note_active:
 * @worker: the calling thread's worker
 *
 * Somebody dials. What went while nobody did, or failed, is made again. The worker's thread.
 */
void
nj_warm_note_active (NjWorker *worker)
{
  gint64 now = nj_worker_now (worker);

  active = now;
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      Warm *warm = g_ptr_array_index (list, i);

      if (warm->worker == worker && warm->timer.when == 0 && now >= warm->begun + RENEW_AFTER)
        make (warm);
    }
}

static void
add (NjWorker *worker, NjExit *exit)
{
  Warm *self = g_new0 (Warm, 1);

  self->worker = worker;
  self->exit = nj_exit_ref (exit);
  self->refs = 1;
  self->is_wanted = TRUE;
  self->timer.fire = on_timer;
  self->stoppable.stop = on_stop;
  nj_worker_stoppable_add (worker, &self->stoppable);
  if (list == NULL)
    list = g_ptr_array_new ();
  g_ptr_array_add (list, self);
  make (self);
}

static gboolean
is_among (const NjExit *exit, NjExit *const *exits, guint n)
{
  for (guint i = 0; i < n; i++)
    if (exits[i] == exit)
      return TRUE;
  return FALSE;
}

/**
 * nj_warm_set:
 * @worker: the calling thread's worker
 * @exits: those that are likely to be wanted, the likeliest first; references are taken
 * @n: how many; what is beyond %NJ_WARM_MAX is left out
 *
 * Begins at once with those that are new. The worker's thread.
 */
void
nj_warm_set (NjWorker *worker, NjExit *const *exits, guint n)
{
  n = MIN (n, NJ_WARM_MAX);
  for (guint i = list != NULL ? list->len : 0; i > 0; i--)
    {
      Warm *warm = g_ptr_array_index (list, i - 1);

      if (warm->worker == worker && !is_among (warm->exit, exits, n))
        drop (warm);
    }
  for (guint i = 0; i < n; i++)
    if (find (worker, exits[i]) == NULL)
      add (worker, exits[i]);
  nj_warm_note_active (worker);
}

/**
 * nj_warm_renew:
 * @worker: the calling thread's worker
 *
 * Drops all connections and, while somebody is there, makes new ones. The worker's thread.
 */
void
nj_warm_renew (NjWorker *worker)
{
  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      Warm *warm = g_ptr_array_index (list, i);

      if (warm->worker != worker)
        continue;
      drop_stream (warm);
      if (is_active (warm))
        make (warm);
    }
}

/**
 * nj_warm_leave:
 * @worker: the calling thread's worker
 * @exit: an exit that is dead
 *
 * The next one is made when somebody dials after it is back. The worker's thread.
 */
void
nj_warm_leave (NjWorker *worker, const NjExit *exit)
{
  Warm *warm = find (worker, exit);

  if (warm != NULL)
    drop_stream (warm);
}

/* A dial finds one on its way: that is nearer than any it could begin now. */
static NjIo
wait_for_it (Warm *warm, gint64 deadline, NjDialFailure *ret_failure)
{
  NjIo io = NJ_OK;

  warm->waiter = nj_fiber_self ();
  while (io == NJ_OK && warm->is_making)
    io = nj_fiber_park (deadline);
  warm->waiter = NULL;

  if (io == NJ_CANCELLED)
    return nj_hop_fail (NULL, io, NJ_DIAL_CANCELLED, ret_failure, "cancelled");
  if (io == NJ_TIMEOUT)
    return nj_hop_fail (NULL, io, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit cannot be reached: no answer in time");
  if (warm->made_io == NJ_OK || warm->failure.result == NJ_DIAL_CANCELLED)
    return NJ_OK;
  *ret_failure = warm->failure;
  return warm->made_io;
}

/**
 * nj_warm_take:
 * @worker: the calling thread's worker
 * @exit: an exit, not of kind h2
 * @deadline: monotonic µs: how long to wait for one that is on its way
 * @ret_reached: (out): a connection to it, greeted; its stream is the caller's
 * @ret_failure: (out): why not, when one was on its way and failed
 *
 * Has the next one made. A fiber's call.
 *
 * Returns: %NJ_OK; %NJ_AGAIN when there is none; what came of it when one was on its way and failed
 */
NjIo
nj_warm_take (NjWorker *worker, NjExit *exit, gint64 deadline, NjReached *ret_reached, NjDialFailure *ret_failure)
{
  Warm    *warm = find (worker, exit);
  NjStream *stream = NULL;
  NjIo      io = NJ_OK;

  if (warm == NULL)
    return NJ_AGAIN;

  warm->refs++;
  if (warm->is_making && warm->waiter == NULL)
    io = wait_for_it (warm, deadline, ret_failure);
  stream = warm->reached.stream;
  if (io == NJ_OK && stream != NULL)
    {
      stream->ready->notify = NULL;
      nj_worker_timer_clear (worker, &warm->timer);
      *ret_reached = warm->reached;
      ret_reached->took = 0;
      warm->reached.stream = NULL;
      if (!is_silent (stream))
        g_clear_pointer (&stream, nj_stream_close);
      if (warm->is_wanted)
        make (warm);
    }
  warm_unref (warm);
  return io != NJ_OK ? io : stream != NULL ? NJ_OK : NJ_AGAIN;
}
