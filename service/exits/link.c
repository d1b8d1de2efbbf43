/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Notices that a link to an exit went silent, by what the kernel knows of its socket: bytes were
 * sent, sent again, and nobody acknowledges. Then the exit is probed by a connection of its own,
 * and a link that stays silent is broken off, whatever it carries; what leads through an exit that
 * is dead is closed from above. Links are looked at only while something moves on one of them: after
 * that a write begins it anew, and in between nothing wakes. The worker's thread.
 *
 * Not TCP_USER_TIMEOUT: it also ends a connection whose other end lives and keeps its window shut
 * for that long, which is what an upload to a slow target looks like. (Linux 6.18: seen.)
 */
#include "exits/link.h"

#include "base/clock.h"
#include "exits/exit-address.h"
#include "exits/exit-private.h"
#include "exits/hop.h"
#include "net/socket.h"
#include "net/worker.h"

#include <netinet/tcp.h>

/* How often links are looked at while something moves, and while something is not acknowledged; µs. */
#define LOOK_EVERY (500 * (gint64) 1000)
#define LOOK_CLOSE (200 * (gint64) 1000)

/* Bytes moved so lately that somebody may still wait for more; ms. */
#define MOVED_LATELY 10000
#define PAUSED       1000

/* The kernel asks links that only received when they pause, at most so many: one that is dead speaks for its exit. */
#define SENTINELS_MAX 8
#define PROBES_LEAST  3

/* So long a silence, and some round trips, is worth a probe; so long is the end, sooner where another exit stands by. A
 * link of 800 ms on which three packets of a hundred get lost is never silent for as long as its own round trips make of
 * this; µs. */
#define DOUBT_AFTER      (500 * (gint64) 1000)
#define LOST_AFTER       (1400 * (gint64) 1000)
#define LOST_ALONE_AFTER (6000 * (gint64) 1000)

typedef struct Sweep Sweep;
typedef struct Link  Link;

/* One socket to an exit. It lives as long as that. */
struct Link
{
  NjSocketWatch watch;
  Sweep        *sweep;
  Link         *next;
  Link         *previous;
  NjStream     *socket;      /* borrowed */
  NjExit       *exit;        /* counted */
  gint64        born;        /* monotonic µs */
  gint64        since;       /* when something was first seen unacknowledged, 0 while nothing is; monotonic µs */
  gboolean      is_sentinel; /* the kernel asks every second */
};

/* A worker's links, while it has any. */
struct Sweep
{
  NjWorker *worker;
  NjTimer   timer;
  Link     *links;
  guint     n_sentinels;
};

/* What is known of a link at one moment. */
typedef struct
{
  struct tcp_info tcp;
  gboolean        is_unanswered; /* something is not acknowledged */
  gboolean        is_repeated;   /* and was said again */
  gboolean        is_conclusive; /* often enough: what was silent for long does not know its round trip */
  gint64          silence;       /* since then nothing came; µs */
  gint64          round_trip;    /* with what it varies by; µs */
} Look;

typedef struct
{
  NjWorker *worker;
  NjExit   *exit; /* counted */
  gint64    deadline;
} Probe;

static _Thread_local Sweep *sweep_here; /* (nullable) a thread runs one worker at a time */

static void
set_option (Link *self, int name, int value)
{
  setsockopt (nj_stream_fd (self->socket), IPPROTO_TCP, name, &value, sizeof value);
}

/* The kernel asks a link that says nothing, which wakes nobody here: every second while it is looked at, and else
 * seldom enough for a battery, so that one that died does not hold its tunnel for hours. */
static void
be_sentinel (Link *self, gboolean is_sentinel)
{
  self->sweep->n_sentinels += is_sentinel ? 1 : self->is_sentinel ? -1u : 0;
  self->is_sentinel = is_sentinel;
  set_option (self, TCP_KEEPINTVL, is_sentinel ? 1 : 10);
  set_option (self, TCP_KEEPCNT, is_sentinel ? 20 : 3);
  /* Last: it sets the clock. */
  set_option (self, TCP_KEEPIDLE, is_sentinel ? 1 : 120);
}

/* That it connects says that the link lives, and nothing about whether the exit serves. */
static void
probe_serve (gpointer user_data)
{
  Probe        *self = user_data;
  NjStream     *stream = NULL;
  NjDialFailure failure = { NJ_DIAL_OK, "", FALSE, NULL };
  gint64        begun = nj_clock_monotonic ();

  if (nj_exit_address_connect (self->worker, self->exit, self->deadline, &stream, &failure) == NJ_OK)
    {
      nj_exit_note_reached (self->exit, nj_clock_monotonic () - begun);
      nj_stream_close (stream);
    }
  else if (failure.result == NJ_DIAL_EXIT_DOWN)
    nj_exit_dial_failed_since (self->exit, begun, failure.detail);
  nj_exit_unref (self->exit);
  g_free (self);
}

/* A connection of its own tells a dead exit from a dead connection. One at a time for each exit, whoever asks. */
static void
probe (Link *link, gint64 round_trip)
{
  gint64 now = nj_worker_now (link->sweep->worker);
  gint64 patience = LOST_AFTER + 6 * round_trip;
  Probe *self;

  if (!nj_exit_may_probe (link->exit, now, patience))
    return;
  self = g_new0 (Probe, 1);
  self->worker = link->sweep->worker;
  self->exit = nj_exit_ref (link->exit);
  self->deadline = now + patience;
  if (nj_fiber_spawn (self->worker, probe_serve, self) != NULL)
    return;
  nj_exit_unref (self->exit);
  g_free (self);
}

/* Whoever reads or writes there now hears of a broken connection, not of an end in order. */
static void
break_off (Link *self, const Look *look)
{
  const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };

  nj_exit_link_lost (self->exit, nj_worker_now (self->sweep->worker) - look->silence, "its link went silent");
  connect (nj_stream_fd (self->socket), &nowhere, sizeof nowhere);
}

static gboolean
look_at (Link *self, gint64 now, Look *ret_look)
{
  socklen_t size = sizeof ret_look->tcp;
  gint64    heard;

  if (getsockopt (nj_stream_fd (self->socket), IPPROTO_TCP, TCP_INFO, &ret_look->tcp, &size) != 0 ||
      ret_look->tcp.tcpi_state == TCP_CLOSE)
    return FALSE;

  heard = now - MIN (ret_look->tcp.tcpi_last_ack_recv, ret_look->tcp.tcpi_last_data_recv) * (gint64) 1000;
  ret_look->is_unanswered = ret_look->tcp.tcpi_unacked > 0 || ret_look->tcp.tcpi_probes > 0;
  ret_look->is_repeated = ret_look->is_unanswered && (ret_look->tcp.tcpi_retransmits > 0 || ret_look->tcp.tcpi_probes > 0);
  ret_look->round_trip = MAX (ret_look->tcp.tcpi_rtt + 4 * (gint64) ret_look->tcp.tcpi_rttvar,
                              nj_exit_latency_ms (self->exit) * (gint64) 1000);
  /* What a dial hears itself says nothing against its failure. */
  if (now - self->born > NJ_HOP_PATIENCE)
    nj_exit_note_heard (self->exit, now - ret_look->tcp.tcpi_last_data_recv * (gint64) 1000);

  /* It may have had nothing to say for an hour before. */
  if (!ret_look->is_unanswered)
    self->since = 0;
  else if (self->since == 0)
    self->since = now;
  ret_look->silence = ret_look->is_unanswered ? now - MAX (self->since, heard) : 0;
  ret_look->is_conclusive = ret_look->is_repeated &&
                            (ret_look->tcp.tcpi_unacked > 0 || (ret_look->tcp.tcpi_probes >= PROBES_LEAST &&
                                                                !nj_exit_was_reached (self->exit, now - ret_look->silence)));
  return TRUE;
}

/* Says when it wants to be looked at again, in µs; 0: not before something is written. */
static gint64
judge (Link *self, gint64 now)
{
  Look     look;
  gint64   lost_after = nj_exit_has_others (self->exit) ? LOST_AFTER : LOST_ALONE_AFTER;
  gboolean is_late;

  if (!look_at (self, now, &look))
    return 0;

  is_late = look.tcp.tcpi_last_data_recv < MOVED_LATELY || look.tcp.tcpi_last_data_sent < MOVED_LATELY;
  if (self->is_sentinel && !is_late && !look.is_unanswered)
    be_sentinel (self, FALSE);
  else if (!self->is_sentinel && is_late && !look.is_unanswered && look.tcp.tcpi_last_data_recv > PAUSED &&
           self->sweep->n_sentinels < SENTINELS_MAX)
    be_sentinel (self, TRUE);

  if (look.is_repeated && look.silence > DOUBT_AFTER + 2 * look.round_trip)
    {
      nj_exit_dial_doubted (self->exit);
      probe (self, look.round_trip);
    }
  if (look.is_conclusive && look.silence > lost_after + 6 * look.round_trip)
    {
      break_off (self, &look);
      return 0;
    }
  return look.is_unanswered ? LOOK_CLOSE : is_late ? LOOK_EVERY : 0;
}

static void
on_wrote (gpointer user_data)
{
  Link  *self = user_data;
  Sweep *sweep = self->sweep;

  if (sweep->timer.when == 0)
    nj_worker_timer_set (sweep->worker, &sweep->timer, nj_worker_now (sweep->worker) + LOOK_CLOSE);
}

static void
on_timer (NjTimer *timer)
{
  Sweep *self = (Sweep *) (void *) ((char *) timer - G_STRUCT_OFFSET (Sweep, timer));
  gint64 now = nj_worker_now (self->worker);
  gint64 soonest = 0;

  for (Link *link = self->links; link != NULL; link = link->next)
    {
      gint64 when = judge (link, now);

      if (when != 0 && (soonest == 0 || when < soonest))
        soonest = when;
    }
  if (soonest != 0)
    {
      nj_worker_timer_set (self->worker, timer, now + soonest);
      return;
    }
  for (Link *link = self->links; link != NULL; link = link->next)
    link->socket->ready->wrote = on_wrote;
}

static void
on_closing (NjSocketWatch *watch)
{
  Link  *self = (Link *) (void *) watch;
  Sweep *sweep = self->sweep;

  sweep->n_sentinels -= self->is_sentinel;
  if (self->next != NULL)
    self->next->previous = self->previous;
  if (self->previous != NULL)
    self->previous->next = self->next;
  else
    sweep->links = self->next;
  nj_exit_unref (self->exit);
  g_free (self);
  if (sweep->links != NULL)
    return;

  nj_worker_timer_clear (sweep->worker, &sweep->timer);
  sweep_here = NULL;
  g_free (sweep);
}

/**
 * nj_link_round_trip:
 * @link: a connected socket, or -1
 *
 * Any thread.
 *
 * Returns: how long a round trip takes now, with what it varies by, in µs; 0 unknown
 */
gint64
nj_link_round_trip (int link)
{
  struct tcp_info about;
  socklen_t       size = sizeof about;

  if (link < 0 || getsockopt (link, IPPROTO_TCP, TCP_INFO, &about, &size) != 0)
    return 0;
  return about.tcpi_rtt + 4 * (gint64) about.tcpi_rttvar;
}

/**
 * nj_link_watch:
 * @socket: a connected socket to an exit; not watched yet
 * @exit: that exit
 *
 * The worker's thread.
 */
void
nj_link_watch (NjStream *socket, NjExit *exit)
{
  Link *self = g_new0 (Link, 1);

  if (sweep_here == NULL)
    {
      sweep_here = g_new0 (Sweep, 1);
      sweep_here->worker = socket->worker;
      sweep_here->timer.fire = on_timer;
    }
  g_assert (sweep_here->worker == socket->worker);

  self->watch.closing = on_closing;
  self->sweep = sweep_here;
  self->socket = socket;
  self->exit = nj_exit_ref (exit);
  self->born = nj_worker_now (socket->worker);
  self->next = sweep_here->links;
  if (self->next != NULL)
    self->next->previous = self;
  sweep_here->links = self;
  setsockopt (nj_stream_fd (socket), SOL_SOCKET, SO_KEEPALIVE, &(int){ 1 }, sizeof (int));
  be_sentinel (self, FALSE);
  socket->ready->wrote = on_wrote;
  socket->ready->wrote_data = self;
  nj_socket_set_watch (socket, &self->watch);
}
