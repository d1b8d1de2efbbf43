/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The exit server's port and its counts. What is said on a connection is in exit-server-guest.c,
 * how a target is reached in exit-server-target.c. Made on the main thread, accepts on workers.
 */
#include "exits/exit-server.h"

#include "exits/exit-server-private.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#define BACKLOG 1024

typedef struct
{
  NjPoint       point;
  NjWorker     *worker; /* borrowed */
  NjExitServer *server; /* borrowed */
  NjTimer       rest;   /* while the process has no descriptor left */
} Door;

/**
 * nj_exit_server_add:
 * @server: a server
 * @count: which
 * @n: how many more, below 0 for fewer
 *
 * Any thread.
 */
void
nj_exit_server_add (NjExitServer *server, NjExitCount count, gint64 n)
{
  atomic_fetch_add_explicit (&server->counts[count], n, memory_order_relaxed);
}

static guint64
count_of (NjExitServer *server, NjExitCount count)
{
  return (guint64) MAX (atomic_load_explicit (&server->counts[count], memory_order_relaxed), 0);
}

/**
 * nj_exit_server_counts:
 * @server: a server
 * @ret_counts: (out): what happened since it began
 *
 * Any thread.
 */
void
nj_exit_server_counts (NjExitServer *server, NjExitServerCounts *ret_counts)
{
  *ret_counts = (NjExitServerCounts){
    .connections = count_of (server, NJ_EXIT_COUNT_CONNECTIONS),
    .connections_open = count_of (server, NJ_EXIT_COUNT_CONNECTIONS_OPEN),
    .tunnels = count_of (server, NJ_EXIT_COUNT_TUNNELS),
    .tunnels_open = count_of (server, NJ_EXIT_COUNT_TUNNELS_OPEN),
    .tunnels_failed = count_of (server, NJ_EXIT_COUNT_TUNNELS_FAILED),
    .targets_refused = count_of (server, NJ_EXIT_COUNT_TARGETS_REFUSED),
    .strangers = count_of (server, NJ_EXIT_COUNT_STRANGERS),
    .bytes_up = count_of (server, NJ_EXIT_COUNT_BYTES_UP),
    .bytes_down = count_of (server, NJ_EXIT_COUNT_BYTES_DOWN),
  };
}

/**
 * nj_exit_server_new:
 * @config: what it is; its pointers are borrowed
 * @error: a #GIOErrorEnum, %G_IO_ERROR_ADDRESS_IN_USE when the port is taken
 *
 * Binds and listens. Main thread.
 *
 * Returns: (transfer full) (nullable): the server
 */
NjExitServer *
nj_exit_server_new (const NjExitServerConfig *config, GError **error)
{
  g_autoptr (NjExitServer) self = g_new0 (NjExitServer, 1);
  NjAddress address = config->address;
  int       on = 1;

  self->config = *config;
  self->doors = g_ptr_array_new_with_free_func (g_free);
  self->fd = socket (address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (self->fd >= 0)
    {
      setsockopt (self->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
      setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }

  if (self->fd < 0 || bind (self->fd, &address.any, address.len) < 0 || listen (self->fd, BACKLOG) < 0 ||
      getsockname (self->fd, &address.any, &address.len) < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "port %u: %s", nj_address_port (&config->address),
                   g_strerror (code));
      return NULL;
    }

  self->port = nj_address_port (&address);
  return g_steal_pointer (&self);
}

/**
 * nj_exit_server_port:
 * @server: a server
 *
 * Any thread.
 *
 * Returns: the port it listens on
 */
guint16
nj_exit_server_port (const NjExitServer *server)
{
  return server->port;
}

static void
on_rest_over (NjTimer *timer)
{
  Door *door = (Door *) (void *) ((char *) timer - G_STRUCT_OFFSET (Door, rest));

  nj_worker_point_add_shared (door->worker, &door->point, door->server->fd);
}

static void
on_connection (gpointer door_pointer)
{
  Door     *door = door_pointer;
  NjAddress peer = { .len = sizeof peer.v6 };
  int       fd = accept4 (door->server->fd, &peer.any, &peer.len, SOCK_NONBLOCK | SOCK_CLOEXEC);

  if (fd >= 0 && count_of (door->server, NJ_EXIT_COUNT_CONNECTIONS_OPEN) < door->server->config.connections_max)
    nj_exit_server_greet (door->server, door->worker, fd, &peer);
  else if (fd >= 0)
    close (fd);
  else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
    {
      /* A level-triggered event that cannot be served would spin: look away for a while. */
      nj_worker_point_remove (door->worker, &door->point);
      nj_worker_timer_set (door->worker, &door->rest, nj_worker_now (door->worker) + 50000);
    }
}

/**
 * nj_exit_server_attach:
 * @server: a server
 * @worker: a worker that does not run yet
 *
 * Lets @worker accept as well. Main thread.
 */
void
nj_exit_server_attach (NjExitServer *server, NjWorker *worker)
{
  Door *door = g_new0 (Door, 1);

  door->worker = worker;
  door->server = server;
  door->point.ready.notify = on_connection;
  door->point.ready.notify_data = door;
  door->rest.fire = on_rest_over;
  g_ptr_array_add (server->doors, door);
  nj_worker_point_add_shared (worker, &door->point, server->fd);
}

/**
 * nj_exit_server_free:
 * @server: (transfer full) (nullable): a server whose workers have ended
 *
 * Main thread.
 */
void
nj_exit_server_free (NjExitServer *server)
{
  if (server == NULL)
    return;

  if (server->fd >= 0)
    close (server->fd);
  g_ptr_array_unref (server->doors);
  g_free (server);
}
