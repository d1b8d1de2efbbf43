/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The calls of a stream that wait: each tries first and parks its fiber only when the stream says
 * it would block. Every wait has a deadline. A fiber's calls, on the stream's worker.
 */
#include "net/stream.h"

#include "net/fiber.h"
#include "net/worker.h"

static void
on_ready (gpointer user_data)
{
  nj_fiber_wake (user_data);
}

static inline gboolean
is_met (const NjReadiness *ready, NjWait wait)
{
  return ready->broken || ((wait & NJ_WAIT_READ) && ready->readable) || ((wait & NJ_WAIT_WRITE) && ready->writable);
}

static inline void
listen_to (NjReadiness *ready, NjFiber *fiber)
{
  ready->notify = fiber != NULL ? on_ready : NULL;
  ready->notify_data = fiber;
}

/**
 * nj_stream_wait:
 * @stream: a stream
 * @wait: for what
 * @deadline: monotonic µs, %G_MAXINT64 for none
 *
 * Parks until @stream can be read or written (or is broken, which a read will tell).
 *
 * Returns: %NJ_OK, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_stream_wait (NjStream *stream, NjWait wait, gint64 deadline)
{
  NjReadiness *ready = stream->ready;
  NjIo         io = NJ_OK;

  nj_readiness_arm (ready);
  listen_to (ready, nj_fiber_self ());
  while (io == NJ_OK && !is_met (ready, wait))
    io = nj_fiber_park (deadline);
  listen_to (ready, NULL);

  return io;
}

/**
 * nj_stream_wait_any:
 * @a: a stream
 * @wait_a: for what of it
 * @b: another stream
 * @wait_b: for what of that
 * @deadline: monotonic µs, %G_MAXINT64 for none
 *
 * Parks until one of the two can go on.
 *
 * Returns: %NJ_OK, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_stream_wait_any (NjStream *a, NjWait wait_a, NjStream *b, NjWait wait_b, gint64 deadline)
{
  NjIo io = NJ_OK;

  nj_readiness_arm (a->ready);
  nj_readiness_arm (b->ready);
  listen_to (a->ready, nj_fiber_self ());
  listen_to (b->ready, nj_fiber_self ());
  while (io == NJ_OK && !is_met (a->ready, wait_a) && !is_met (b->ready, wait_b))
    io = nj_fiber_park (deadline);
  listen_to (a->ready, NULL);
  listen_to (b->ready, NULL);

  return io;
}

/**
 * nj_stream_read:
 * @stream: a stream
 * @buffer: where bytes go
 * @len: its room, above 0
 * @deadline: monotonic µs
 * @ret_n: (out): bytes read, above 0, when %NJ_OK
 *
 * Reads what there is, waiting for the first byte.
 *
 * Returns: %NJ_OK, %NJ_EOF, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_stream_read (NjStream *stream, void *buffer, gsize len, gint64 deadline, gsize *ret_n)
{
  for (;;)
    {
      NjIo io = NJ_AGAIN;

      if (stream->ready->readable || stream->ready->broken)
        io = nj_stream_try_read (stream, buffer, len, ret_n);
      if (io != NJ_AGAIN)
        return io;

      io = nj_stream_wait (stream, NJ_WAIT_READ, deadline);
      if (io != NJ_OK)
        return io;
    }
}

/**
 * nj_stream_read_full:
 * @stream: a stream
 * @buffer: where bytes go
 * @len: how many
 * @deadline: monotonic µs
 *
 * Reads exactly @len bytes.
 *
 * Returns: %NJ_OK, else %NJ_EOF, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED with part of them read
 */
NjIo
nj_stream_read_full (NjStream *stream, void *buffer, gsize len, gint64 deadline)
{
  char *position = buffer;

  while (len > 0)
    {
      gsize n = 0;
      NjIo  io = nj_stream_read (stream, position, len, deadline, &n);

      if (io != NJ_OK)
        return io;
      position += n;
      len -= n;
    }

  return NJ_OK;
}

/**
 * nj_stream_writev:
 * @stream: a stream
 * @vector: pieces; used up while writing
 * @n: how many pieces
 * @deadline: monotonic µs
 *
 * Writes all of it.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_stream_writev (NjStream *stream, struct iovec *vector, int n, gint64 deadline)
{
  while (n > 0)
    {
      gsize written = 0;
      NjIo  io;

      if (vector->iov_len == 0)
        {
          vector++, n--;
          continue;
        }

      io = nj_stream_try_write (stream, vector, n, &written);
      if (io == NJ_AGAIN)
        io = nj_stream_wait (stream, NJ_WAIT_WRITE, deadline);
      if (io != NJ_OK)
        return io;

      for (; n > 0 && written >= vector->iov_len; vector++, n--)
        written -= vector->iov_len;
      if (n > 0 && written > 0)
        {
          vector->iov_base = (char *) vector->iov_base + written;
          vector->iov_len -= written;
        }
    }

  return NJ_OK;
}

/**
 * nj_stream_write:
 * @stream: a stream
 * @bytes: what to write
 * @len: how much
 * @deadline: monotonic µs
 *
 * Writes all of it.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_stream_write (NjStream *stream, const void *bytes, gsize len, gint64 deadline)
{
  struct iovec piece = { (void *) bytes, len };

  return nj_stream_writev (stream, &piece, 1, deadline);
}

/**
 * nj_stream_shut:
 * @stream: a stream
 * @deadline: monotonic µs
 *
 * Tells the peer that no more will come.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_stream_shut (NjStream *stream, gint64 deadline)
{
  for (;;)
    {
      NjIo io = stream->class->try_shut (stream);

      if (io != NJ_AGAIN)
        return io;

      io = nj_stream_wait (stream, NJ_WAIT_WRITE, deadline);
      if (io != NJ_OK)
        return io;
    }
}

/**
 * nj_stream_close:
 * @stream: (transfer full) (nullable): a stream
 *
 * Ends both directions and frees it with all that lies below. Never waits.
 */
void
nj_stream_close (NjStream *stream)
{
  if (stream != NULL)
    stream->class->close (stream);
}

/**
 * nj_stream_fd:
 * @stream: a stream
 *
 * Returns: the descriptor that its bytes pass through unchanged, -1 when there is none
 */
int
nj_stream_fd (NjStream *stream)
{
  return stream->class->fd != NULL ? stream->class->fd (stream) : -1;
}
