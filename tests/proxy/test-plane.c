/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The plane from outside: a policy swapped under load applies to the next request and frees the old
 * one; a kill switch lets nothing out; the end waits for what is in flight and cuts the rest; a taken
 * port and a foreign address are refused by name.
 */
#include "proxy/plane.h"

#include "tests/support/small-origin.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  NjPlane     *plane;
  SmallOrigin *origin;
} Fixture;

static NjPolicy *
policy_direct (void)
{
  NjPolicy *policy = nj_policy_new ();

  policy->choice.is_direct = TRUE;
  return policy;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NjPolicy) direct = policy_direct ();

  fixture->plane = nj_plane_new (NJ_BYTES ("127.0.0.1"), 0, 2, &error);
  g_assert_no_error (error);
  if (data == NULL)
    nj_plane_set_policy (fixture->plane, direct);
  nj_plane_start (fixture->plane);

  fixture->origin = small_origin_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  nj_plane_free (fixture->plane);
  small_origin_free (fixture->origin);
}

static int
client_open (Fixture *fixture)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                 .sin_port = htons (nj_plane_port (fixture->plane)) };
  int                fd = socket (AF_INET, SOCK_STREAM, 0);

  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

/* One request over an open connection; the status, 0 when it was closed. */
static guint
ask (Fixture *fixture, int fd)
{
  g_autofree char *request = g_strdup_printf ("GET http://127.0.0.1:%u/ HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n",
                                              small_origin_port (fixture->origin), small_origin_port (fixture->origin));
  char             answer[16384];
  gsize            have = 0;
  ssize_t          n;

  if (send (fd, request, strlen (request), MSG_NOSIGNAL) < 0)
    return 0;
  while ((n = recv (fd, answer + have, sizeof answer - have - 1, 0)) > 0)
    {
      char *body, *length;

      have += (gsize) n;
      answer[have] = '\0';
      body = strstr (answer, "\r\n\r\n");
      length = strstr (answer, "Content-Length: ");
      if (body != NULL && length != NULL && have >= (gsize) (body + 4 - answer) + strtoul (length + 16, NULL, 10))
        return (guint) strtoul (answer + 9, NULL, 10);
    }
  return 0;
}

static void
test_kill_switch (Fixture *fixture, gconstpointer data)
{
  g_autoptr (NjPolicy) closed = nj_policy_new ();
  g_autoptr (NjPolicy) open = policy_direct ();
  int before, fd = client_open (fixture);

  g_assert_cmpuint (ask (fixture, fd), ==, 200);
  before = small_origin_requests (fixture->origin);

  /* The very next request on the kept connection, though an upstream connection is kept too. */
  nj_plane_set_policy (fixture->plane, closed);
  g_assert_cmpuint (ask (fixture, fd), ==, 502);
  g_assert_cmpint (small_origin_requests (fixture->origin), ==, before);
  nj_plane_set_policy (fixture->plane, open);
  g_assert_cmpuint (ask (fixture, fd), ==, 200);
  close (fd);
}

/* A plane that was told nothing yet. */
static void
test_closed_at_first (Fixture *fixture, gconstpointer data)
{
  g_autoptr (NjPolicy) open = policy_direct ();
  int fd = client_open (fixture);

  g_assert_cmpuint (ask (fixture, fd), ==, 502);
  g_assert_cmpint (small_origin_connections (fixture->origin), ==, 0);
  nj_plane_set_policy (fixture->plane, open);
  g_assert_cmpuint (ask (fixture, fd), ==, 200);
  close (fd);
}

static gpointer
load_main (gpointer user_data)
{
  Fixture *fixture = user_data;
  int      fd = client_open (fixture);
  guint    bad = 0;

  for (int i = 0; i < 300; i++)
    {
      guint status = ask (fixture, fd);

      bad += status != 200 && status != 502;
    }
  close (fd);
  return GUINT_TO_POINTER (bad);
}

static void
test_swap_under_load (Fixture *fixture, gconstpointer data)
{
  GThread *threads[4];
  guint    bad = 0;

  for (int i = 0; i < 4; i++)
    threads[i] = g_thread_new ("load", load_main, fixture);
  for (int i = 0; i < 200; i++)
    {
      g_autoptr (NjPolicy) policy = i % 2 == 0 ? nj_policy_new () : policy_direct ();

      nj_plane_set_policy (fixture->plane, policy);
      g_usleep (200);
    }
  for (int i = 0; i < 4; i++)
    bad += GPOINTER_TO_UINT (g_thread_join (threads[i]));
  g_assert_cmpuint (bad, ==, 0);
}

static gpointer
slow_main (gpointer user_data)
{
  Fixture *fixture = user_data;
  int      fd = client_open (fixture);
  guint    status = ask (fixture, fd);

  close (fd);
  return GUINT_TO_POINTER (status);
}

static void
test_end_waits (Fixture *fixture, gconstpointer data)
{
  GThread *thread;
  int      silent, idle = client_open (fixture);
  gint64   start;
  char     byte;

  /* One that has said nothing yet, one that waits for its next request: neither holds up the end. */
  silent = client_open (fixture);
  g_assert_cmpuint (ask (fixture, idle), ==, 200);
  small_origin_set_delay (fixture->origin, 150);
  thread = g_thread_new ("slow", slow_main, fixture);
  g_usleep (50000);

  start = g_get_monotonic_time ();
  nj_plane_stop (fixture->plane, 5 * G_USEC_PER_SEC);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (thread)), ==, 200);
  g_assert_cmpint (recv (idle, &byte, 1, 0), <=, 0);
  g_assert_cmpint (recv (silent, &byte, 1, 0), <=, 0);
  close (silent);
  close (idle);
}

static void
test_refusals (void)
{
  g_autoptr (GError) taken = NULL;
  g_autoptr (GError) foreign = NULL;
  g_autoptr (NjPlane) first = nj_plane_new (NJ_BYTES ("127.0.0.1"), 0, 1, NULL);

  g_assert_nonnull (first);
  g_assert_null (nj_plane_new (NJ_BYTES ("127.0.0.1"), nj_plane_port (first), 1, &taken));
  g_assert_error (taken, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_null (nj_plane_new (NJ_BYTES ("0.0.0.0"), 0, 1, &foreign));
  g_assert_error (foreign, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, func) g_test_add ("/proxy/plane/" name, Fixture, NULL, set_up, func, tear_down)
  CASE ("kill-switch", test_kill_switch);
  CASE ("swap-under-load", test_swap_under_load);
  CASE ("end-waits", test_end_waits);
  g_test_add ("/proxy/plane/closed-at-first", Fixture, "told nothing", set_up, test_closed_at_first, tear_down);
  g_test_add_func ("/proxy/plane/refusals", test_refusals);
  return g_test_run ();
}
