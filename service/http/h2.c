/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One HTTP/2 connection, either side: it moves frames between nghttp2 and the stream below without a
 * stack of its own. What a frame means is in h2-frames.c, one stream of it in h2-stream.c, its words
 * in h2-heard.c and h2-said.c. The worker's thread.
 *
 * Readers and writers of streams are told from run() only, and frames go out from there: what many
 * fibers said in one turn of the loop is one write. nghttp2 must not be entered while it is at work.
 */
#include "http/h2-private.h"

/* Silence after which somebody who cares asks whether anybody is there, and how long the answer may
 * take: a link that died while the machine slept costs two seconds, not a TCP timeout. */
#define TRUST_FOR  (5 * (gint64) G_USEC_PER_SEC)
#define ANSWER_FOR (2 * (gint64) G_USEC_PER_SEC)

/* How long what a stream's owner left behind may wait for a window. */
#define ORPHAN_FOR (60 * (gint64) G_USEC_PER_SEC)

/* Pieces read a turn, so that one fast connection does not starve the worker's others. */
#define SHARE 4

/* Streams begun before the other side said how many it allows. */
#define BEFORE_SETTINGS 100

static void run (NjH2 *self);

static void
on_deferred (gpointer user_data)
{
  NjH2 *self = user_data;

  self->is_deferred = FALSE;
  run (self);
}

/**
 * nj_h2_wake: (skip)
 * @h2: a connection, of which something is to be sent or told
 *
 * It is done soon, from the worker's loop.
 */
void
nj_h2_wake (NjH2 *h2)
{
  if (h2->is_deferred)
    return;

  h2->is_deferred = TRUE;
  nj_worker_defer (h2->worker, on_deferred, h2);
}

static void
say_ended (NjH2 *self)
{
  void (*ended) (NjH2 *h2, gpointer user_data) = self->events.ended;

  self->events.ended = NULL;
  self->is_draining = TRUE;
  if (ended != NULL)
    ended (self, self->user_data);
}

static void
say_trouble (NjH2 *self)
{
  const char *problem = self->problem;

  self->problem = NULL;
  if (problem != NULL && self->events.troubled != NULL && self->events.ended != NULL)
    self->events.troubled (self, problem, self->user_data);
}

static void
out_free (NjH2 *self)
{
  if (self->out != NULL)
    nj_worker_large_give (self->worker, self->out);
  self->out = NULL;
  self->out_start = self->out_len = 0;
}

/**
 * nj_h2_end:
 * @h2: a connection
 *
 * Ends it now, in order or not: streams that are open are broken. Freed by itself when the last
 * stream is. The worker's thread.
 */
void
nj_h2_end (NjH2 *h2)
{
  if (h2->below == NULL)
    return;

  h2->below->ready->notify = NULL;
  nj_worker_timer_clear (h2->worker, &h2->timer);
  nj_worker_stoppable_remove (h2->worker, &h2->stoppable);
  nj_stream_close (g_steal_pointer (&h2->below));
  out_free (h2);
  nj_h2_block_end (h2);
  for (NjH2Stream *stream = h2->streams, *next; stream != NULL; stream = next)
    {
      next = stream->next;
      nj_h2_stream_break (stream);
    }
  say_trouble (h2);
  say_ended (h2);
  nj_h2_wake (h2);
}

static void
h2_free (NjH2 *self)
{
  nghttp2_session_del (self->session);
  g_free (self);
}

/* Frames from nghttp2 into out. */
static gboolean
take_frames (NjH2 *self)
{
  while (self->out_len < NJ_H2_FRAMES_MAX)
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
      nj_h2_frames_push (self, frame, (gsize) len);
    }
  return TRUE;
}

/* Until nghttp2 has no more or the stream below takes no more. */
static gboolean
write_frames (NjH2 *self)
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
      if (self->out_len == 0)
        out_free (self);
    }
}

/* One piece; FALSE when the connection is of no more use. */
static gboolean
read_frames (NjH2 *self)
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
  if (taken < 0 && self->problem == NULL)
    self->problem = taken == NGHTTP2_ERR_FLOODED ? "an HTTP/2 peer that only makes work" : "not HTTP/2";
  return taken >= 0;
}

static void
tell_stream (NjH2 *self, NjH2Stream *stream)
{
  if (stream->is_new)
    {
      stream->is_new = FALSE;
      self->events.requested (self, &stream->stream, self->user_data);
      return;
    }
  if (stream->is_orphan)
    {
      if (stream->is_gone)
        nj_h2_stream_free (stream);
      return;
    }

  if (stream->is_lost && stream->lost != NULL)
    {
      void (*lost) (gpointer user_data) = stream->lost;

      stream->lost = NULL;
      lost (stream->lost_data);
    }
  /* Last, for a relay may close it at once. */
  nj_readiness_raise (&stream->ready);
}

static void
tell (NjH2 *self)
{
  say_trouble (self);
  while (self->raised != NULL)
    {
      NjH2Stream *stream = self->raised;

      self->raised = stream->next_raised;
      stream->is_raised = FALSE;
      tell_stream (self, stream);
    }
}

/* RFC 9113 §6.8: after GOAWAY and the last stream nobody wants anything any more. */
static gboolean
is_over (NjH2 *self)
{
  return self->out_len == 0 && !nghttp2_session_want_read (self->session) && !nghttp2_session_want_write (self->session);
}

static void
run (NjH2 *self)
{
  gboolean is_readable = TRUE;

  for (int share = 0; share < SHARE && self->below != NULL && is_readable; share++)
    {
      gboolean is_well = TRUE;

      is_readable = self->below->ready->readable || self->below->ready->broken;
      if (is_readable)
        is_well = read_frames (self);
      /* What was wrong may have an answer that is still to be said. */
      if (!write_frames (self) || !is_well || is_over (self))
        nj_h2_end (self);
      tell (self);
    }

  if (self->below != NULL)
    {
      if (is_readable || self->raised != NULL)
        nj_h2_wake (self);
      return;
    }
  tell (self);
  if (self->streams == NULL && !self->is_deferred)
    h2_free (self);
}

static void
on_event (gpointer user_data)
{
  run (user_data);
}

static gint64
next_time (const NjH2 *self)
{
  if (self->pinged != 0)
    return self->pinged + ANSWER_FOR;
  return self->idle != 0 ? self->idle + self->idle_us : nj_worker_now (self->worker) + ORPHAN_FOR;
}

static void
timer_set (NjH2 *self)
{
  nj_worker_timer_set (self->worker, &self->timer, next_time (self));
}

/* A reader that stalls keeps what is left of an answer for a while and no longer. */
static gboolean
drop_orphans (NjH2 *self, gint64 now)
{
  for (NjH2Stream *stream = self->streams; stream != NULL; stream = stream->next)
    {
      if (!stream->is_orphan || stream->is_gone || now < stream->orphaned + ORPHAN_FOR)
        continue;
      /* Not even the reset goes out. */
      if (now >= stream->orphaned + 3 * ORPHAN_FOR)
        return FALSE;
      nghttp2_submit_rst_stream (self->session, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_CANCEL);
    }
  return TRUE;
}

static void
on_timer (NjTimer *timer)
{
  NjH2  *self = (NjH2 *) (void *) ((char *) timer - G_STRUCT_OFFSET (NjH2, timer));
  gint64 now = nj_worker_now (self->worker);

  if (self->pinged != 0 && now >= self->pinged + ANSWER_FOR)
    {
      nj_h2_end (self);
      return;
    }
  if (self->idle != 0 && now >= self->idle + self->idle_us)
    {
      /* Told once to go, a peer that stays is left. */
      if (self->is_draining)
        nj_h2_end (self);
      else
        nj_h2_drain (self);
    }
  else if (!drop_orphans (self, now))
    nj_h2_end (self);
  if (self->below == NULL)
    return;
  timer_set (self);
  nj_h2_wake (self);
}

static void
on_stop (NjStoppable *stoppable)
{
  nj_h2_end ((NjH2 *) (void *) stoppable);
}

/**
 * nj_h2_raise: (skip)
 * @h2: a connection
 * @stream: one of its streams, of which a flag was raised
 *
 * Its reader or writer is told soon, from run(), which whoever calls this makes sure of.
 */
void
nj_h2_raise (NjH2 *h2, NjH2Stream *stream)
{
  if (stream->is_raised)
    return;

  stream->is_raised = TRUE;
  stream->next_raised = h2->raised;
  h2->raised = stream;
}

/**
 * nj_h2_adopt: (skip)
 * @h2: a connection
 * @stream: a stream that begins
 */
void
nj_h2_adopt (NjH2 *h2, NjH2Stream *stream)
{
  stream->next = h2->streams;
  if (stream->next != NULL)
    stream->next->previous = stream;
  h2->streams = stream;
  h2->n_streams++;
  h2->idle = 0;
}

/**
 * nj_h2_release: (skip)
 * @h2: a connection
 * @stream: a stream that is about to be freed
 */
void
nj_h2_release (NjH2 *h2, NjH2Stream *stream)
{
  NjH2Stream **link = &h2->raised;

  if (stream->previous != NULL)
    stream->previous->next = stream->next;
  else
    h2->streams = stream->next;
  if (stream->next != NULL)
    stream->next->previous = stream->previous;
  h2->n_streams--;

  while (stream->is_raised && *link != stream)
    link = &(*link)->next_raised;
  if (stream->is_raised)
    *link = stream->next_raised;

  if (h2->streams != NULL)
    return;
  if (h2->below == NULL || h2->is_draining)
    {
      nj_h2_wake (h2);
      return;
    }
  /* The timer is looked at when it fires: a busy connection need not set it for each request. */
  h2->idle = nj_worker_now (h2->worker);
  if (h2->timer.when > h2->idle + h2->idle_us)
    timer_set (h2);
}

/**
 * nj_h2_drain:
 * @h2: a connection
 *
 * Takes and gives no more streams; ends when those that are open have. The worker's thread.
 * Source: RFC 9113 §6.8.
 */
void
nj_h2_drain (NjH2 *h2)
{
  if (h2->below == NULL || h2->is_draining)
    return;

  h2->is_draining = TRUE;
  nghttp2_submit_goaway (h2->session, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id (h2->session),
                         NGHTTP2_NO_ERROR, NULL, 0);
  nj_h2_wake (h2);
}

/**
 * nj_h2_has_room:
 * @h2: a client's connection
 *
 * The worker's thread.
 *
 * Returns: whether it can take one more stream now
 */
gboolean
nj_h2_has_room (const NjH2 *h2)
{
  guint32 most = nghttp2_session_get_remote_settings (h2->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);

  /* nghttp2 would hold what goes beyond the limit back until another stream ends, perhaps for hours. */
  if (!h2->is_greeted)
    most = MIN (most, BEFORE_SETTINGS);
  return h2->below != NULL && !h2->is_draining && h2->n_streams < most && !h2->below->ready->broken &&
         nghttp2_session_check_request_allowed (h2->session);
}

/**
 * nj_h2_takes_websocket:
 * @h2: a client's connection
 *
 * The worker's thread. Source: RFC 8441 §3.
 *
 * Returns: whether the other side said that a stream may become a WebSocket
 */
gboolean
nj_h2_takes_websocket (const NjH2 *h2)
{
  return h2->is_greeted &&
         nghttp2_session_get_remote_settings (h2->session, NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL) == 1;
}

/**
 * nj_h2_is_silent:
 * @h2: a connection
 *
 * The worker's thread.
 *
 * Returns: whether nothing was heard for so long that it may have died unseen
 */
gboolean
nj_h2_is_silent (const NjH2 *h2)
{
  return nj_worker_now (h2->worker) - h2->heard >= TRUST_FOR;
}

/**
 * nj_h2_ask_life:
 * @h2: a connection
 *
 * Before something new is asked of one that was silent for long: the other side must say something
 * within two seconds, or it ends. The worker's thread.
 */
void
nj_h2_ask_life (NjH2 *h2)
{
  if (h2->below == NULL || h2->pinged != 0 || !nj_h2_is_silent (h2))
    return;

  nghttp2_submit_ping (h2->session, NGHTTP2_FLAG_NONE, NULL);
  h2->pinged = nj_worker_now (h2->worker);
  timer_set (h2);
  nj_h2_wake (h2);
}

static NjH2 *
h2_new (NjStream *below, gboolean is_server, const NjHeadLimits *limits, gint64 idle_us, const NjH2Events *events,
        gpointer user_data)
{
  NjH2 *self = g_new0 (NjH2, 1);

  self->worker = below->worker;
  self->below = below;
  self->is_server = is_server;
  self->limits = *limits;
  self->idle_us = idle_us;
  self->events = *events;
  self->user_data = user_data;
  self->heard = self->idle = nj_worker_now (self->worker);
  self->timer.fire = on_timer;
  self->stoppable.stop = on_stop;
  if (!nj_h2_frames_init (self))
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
  nj_h2_wake (self);
  return self;
}

/**
 * nj_h2_new_server:
 * @below: (transfer full): a connection on which the other side will speak HTTP/2
 * @limits: of the heads that are taken
 * @idle_us: how long it may carry nothing, µs
 * @events: what to call
 * @user_data: for @events
 *
 * The worker's thread. Source: RFC 9113 §3.4.
 *
 * Returns: (transfer none) (nullable): a connection; %NULL when there is no memory for one
 */
NjH2 *
nj_h2_new_server (NjStream *below, const NjHeadLimits *limits, gint64 idle_us, const NjH2Events *events,
                  gpointer user_data)
{
  return h2_new (below, TRUE, limits, idle_us, events, user_data);
}

/**
 * nj_h2_new_client:
 * @below: (transfer full): a connection on which the other side awaits HTTP/2
 * @limits: of the heads that are taken
 * @idle_us: how long it may carry nothing, µs
 * @events: what to call
 * @user_data: for @events
 *
 * The worker's thread. Source: RFC 9113 §3.4.
 *
 * Returns: (transfer none) (nullable): a connection; %NULL when there is no memory for one
 */
NjH2 *
nj_h2_new_client (NjStream *below, const NjHeadLimits *limits, gint64 idle_us, const NjH2Events *events,
                  gpointer user_data)
{
  return h2_new (below, FALSE, limits, idle_us, events, user_data);
}
