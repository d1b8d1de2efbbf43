/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A TCP socket as a stream. Nothing waits here but the connect; what a peer does is an NjIo, never
 * an assertion. The poller is asked for help only when a call would block. The worker's thread.
 */
#include "net/socket.h"

#include "net/worker.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

typedef struct
{
  NjStream stream;
  NjPoint  point;
  gboolean is_registered;
  NjSocketWatch *watch; /* (nullable) borrowed */
} NjSocket;

static NjIo
io_of_errno (int code)
{
  return code == EAGAIN || code == EWOULDBLOCK || code == EINTR ? NJ_AGAIN : NJ_FAILED;
}

static NjIo
socket_try_read (NjStream *stream, void *buffer, gsize len, gsize *ret_n)
{
  NjSocket *self = (NjSocket *) stream;
  ssize_t   n;

  do
    n = recv (self->point.fd, buffer, len, 0);
  while (n < 0 && errno == EINTR);

  if (n > 0)
    {
      /* A short read is a drained socket: the next bytes raise the flag again. Not so once the
       * peer has shut, for then the end of the stream raises nothing more. */
      if ((gsize) n < len && self->is_registered && !self->point.ready.peer_shut)
        self->point.ready.readable = FALSE;
      *ret_n = (gsize) n;
      return NJ_OK;
    }

  if (n == 0)
    {
      self->point.ready.peer_shut = TRUE;
      return NJ_EOF;
    }

  self->point.ready.readable = FALSE;
  return io_of_errno (errno);
}

static NjIo
socket_try_write (NjStream *stream, const struct iovec *vector, int count, gsize *ret_n)
{
  NjSocket     *self = (NjSocket *) stream;
  struct msghdr message = { .msg_iov = (struct iovec *) vector, .msg_iovlen = (size_t) count };
  ssize_t       n;

  do
    n = count == 1 ? send (self->point.fd, vector->iov_base, vector->iov_len, MSG_NOSIGNAL)
                   : sendmsg (self->point.fd, &message, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);

  if (n >= 0)
    {
      nj_readiness_note_written (&self->point.ready);
      *ret_n = (gsize) n;
      return NJ_OK;
    }

  self->point.ready.writable = FALSE;
  return io_of_errno (errno);
}

static NjIo
socket_try_shut (NjStream *stream)
{
  NjSocket *self = (NjSocket *) stream;

  return shutdown (self->point.fd, SHUT_WR) == 0 || errno == ENOTCONN ? NJ_OK : NJ_FAILED;
}

static void
socket_close (NjStream *stream)
{
  NjSocket *self = (NjSocket *) stream;

  if (self->watch != NULL)
    self->watch->closing (self->watch);
  if (self->is_registered)
    nj_worker_point_remove (stream->worker, &self->point);
  close (self->point.fd);
  g_free (self);
}

static int
socket_fd (NjStream *stream)
{
  return ((NjSocket *) stream)->point.fd;
}

static const NjStreamClass socket_class = {
  .name = "socket",
  .try_read = socket_try_read,
  .try_write = socket_try_write,
  .try_shut = socket_try_shut,
  .close = socket_close,
  .fd = socket_fd,
};

static void
on_arm (gpointer user_data)
{
  NjSocket *self = user_data;

  self->point.ready.arm = NULL;
  /* What is there already is heard at the next turn; until then a read would most likely be in vain. */
  self->point.ready.readable = FALSE;
  self->is_registered = nj_worker_point_add (self->stream.worker, &self->point, self->point.fd);
  if (!self->is_registered)
    self->point.ready.broken = TRUE;
}

/**
 * nj_socket_new:
 * @worker: the calling thread's worker
 * @fd: (transfer full): a connected, non-blocking TCP socket
 *
 * Returns: (transfer full): @fd as a stream
 */
NjStream *
nj_socket_new (NjWorker *worker, int fd)
{
  NjSocket *self = g_new0 (NjSocket, 1);

  self->stream.class = &socket_class;
  self->stream.worker = worker;
  self->stream.ready = &self->point.ready;
  self->point.fd = fd;
  self->point.ready.readable = self->point.ready.writable = TRUE;
  self->point.ready.arm = on_arm;
  self->point.ready.arm_data = self;
  return &self->stream;
}

/**
 * nj_socket_connect_start:
 * @worker: the calling thread's worker
 * @address: where to
 * @ret_stream: (out) (transfer full): the stream, connected when %NJ_OK, on its way when %NJ_AGAIN
 * @ret_errno: (out): why, when %NJ_FAILED
 *
 * Begins to connect and does not wait.
 *
 * Returns: %NJ_OK, %NJ_AGAIN or %NJ_FAILED
 */
NjIo
nj_socket_connect_start (NjWorker *worker, const NjAddress *address, NjStream **ret_stream, int *ret_errno)
{
  int fd = socket (address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int code = 0;

  if (fd < 0)
    {
      *ret_errno = errno;
      return NJ_FAILED;
    }

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int));

  if (connect (fd, &address->any, address->len) < 0)
    code = errno;
  /* On loopback the handshake is over when the first call returns: asking once more is cheaper than
   * a turn through the poller. */
  if (code == EINPROGRESS && connect (fd, &address->any, address->len) == 0)
    code = 0;
  else if (code == EINPROGRESS && errno != EALREADY && errno != EINPROGRESS)
    code = errno == EISCONN ? 0 : errno;

  if (code != 0 && code != EINPROGRESS)
    {
      close (fd);
      *ret_errno = code;
      return NJ_FAILED;
    }

  *ret_stream = nj_socket_new (worker, fd);
  if (code == 0)
    return NJ_OK;

  (*ret_stream)->ready->readable = (*ret_stream)->ready->writable = FALSE;
  return NJ_AGAIN;
}

/**
 * nj_socket_connect_finish:
 * @stream: one that was on its way and has become writable
 * @ret_errno: (out): why, when it failed
 *
 * Returns: %NJ_OK when it is connected, else %NJ_FAILED; the stream stays the caller's
 */
NjIo
nj_socket_connect_finish (NjStream *stream, int *ret_errno)
{
  int       code = 0;
  socklen_t size = sizeof code;

  if (getsockopt (((NjSocket *) stream)->point.fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0)
    code = errno;
  if (code == 0)
    return NJ_OK;

  *ret_errno = code;
  return NJ_FAILED;
}

/**
 * nj_socket_connect:
 * @worker: the calling thread's worker
 * @address: where to
 * @deadline: monotonic µs
 * @ret_stream: (out) (transfer full): the connected stream
 * @ret_errno: (out): why, when %NJ_FAILED
 *
 * A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_socket_connect (NjWorker *worker, const NjAddress *address, gint64 deadline, NjStream **ret_stream, int *ret_errno)
{
  NjStream *stream = NULL;
  NjIo      io = nj_socket_connect_start (worker, address, &stream, ret_errno);

  if (io == NJ_AGAIN)
    {
      io = nj_stream_wait (stream, NJ_WAIT_WRITE, deadline);
      if (io == NJ_OK)
        io = nj_socket_connect_finish (stream, ret_errno);
      if (io != NJ_OK)
        nj_stream_close (stream);
    }
  if (io == NJ_OK)
    *ret_stream = stream;

  return io;
}

/**
 * nj_socket_is_fresh:
 * @stream: a connected socket that should be silent
 *
 * Whether a kept connection may be used again: nothing has come and the peer has not closed.
 * A system call only when the poller has heard something.
 *
 * Returns: whether it is silent and open
 */
gboolean
nj_socket_is_fresh (NjStream *stream)
{
  NjReadiness *ready = stream->ready;
  char         byte;
  ssize_t      n;

  if (ready->broken || ready->peer_shut)
    return FALSE;
  if (!ready->readable)
    return TRUE;

  n = recv (((NjSocket *) stream)->point.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (n >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK))
    return FALSE;

  if (((NjSocket *) stream)->is_registered)
    ready->readable = FALSE;
  return TRUE;
}

/**
 * nj_socket_local:
 * @stream: a socket
 * @ret_address: (out): its own address
 *
 * Returns: whether the system told
 */
gboolean
nj_socket_local (NjStream *stream, NjAddress *ret_address)
{
  ret_address->len = sizeof ret_address->v6;
  return getsockname (((NjSocket *) stream)->point.fd, &ret_address->any, &ret_address->len) == 0;
}

/**
 * nj_socket_peer:
 * @stream: a socket
 * @ret_address: (out): the address of the other end
 *
 * Returns: whether the system told
 */
gboolean
nj_socket_peer (NjStream *stream, NjAddress *ret_address)
{
  ret_address->len = sizeof ret_address->v6;
  return getpeername (((NjSocket *) stream)->point.fd, &ret_address->any, &ret_address->len) == 0;
}

/**
 * nj_socket_set_watch:
 * @stream: a socket
 * @watch: told before the descriptor is closed; it stays where it is until then
 */
void
nj_socket_set_watch (NjStream *stream, NjSocketWatch *watch)
{
  g_assert (stream->class == &socket_class);
  ((NjSocket *) stream)->watch = watch;
}

/**
 * nj_socket_abort:
 * @stream: (transfer full): any stream
 *
 * Closes it; a plain socket with a reset, so that the peer does not take what it has for the whole.
 */
void
nj_socket_abort (NjStream *stream)
{
  if (stream->class == &socket_class)
    setsockopt (((NjSocket *) stream)->point.fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 },
                sizeof (struct linger));
  nj_stream_close (stream);
}
