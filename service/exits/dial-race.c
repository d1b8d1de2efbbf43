/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dials an exit while others may stand in for it. One that does not answer after a few round trips
 * is dialled once more, since a packet may have been lost, then the next exit beside it: the first
 * that is reached gets the target, and the others, each in a fiber of its own, only go on to find out
 * how their exit does. No two of them ask for the target unless the link of the first went silent
 * after it was asked. In fibers, on workers.
 */
#include "exits/dial-private.h"

#include "exits/exit-private.h"
#include "exits/reach.h"
#include "net/worker.h"

#include <netinet/tcp.h>

/* An exit that others may stand in for is down when it is not reached in this time and some round trips: long enough for
 * one lost SYN, which is sent again after one second; µs. */
#define REACH_FOR   (1300 * (gint64) 1000)
#define REACH_TRIPS 4

/* Each attempt keeps the deadline by itself and says why; past this, one that does not is left; µs. */
#define GRACE ((gint64) G_USEC_PER_SEC)

/* Exits beside the route's own that one dial tries. */
#define OTHERS_MAX 4

/* The route's exit twice, and the others. */
#define ATTEMPTS_MAX (2 + OTHERS_MAX)

/* How long an attempt has the field for itself: as many round trips, within bounds; µs. The greetings of SOCKS5
 * over TLS take four. */
#define ROUND_TRIPS     6
#define ALONE_MIN       (200 * 1000)
#define ALONE_MAX       (700 * 1000)
#define ALONE_AT_FIRST  (400 * 1000) /* the round trip is not known yet */

/* One exit dialled, in a fiber. It outlives the race when another was faster. */
typedef struct
{
  guint         refs;     /* the race's and the fiber's: one worker, so not atomic */
  NjWorker     *worker;   /* borrowed */
  NjFiber      *waiter;   /* (nullable) the race's */
  NjExit       *exit;     /* counted */
  NjHopRequest  request;
  NjHopRace     race;
  char          host[NJ_HOST_MAX + 1];
  gboolean      is_done;
  NjIo          io;
  NjStream     *stream;   /* (nullable) owned */
  NjDialFailure failure;
} Attempt;

typedef struct
{
  NjWorker           *worker;
  const NjHopRequest *request;
  gboolean            is_patient; /* there is nothing after the last */
  NjExit             *exits[ATTEMPTS_MAX]; /* borrowed from the route, in the order to try */
  guint               n_exits;
  guint               next;
  Attempt            *attempts[ATTEMPTS_MAX]; /* (nullable) counted */
} Race;

static void
attempt_unref (Attempt *self)
{
  if (--self->refs > 0)
    return;
  nj_stream_close (self->stream);
  nj_exit_unref (self->exit);
  g_free (self);
}

static void
attempt_serve (gpointer user_data)
{
  Attempt *self = user_data;

  self->io = nj_dial_exit (self->worker, &self->request, &self->stream, &self->failure);
  self->is_done = TRUE;
  if (self->waiter != NULL)
    nj_fiber_wake (self->waiter);
  attempt_unref (self);
}

static gint64
reach_for (const NjExit *exit)
{
  return MIN (REACH_FOR + REACH_TRIPS * (nj_exit_latency_ms (exit) * (gint64) 1000), NJ_HOP_PATIENCE);
}

static void
attempt_start (Race *race)
{
  guint    i = race->next++;
  gboolean is_last = race->next == race->n_exits;
  gint64   now = nj_worker_now (race->worker);
  Attempt *self = g_new0 (Attempt, 1);

  self->refs = 2;
  self->worker = race->worker;
  self->waiter = nj_fiber_self ();
  self->exit = nj_exit_ref (race->exits[i]);
  nj_exit_note_others (self->exit, TRUE);
  memcpy (self->host, race->request->host.data, race->request->host.len);
  self->request = *race->request;
  self->request.exit = self->exit;
  self->request.host = nj_bytes (self->host, race->request->host.len);
  self->request.reach_by = now + (is_last && i > 0 && race->is_patient ? NJ_HOP_PATIENCE : reach_for (self->exit));
  self->request.reach_by = MIN (self->request.reach_by, race->request->deadline);
  self->request.race = &self->race;
  self->race.link = -1;
  race->attempts[i] = self;
  if (nj_fiber_spawn (race->worker, attempt_serve, self) != NULL)
    return;

  self->is_done = TRUE;
  self->io = nj_hop_fail (NULL, NJ_FAILED, NJ_DIAL_EXIT_DOWN, &self->failure, "out of memory");
  attempt_unref (self);
}

/* Whether what was asked of the exit lies unacknowledged: the link, not the target, is silent. A carrier is asked
 * again each time, for it may have been heard just before its link went. */
static gboolean
is_link_silent (NjHopRace *race, NjWorker *worker)
{
  struct tcp_info about;
  socklen_t       size = sizeof about;
  int             link = race->link;

  if (race->carrier != NULL && !nj_carrier_was_heard (race->carrier, race->asked))
    return TRUE;
  if (race->carrier != NULL)
    {
      race->asked = nj_worker_now (worker);
      nj_carrier_ping (race->carrier);
      return FALSE;
    }
  return link >= 0 && getsockopt (link, IPPROTO_TCP, TCP_INFO, &about, &size) == 0 && about.tcpi_unacked > 0;
}

static gboolean
is_stuck (Attempt *self)
{
  return !self->is_done && (!self->race.is_reached || is_link_silent (&self->race, self->worker));
}

/* How long the attempt begun last has before the next is begun beside it. */
static gint64
alone_for (const Attempt *self)
{
  gint64 latency = nj_exit_latency_ms (self->exit) * (gint64) 1000;

  /* What is known to be in doubt gets as long as a good one needs. */
  if (nj_exit_is_doubted (self->exit))
    return CLAMP (2 * latency, ALONE_MIN / 4, ALONE_MAX);
  return latency > 0 ? CLAMP (ROUND_TRIPS * latency, ALONE_MIN, ALONE_MAX) : ALONE_AT_FIRST;
}

static gboolean
is_exits_fault (NjDialResult result)
{
  return result == NJ_DIAL_EXIT_DOWN || result == NJ_DIAL_EXIT_AUTH || result == NJ_DIAL_EXIT_CERTIFICATE;
}

/* The one that decides: it got through, or its exit says that the target is not to be had. */
static Attempt *
winner (Race *race)
{
  for (guint i = 0; i < race->next; i++)
    {
      Attempt *attempt = race->attempts[i];

      if (attempt->is_done && (attempt->io == NJ_OK || !is_exits_fault (attempt->failure.result)))
        return attempt;
    }
  return NULL;
}

static guint
running (const Race *race)
{
  guint n = 0;

  for (guint i = 0; i < race->next; i++)
    n += !race->attempts[i]->is_done;
  return n;
}

/* The exit's fault shows at once: nobody needs to wait for the same exit's second attempt. */
static void
skip_failed (Race *race)
{
  Attempt *last = race->attempts[race->next - 1];

  while (race->next < race->n_exits && last->is_done && race->exits[race->next] == last->exit)
    {
      race->n_exits--;
      memmove (&race->exits[race->next], &race->exits[race->next + 1], (race->n_exits - race->next) * sizeof race->exits[0]);
    }
}

static NjIo
run (Race *race, Attempt **ret_winner)
{
  NjIo io = NJ_OK;

  attempt_start (race);
  for (;;)
    {
      Attempt *last = race->attempts[race->next - 1];
      guint    before = running (race);
      gboolean is_late;
      gint64   until = nj_worker_now (race->worker) + alone_for (last);

      while (io == NJ_OK && running (race) == before && before > 0)
        io = nj_fiber_park (race->next < race->n_exits ? MIN (until, race->request->deadline) : race->request->deadline + GRACE);
      if (io == NJ_CANCELLED)
        return io;
      if (nj_worker_now (race->worker) >= race->request->deadline + GRACE)
        return NJ_TIMEOUT;

      *ret_winner = winner (race);
      if (*ret_winner != NULL)
        return NJ_OK;
      skip_failed (race);
      is_late = running (race) == before && is_stuck (last);
      if (is_late)
        nj_exit_dial_doubted (last->exit);
      if (race->next < race->n_exits && (running (race) < before || before == 0 || is_late))
        attempt_start (race);
      else if (running (race) == 0)
        return NJ_FAILED;
      io = NJ_OK;
    }
}

static void
leave (Race *race)
{
  for (guint i = 0; i < race->next; i++)
    {
      race->attempts[i]->waiter = NULL;
      race->attempts[i]->race.is_unwanted = TRUE;
      attempt_unref (race->attempts[i]);
    }
}

/**
 * nj_dial_race:
 * @worker: the calling thread's worker
 * @route: a route on which others may stand in for its exit
 * @request: what is asked; which exit is decided here
 * @ret_stream: (out) (transfer full): a stream to the target
 * @ret_failure: (out): why not, and which exit was used
 *
 * A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_dial_race (NjWorker *worker, const NjRoute *route, const NjHopRequest *request, NjStream **ret_stream,
              NjDialFailure *ret_failure)
{
  Race     race = { .worker = worker, .request = request, .is_patient = !route->is_open };
  Attempt *decides = NULL;
  NjIo     io;

  race.exits[race.n_exits++] = route->exit;
  if (nj_exit_state (route->exit) == NJ_EXIT_STATE_ALIVE && !nj_exit_is_doubted (route->exit))
    race.exits[race.n_exits++] = route->exit;
  for (guint i = 0; route->others != NULL && i < route->others->len && race.n_exits < ATTEMPTS_MAX; i++)
    {
      NjExit *other = g_ptr_array_index (route->others, i);

      if (other != route->exit && nj_exit_state (other) != NJ_EXIT_STATE_DEAD)
        race.exits[race.n_exits++] = other;
    }

  io = run (&race, &decides);
  if (io == NJ_CANCELLED)
    io = nj_hop_fail (NULL, io, NJ_DIAL_CANCELLED, ret_failure, "cancelled");
  else if (io == NJ_TIMEOUT)
    io = nj_hop_fail (NULL, io, NJ_DIAL_TIMEOUT, ret_failure, "%s", nj_dial_result_text (NJ_DIAL_TIMEOUT));
  else
    {
      /* Nobody got through: what the last one says counts. */
      Attempt *told = decides != NULL ? decides : race.attempts[race.next - 1];

      io = told->io;
      *ret_failure = told->failure;
      if (io == NJ_OK)
        *ret_stream = g_steal_pointer (&told->stream);
    }
  leave (&race);
  return io;
}
