/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What all hops share: how one ends that came to nothing. The handshakes are in hop-*.c, one file
 * for each way to speak; stacking them is for dial.c. In fibers, on workers.
 */
#include "exits/hop.h"

#include "net/worker.h"

#include <stdarg.h>

/**
 * nj_hop_fail:
 * @below: (transfer full) (nullable): the stream, closed here
 * @io: what the last call on it came to
 * @result: why, for the program
 * @ret_failure: (out): why
 * @format: why, for people
 * @...: for @format
 *
 * Returns: %NJ_TIMEOUT and %NJ_CANCELLED as they are, %NJ_FAILED for all else
 */
NjIo
nj_hop_fail (NjStream *below, NjIo io, NjDialResult result, NjDialFailure *ret_failure, const char *format, ...)
{
  const char *wrong;
  va_list     args;

  va_start (args, format);
  g_vsnprintf (ret_failure->detail, sizeof ret_failure->detail, format, args);
  va_end (args);

  /* What a peer sent may stand in it, and its end may have been cut within a letter. */
  for (char *c = ret_failure->detail; *c != '\0'; c++)
    if ((guchar) *c < ' ' || *c == 0x7f)
      *c = ' ';
  while (!g_utf8_validate (ret_failure->detail, -1, &wrong))
    *(char *) wrong = '?';

  ret_failure->result = result;
  nj_stream_close (below);
  return io == NJ_TIMEOUT || io == NJ_CANCELLED ? io : NJ_FAILED;
}

/**
 * nj_hop_refused:
 * @below: (transfer full): the stream, closed here
 * @status: what a proxy answered to CONNECT, not 2xx
 * @reason: its words, empty for none
 * @ret_failure: (out): why
 *
 * 401 is what tinyproxy says to those without credentials; of a CONNECT only the exit itself can
 * say it. 404, 405 and 501 are a web server's words: one that is no proxy, or an exit that shows
 * itself only to those it knows, as nightjar-exit does.
 *
 * Returns: %NJ_FAILED
 */
NjIo
nj_hop_refused (NjStream *below, guint status, NjBytes reason, NjDialFailure *ret_failure)
{
  if (status == 407 || status == 401)
    return nj_hop_fail (below, NJ_FAILED, NJ_DIAL_EXIT_AUTH, ret_failure, "the exit wants other credentials");
  if (status == 404 || status == 405 || status == 501)
    return nj_hop_fail (below, NJ_FAILED, NJ_DIAL_EXIT_AUTH, ret_failure,
                        "the exit wants other credentials, or is no proxy at all: it answered %u", status);
  return nj_hop_fail (below, NJ_FAILED, NJ_DIAL_EXIT_REFUSED, ret_failure, "the exit answered %u%s%.*s", status,
                      reason.len > 0 ? " " : "", (int) MIN (reason.len, 80), reason.len > 0 ? reason.data : "");
}

/**
 * nj_hop_cut:
 * @below: (transfer full): the stream, closed here
 * @io: what the call on it came to that should have given or taken the exit's bytes
 * @ret_failure: (out): why
 * @where: the moment, as in "during its greeting"
 *
 * The exit itself broke off or stood still.
 *
 * Returns: what nj_hop_fail() does
 */
NjIo
nj_hop_cut (NjStream *below, NjIo io, NjDialFailure *ret_failure, const char *where)
{
  if (io == NJ_CANCELLED)
    return nj_hop_fail (below, io, NJ_DIAL_CANCELLED, ret_failure, "cancelled");
  if (io == NJ_TIMEOUT)
    return nj_hop_fail (below, io, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit said nothing %s", where);
  return nj_hop_fail (below, io, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit %s the connection %s",
                      io == NJ_EOF ? "closed" : "reset", where);
}

/**
 * nj_hop_patience:
 * @worker: the calling thread's worker
 * @deadline: monotonic µs, of the whole dial
 *
 * Returns: until when to wait for what the exit can say without the target
 */
gint64
nj_hop_patience (NjWorker *worker, gint64 deadline)
{
  return MIN (deadline, nj_worker_now (worker) + NJ_HOP_PATIENCE);
}
