/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The poller on Linux: edge-triggered epoll, each descriptor registered once for both ways. Events
 * only raise flags and notify; whoever was told does the work. The worker's thread.
 */
#include "net/worker-private.h"

#include <errno.h>
#include <gio/gio.h>
#include <sys/eventfd.h>
#include <unistd.h>

/**
 * nj_poll_open:
 * @worker: a worker without a poller
 * @error: where a reason goes
 *
 * Returns: whether it has one now; else a %G_IO_ERROR
 */
gboolean
nj_poll_open (NjWorker *worker, GError **error)
{
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = worker };

  worker->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  worker->event_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (worker->epoll_fd < 0 || worker->event_fd < 0 ||
      epoll_ctl (worker->epoll_fd, EPOLL_CTL_ADD, worker->event_fd, &event) < 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "poller: %s", g_strerror (code));
      return FALSE;
    }

  return TRUE;
}

/**
 * nj_poll_close:
 * @worker: a worker that has ended
 */
void
nj_poll_close (NjWorker *worker)
{
  if (worker->epoll_fd >= 0)
    close (worker->epoll_fd);
  if (worker->event_fd >= 0)
    close (worker->event_fd);
}

static void
point_heard (NjPoint *point, guint32 events)
{
  NjReadiness *ready = &point->ready;

  if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    ready->readable = TRUE;
  if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
    ready->writable = TRUE;
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
    ready->peer_shut = TRUE;
  if (events & (EPOLLHUP | EPOLLERR))
    ready->broken = TRUE;

  nj_readiness_raise (ready);
}

static void
door_heard (NjWorker *worker)
{
  guint64 count;
  ssize_t n = read (worker->event_fd, &count, sizeof count);

  if (n < 0 && errno != EAGAIN && errno != EINTR)
    g_critical ("door of a worker: %s", g_strerror (errno));
  nj_worker_post_run (worker);
}

/**
 * nj_poll_wait:
 * @worker: the calling thread's worker
 * @timeout_ms: how long at most, -1 for ever
 *
 * Waits for events and tells those concerned.
 */
void
nj_poll_wait (NjWorker *worker, int timeout_ms)
{
  int n = epoll_wait (worker->epoll_fd, worker->events, NJ_WORKER_EVENTS, timeout_ms);

  if (n < 0)
    return;

  worker->event_end = n;
  for (worker->event_next = 0; worker->event_next < n;)
    {
      struct epoll_event *event = &worker->events[worker->event_next++];

      if (event->data.ptr == worker)
        door_heard (worker);
      else if (event->data.ptr != NULL)
        point_heard (event->data.ptr, event->events);
    }
  worker->event_next = worker->event_end = 0;
}

/**
 * nj_worker_point_add:
 * @worker: the calling thread's worker
 * @point: where flags are raised; stays where it is until removed
 * @fd: a non-blocking descriptor
 *
 * Registers for both ways. What is ready already is heard at the next turn.
 *
 * Returns: whether the system took it
 */
gboolean
nj_worker_point_add (NjWorker *worker, NjPoint *point, int fd)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = point };

  point->fd = fd;
  return epoll_ctl (worker->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/**
 * nj_worker_point_add_shared:
 * @worker: the calling thread's worker
 * @point: where flags are raised
 * @fd: a listening descriptor, in the pollers of several workers
 *
 * Level-triggered, one worker woken for each event (EPOLLEXCLUSIVE): SO_REUSEPORT would let another
 * program of the same user take a share of the port.
 *
 * Returns: whether the system took it
 */
gboolean
nj_worker_point_add_shared (NjWorker *worker, NjPoint *point, int fd)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = point };

  point->fd = fd;
  return epoll_ctl (worker->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/**
 * nj_worker_point_remove:
 * @worker: the calling thread's worker
 * @point: one that was added
 *
 * Takes it out of the poller; events of this turn that are still to come for it are forgotten, so it may be freed
 * at once. Closing the descriptor alone is not enough: while another thread starts a program, the child holds a copy
 * until it becomes that program, and the poller goes on to report what nobody has any more.
 */
void
nj_worker_point_remove (NjWorker *worker, NjPoint *point)
{
  epoll_ctl (worker->epoll_fd, EPOLL_CTL_DEL, point->fd, NULL);
  for (int i = worker->event_next; i < worker->event_end; i++)
    if (worker->events[i].data.ptr == point)
      worker->events[i].data.ptr = NULL;
}
