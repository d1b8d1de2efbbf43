/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An exit dies: the next request leaves by another that may stand in, what led through the dead one is closed at
 * once, and where nobody may stand in nothing leaves. How long it took is printed, not asserted.
 */
#include "proxy/plane.h"

#include "tests/support/fake-exit.h"
#include "tests/support/small-origin.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  NjPlane     *plane;
  FakeExit    *fakes[2]; /* (nullable) */
  NjExit      *exits[2];
  SmallOrigin *origin;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->plane = nj_plane_new (NJ_BYTES ("127.0.0.1"), 0, 2, NULL);
  g_assert_nonnull (f->plane);
  nj_plane_start (f->plane);

  f->origin = small_origin_new ();

  for (int i = 0; i < 2; i++)
    {
      g_autofree char *uri = NULL;

      f->fakes[i] = fake_exit_new ("http", NULL);
      uri = fake_exit_uri (f->fakes[i], NULL, FALSE);
      f->exits[i] = nj_exit_new_from_uri (uri, "NO", NULL, NULL);
      g_assert_nonnull (f->exits[i]);
    }
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  nj_plane_free (f->plane);
  small_origin_free (f->origin);
  for (int i = 0; i < 2; i++)
    {
      fake_exit_free (f->fakes[i]);
      nj_exit_unref (f->exits[i]);
    }
}

/* The first exit, and perhaps the second behind it. */
static void
publish (Fixture *f, gboolean has_other)
{
  g_autoptr (NjPolicy) policy = nj_policy_new ();

  policy->choice.is_direct = FALSE;
  policy->choice.exit = nj_exit_ref (f->exits[0]);
  if (has_other)
    {
      policy->choice.others = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_exit_unref);
      g_ptr_array_add (policy->choice.others, nj_exit_ref (f->exits[1]));
    }
  nj_plane_set_policy (f->plane, policy);
}

static int
client_open (Fixture *f)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons (nj_plane_port (f->plane)) };
  struct timeval     patience = { .tv_sec = 20 };
  int                fd = socket (AF_INET, SOCK_STREAM, 0);

  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

static void
say (int fd, const char *text)
{
  g_assert_cmpint (send (fd, text, strlen (text), MSG_NOSIGNAL), ==, (gssize) strlen (text));
}

static void
say_request (Fixture *f, int fd)
{
  guint16          port = small_origin_port (f->origin);
  g_autofree char *request = g_strdup_printf ("GET http://127.0.0.1:%u/ HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", port, port);

  say (fd, request);
}

/* The status of the next answer, read until its head ends; 0 when it was closed. */
static guint
hear (int fd)
{
  char    answer[65536];
  gsize   have = 0;
  ssize_t n;

  while ((n = recv (fd, answer + have, sizeof answer - have - 1, 0)) > 0)
    {
      have += (gsize) n;
      answer[have] = '\0';
      if (strstr (answer, "\r\n\r\n") != NULL)
        return (guint) strtoul (answer + 9, NULL, 10);
    }
  g_assert_cmpint (n, <=, 0);
  return 0;
}

static guint
ask (Fixture *f)
{
  int   fd = client_open (f);
  guint status;

  say_request (f, fd);
  status = hear (fd);
  close (fd);
  return status;
}

static int
open_tunnel (Fixture *f)
{
  guint16          port = small_origin_port (f->origin);
  g_autofree char *request = g_strdup_printf ("CONNECT 127.0.0.1:%u HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", port, port);
  int              fd = client_open (f);

  say (fd, request);
  g_assert_cmpuint (hear (fd), ==, 200);
  return fd;
}

/* What the last line of the log names as its exit. */
static char *
last_exit (Fixture *f)
{
  g_autoptr (GPtrArray) entries = NULL;

  /* The line is written behind the answer. */
  for (int i = 0; i < 1000; i++)
    {
      g_clear_pointer (&entries, g_ptr_array_unref);
      entries = nj_request_log_read (nj_plane_log (f->plane), 0, 100, NULL);
      if (entries->len >= 2)
        break;
      g_usleep (1000);
    }
  g_assert_cmpuint (entries->len, >=, 2);
  return g_strdup (((NjLogEntry *) g_ptr_array_index (entries, entries->len - 1))->exit);
}

static void
kill_exit (Fixture *f)
{
  for (int i = 0; i < 2; i++)
    nj_exit_dial_failed (f->exits[0], "killed by the test");
}

static void
test_other_stands_in (Fixture *f, gconstpointer unused)
{
  g_autofree char *used = NULL;
  gint64           start;

  publish (f, TRUE);
  g_assert_cmpuint (ask (f), ==, 200);
  g_assert_cmpuint (fake_exit_connections (f->fakes[1]), ==, 0);

  start = g_get_monotonic_time ();
  g_clear_pointer (&f->fakes[0], fake_exit_free);
  g_assert_cmpuint (ask (f), ==, 200);
  g_test_message ("exit closed its port: %.1f ms to the first answer by another", (double) (g_get_monotonic_time () - start) / 1000);
  g_assert_cmpuint (fake_exit_connections (f->fakes[1]), ==, 1);

  used = last_exit (f);
  g_assert_cmpstr (used, ==, nj_exit_id (f->exits[1]));
}

/* A port whose queue is full: the kernel drops what knocks there, as a dead link would. */
static int
open_full_port (guint16 *ret_port, int knockers[4])
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          size = sizeof address;
  int                fd = socket (AF_INET, SOCK_STREAM, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (fd, 0), ==, 0);
  getsockname (fd, (struct sockaddr *) &address, &size);
  for (int i = 0; i < 4; i++)
    {
      knockers[i] = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      connect (knockers[i], (struct sockaddr *) &address, size);
    }
  g_usleep (20000);
  *ret_port = ntohs (address.sin_port);
  return fd;
}

static void
test_dead_link (Fixture *f, gconstpointer unused)
{
  g_autofree char *uri = NULL;
  guint16          port = 0;
  int              knockers[4];
  int              full = open_full_port (&port, knockers);
  gint64           start = g_get_monotonic_time ();

  uri = g_strdup_printf ("http://127.0.0.1:%u", port);
  nj_exit_unref (f->exits[0]);
  f->exits[0] = nj_exit_new_from_uri (uri, "NO", NULL, NULL);
  publish (f, TRUE);
  g_assert_cmpuint (ask (f), ==, 200);
  g_test_message ("link is dead: %.1f ms to the first answer by another", (double) (g_get_monotonic_time () - start) / 1000);

  for (int i = 0; i < 4; i++)
    close (knockers[i]);
  close (full);
}

static void
test_nobody_stands_in (Fixture *f, gconstpointer unused)
{
  publish (f, FALSE);
  g_clear_pointer (&f->fakes[0], fake_exit_free);
  g_assert_cmpuint (ask (f), ==, 502);
  g_assert_cmpuint (fake_exit_connections (f->fakes[1]), ==, 0);
}

/* The port still answers: it is our word alone that ends what leads there. */
static void
test_all_is_closed (Fixture *f, gconstpointer unused)
{
  int  tunnel, waiting;
  char byte;

  publish (f, TRUE);
  g_assert_cmpuint (ask (f), ==, 200);
  tunnel = open_tunnel (f);
  small_origin_set_silent (f->origin, TRUE);
  waiting = client_open (f);
  say_request (f, waiting);
  g_usleep (50000);

  kill_exit (f);
  g_assert_cmpint (recv (tunnel, &byte, 1, 0), <=, 0);
  /* Not a cut, which a browser would call our fault. */
  g_assert_cmpuint (hear (waiting), ==, 502);

  small_origin_set_silent (f->origin, FALSE);
  g_assert_cmpuint (ask (f), ==, 200);
  g_assert_cmpuint (fake_exit_connections (f->fakes[1]), ==, 1);
  close (tunnel);
  close (waiting);
}

/* A tunnel over another exit is nobody's to close. */
static void
test_others_stay (Fixture *f, gconstpointer unused)
{
  int              tunnel;
  g_autofree char *request = g_strdup_printf ("GET / HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", small_origin_port (f->origin));

  publish (f, TRUE);
  kill_exit (f);
  tunnel = open_tunnel (f);
  kill_exit (f);
  g_usleep (50000);
  say (tunnel, request);
  g_assert_cmpuint (hear (tunnel), ==, 200);
  close (tunnel);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, func) g_test_add ("/proxy/failover/" name, Fixture, NULL, set_up, func, tear_down)
  CASE ("other-stands-in", test_other_stands_in);
  CASE ("dead-link", test_dead_link);
  CASE ("nobody-stands-in", test_nobody_stands_in);
  CASE ("all-is-closed", test_all_is_closed);
  CASE ("others-stay", test_others_stay);
  return g_test_run ();
}
