/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The listening port. One descriptor stands in the poller of every worker; the kernel wakes one of
 * them for each connection. Made on the main thread, accepts on the workers'.
 */
#include "net/listener.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#define BACKLOG 1024

typedef struct
{
  NjPoint     point;
  NjWorker   *worker;   /* borrowed */
  NjListener *listener; /* borrowed */
  NjTimer     rest;     /* while the process has no descriptor left */
} NjDoor;

struct NjListener
{
  int                fd;
  guint16            port;
  gint               has_stopped; /* atomic */
  NjListenerAccepted accepted;
  gpointer           user_data;
  GPtrArray         *doors; /* (element-type NjDoor), owned */
};

/**
 * nj_listener_new:
 * @host: a loopback address
 * @port: 0 for a free one
 * @accepted: called for each connection, on a worker's thread
 * @user_data: for @accepted
 * @error: where a reason goes
 *
 * Binds and listens. Any thread.
 *
 * Returns: (transfer full) (nullable): the listener; %NULL with %G_IO_ERROR_ADDRESS_IN_USE when the
 *   port is taken, %G_IO_ERROR_INVALID_ARGUMENT when @host is no loopback address
 */
NjListener *
nj_listener_new (NjBytes host, guint16 port, NjListenerAccepted accepted, gpointer user_data, GError **error)
{
  g_autoptr (NjListener) self = g_new0 (NjListener, 1);
  NjAddress address;

  self->fd = -1;
  self->accepted = accepted;
  self->user_data = user_data;
  self->doors = g_ptr_array_new_with_free_func (g_free);

  if (!nj_address_parse (host, port, &address) || nj_address_scope (&address) != NJ_SCOPE_LOOPBACK)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%.*s is not a loopback address",
                   NJ_BYTES_ARGS (host));
      return NULL;
    }

  self->fd = socket (address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (self->fd >= 0)
    {
      setsockopt (self->fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof (int));
      /* Accepted sockets inherit both. Nothing is congested between two programs of one machine:
       * BBR's model and pacing, where the system has them on, are work and delay for nothing. */
      setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int));
      setsockopt (self->fd, IPPROTO_TCP, TCP_CONGESTION, "reno", 4);
    }

  if (self->fd < 0 || bind (self->fd, &address.any, address.len) < 0 || listen (self->fd, BACKLOG) < 0 ||
      getsockname (self->fd, &address.any, &address.len) < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "port %u: %s", port, g_strerror (code));
      return NULL;
    }

  self->port = nj_address_port (&address);
  return g_steal_pointer (&self);
}

/**
 * nj_listener_port:
 * @listener: a listener
 *
 * Any thread.
 *
 * Returns: the port it listens on
 */
guint16
nj_listener_port (const NjListener *listener)
{
  return listener->port;
}

static void
on_rest_over (NjTimer *timer)
{
  NjDoor *door = (NjDoor *) (void *) ((char *) timer - G_STRUCT_OFFSET (NjDoor, rest));

  if (!g_atomic_int_get (&door->listener->has_stopped))
    nj_worker_point_add_shared (door->worker, &door->point, door->listener->fd);
}

/* Level-triggered, so one accept a turn: no call is spent on hearing that there are no more. */
static void
on_connection (gpointer user_data)
{
  NjDoor    *door = user_data;
  NjAddress  peer = { .len = sizeof peer.v6 };
  int        fd;

  if (g_atomic_int_get (&door->listener->has_stopped))
    {
      nj_worker_point_remove (door->worker, &door->point);
      return;
    }

  fd = accept4 (door->point.fd, &peer.any, &peer.len, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0)
    door->listener->accepted (door->worker, fd, &peer, door->listener->user_data);
  else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
    {
      /* A level-triggered event that cannot be served would spin: look away for a while. */
      nj_worker_point_remove (door->worker, &door->point);
      nj_worker_timer_set (door->worker, &door->rest, nj_worker_now (door->worker) + 50000);
    }
}

/**
 * nj_listener_attach:
 * @listener: a listener
 * @worker: a worker that does not run yet, or the calling thread's
 *
 * Lets @worker accept as well.
 */
void
nj_listener_attach (NjListener *listener, NjWorker *worker)
{
  NjDoor *door = g_new0 (NjDoor, 1);

  door->worker = worker;
  door->listener = listener;
  door->point.ready.notify = on_connection;
  door->point.ready.notify_data = door;
  door->rest.fire = on_rest_over;
  g_ptr_array_add (listener->doors, door);
  nj_worker_point_add_shared (worker, &door->point, listener->fd);
}

/**
 * nj_listener_stop:
 * @listener: a listener
 *
 * Refuses what comes from now on. Any thread.
 */
void
nj_listener_stop (NjListener *listener)
{
  g_atomic_int_set (&listener->has_stopped, TRUE);
  shutdown (listener->fd, SHUT_RDWR);
}

/**
 * nj_listener_free:
 * @listener: (transfer full) (nullable): a listener whose workers have ended
 */
void
nj_listener_free (NjListener *listener)
{
  if (listener == NULL)
    return;

  if (listener->fd >= 0)
    close (listener->fd);
  g_ptr_array_unref (listener->doors);
  g_free (listener);
}
