/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Moves a known number of bytes from one stream to another inside a fiber: the body of a message
 * that nobody looks into. Little by copy through the scratch buffer, much by splice(2). What has no
 * known length, or never ends, is a relay's. On the streams' worker.
 */
#include "net/transfer.h"

#include "net/worker.h"

#include <errno.h>
#include <fcntl.h>

/* From here on the two calls of a splice cost less than the copy they save. */
#define SPLICE_FROM (128 * 1024)
#define SPLICE_MAX (256 * 1024)

static NjTransfer
source_problem (NjIo io)
{
  return io == NJ_EOF         ? NJ_TRANSFER_SOURCE_END
         : io == NJ_CANCELLED ? NJ_TRANSFER_CANCELLED
                              : NJ_TRANSFER_SOURCE_FAILED;
}

static NjTransfer
sink_problem (NjIo io)
{
  return io == NJ_CANCELLED ? NJ_TRANSFER_CANCELLED : NJ_TRANSFER_SINK_FAILED;
}

/* Writes the scratch buffer; what does not fit at once is copied before the wait, for others use
 * the scratch buffer meanwhile. */
static NjIo
write_scratch (NjStream *to, const char *scratch, gsize n, gint64 idle_us)
{
  struct iovec     piece = { (void *) scratch, n };
  g_autofree char *rest = NULL;
  gsize            written = 0;
  NjIo             io = nj_stream_try_write (to, &piece, 1, &written);

  if (io == NJ_AGAIN)
    written = 0;
  if (io == NJ_FAILED || written == n)
    return io;

  rest = g_memdup2 (scratch + written, n - written);
  return nj_stream_write (to, rest, n - written, nj_worker_now (to->worker) + idle_us);
}

static NjTransfer
move_by_copy (NjStream *from, NjStream *to, guint64 n, gint64 idle_us, guint64 *moved)
{
  char *scratch = nj_worker_scratch (from->worker);

  while (n > 0)
    {
      gsize got = 0;
      NjIo  io = nj_stream_read (from, scratch, MIN (n, NJ_WORKER_SCRATCH), nj_worker_now (from->worker) + idle_us, &got);

      if (io != NJ_OK)
        return source_problem (io);

      io = write_scratch (to, scratch, got, idle_us);
      if (io != NJ_OK)
        return sink_problem (io);
      n -= got;
      *moved += got;
    }

  return NJ_TRANSFER_DONE;
}

static NjTransfer
drain_pipe (NjStream *to, const int pipe[2], gsize in_pipe, gint64 idle_us)
{
  while (in_pipe > 0)
    {
      ssize_t n = splice (pipe[0], NULL, nj_stream_fd (to), NULL, in_pipe, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);

      if (n > 0)
        {
          nj_readiness_note_written (to->ready);
          in_pipe -= (gsize) n;
        }
      else if (n < 0 && errno == EAGAIN)
        {
          NjIo io;

          to->ready->writable = FALSE;
          io = nj_stream_wait (to, NJ_WAIT_WRITE, nj_worker_now (to->worker) + idle_us);
          if (io != NJ_OK)
            return sink_problem (io);
        }
      else if (n == 0 || errno != EINTR)
        return NJ_TRANSFER_SINK_FAILED;
    }

  return NJ_TRANSFER_DONE;
}

static NjTransfer
move_by_splice (NjStream *from, NjStream *to, const int pipe[2], guint64 n, gint64 idle_us, guint64 *moved)
{
  while (n > 0)
    {
      NjTransfer transfer;
      ssize_t    got = splice (nj_stream_fd (from), NULL, pipe[1], NULL, MIN (n, SPLICE_MAX),
                               SPLICE_F_MOVE | SPLICE_F_NONBLOCK);

      if (got == 0)
        return NJ_TRANSFER_SOURCE_END;
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        {
          NjIo io;

          if (errno != EAGAIN)
            return NJ_TRANSFER_SOURCE_FAILED;
          from->ready->readable = FALSE;
          io = nj_stream_wait (from, NJ_WAIT_READ, nj_worker_now (from->worker) + idle_us);
          if (io != NJ_OK)
            return source_problem (io);
          continue;
        }

      transfer = drain_pipe (to, pipe, (gsize) got, idle_us);
      if (transfer != NJ_TRANSFER_DONE)
        return transfer;
      n -= (guint64) got;
      *moved += (guint64) got;
    }

  return NJ_TRANSFER_DONE;
}

/**
 * nj_transfer_bytes:
 * @from: where to read
 * @to: where to write
 * @n: how many bytes
 * @idle_us: how long either may stand still, µs
 * @ret_moved: (inout): bytes that reached @to are added
 *
 * A fiber's call.
 *
 * Returns: where it stopped
 */
NjTransfer
nj_transfer_bytes (NjStream *from, NjStream *to, guint64 n, gint64 idle_us, guint64 *ret_moved)
{
  NjTransfer transfer;
  int        pipe[2];

  if (n < SPLICE_FROM || nj_stream_fd (from) < 0 || nj_stream_fd (to) < 0 || !nj_worker_pipe_take (from->worker, pipe))
    return move_by_copy (from, to, n, idle_us, ret_moved);

  transfer = move_by_splice (from, to, pipe, n, idle_us, ret_moved);
  nj_worker_pipe_give (from->worker, pipe, transfer != NJ_TRANSFER_SINK_FAILED && transfer != NJ_TRANSFER_CANCELLED);
  return transfer;
}
