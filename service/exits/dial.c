/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opens a stream to a target over a route: connect, TLS, the exit's handshake, each a stream over
 * the stream before, for as many exits as a chain has. Which route is for route.c; how an exit is
 * spoken to is in hop-*.c, one row of a table here. An exit's health is told from here. In
 * fibers, on workers.
 *
 * The exit's own name is resolved by this machine's resolver, since nobody else can be asked yet;
 * only a chain's later exits are resolved by the exit before. Targets are resolved at the exit.
 */
#include "exits/dial.h"

#include "base/clock.h"
#include "exits/hop.h"
#include "exits/hop-h2.h"
#include "net/worker.h"
#include "tls/tls-stream.h"

#include <errno.h>
#include <netinet/tcp.h>

/* With others to stand in for it an exit must be reached in this time, so that the next one has answered
 * within two seconds: long enough for one lost SYN, which is sent again after one; µs. */
#define REACH_FOR (3 * (gint64) G_USEC_PER_SEC / 2)

/* Exits that one dial tries after the first. */
#define OTHERS_MAX 4

/* In the order of NjExitKind. */
static const struct
{
  NjHopOpen   open;
  const char *alpn; /* what is offered inside TLS */
} hops[] = {
  [NJ_EXIT_HTTP] = { nj_hop_http_open, "" },
  [NJ_EXIT_HTTPS] = { nj_hop_http_open, "http/1.1" },
  [NJ_EXIT_H2] = { NULL, "h2" }, /* its connection is shared: hop-h2.c */
  [NJ_EXIT_SOCKS5] = { nj_hop_socks5_open, "" },
  [NJ_EXIT_SOCKS5S] = { nj_hop_socks5_open, "" },
  [NJ_EXIT_SOCKS4A] = { nj_hop_socks4a_open, "" },
  [NJ_EXIT_TOR] = { nj_hop_tor_open, "" },
};

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

static NjDialResult
result_of (NjIo io, NjResolveResult resolve, int code)
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

  result = result_of (io, resolve, code);
  return nj_hop_fail (NULL, io, result, ret_failure, "%s",
                      result == NJ_DIAL_UNREACHABLE && code != 0 ? g_strerror (code) : nj_dial_result_text (result));
}

/* A link that died must not hold its tunnels for hours: what is not acknowledged in 20 s ends it, and
 * one that says nothing is asked by the kernel, which wakes nobody here. */
static void
watch_link (NjStream *stream)
{
  static const struct { int level, name, value; } options[] = {
    { SOL_SOCKET, SO_KEEPALIVE, 1 },       { IPPROTO_TCP, TCP_KEEPIDLE, 120 }, { IPPROTO_TCP, TCP_KEEPINTVL, 10 },
    { IPPROTO_TCP, TCP_KEEPCNT, 3 },       { IPPROTO_TCP, TCP_USER_TIMEOUT, 20000 },
  };
  int fd = nj_stream_fd (stream);

  for (guint i = 0; fd >= 0 && i < G_N_ELEMENTS (options); i++)
    setsockopt (fd, options[i].level, options[i].name, &options[i].value, sizeof options[i].value);
}

/* Whatever keeps us from the exit, it is down; that a target has no address is another thing. */
static NjIo
connect_exit (NjWorker *worker, const NjExit *exit, gint64 deadline, NjStream **ret_stream, NjDialFailure *ret_failure)
{
  NjDialFailure failure = { 0 };
  NjIo          io = dial_direct (worker, nj_exit_host (exit), nj_exit_port (exit), nj_hop_patience (worker, deadline),
                                  ret_stream, &failure);

  if (io == NJ_OK)
    {
      watch_link (*ret_stream);
      return NJ_OK;
    }
  return nj_hop_fail (NULL, io, failure.result == NJ_DIAL_CANCELLED ? NJ_DIAL_CANCELLED : NJ_DIAL_EXIT_DOWN, ret_failure,
                      "the exit cannot be reached: %s", failure.detail);
}

static NjIo
put_tls (NjStream *below, const NjExit *exit, gint64 deadline, NjStream **ret_stream, NjDialFailure *ret_failure)
{
  const NjTlsClientConfig config = {
    .server_name = nj_exit_host (exit),
    .port = nj_exit_port (exit),
    .fingerprint = nj_exit_fingerprint (exit),
    .alpn = nj_bytes_from_string (hops[nj_exit_kind (exit)].alpn),
    .partition = nj_bytes_from_string (nj_exit_id (exit)),
  };
  NjTlsFailure failure = { 0 };
  NjIo         io = nj_tls_connect (below, &config, nj_hop_patience (below->worker, deadline), ret_stream, &failure);

  if (io == NJ_OK)
    return NJ_OK;
  if (io == NJ_CANCELLED)
    return nj_hop_fail (NULL, io, NJ_DIAL_CANCELLED, ret_failure, "cancelled");
  return nj_hop_fail (NULL, io, failure.is_certificate ? NJ_DIAL_EXIT_CERTIFICATE : NJ_DIAL_EXIT_DOWN, ret_failure,
                      "%s", failure.text);
}

static NjIo dial_through (NjWorker *worker, const NjHopRequest *request, gint64 *ret_took, NjStream **ret_stream,
                          NjDialFailure *ret_failure);

/* A stream to the exit itself, over the exits before it in the chain. */
static NjIo
reach (NjWorker *worker, NjExit *exit, gint64 deadline, gint64 *ret_took, NjStream **ret_stream,
       NjDialFailure *ret_failure)
{
  gint64 start = nj_clock_monotonic ();
  NjIo   io;

  if (nj_exit_via (exit) == NULL)
    io = connect_exit (worker, exit, deadline, ret_stream, ret_failure);
  else
    {
      const NjHopRequest request = { nj_exit_via (exit), nj_exit_host (exit), nj_exit_port (exit), deadline, deadline, NULL };

      io = dial_through (worker, &request, ret_took, ret_stream, ret_failure);
      /* To the one before, this exit is a target; to the user the chain as a whole is down. */
      if (io != NJ_OK && ret_failure->result != NJ_DIAL_CANCELLED && ret_failure->result < NJ_DIAL_EXIT_DOWN)
        ret_failure->result = NJ_DIAL_EXIT_DOWN;
      if (io != NJ_OK && ret_failure->result == NJ_DIAL_EXIT_REFUSED)
        ret_failure->result = NJ_DIAL_EXIT_DOWN;
    }
  *ret_took = nj_clock_monotonic () - start;
  return io;
}

/* The same with TLS over it, for what speaks inside TLS. */
static NjIo
reach_inside (NjWorker *worker, NjExit *exit, gint64 deadline, gint64 *ret_took, NjStream **ret_stream,
              NjDialFailure *ret_failure)
{
  NjStream *below = NULL;
  NjIo      io = reach (worker, exit, deadline, ret_took, &below, ret_failure);

  if (io == NJ_OK && nj_exit_is_tls (exit))
    return put_tls (below, exit, deadline, ret_stream, ret_failure);
  if (io == NJ_OK)
    *ret_stream = below;
  return io;
}

static NjIo
dial_through (NjWorker *worker, const NjHopRequest *request, gint64 *ret_took, NjStream **ret_stream,
              NjDialFailure *ret_failure)
{
  NjExit      *exit = (NjExit *) request->exit;
  gboolean     may_retry = TRUE;
  NjHopRequest asked = *request;
  NjIo         io = NJ_FAILED;

  if (nj_exit_kind (exit) == NJ_EXIT_H2)
    return nj_hop_h2_dial (worker, request, reach_inside, ret_took, ret_stream, ret_failure);

  /* Twice when the exit says at first how it wants to be asked. */
  asked.may_retry = &may_retry;
  for (int attempt = 0; attempt < 2 && may_retry; attempt++)
    {
      NjStream *below = NULL;

      may_retry = FALSE;
      io = reach_inside (worker, exit, request->reach_by, ret_took, &below, ret_failure);
      if (io == NJ_OK)
        io = hops[nj_exit_kind (exit)].open (below, &asked, ret_stream, ret_failure);
    }
  return io;
}

/* Only what is the exit's own fault counts against it: a target that is down does not. */
static void
tell_health (NjExit *exit, NjIo io, gint64 took, const NjDialFailure *failure)
{
  if (io == NJ_OK)
    {
      nj_exit_dial_succeeded (exit, took);
      return;
    }

  switch (failure->result)
    {
    case NJ_DIAL_EXIT_DOWN:
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

static NjIo
dial_exit (NjWorker *worker, NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure)
{
  NjExit *exit = (NjExit *) request->exit;
  gint64  took = 0;
  NjIo    io;

  if (!nj_exit_may_dial (exit, nj_clock_monotonic ()))
    {
      g_autofree char *problem = nj_exit_problem (exit);

      return nj_hop_fail (NULL, NJ_FAILED, NJ_DIAL_EXIT_DOWN, ret_failure, "%s", problem);
    }

  /* The policy that lent the exit may be swapped while we wait. */
  nj_exit_ref (exit);
  io = dial_through (worker, request, &took, ret_stream, ret_failure);
  tell_health (exit, io, took, ret_failure);
  ret_failure->used = exit;
  nj_exit_unref (exit);
  return io;
}

static gboolean
is_exits_fault (NjDialResult result)
{
  return result == NJ_DIAL_EXIT_DOWN || result == NJ_DIAL_EXIT_AUTH || result == NJ_DIAL_EXIT_CERTIFICATE;
}

/* The route's exit, and while one after the other is down those that the user lets stand in for it:
 * none of them has said anything to the target, so the next may. */
static NjIo
dial_exits (NjWorker *worker, const NjRoute *route, NjHopRequest *request, NjStream **ret_stream,
            NjDialFailure *ret_failure)
{
  guint  n_others = route->others != NULL ? MIN (route->others->len, OTHERS_MAX) : 0;
  gint64 deadline = request->deadline;
  NjIo   io;

  request->exit = route->exit;
  request->reach_by = n_others > 0 ? MIN (deadline, nj_worker_now (worker) + REACH_FOR) : deadline;
  io = dial_exit (worker, request, ret_stream, ret_failure);

  for (guint i = 0; io != NJ_OK && is_exits_fault (ret_failure->result) && i < n_others; i++)
    {
      NjExit *other = g_ptr_array_index (route->others, i);

      if (other == route->exit || nj_exit_state (other) == NJ_EXIT_STATE_DEAD)
        continue;
      request->exit = other;
      request->reach_by = MIN (deadline, nj_worker_now (worker) + (i + 1 < n_others ? REACH_FOR : NJ_HOP_PATIENCE));
      io = dial_exit (worker, request, ret_stream, ret_failure);
    }

  if (io == NJ_OK)
    {
      ret_failure->result = NJ_DIAL_OK;
      ret_failure->detail[0] = '\0';
    }
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

  *ret_failure = (NjDialFailure){ NJ_DIAL_OK, "", NULL };

  /* Again here, for what goes into an exit's handshake must not hold a line end or a blank. */
  target = nj_bytes (name, nj_host_normalize (host, name));
  if (target.len == 0 || port == 0)
    return nj_hop_fail (NULL, NJ_FAILED, NJ_DIAL_NO_SUCH_NAME, ret_failure, "not a host and port");

  switch (route->kind)
    {
    case NJ_ROUTE_EXIT:
      request.host = target;
      return dial_exits (worker, route, &request, ret_stream, ret_failure);
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
 * Credentials are not tried, for only a target would do that. To one of kind h2 the connection stays
 * warm, so that the next tunnel costs one round trip. A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_dial_probe (NjWorker *worker, NjExit *exit, gint64 deadline, NjDialFailure *ret_failure)
{
  const NjHopRequest request = { exit, NJ_BYTES_NONE, 0, deadline, deadline, NULL };
  NjStream          *stream = NULL;
  gint64             took = 0;
  NjIo               io;

  *ret_failure = (NjDialFailure){ NJ_DIAL_OK, "", NULL };
  nj_exit_ref (exit);
  if (nj_exit_kind (exit) == NJ_EXIT_H2)
    io = nj_hop_h2_warm (worker, &request, reach_inside, &took, ret_failure);
  else
    io = reach_inside (worker, exit, deadline, &took, &stream, ret_failure);

  nj_stream_close (stream);
  tell_health (exit, io, took, ret_failure);
  nj_exit_unref (exit);
  return io;
}
