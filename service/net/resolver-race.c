/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Connects to the first of a name's addresses that answers: each gets a quarter of a second before
 * the next is tried beside it, a failed one makes way at once. RFC 8305. A fiber's call.
 */
#include "net/resolver.h"

#include "net/fiber.h"
#include "net/socket.h"
#include "net/worker.h"

#include <errno.h>

/* Connection Attempt Delay, RFC 8305 §8. */
#define STAGGER_US 250000

typedef struct
{
  NjWorker         *worker;
  const NjResolved *resolved;
  guint16           port;
  guint             next;   /* address to try next */
  guint             n_open; /* attempts on their way */
  NjStream         *attempts[NJ_RESOLVER_ADDRESSES_MAX]; /* (nullable) owned */
  int               problem; /* errno of the last failure */
} NjRace;

static void
on_ready (gpointer user_data)
{
  nj_fiber_wake (user_data);
}

static NjStream *
race_start_next (NjRace *race)
{
  while (race->next < race->resolved->n)
    {
      guint     i = race->next++;
      NjAddress address = race->resolved->addresses[i];
      NjStream *stream = NULL;
      NjIo      io;

      if (address.any.sa_family == AF_INET6)
        address.v6.sin6_port = htons (race->port);
      else
        address.v4.sin_port = htons (race->port);

      io = nj_socket_connect_start (race->worker, &address, &stream, &race->problem);
      if (io == NJ_OK)
        return stream;
      if (io == NJ_AGAIN)
        {
          race->attempts[i] = stream;
          race->n_open++;
          nj_readiness_arm (stream->ready);
          stream->ready->notify = on_ready;
          stream->ready->notify_data = nj_fiber_self ();
          return NULL;
        }
    }

  return NULL;
}

/* Takes out the attempts that have ended; returns the winner. */
static NjStream *
race_look (NjRace *race)
{
  for (guint i = 0; i < race->next; i++)
    {
      NjStream *stream = race->attempts[i];

      if (stream == NULL || !(stream->ready->writable || stream->ready->broken))
        continue;

      race->attempts[i] = NULL;
      race->n_open--;
      stream->ready->notify = NULL;
      if (nj_socket_connect_finish (stream, &race->problem) == NJ_OK)
        return stream;
      nj_stream_close (stream);
    }

  return NULL;
}

static void
race_clear (NjRace *race)
{
  for (guint i = 0; i < race->next; i++)
    g_clear_pointer (&race->attempts[i], nj_stream_close);
}

static NjIo
race_run (NjRace *race, gint64 deadline, NjStream **ret_stream)
{
  NjIo io = NJ_OK;

  for (;;)
    {
      NjStream *winner = race_start_next (race);
      gint64    stagger = nj_worker_now (race->worker) + STAGGER_US;
      guint     before = race->n_open;

      if (race->next >= race->resolved->n)
        stagger = G_MAXINT64;
      while (winner == NULL && race->n_open > 0 && race->n_open == before && io == NJ_OK)
        {
          io = nj_fiber_park (MIN (stagger, deadline));
          winner = race_look (race);
        }

      if (winner != NULL)
        {
          *ret_stream = winner;
          return NJ_OK;
        }
      if (io == NJ_TIMEOUT && stagger < deadline)
        io = NJ_OK;
      if (io != NJ_OK)
        return io;
      if (race->n_open == 0 && race->next >= race->resolved->n)
        return NJ_FAILED;
    }
}

/**
 * nj_resolver_connect_to:
 * @worker: the calling fiber's worker
 * @resolved: addresses, in the order to try
 * @port: where to
 * @deadline: monotonic µs
 * @ret_stream: (out) (transfer full): the connected stream, when %NJ_OK
 * @ret_errno: (out): why no address took us, when %NJ_FAILED
 *
 * A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_resolver_connect_to (NjWorker *worker, const NjResolved *resolved, guint16 port, gint64 deadline,
                        NjStream **ret_stream, int *ret_errno)
{
  NjRace race = { .worker = worker, .resolved = resolved, .port = port, .problem = EHOSTUNREACH };
  NjIo   io = race_run (&race, deadline, ret_stream);

  race_clear (&race);
  *ret_errno = race.problem;
  return io;
}

/**
 * nj_resolver_connect:
 * @worker: the calling fiber's worker
 * @host: a host in its normal form
 * @port: where to
 * @deadline: monotonic µs
 * @ret_stream: (out) (transfer full): the connected stream, when %NJ_OK
 * @ret_resolve: (out): what the name came to
 * @ret_errno: (out): why no address took us, when %NJ_FAILED and the name was found
 *
 * Resolves and connects. A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_resolver_connect (NjWorker *worker, NjBytes host, guint16 port, gint64 deadline, NjStream **ret_stream,
                     NjResolveResult *ret_resolve, int *ret_errno)
{
  NjResolved resolved;

  *ret_resolve = nj_resolver_resolve (worker, host, deadline, &resolved);
  switch (*ret_resolve)
    {
    case NJ_RESOLVE_OK:
      break;
    case NJ_RESOLVE_TIMEOUT:
      return NJ_TIMEOUT;
    case NJ_RESOLVE_CANCELLED:
      return NJ_CANCELLED;
    default:
      return NJ_FAILED;
    }

  return nj_resolver_connect_to (worker, &resolved, port, deadline, ret_stream, ret_errno);
}
