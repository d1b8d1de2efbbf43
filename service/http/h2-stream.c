/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request and its response in an HTTP/2 connection, as a stream that speaks HTTP/1.1. What came
 * waits until it is read, and its window opens only as it is read; what is written waits until the
 * other side takes it. A stream that was closed with all said still says it, as a socket does; one
 * that was closed in the middle is reset, so that nobody takes what came for the whole. The worker's
 * thread.
 */
#include "http/h2-private.h"

static NjH2Stream *
self_of (const NjStream *stream)
{
  return (NjH2Stream *) stream;
}

/* What was taken out of the queue makes room for as much of theirs. */
static void
open_window (NjH2Stream *self, gsize taken)
{
  gsize n = self->in.len == 0 ? self->owed : MIN (taken, self->owed);

  if (n == 0)
    return;
  self->owed -= n;
  if (self->is_gone || self->id == 0)
    return;

  nghttp2_session_consume_stream (self->h2->session, self->id, n);
  if (nghttp2_session_want_write (self->h2->session))
    nj_h2_wake (self->h2);
}

static NjIo
h2_try_read (NjStream *stream, void *buffer, gsize len, gsize *ret_n)
{
  NjH2Stream *self = self_of (stream);
  gsize       n = nj_queue_pop (&self->in, stream->worker, buffer, len);

  if (n > 0)
    {
      open_window (self, n);
      self->ready.readable = self->in.len > 0 || self->has_end || self->ready.broken;
      *ret_n = n;
      return NJ_OK;
    }

  if (self->has_end)
    return NJ_EOF;
  if (self->ready.broken)
    return NJ_FAILED;
  self->ready.readable = FALSE;
  return NJ_AGAIN;
}

/* Of one piece; what was not taken waits or is wrong. */
static gsize
say (NjH2Stream *self, NjBytes bytes, gboolean *ret_is_bad)
{
  gsize total = 0;

  while (total < bytes.len)
    {
      gssize n = nj_h2_said_take (self, nj_bytes (bytes.data + total, bytes.len - total));

      *ret_is_bad = n < 0;
      if (n <= 0)
        break;
      total += (gsize) n;
    }
  return total;
}

static NjIo
h2_try_write (NjStream *stream, const struct iovec *vector, int n, gsize *ret_n)
{
  NjH2Stream *self = self_of (stream);
  gsize       total = 0;
  gboolean    is_bad = FALSE;

  if (self->ready.broken || self->h2->below == NULL)
    return NJ_FAILED;
  if (self->is_gone)
    {
      /* RFC 9113 §8.1: having said all, the other side may ask for silence. What is said all the same
       * is dropped: it must not cost the reader what still waits for him. */
      for (int i = 0; i < n; i++)
        total += vector[i].iov_len;
      *ret_n = total;
      return NJ_OK;
    }

  for (int i = 0; i < n && !is_bad; i++)
    {
      gsize taken = say (self, nj_bytes (vector[i].iov_base, vector[i].iov_len), &is_bad);

      total += taken;
      if (taken < vector[i].iov_len)
        break;
    }
  if (is_bad)
    return NJ_FAILED;
  if (total == 0)
    {
      self->ready.writable = FALSE;
      return NJ_AGAIN;
    }

  if (self->is_waiting)
    nghttp2_session_resume_data (self->h2->session, self->id);
  self->is_waiting = FALSE;
  nj_h2_wake (self->h2);
  *ret_n = total;
  return NJ_OK;
}

static NjIo
h2_try_shut (NjStream *stream)
{
  NjH2Stream *self = self_of (stream);

  /* A message has an end of its own. */
  if (self->said != NJ_H2_BODY_RAW || self->is_gone)
    return NJ_OK;

  self->said = NJ_H2_BODY_DONE;
  if (self->is_waiting)
    nghttp2_session_resume_data (self->h2->session, self->id);
  self->is_waiting = FALSE;
  nj_h2_wake (self->h2);
  return NJ_OK;
}

static guint32
reset_code (const NjH2Stream *self)
{
  /* Whatever broke off was the origin or the way there. */
  return self->h2->is_server ? NGHTTP2_INTERNAL_ERROR : NGHTTP2_CANCEL;
}

static void
h2_close (NjStream *stream)
{
  NjH2Stream *self = self_of (stream);
  NjH2       *h2 = self->h2;

  self->ready.notify = NULL;
  self->lost = NULL;
  if (self->is_gone || self->id == 0)
    {
      nj_h2_stream_free (self);
      return;
    }

  self->is_orphan = TRUE;
  self->orphaned = nj_worker_now (h2->worker);
  nj_queue_clear (&self->in, stream->worker);
  open_window (self, self->owed);
  self->is_breaking = self->said != NJ_H2_BODY_DONE && h2->is_server && self->is_answered && self->out.len > 0;
  if (self->is_breaking && self->is_waiting)
    nghttp2_session_resume_data (h2->session, self->id);
  else if (self->said != NJ_H2_BODY_DONE && !self->is_breaking)
    nghttp2_submit_rst_stream (h2->session, NGHTTP2_FLAG_NONE, self->id, reset_code (self));
  else if (!h2->is_server && !self->has_end)
    nghttp2_submit_rst_stream (h2->session, NGHTTP2_FLAG_NONE, self->id, NGHTTP2_CANCEL);
  nj_h2_wake (h2);
}

static const NjStreamClass h2_class = {
  .name = "h2",
  .try_read = h2_try_read,
  .try_write = h2_try_write,
  .try_shut = h2_try_shut,
  .close = h2_close,
  .fd = NULL,
};

/* nghttp2 asks how much of our side goes into the next frame; on_send_data() then takes it. */
static ssize_t
on_take (nghttp2_session *session, gint32 id, guint8 *buffer, size_t len, guint32 *flags, nghttp2_data_source *source,
         void *user_data)
{
  NjH2Stream *self = source->ptr;
  gsize       n = MIN (len, self->out.len);

  if (n == self->out.len && self->said == NJ_H2_BODY_DONE)
    {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (self->has_trailers && nj_h2_said_trailers (self))
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    }
  else if (n == 0 && self->is_breaking)
    /* It makes a reset of this. */
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  else if (n == 0)
    {
      self->is_waiting = TRUE;
      return NGHTTP2_ERR_DEFERRED;
    }

  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  return (ssize_t) n;
}

/**
 * nj_h2_stream_provider: (skip)
 * @stream: a stream
 *
 * Returns: where nghttp2 takes the body that @stream has to say
 */
nghttp2_data_provider
nj_h2_stream_provider (NjH2Stream *stream)
{
  return (nghttp2_data_provider){ .source.ptr = stream, .read_callback = on_take };
}

/**
 * nj_h2_stream_make: (skip)
 * @h2: a connection
 *
 * Returns: (transfer full): a stream that nghttp2 does not know yet
 */
NjH2Stream *
nj_h2_stream_make (NjH2 *h2)
{
  NjH2Stream *self = g_new0 (NjH2Stream, 1);

  self->stream.class = &h2_class;
  self->stream.worker = h2->worker;
  self->stream.ready = &self->ready;
  self->h2 = h2;
  self->ready.writable = TRUE;
  nj_h2_adopt (h2, self);
  return self;
}

/**
 * nj_h2_stream_free: (skip)
 * @stream: (transfer full): a stream that nghttp2 knows no more
 */
void
nj_h2_stream_free (NjH2Stream *stream)
{
  nj_queue_clear (&stream->in, stream->stream.worker);
  nj_queue_clear (&stream->out, stream->stream.worker);
  g_clear_pointer (&stream->partial, g_byte_array_unref);
  g_free (stream->key);
  nj_h2_release (stream->h2, stream);
  g_free (stream);
}

/**
 * nj_h2_stream_break: (skip)
 * @stream: a stream that nghttp2 closed, or whose connection has ended
 */
void
nj_h2_stream_break (NjH2Stream *stream)
{
  gboolean is_said = stream->said == NJ_H2_BODY_DONE && (stream->is_end_sent || stream->out.len == 0);

  stream->is_lost = stream->is_lost || (!stream->is_gone && stream->h2->is_server && !is_said);
  stream->is_gone = TRUE;
  stream->ready.readable = stream->ready.writable = TRUE;
  /* Closed in order it still gives what it holds, and then its end. */
  if (!stream->has_end || stream->is_lost)
    stream->ready.broken = TRUE;

  /* A request nobody was told of has no owner. */
  if (stream->h2->is_server && (stream->is_new || !stream->is_head_done))
    stream->is_orphan = TRUE;
  stream->is_new = FALSE;
  nj_h2_raise (stream->h2, stream);
}

/**
 * nj_h2_open:
 * @h2: a client's connection that has room
 *
 * The worker's thread.
 *
 * Returns: (transfer full): a stream to write a request to, as HTTP/1.1; its answer comes as that, too
 */
NjStream *
nj_h2_open (NjH2 *h2)
{
  return &nj_h2_stream_make (h2)->stream;
}

/**
 * nj_h2_stream_on_lost:
 * @stream: a server's stream
 * @lost: (nullable): called once when the client resets it, or is gone, before it was answered
 * @user_data: for @lost
 *
 * From the worker's loop. Not called any more once @stream is closed.
 */
void
nj_h2_stream_on_lost (NjStream *stream, void (*lost) (gpointer user_data), gpointer user_data)
{
  NjH2Stream *self = self_of (stream);

  self->lost = lost;
  self->lost_data = user_data;
}

/**
 * nj_h2_stream_is_refused:
 * @stream: a client's stream that came to nothing
 *
 * The worker's thread. Source: RFC 9113 §8.7.
 *
 * Returns: whether the other side says that it did nothing with the request, or never heard of it
 */
gboolean
nj_h2_stream_is_refused (const NjStream *stream)
{
  NjH2Stream *self = self_of (stream);

  return self->id == 0 || (self->is_gone && !self->is_head_done && self->error == NGHTTP2_REFUSED_STREAM) ||
         nj_h2_stream_wants_h1 (stream);
}

/**
 * nj_h2_stream_wants_h1:
 * @stream: a client's stream that came to nothing
 *
 * The worker's thread. Source: RFC 9113 §7.
 *
 * Returns: whether the other side takes the request by HTTP/1.1 only
 */
gboolean
nj_h2_stream_wants_h1 (const NjStream *stream)
{
  NjH2Stream *self = self_of (stream);

  return self->is_gone && !self->is_head_done && self->error == NGHTTP2_HTTP_1_1_REQUIRED;
}
