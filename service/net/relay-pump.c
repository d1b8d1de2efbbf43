/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Moves the bytes of one direction of a relay. Little goes through the worker's scratch buffer,
 * bulk through a pipe by splice(2), and what the other end will not take is held until it does:
 * nothing is read meanwhile, which is all the back pressure there is. Called by relay.c.
 */
#include "net/relay-private.h"

#include <errno.h>
#include <fcntl.h>

/* Reads a turn, so that one fast tunnel does not starve the others. */
#define SHARE 16

/* A splice is two calls and an empty one at the end; below this a copy is cheaper. */
#define SPLICE_MIN 16384
#define SPLICE_MAX (256 * 1024)

static void
pipe_release (NjRelayWay *way)
{
  if (!way->has_pipe)
    return;

  nj_worker_pipe_give (way->from->worker, way->pipe, way->in_pipe == 0);
  way->has_pipe = FALSE;
  way->in_pipe = 0;
}

static NjIo
flush_held (NjRelayWay *way)
{
  while (way->held_start < way->held_end)
    {
      struct iovec piece = { way->held + way->held_start, way->held_end - way->held_start };
      gsize        n = 0;
      NjIo         io = nj_stream_try_write (way->to, &piece, 1, &n);

      if (io != NJ_OK)
        return io;
      way->held_start += n;
    }

  g_clear_pointer (&way->held, g_free);
  way->held_start = way->held_end = 0;
  return NJ_OK;
}

static NjIo
flush_pipe (NjRelayWay *way)
{
  while (way->in_pipe > 0)
    {
      ssize_t n = splice (way->pipe[0], NULL, nj_stream_fd (way->to), NULL, way->in_pipe,
                          SPLICE_F_MOVE | SPLICE_F_NONBLOCK);

      if (n > 0)
        {
          nj_readiness_note_written (way->to->ready);
          way->in_pipe -= (guint32) n;
          continue;
        }
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0 && errno == EAGAIN)
        {
          way->to->ready->writable = FALSE;
          return NJ_AGAIN;
        }
      return NJ_FAILED;
    }

  return NJ_OK;
}

static NjIo
flush (NjRelayWay *way)
{
  NjIo io = NJ_OK;

  if (way->held != NULL)
    io = flush_held (way);
  if (io == NJ_OK && way->in_pipe > 0)
    io = flush_pipe (way);
  return io;
}

static gboolean
can_splice (NjRelayWay *way)
{
  return nj_stream_fd (way->from) >= 0 && nj_stream_fd (way->to) >= 0;
}

static NjIo
move_by_copy (NjRelayWay *way)
{
  char        *scratch = nj_worker_scratch (way->from->worker);
  struct iovec piece = { scratch, 0 };
  gsize        n = 0;
  gsize        written = 0;
  NjIo         io = nj_stream_try_read (way->from, scratch, NJ_WORKER_SCRATCH, &n);

  if (io != NJ_OK)
    return io;

  way->bytes += n;
  piece.iov_len = n;
  io = nj_stream_try_write (way->to, &piece, 1, &written);
  if (io == NJ_FAILED)
    return io;
  if (io == NJ_AGAIN)
    written = 0;

  if (written < n)
    {
      way->held = g_memdup2 (scratch + written, n - written);
      way->held_start = 0;
      way->held_end = (guint32) (n - written);
    }
  if (n == NJ_WORKER_SCRATCH && can_splice (way))
    {
      way->is_bulk = TRUE;
      way->small = 0;
    }
  return NJ_OK;
}

static NjIo
move_by_splice (NjRelayWay *way)
{
  ssize_t n;

  if (!way->has_pipe)
    {
      way->has_pipe = nj_worker_pipe_take (way->from->worker, way->pipe);
      if (!way->has_pipe)
        {
          way->is_bulk = FALSE;
          return move_by_copy (way);
        }
    }

  do
    n = splice (nj_stream_fd (way->from), NULL, way->pipe[1], NULL, SPLICE_MAX, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  while (n < 0 && errno == EINTR);

  if (n == 0)
    return NJ_EOF;
  if (n < 0)
    {
      way->from->ready->readable = FALSE;
      return errno == EAGAIN ? NJ_AGAIN : NJ_FAILED;
    }

  way->bytes += (guint64) n;
  way->in_pipe = (guint32) n;
  way->small = n < SPLICE_MIN ? way->small + 1 : 0;
  if (way->small > 3)
    way->is_bulk = FALSE;
  return NJ_OK;
}

/**
 * nj_relay_pump_run:
 * @way: a direction
 *
 * Moves what can be moved now. The worker's thread.
 *
 * Returns: whether it waits for an event, wants another turn, or is broken
 */
NjPump
nj_relay_pump_run (NjRelayWay *way)
{
  for (int share = 0; share < SHARE; share++)
    {
      NjIo io = flush (way);

      if (io == NJ_OK && way->got_end && !way->is_shut)
        {
          io = way->to->class->try_shut (way->to);
          way->is_shut = io == NJ_OK;
        }
      if (io == NJ_FAILED)
        return NJ_PUMP_FAILED;
      if (io == NJ_AGAIN || way->got_end)
        return NJ_PUMP_IDLE;

      io = NJ_AGAIN;
      if (way->from->ready->readable)
        io = way->is_bulk ? move_by_splice (way) : move_by_copy (way);
      if (io == NJ_FAILED)
        return NJ_PUMP_FAILED;
      if (io == NJ_AGAIN)
        {
          pipe_release (way);
          return NJ_PUMP_IDLE;
        }
      way->got_end = io == NJ_EOF;
      if (way->got_end)
        pipe_release (way);
    }

  return NJ_PUMP_BUSY;
}

/**
 * nj_relay_pump_clear:
 * @way: a direction that has ended
 *
 * Frees what it held back.
 */
void
nj_relay_pump_clear (NjRelayWay *way)
{
  pipe_release (way);
  g_clear_pointer (&way->held, g_free);
}
