/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the exit server reaches a target: the name is resolved first and each address is looked at
 * before it is connected to, so that no name leads to this machine or its networks. In fibers.
 */
#include "exits/exit-server-private.h"

#include "base/clock.h"
#include "net/resolver.h"
#include "net/socket.h"

/* For the name and all its addresses together; µs. */
#define REACH_FOR (20 * (gint64) G_USEC_PER_SEC)

/* For one address while there is another; µs. */
#define ADDRESS_FOR (4 * (gint64) G_USEC_PER_SEC)

static gboolean
authority_parse (NjBytes authority, char host[NJ_HOST_MAX + 1], guint16 *ret_port)
{
  const char *colon = authority.len > 0 ? memrchr (authority.data, ':', authority.len) : NULL;
  guint64     port;

  /* RFC 9110 §9.3.6: a port is always there. */
  if (colon == NULL || !nj_bytes_parse_u64 (nj_bytes (colon + 1, authority.len - (gsize) (colon + 1 - authority.data)),
                                            G_MAXUINT16, &port) || port == 0)
    return FALSE;

  *ret_port = (guint16) port;
  return nj_host_normalize (nj_bytes (authority.data, (gsize) (colon - authority.data)), host) > 0;
}

static void
set_port (NjAddress *address, guint16 port)
{
  if (address->any.sa_family == AF_INET6)
    address->v6.sin6_port = htons (port);
  else
    address->v4.sin_port = htons (port);
}

static NjExitTarget
connect_one_of (NjWorker *worker, const NjResolved *resolved, guint16 port, gint64 deadline, NjStream **ret_stream)
{
  NjIo io = NJ_FAILED;

  for (guint i = 0; i < resolved->n; i++)
    {
      NjAddress address = resolved->addresses[i];
      gboolean  is_last = i + 1 == resolved->n;
      int       code = 0;

      set_port (&address, port);
      io = nj_socket_connect (worker, &address, is_last ? deadline : MIN (deadline, nj_worker_now (worker) + ADDRESS_FOR),
                              ret_stream, &code);
      if (io == NJ_OK)
        return NJ_EXIT_TARGET_OK;
      if (io == NJ_CANCELLED)
        break;
    }
  return io == NJ_TIMEOUT ? NJ_EXIT_TARGET_TIMEOUT : NJ_EXIT_TARGET_FAILED;
}

/**
 * nj_exit_server_reach:
 * @server: a server
 * @worker: the calling thread's worker
 * @authority: "host:port"
 * @ret_stream: (out) (transfer full): a stream to it
 *
 * A fiber's call.
 *
 * Returns: %NJ_EXIT_TARGET_OK, or why not
 */
NjExitTarget
nj_exit_server_reach (NjExitServer *server, NjWorker *worker, NjBytes authority, NjStream **ret_stream)
{
  char       host[NJ_HOST_MAX + 1];
  guint16    port;
  gint64     deadline = nj_worker_now (worker) + REACH_FOR;
  NjResolved found = { 0 };
  NjResolved open = { 0 };
  NjAddress  literal;

  if (!authority_parse (authority, host, &port))
    return NJ_EXIT_TARGET_BAD;

  if (nj_address_parse (nj_bytes_from_string (host), 0, &literal))
    {
      found.addresses[0] = literal;
      found.n = 1;
    }
  else if (nj_resolver_resolve (worker, nj_bytes_from_string (host), deadline, &found) != NJ_RESOLVE_OK)
    return NJ_EXIT_TARGET_FAILED;

  for (guint i = 0; i < found.n; i++)
    if (server->config.allow_private || nj_address_scope (&found.addresses[i]) == NJ_SCOPE_GLOBAL)
      open.addresses[open.n++] = found.addresses[i];
  if (open.n == 0)
    {
      nj_exit_server_add (server, NJ_EXIT_COUNT_TARGETS_REFUSED, 1);
      return NJ_EXIT_TARGET_PRIVATE;
    }
  return connect_one_of (worker, &open, port, deadline, ret_stream);
}
