/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stream through exits: connect, TLS, the exit's handshake, each a stream over the stream before,
 * for as many exits as a chain has. How an exit is spoken to is in hop-*.c, one row of a table here;
 * connections made ahead are warm.c; which exit, and what its health is told, is dial.c. In fibers,
 * on workers.
 *
 * Only a chain's first exit is resolved here, the later ones by the exit before. Targets are
 * resolved at the exit.
 */
#include "exits/reach.h"

#include "base/clock.h"
#include "exits/exit-address.h"
#include "exits/hop-h2.h"
#include "exits/link.h"
#include "exits/warm.h"
#include "net/worker.h"
#include "tls/tls-stream.h"

#include <netinet/tcp.h>

/* What is not acknowledged in this time ends a request while another exit stands by: a link that is gone is not a target
 * that is slow; ms. */
#define LINK_SILENT_AFTER 1000
#define LINK_SILENT_MAX   20000

/* In the order of NjExitKind. */
static const struct
{
  NjHopOpen    open;    /* all of the handshake */
  NjHopPrepare prepare; /* (nullable) what of it does not depend on the target … */
  NjHopOpen    ask;     /* … and what is left then */
  const char  *alpn;    /* what is offered inside TLS */
} hops[] = {
  [NJ_EXIT_HTTP] = { nj_hop_http_open, NULL, nj_hop_http_open, "" },
  [NJ_EXIT_HTTPS] = { nj_hop_http_open, NULL, nj_hop_http_open, "http/1.1" },
  [NJ_EXIT_H2] = { NULL, NULL, NULL, "h2" }, /* its connection is shared: hop-h2.c */
  [NJ_EXIT_SOCKS5] = { nj_hop_socks5_open, nj_hop_socks5_prepare, nj_hop_socks5_ask, "" },
  [NJ_EXIT_SOCKS5S] = { nj_hop_socks5_open, nj_hop_socks5_prepare, nj_hop_socks5_ask, "" },
  [NJ_EXIT_SOCKS4A] = { nj_hop_socks4a_open, NULL, nj_hop_socks4a_open, "" },
  [NJ_EXIT_TOR] = { nj_hop_tor_open, NULL, nj_hop_tor_open, "" },
};

static void
set_silence (int link, int ms)
{
  if (link >= 0)
    setsockopt (link, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
}

static NjIo
connect_exit (NjWorker *worker, const NjExit *exit, gint64 deadline, NjReached *reached, NjDialFailure *ret_failure)
{
  NjIo io = nj_exit_address_connect (worker, exit, nj_hop_patience (worker, deadline), &reached->stream, ret_failure);

  if (io != NJ_OK)
    return io;
  reached->link = nj_stream_fd (reached->stream);
  nj_link_watch (reached->stream, (NjExit *) exit);
  return NJ_OK;
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

/* Over the exits before it in the chain. To the one before, this exit is a target; to the user the chain as a
 * whole is down. */
static NjIo
reach_over (NjWorker *worker, NjExit *exit, gint64 deadline, NjReached *reached, NjDialFailure *ret_failure)
{
  const NjHopRequest request = { .exit = nj_exit_via (exit), .host = nj_exit_host (exit), .port = nj_exit_port (exit),
                                 .deadline = deadline, .reach_by = deadline };
  gint64 took = 0;
  NjIo   io = nj_reach_target (worker, &request, &took, &reached->stream, ret_failure);

  if (io != NJ_OK && ret_failure->result != NJ_DIAL_CANCELLED &&
      (ret_failure->result < NJ_DIAL_EXIT_DOWN || ret_failure->result == NJ_DIAL_EXIT_REFUSED))
    ret_failure->result = NJ_DIAL_EXIT_DOWN;
  return io;
}

/**
 * nj_reach_exit:
 * @worker: the calling thread's worker
 * @exit: an exit
 * @deadline: monotonic µs
 * @ret_reached: (out): a stream to it, inside TLS where it wants that; its time is set in any case
 * @ret_failure: (out): why not
 *
 * A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_reach_exit (NjWorker *worker, NjExit *exit, gint64 deadline, NjReached *ret_reached, NjDialFailure *ret_failure)
{
  gint64    start = nj_clock_monotonic ();
  NjReached reached = { NULL, -1, 0 };
  NjIo      io;

  if (nj_exit_via (exit) == NULL)
    io = connect_exit (worker, exit, deadline, &reached, ret_failure);
  else
    io = reach_over (worker, exit, deadline, &reached, ret_failure);
  reached.took = nj_clock_monotonic () - start;

  if (io == NJ_OK && nj_exit_is_tls (exit))
    io = put_tls (g_steal_pointer (&reached.stream), exit, deadline, &reached.stream, ret_failure);
  *ret_reached = reached;
  return io;
}

/**
 * nj_reach_ready:
 * @worker: the calling thread's worker
 * @exit: an exit, not of kind h2
 * @deadline: monotonic µs
 * @ret_reached: (out): a stream to it on which it waits to be asked for a target
 * @ret_failure: (out): why not
 *
 * For a connection made ahead, which also finds out how an exit may be spoken to: if it then needs another
 * connection, nobody waits for that. A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_reach_ready (NjWorker *worker, NjExit *exit, gint64 deadline, NjReached *ret_reached, NjDialFailure *ret_failure)
{
  NjHopPrepare prepare = hops[nj_exit_kind (exit)].prepare;
  gboolean     may_retry = TRUE;
  NjIo         io = NJ_FAILED;

  for (int attempt = 0; attempt < 2 && may_retry; attempt++)
    {
      may_retry = FALSE;
      io = nj_reach_exit (worker, exit, deadline, ret_reached, ret_failure);
      if (io == NJ_OK && prepare != NULL)
        io = prepare (ret_reached->stream, exit, deadline, &may_retry, ret_failure);
    }
  return io;
}

/* Asks for the target on a connection to its exit. */
static NjIo
ask (NjHopOpen how, const NjReached *reached, const NjHopRequest *request, NjStream **ret_stream,
     NjDialFailure *ret_failure)
{
  gboolean is_raced = request->race != NULL;
  guint    latency = nj_exit_latency_ms (request->exit);
  NjIo     io;

  if (is_raced)
    {
      request->race->is_reached = TRUE;
      request->race->link = reached->link;
      set_silence (reached->link, (int) MAX (LINK_SILENT_AFTER, MIN (6 * latency, LINK_SILENT_MAX)));
    }
  io = how (reached->stream, request, ret_stream, ret_failure);
  if (is_raced)
    request->race->link = -1;
  if (is_raced && io == NJ_OK)
    set_silence (reached->link, 0);
  return io;
}

/* On a connection that was made ahead; FALSE when there is none, or when it had died meanwhile. */
static gboolean
ask_warm (NjWorker *worker, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure, NjIo *ret_io)
{
  NjReached reached = { NULL, -1, 0 };

  *ret_io = nj_warm_take (worker, (NjExit *) request->exit, request->reach_by, &reached, ret_failure);
  if (*ret_io == NJ_AGAIN)
    return FALSE;
  if (*ret_io == NJ_OK)
    *ret_io = ask (hops[nj_exit_kind (request->exit)].ask, &reached, request, ret_stream, ret_failure);
  else
    return TRUE;

  if (request->may_retry != NULL && *request->may_retry)
    return FALSE;
  /* Nothing of the target's was said on it: a fresh one may do better, unless the time for that is over. */
  return *ret_io == NJ_OK || *ret_io == NJ_CANCELLED || ret_failure->result != NJ_DIAL_EXIT_DOWN ||
         nj_worker_now (worker) >= request->reach_by;
}

/**
 * nj_reach_target:
 * @worker: the calling thread's worker
 * @request: the exit, the target, by when
 * @ret_took: (out): µs that connecting took, untouched when a connection was there
 * @ret_stream: (out) (transfer full): the stream to the target
 * @ret_failure: (out): why not
 *
 * A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_reach_target (NjWorker *worker, const NjHopRequest *request, gint64 *ret_took, NjStream **ret_stream,
                 NjDialFailure *ret_failure)
{
  NjExit      *exit = (NjExit *) request->exit;
  gboolean     may_retry = FALSE;
  NjHopRequest asked = *request;
  NjIo         io = NJ_FAILED;

  if (nj_exit_kind (exit) == NJ_EXIT_H2)
    return nj_hop_h2_dial (worker, request, ret_took, ret_stream, ret_failure);

  /* Twice when the exit says at first how it wants to be asked. */
  asked.may_retry = &may_retry;
  if (ask_warm (worker, &asked, ret_stream, ret_failure, &io))
    return io;
  may_retry = TRUE;
  for (int attempt = 0; attempt < 2 && may_retry; attempt++)
    {
      NjReached reached = { NULL, -1, 0 };

      may_retry = FALSE;
      io = nj_reach_exit (worker, exit, request->reach_by, &reached, ret_failure);
      *ret_took = reached.took;
      if (io == NJ_OK && request->race != NULL && request->race->is_unwanted)
        {
          nj_exit_dial_succeeded (exit, reached.took);
          return nj_hop_fail (reached.stream, NJ_CANCELLED, NJ_DIAL_CANCELLED, ret_failure, "another exit was faster");
        }
      if (io == NJ_OK)
        io = ask (hops[nj_exit_kind (exit)].open, &reached, &asked, ret_stream, ret_failure);
    }
  return io;
}
