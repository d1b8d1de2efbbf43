/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opens a stream to a target over a route: directly, through the exit, or through one that may stand
 * in for it. Which route is for route.c, the way through one exit is reach.c, several exits raced
 * against each other are dial-race.c. An exit's health is told from here. In fibers, on workers.
 */
#include "exits/dial-private.h"

#include "base/clock.h"
#include "exits/exit-private.h"
#include "exits/hop-h2.h"
#include "exits/warm.h"
#include "net/worker.h"

#include <errno.h>

static const char *const result_texts[] = {
  [NJ_DIAL_OK] = "connected",
  [NJ_DIAL_REFUSED_BY_ROUTE] = "no exit is available, so nothing was sent",
  [NJ_DIAL_NO_SUCH_NAME] = "there is no such host",
  [NJ_DIAL_NAME_FAILED] = "the name could not be resolved",
  [NJ_DIAL_CONNECTION_REFUSED] = "connection refused",
  [NJ_DIAL_UNREACHABLE] = "network or host unreachable",
  [NJ_DIAL_TIMEOUT] = "no answer in time",
  [NJ_DIAL_EXIT_DOWN] = "the exit is down",
  [NJ_DIAL_EXIT_AUTH] = "the exit wants other credentials",
  [NJ_DIAL_EXIT_CERTIFICATE] = "the exit is not who it should be",
  [NJ_DIAL_EXIT_REFUSED] = "the exit could not reach the target",
  [NJ_DIAL_CANCELLED] = "cancelled",
  [NJ_DIAL_CERTIFICATE] = "the site is not who it should be",
  [NJ_DIAL_TLS] = "no secure connection to the site",
};

/**
 * nj_dial_result_text:
 * @result: what a dial came to
 *
 * Any thread.
 *
 * Returns: (transfer none): it in words, lower case, no full stop
 */
const char *
nj_dial_result_text (NjDialResult result)
{
  g_assert ((guint) result < G_N_ELEMENTS (result_texts));
  return result_texts[result];
}

static NjDialResult
result_of_errno (int code)
{
  switch (code)
    {
    case ECONNREFUSED:
      return NJ_DIAL_CONNECTION_REFUSED;
    case ETIMEDOUT:
      return NJ_DIAL_TIMEOUT;
    default:
      return NJ_DIAL_UNREACHABLE;
    }
}

/**
 * nj_dial_result_of:
 * @io: what a connect came to
 * @resolve: what the name came to
 * @code: errno of the last address, or 0
 *
 * Any thread.
 *
 * Returns: why there is no connection
 */
NjDialResult
nj_dial_result_of (NjIo io, NjResolveResult resolve, int code)
{
  if (io == NJ_CANCELLED || resolve == NJ_RESOLVE_CANCELLED)
    return NJ_DIAL_CANCELLED;
  if (resolve == NJ_RESOLVE_NO_SUCH_NAME)
    return NJ_DIAL_NO_SUCH_NAME;
  if (resolve == NJ_RESOLVE_FAILED || resolve == NJ_RESOLVE_TIMEOUT)
    return NJ_DIAL_NAME_FAILED;
  return io == NJ_TIMEOUT ? NJ_DIAL_TIMEOUT : result_of_errno (code);
}

static NjIo
dial_direct (NjWorker *worker, NjBytes host, guint16 port, gint64 deadline, NjStream **ret_stream,
             NjDialFailure *ret_failure)
{
  NjResolveResult resolve = NJ_RESOLVE_OK;
  int             code = 0;
  NjIo            io = nj_resolver_connect (worker, host, port, deadline, ret_stream, &resolve, &code);
  NjDialResult    result;

  if (io == NJ_OK)
    return NJ_OK;

  result = nj_dial_result_of (io, resolve, code);
  return nj_hop_fail (NULL, io, result, ret_failure, "%s",
                      result == NJ_DIAL_UNREACHABLE && code != 0 ? g_strerror (code) : nj_dial_result_text (result));
}

/**
 * nj_dial_tell_health:
 * @exit: an exit that was dialled
 * @io: what came of it
 * @begun: when; monotonic µs
 * @took: what the connect took, 0 when there was none; µs
 * @failure: why not
 *
 * Only what is the exit's own fault counts against it: a target that is down does not. Any thread.
 */
void
nj_dial_tell_health (NjExit *exit, NjIo io, gint64 begun, gint64 took, const NjDialFailure *failure)
{
  if (io == NJ_OK)
    {
      nj_exit_dial_succeeded (exit, took);
      return;
    }

  switch (failure->result)
    {
    case NJ_DIAL_EXIT_DOWN:
      nj_exit_dial_failed_since (exit, begun, failure->detail);
      break;
    case NJ_DIAL_EXIT_AUTH:
    case NJ_DIAL_EXIT_CERTIFICATE:
      nj_exit_dial_failed (exit, failure->detail);
      break;
    case NJ_DIAL_CANCELLED:
      break;
    case NJ_DIAL_TIMEOUT:
      if (io == NJ_TIMEOUT)
        {
          nj_exit_dial_stalled (exit, failure->detail);
          break;
        }
      nj_exit_dial_succeeded (exit, took);
      break;
    default:
      nj_exit_dial_succeeded (exit, took);
      break;
    }
}

/**
 * nj_dial_exit:
 * @worker: the calling thread's worker
 * @request: the exit and what is asked of it
 * @ret_stream: (out) (transfer full): a stream to the target
 * @ret_failure: (out): why not, and which exit was used
 *
 * One exit, once. A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_dial_exit (NjWorker *worker, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure)
{
  NjExit *exit = (NjExit *) request->exit;
  gint64  begun = nj_clock_monotonic ();
  gint64  took = 0;
  NjIo    io;

  if (!nj_exit_may_dial (exit, begun))
    {
      g_autofree char *problem = nj_exit_problem (exit);

      return nj_hop_fail (NULL, NJ_FAILED, NJ_DIAL_EXIT_DOWN, ret_failure, "%s", problem);
    }

  /* The policy that lent the exit may be swapped while we wait. */
  nj_exit_ref (exit);
  nj_warm_note_active (worker);
  io = nj_reach_target (worker, request, &took, ret_stream, ret_failure);
  nj_dial_tell_health (exit, io, begun, took, ret_failure);
  ret_failure->used = exit;
  nj_exit_unref (exit);
  return io;
}

/* That an exit refuses us or is somebody else is an exit that is down, once it is so for sure. */
static gboolean
is_exit_down (const NjRoute *route, const NjDialFailure *failure)
{
  return failure->result == NJ_DIAL_EXIT_DOWN ||
         ((failure->result == NJ_DIAL_EXIT_AUTH || failure->result == NJ_DIAL_EXIT_CERTIFICATE) &&
          nj_exit_state (route->exit) == NJ_EXIT_STATE_DEAD);
}

static NjIo
dial_over_exit (NjWorker *worker, const NjRoute *route, const NjHopRequest *request, NjStream **ret_stream,
                NjDialFailure *ret_failure)
{
  gboolean has_others = route->is_open || (route->others != NULL && route->others->len > 0);
  NjRoute  past;
  NjIo     io;

  nj_exit_note_others (route->exit, has_others);
  if (has_others)
    io = nj_dial_race (worker, route, request, ret_stream, ret_failure);
  else
    io = nj_dial_exit (worker, request, ret_stream, ret_failure);

  if (io == NJ_OK || io == NJ_CANCELLED || !is_exit_down (route, ret_failure) || !nj_route_pass_by (route, &past))
    return io;
  g_assert (past.kind == NJ_ROUTE_DIRECT);
  io = dial_direct (worker, request->host, request->port, request->deadline, ret_stream, ret_failure);
  ret_failure->used = NULL;
  ret_failure->is_past_exit = io == NJ_OK;
  return io;
}

/**
 * nj_dial:
 * @worker: the calling thread's worker
 * @route: where it goes; its exit is kept alive over the call
 * @host: the target; a name is resolved at the exit when there is one
 * @port: its port
 * @deadline: monotonic µs for all of it
 * @ret_stream: (out) (transfer full): a stream to the target
 * @ret_failure: (out): why not; also filled in (with %NJ_DIAL_OK) on success
 *
 * Whatever goes wrong, the target is reached over @route or not at all. A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_dial (NjWorker *worker, const NjRoute *route, NjBytes host, guint16 port, gint64 deadline, NjStream **ret_stream,
         NjDialFailure *ret_failure)
{
  char         name[NJ_HOST_MAX + 1];
  NjBytes      target;
  NjHopRequest request = { .port = port, .deadline = deadline };
  NjIo         io;

  *ret_failure = (NjDialFailure){ NJ_DIAL_OK, "", FALSE, NULL };

  /* Again here, for what goes into an exit's handshake must not hold a line end or a blank. */
  target = nj_bytes (name, nj_host_normalize (host, name));
  if (target.len == 0 || port == 0)
    return nj_hop_fail (NULL, NJ_FAILED, NJ_DIAL_NO_SUCH_NAME, ret_failure, "not a host and port");

  switch (route->kind)
    {
    case NJ_ROUTE_EXIT:
      request.host = target;
      request.exit = route->exit;
      request.reach_by = deadline;
      io = dial_over_exit (worker, route, &request, ret_stream, ret_failure);
      if (io == NJ_OK)
        {
          ret_failure->result = NJ_DIAL_OK;
          ret_failure->detail[0] = '\0';
        }
      return io;
    case NJ_ROUTE_DIRECT:
      return dial_direct (worker, target, port, deadline, ret_stream, ret_failure);
    case NJ_ROUTE_REFUSED:
    default:
      return nj_hop_fail (NULL, NJ_FAILED, NJ_DIAL_REFUSED_BY_ROUTE, ret_failure, "%s",
                          route->reason != NULL ? route->reason : nj_dial_result_text (NJ_DIAL_REFUSED_BY_ROUTE));
    }
}

/**
 * nj_dial_probe:
 * @worker: the calling thread's worker
 * @exit: an exit; kept alive over the call
 * @deadline: monotonic µs
 * @ret_failure: (out): why not
 *
 * Connects to @exit and, where it speaks inside TLS, shakes hands; its health and latency are told.
 * SOCKS5 is greeted, so its credentials are tried; those of the others are not, for only a target would do that.
 * To one of kind h2 the connection stays
 * warm, so that the next tunnel costs one round trip. A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_dial_probe (NjWorker *worker, NjExit *exit, gint64 deadline, NjDialFailure *ret_failure)
{
  NjReached reached = { NULL, -1, 0 };
  gint64    begun = nj_clock_monotonic ();
  NjIo      io;

  *ret_failure = (NjDialFailure){ NJ_DIAL_OK, "", FALSE, NULL };
  nj_exit_ref (exit);
  if (nj_exit_kind (exit) == NJ_EXIT_H2)
    io = nj_hop_h2_warm (worker, exit, deadline, &reached.took, ret_failure);
  else
    io = nj_reach_ready (worker, exit, deadline, &reached, ret_failure);

  if (io == NJ_OK)
    nj_stream_close (reached.stream);
  nj_dial_tell_health (exit, io, begun, reached.took, ret_failure);
  nj_exit_unref (exit);
  return io;
}
