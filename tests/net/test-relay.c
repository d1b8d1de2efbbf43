/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Relays over real sockets: bytes whole and in order both ways, half-close, back pressure, resets,
 * silence, a program started meanwhile. One worker on a thread of its own, the peers on the test's thread.
 */
#include "net/relay.h"
#include "net/socket.h"
#include "net/worker.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  NjWorker  *worker;
  int        left;  /* the test's ends */
  int        right;
  int        inner[2];
  gint64     idle_us;
  gint       has_ended; /* atomic */
  NjRelayEnd end;
} Fixture;

static void
tcp_pair (int pair[2])
{
  int                listener = socket (AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          size = sizeof address;

  g_assert_cmpint (bind (listener, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (listener, 1), ==, 0);
  getsockname (listener, (struct sockaddr *) &address, &size);
  pair[0] = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (connect (pair[0], (struct sockaddr *) &address, size), ==, 0);
  pair[1] = accept4 (listener, NULL, NULL, SOCK_NONBLOCK);
  g_assert_cmpint (pair[1], >=, 0);
  close (listener);
}

static void
on_done (const NjRelayEnd *end, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->end = *end;
  g_atomic_int_set (&fixture->has_ended, 1);
}

static void
on_start (gpointer user_data)
{
  Fixture *fixture = user_data;

  nj_relay_start (nj_socket_new (fixture->worker, fixture->inner[0]), nj_socket_new (fixture->worker, fixture->inner[1]),
                  fixture->idle_us, on_done, fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  int a[2], b[2];

  tcp_pair (a);
  tcp_pair (b);
  fixture->left = a[0];
  fixture->right = b[0];
  fixture->inner[0] = a[1];
  fixture->inner[1] = b[1];
  fixture->idle_us = data != NULL ? 20000 : 60 * G_USEC_PER_SEC;
  fixture->worker = nj_worker_new ("test", NULL);
  nj_worker_start (fixture->worker);
  nj_worker_post (fixture->worker, on_start, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  nj_worker_stop (fixture->worker);
  g_assert_true (g_atomic_int_get (&fixture->has_ended));
  nj_worker_free (fixture->worker);
  if (fixture->left >= 0)
    close (fixture->left);
  if (fixture->right >= 0)
    close (fixture->right);
}

static void
wait_end (Fixture *fixture)
{
  for (int i = 0; i < 5000 && !g_atomic_int_get (&fixture->has_ended); i++)
    g_usleep (1000);
  g_assert_true (g_atomic_int_get (&fixture->has_ended));
}

static void
test_half_close (Fixture *fixture, gconstpointer data)
{
  char buffer[16];

  g_assert_cmpint (send (fixture->left, "hello", 5, 0), ==, 5);
  shutdown (fixture->left, SHUT_WR);
  g_assert_cmpint (recv (fixture->right, buffer, 5, MSG_WAITALL), ==, 5);
  g_assert_cmpint (recv (fixture->right, buffer, 5, 0), ==, 0);
  /* The other way is still open. */
  g_assert_cmpint (send (fixture->right, "answer", 6, 0), ==, 6);
  g_assert_cmpint (recv (fixture->left, buffer, 6, MSG_WAITALL), ==, 6);
  shutdown (fixture->right, SHUT_WR);
  g_assert_cmpint (recv (fixture->left, buffer, 5, 0), ==, 0);
  wait_end (fixture);
  g_assert_false (fixture->end.failed);
  g_assert_cmpuint (fixture->end.bytes_up, ==, 5);
  g_assert_cmpuint (fixture->end.bytes_down, ==, 6);
}

typedef struct
{
  int   fd;
  gsize total;
} Sender;

static gpointer
sender_main (gpointer user_data)
{
  Sender *sender = user_data;
  guint32 block[4096];
  guint32 next = 0;

  for (gsize sent = 0; sent < sender->total; sent += sizeof block)
    {
      for (guint i = 0; i < G_N_ELEMENTS (block); i++)
        block[i] = next++;
      for (gsize done = 0; done < sizeof block;)
        {
          ssize_t n = send (sender->fd, (char *) block + done, sizeof block - done, 0);

          g_assert_cmpint (n, >, 0);
          done += (gsize) n;
        }
    }
  shutdown (sender->fd, SHUT_WR);
  return NULL;
}

static void
receive_all (int fd, gsize total)
{
  guint32 block[4096];
  guint32 next = 0;

  for (gsize got = 0; got < total; got += sizeof block)
    {
      g_assert_cmpint (recv (fd, block, sizeof block, MSG_WAITALL), ==, sizeof block);
      for (guint i = 0; i < G_N_ELEMENTS (block); i++)
        if (block[i] != next++)
          g_error ("byte order broken at %" G_GSIZE_FORMAT, got);
      /* Fast and slow by turns, so that the relay goes from splice to copy and is held up. */
      if (got % (8 << 20) == 0)
        g_usleep (3000);
    }
  g_assert_cmpint (recv (fd, block, 1, 0), ==, 0);
}

static void
test_bulk_both_ways (Fixture *fixture, gconstpointer data)
{
  Sender   up = { fixture->left, 64 << 20 };
  Sender   down = { fixture->right, 32 << 20 };
  GThread *up_thread = g_thread_new ("up", sender_main, &up);
  GThread *down_thread;

  receive_all (fixture->right, up.total);
  down_thread = g_thread_new ("down", sender_main, &down);
  receive_all (fixture->left, down.total);
  g_thread_join (up_thread);
  g_thread_join (down_thread);
  wait_end (fixture);
  g_assert_false (fixture->end.failed);
  g_assert_cmpuint (fixture->end.bytes_up, ==, 64 << 20);
  g_assert_cmpuint (fixture->end.bytes_down, ==, 32 << 20);
}

/* A reader that does not read stops the sender: the relay holds at most one buffer or pipe. */
static void
test_back_pressure (Fixture *fixture, gconstpointer data)
{
  static char block[65536];
  gsize       sent = 0;

  for (int quiet = 0; quiet < 20;)
    {
      ssize_t n = send (fixture->left, block, sizeof block, MSG_DONTWAIT);

      if (n > 0)
        {
          sent += (gsize) n;
          quiet = 0;
        }
      else
        {
          g_usleep (2000);
          quiet++;
        }
      g_assert_cmpuint (sent, <, 64 << 20);
    }
  shutdown (fixture->left, SHUT_WR);
  for (ssize_t n; (n = recv (fixture->right, block, sizeof block, 0)) > 0;)
    sent -= (gsize) n;
  g_assert_cmpuint (sent, ==, 0);
}

static void
test_reset (Fixture *fixture, gconstpointer data)
{
  char byte;

  setsockopt (fixture->left, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof (struct linger));
  close (fixture->left);
  fixture->left = -1;
  g_assert_cmpint (recv (fixture->right, &byte, 1, 0), ==, -1);
  g_assert_cmpint (errno, ==, ECONNRESET);
  wait_end (fixture);
  g_assert_true (fixture->end.failed);
}

static void
test_idle (Fixture *fixture, gconstpointer data)
{
  char byte;

  g_assert_cmpint (recv (fixture->right, &byte, 1, 0), ==, 0);
  wait_end (fixture);
}

/* A child between fork and exec holds copies of the descriptors: what is closed here stays open there, and the poller
 * would go on to report it. */
static void
test_child_holds_copies (Fixture *fixture, gconstpointer data)
{
  pid_t child;
  int   parent_says[2];

  g_assert_cmpint (pipe (parent_says), ==, 0);
  g_assert_cmpint (send (fixture->left, "x", 1, 0), ==, 1);
  g_assert_cmpint (recv (fixture->right, &(char){ 0 }, 1, 0), ==, 1);
  child = fork ();
  if (child == 0)
    {
      close (parent_says[1]);
      close (fixture->left);
      close (fixture->right);
      _exit (read (parent_says[0], &(char){ 0 }, 1) < 0);
    }

  setsockopt (fixture->left, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof (struct linger));
  close (fixture->left);
  fixture->left = -1;
  wait_end (fixture);
  /* The relay is gone, its other socket lives on in the child: this raises an event on it. */
  g_assert_cmpint (send (fixture->right, "y", 1, MSG_NOSIGNAL), ==, 1);
  shutdown (fixture->right, SHUT_RDWR);
  g_usleep (20000);
  close (parent_says[1]);
  close (parent_says[0]);
  waitpid (child, NULL, 0);
}

static void
test_stop (Fixture *fixture, gconstpointer data)
{
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, func, idle) g_test_add ("/net/relay/" name, Fixture, idle, set_up, func, tear_down)
  CASE ("half-close", test_half_close, NULL);
  CASE ("bulk-both-ways", test_bulk_both_ways, NULL);
  CASE ("back-pressure", test_back_pressure, NULL);
  CASE ("reset", test_reset, NULL);
  CASE ("idle", test_idle, "short");
  CASE ("child-holds-copies", test_child_holds_copies, NULL);
  CASE ("stop", test_stop, NULL);
  return g_test_run ();
}
