/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One HTTP/2 connection that carries tunnels: it moves frames between nghttp2 and the stream below
 * without a stack of its own, as a relay does, and tells strands when something changed. What a
 * frame means is in carrier-frames.c, one tunnel is in strand.c, who keeps carriers warm is in
 * hop-h2.c. The worker's thread.
 *
 * Readers and writers of strands are told from run() only, which comes from the poller or as a
 * deferred call: a relay that writes to one strand must not be entered again for another, and
 * nghttp2 must not be entered while it is at work.
 */
#include "exits/carrier-private.h"

#include "exits/link.h"

/* Silence after which a new strand first asks whether anybody is there, and how long the answer may
 * take beside round trips, of which a lost packet costs several: a link that died while the machine slept costs two
 * seconds, not a TCP timeout. */
#define TRUST_FOR   (5 * (gint64) G_USEC_PER_SEC)
#define ANSWER_FOR  (2 * (gint64) G_USEC_PER_SEC)
#define ROUND_TRIPS 6

/* What was sent and followed by nothing for so long asks for a sign of life, too: those who wait for an answer may be
 * all there are, and nobody begins anything new. */
#define QUIET_FOR (300 * (gint64) 1000)

/* Pieces read a turn, so that one fast carrier does not starve the worker's others. */
#define SHARE 4

/* Strands begun before the other side said how many it allows. */
#define BEFORE_SETTINGS 32

/* A carrier without a strand is kept warm this long. */
#define IDLE_FOR (600 * (gint64) G_USEC_PER_SEC)

static void run (NjCarrier *self);
static void timer_set (NjCarrier *self);

static void
on_deferred (gpointer user_data)
{
  NjCarrier *self = user_data;

  self->is_deferred = FALSE;
  run (self);
}

static void
defer (NjCarrier *self)
{
  if (self->is_deferred)
    return;

  self->is_deferred = TRUE;
  nj_worker_defer (self->worker, on_deferred, self);
}

static void
say_ended (NjCarrier *self)
{
  NjCarrierEnded ended = self->ended;

  self->ended = NULL;
  self->is_draining = TRUE;
  if (ended != NULL)
    ended (self, self->user_data);
}

/**
 * nj_carrier_end:
 * @carrier: a carrier
 *
 * Its connection is over, in order or not: strands that are open are broken. Freed by itself when
 * the last strand is. The worker's thread, not inside nghttp2.
 */
void
nj_carrier_end (NjCarrier *carrier)
{
  if (carrier->below == NULL)
    return;

  carrier->below->ready->notify = NULL;
  nj_worker_timer_clear (carrier->worker, &carrier->timer);
  nj_worker_stoppable_remove (carrier->worker, &carrier->stoppable);
  nj_stream_close (g_steal_pointer (&carrier->below));
  g_clear_pointer (&carrier->out, g_free);
  carrier->out_len = 0;
  for (NjStrand *strand = carrier->strands, *next; strand != NULL; strand = next)
    {
      next = strand->next;
      nj_strand_break (strand);
    }
  say_ended (carrier);
  defer (carrier);
}

static void
carrier_free (NjCarrier *self)
{
  nghttp2_session_del (self->session);
  g_free (self);
}

/* Frames from nghttp2 into out. The bytes of strands go there by nj_carrier_out_pop(). */
static gboolean
take_frames (NjCarrier *self)
{
  while (self->out_len < NJ_CARRIER_OUT_MAX)
    {
      const guint8 *frame = NULL;
      ssize_t       len;

      self->is_in_session = TRUE;
      len = nghttp2_session_mem_send (self->session, &frame);
      self->is_in_session = FALSE;
      if (len < 0)
        return FALSE;
      if (len == 0)
        break;
      nj_carrier_out_push (self, frame, (gsize) len);
    }
  return TRUE;
}

/* Until nghttp2 has no more or the stream below takes no more. */
static gboolean
write_frames (NjCarrier *self)
{
  for (;;)
    {
      struct iovec piece;
      gsize        n = 0;
      NjIo         io;

      if (!take_frames (self))
        return FALSE;
      if (self->out_len == 0)
        return TRUE;

      piece = (struct iovec){ self->out + self->out_start, self->out_len };
      io = nj_stream_try_write (self->below, &piece, 1, &n);
      if (io == NJ_AGAIN)
        return TRUE;
      if (io != NJ_OK)
        return FALSE;

      self->out_start += n;
      self->out_len -= n;
      self->said = nj_worker_now (self->worker);
      if (self->watched == 0 && !self->is_server && self->strands != NULL)
        {
          self->watched = self->said;
          timer_set (self);
        }
      if (self->out_len == 0)
        {
          g_clear_pointer (&self->out, g_free);
          self->out_start = 0;
        }
    }
}

/**
 * nj_carrier_flush:
 * @carrier: a carrier
 *
 * Sends what there is to send. Never calls a strand's reader or writer. The worker's thread.
 */
void
nj_carrier_flush (NjCarrier *carrier)
{
  if (carrier->below == NULL || carrier->is_in_session)
    return;

  if (!write_frames (carrier) || carrier->raised != NULL)
    {
      /* A failure is told from run(), where others may be called. */
      carrier->below->ready->readable = TRUE;
      defer (carrier);
    }
}

/* One piece; FALSE when the connection is of no more use. */
static gboolean
read_frames (NjCarrier *self)
{
  char   *scratch = nj_worker_scratch (self->worker);
  gsize   n = 0;
  NjIo    io = nj_stream_try_read (self->below, scratch, NJ_WORKER_SCRATCH, &n);
  ssize_t taken;

  if (io != NJ_OK)
    return io == NJ_AGAIN;

  self->heard = nj_worker_now (self->worker);
  self->pinged = 0;
  self->is_in_session = TRUE;
  taken = nghttp2_session_mem_recv (self->session, (const guint8 *) scratch, n);
  self->is_in_session = FALSE;
  return taken >= 0;
}

static void
tell_strands (NjCarrier *self)
{
  while (self->raised != NULL)
    {
      NjStrand *strand = self->raised;

      self->raised = strand->next_raised;
      strand->is_raised = FALSE;
      if (strand->is_new)
        {
          strand->is_new = FALSE;
          self->requested (self, strand, self->user_data);
        }
      else if (strand->is_orphan && strand->is_gone)
        nj_strand_free (strand);
      else
        nj_readiness_raise (&strand->ready);
    }
}

/* RFC 9113 §6.8: after GOAWAY and the last strand nobody wants anything any more. */
static gboolean
is_over (NjCarrier *self)
{
  return self->out_len == 0 && !nghttp2_session_want_read (self->session) && !nghttp2_session_want_write (self->session);
}

static void
run (NjCarrier *self)
{
  gboolean is_readable = TRUE;

  for (int share = 0; share < SHARE && self->below != NULL && is_readable; share++)
    {
      is_readable = self->below->ready->readable || self->below->ready->broken;
      if ((is_readable && !read_frames (self)) || !write_frames (self) || is_over (self))
        nj_carrier_end (self);
      tell_strands (self);
    }

  if (self->below != NULL)
    {
      if (is_readable || self->raised != NULL)
        defer (self);
      return;
    }
  tell_strands (self);
  if (self->strands == NULL && !self->is_deferred)
    carrier_free (self);
}

static void
on_event (gpointer user_data)
{
  run (user_data);
}

static void
timer_set (NjCarrier *self)
{
  gint64 when = G_MAXINT64;

  if (self->pinged != 0)
    when = self->pinged + self->answer_for;
  if (self->watched != 0)
    when = MIN (when, self->watched + QUIET_FOR);
  if (self->idle != 0)
    when = MIN (when, self->idle + IDLE_FOR);

  if (when != G_MAXINT64)
    nj_worker_timer_set (self->worker, &self->timer, when);
  else
    nj_worker_timer_clear (self->worker, &self->timer);
}

static void
on_timer (NjTimer *timer)
{
  NjCarrier *self = (NjCarrier *) (void *) ((char *) timer - G_STRUCT_OFFSET (NjCarrier, timer));
  gint64     now = nj_worker_now (self->worker);

  if (self->watched != 0 && now >= self->watched + QUIET_FOR)
    {
      gboolean is_quiet = self->strands != NULL && self->heard <= self->said;

      /* What was sent meanwhile has its time as well. */
      self->watched = is_quiet && now < self->said + QUIET_FOR ? self->said : 0;
      if (is_quiet && self->watched == 0)
        nj_carrier_ping (self);
    }
  if ((self->pinged != 0 && now >= self->pinged + self->answer_for) || (self->idle != 0 && now >= self->idle + IDLE_FOR))
    nj_carrier_end (self);
  else
    timer_set (self);
}

static void
on_stop (NjStoppable *stoppable)
{
  nj_carrier_end ((NjCarrier *) (void *) stoppable);
}

/**
 * nj_carrier_raise:
 * @carrier: a carrier
 * @strand: one of its strands, of which a flag was raised
 *
 * Its reader or writer is told soon, from run(). The worker's thread.
 */
void
nj_carrier_raise (NjCarrier *carrier, NjStrand *strand)
{
  if (strand->is_raised)
    return;

  strand->is_raised = TRUE;
  strand->next_raised = carrier->raised;
  carrier->raised = strand;
}

/**
 * nj_carrier_round_trip:
 * @carrier: a carrier
 *
 * The worker's thread.
 *
 * Returns: how long a round trip takes now, with what it varies by, in µs; 0 unknown
 */
gint64
nj_carrier_round_trip (const NjCarrier *carrier)
{
  return carrier->below != NULL ? nj_link_round_trip (carrier->link) : 0;
}

static void
ask_life (NjCarrier *self)
{
  nghttp2_submit_ping (self->session, NGHTTP2_FLAG_NONE, NULL);
  self->pinged = nj_worker_now (self->worker);
  self->answer_for = ANSWER_FOR + ROUND_TRIPS * nj_carrier_round_trip (self);
  timer_set (self);
}

/**
 * nj_carrier_set_link:
 * @carrier: a carrier
 * @link: the socket at its bottom: how long an answer takes is asked there
 *
 * The worker's thread.
 */
void
nj_carrier_set_link (NjCarrier *carrier, int link)
{
  carrier->link = link;
}

/**
 * nj_carrier_ping:
 * @carrier: a carrier
 *
 * The other side must say something within two seconds and some round trips, or the carrier ends. The worker's thread.
 */
void
nj_carrier_ping (NjCarrier *carrier)
{
  if (carrier->below == NULL || carrier->pinged != 0)
    return;

  ask_life (carrier);
  nj_carrier_flush (carrier);
}

/**
 * nj_carrier_was_heard:
 * @carrier: a carrier
 * @since: monotonic µs
 *
 * The worker's thread.
 *
 * Returns: whether anything came since then
 */
gboolean
nj_carrier_was_heard (const NjCarrier *carrier, gint64 since)
{
  return carrier->heard > since;
}

/**
 * nj_carrier_doubt:
 * @carrier: a carrier that does not answer
 *
 * What it carries stays, in case it does after all. The worker's thread.
 */
void
nj_carrier_doubt (NjCarrier *carrier)
{
  carrier->doubted = nj_worker_now (carrier->worker);
}

/**
 * nj_carrier_ask_life:
 * @carrier: a carrier
 *
 * Before something new is asked of a connection that was silent for long: the other side must say
 * something within two seconds, or the carrier ends. The worker's thread.
 */
void
nj_carrier_ask_life (NjCarrier *carrier)
{
  gint64 now = nj_worker_now (carrier->worker);

  if (carrier->pinged != 0 || now - carrier->heard < TRUST_FOR)
    return;

  ask_life (carrier);
}

/**
 * nj_carrier_adopt:
 * @carrier: a carrier
 * @strand: a strand that begins
 *
 * The worker's thread.
 */
void
nj_carrier_adopt (NjCarrier *carrier, NjStrand *strand)
{
  strand->next = carrier->strands;
  if (strand->next != NULL)
    strand->next->previous = strand;
  carrier->strands = strand;
  carrier->n_strands++;
  carrier->idle = 0;
  timer_set (carrier);
}

/**
 * nj_carrier_release:
 * @carrier: a carrier
 * @strand: a strand that is about to be freed
 *
 * The worker's thread.
 */
void
nj_carrier_release (NjCarrier *carrier, NjStrand *strand)
{
  NjStrand **link = &carrier->raised;

  if (strand->previous != NULL)
    strand->previous->next = strand->next;
  else
    carrier->strands = strand->next;
  if (strand->next != NULL)
    strand->next->previous = strand->previous;
  carrier->n_strands--;

  while (strand->is_raised && *link != strand)
    link = &(*link)->next_raised;
  if (strand->is_raised)
    *link = strand->next_raised;

  if (carrier->strands != NULL)
    return;
  if (carrier->below == NULL || carrier->is_draining)
    {
      defer (carrier);
      return;
    }
  carrier->idle = nj_worker_now (carrier->worker);
  timer_set (carrier);
}

/**
 * nj_carrier_has_room:
 * @carrier: a carrier
 *
 * The worker's thread.
 *
 * Returns: whether it can take one more strand now
 */
gboolean
nj_carrier_has_room (const NjCarrier *carrier)
{
  guint32 most = nghttp2_session_get_remote_settings (carrier->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);

  /* nghttp2 would hold what goes beyond the limit back until another strand ends, perhaps for hours. */
  if (!carrier->is_greeted)
    most = MIN (most, BEFORE_SETTINGS);
  return carrier->below != NULL && !carrier->is_draining && carrier->doubted <= carrier->heard && carrier->n_strands < most;
}

/**
 * nj_carrier_load:
 * @carrier: a carrier
 *
 * The worker's thread.
 *
 * Returns: how many strands it carries
 */
guint
nj_carrier_load (const NjCarrier *carrier)
{
  return carrier->n_strands;
}

static NjCarrier *
carrier_new (NjStream *below, gboolean is_server, NjCarrierRequested requested, NjCarrierEnded ended, gpointer user_data)
{
  NjCarrier *self = g_new0 (NjCarrier, 1);

  self->worker = below->worker;
  self->below = below;
  self->link = -1;
  self->is_server = is_server;
  self->requested = requested;
  self->ended = ended;
  self->user_data = user_data;
  self->heard = self->idle = nj_worker_now (self->worker);
  self->timer.fire = on_timer;
  self->stoppable.stop = on_stop;
  if (!nj_carrier_frames_init (self))
    {
      nj_stream_close (below);
      g_free (self);
      return NULL;
    }

  nj_worker_stoppable_add (self->worker, &self->stoppable);
  timer_set (self);
  nj_readiness_arm (below->ready);
  below->ready->notify = on_event;
  below->ready->notify_data = self;
  defer (self);
  return self;
}

/**
 * nj_carrier_new_client:
 * @below: (transfer full): a connection on which the other side awaits HTTP/2
 * @ended: (nullable): told once when no more strands can be had
 * @user_data: for @ended
 *
 * The worker's thread. Source: RFC 9113 §3.4.
 *
 * Returns: (transfer none) (nullable): a carrier; %NULL when there is no memory for one
 */
NjCarrier *
nj_carrier_new_client (NjStream *below, NjCarrierEnded ended, gpointer user_data)
{
  return carrier_new (below, FALSE, NULL, ended, user_data);
}

/**
 * nj_carrier_new_server:
 * @below: (transfer full): a connection on which the other side will speak HTTP/2
 * @requested: told of each request
 * @ended: (nullable): told once when no more requests come
 * @user_data: for both
 *
 * The worker's thread. Source: RFC 9113 §3.4.
 *
 * Returns: (transfer none) (nullable): a carrier; %NULL when there is no memory for one
 */
NjCarrier *
nj_carrier_new_server (NjStream *below, NjCarrierRequested requested, NjCarrierEnded ended, gpointer user_data)
{
  return carrier_new (below, TRUE, requested, ended, user_data);
}
