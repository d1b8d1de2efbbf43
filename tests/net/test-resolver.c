/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names: one question for many who ask, failures told apart, deadlines kept, and both families raced
 * to real listening sockets. The answers are the test's own.
 */
#include "net/resolver.h"
#include "net/socket.h"
#include "net/worker.h"

#include <errno.h>
#include <unistd.h>

typedef struct
{
  NjWorker *worker;
  int       listener; /* 127.0.0.1 only */
  guint16   port;
  guint     done;
} Fixture;

static gint questions; /* atomic */

static NjResolveResult
answer (const char *host, NjResolved *ret_resolved)
{
  g_atomic_int_inc (&questions);

  if (g_str_equal (host, "none.test"))
    return NJ_RESOLVE_NO_SUCH_NAME;
  if (g_str_equal (host, "stall.test"))
    {
      g_usleep (200000);
      return NJ_RESOLVE_FAILED;
    }
  g_usleep (5000);
  ret_resolved->n = 2;
  /* The first of the two refuses: nothing listens on ::1. */
  nj_address_parse (NJ_BYTES ("::1"), 0, &ret_resolved->addresses[0]);
  nj_address_parse (NJ_BYTES ("127.0.0.1"), 0, &ret_resolved->addresses[1]);
  if (g_str_equal (host, "dead.test"))
    ret_resolved->n = 1;
  return NJ_RESOLVE_OK;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          size = sizeof address;

  fixture->worker = nj_worker_new ("test", NULL);
  fixture->listener = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_cmpint (bind (fixture->listener, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (fixture->listener, 8), ==, 0);
  getsockname (fixture->listener, (struct sockaddr *) &address, &size);
  fixture->port = ntohs (address.sin_port);
  nj_resolver_replace (answer);
  g_atomic_int_set (&questions, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  nj_worker_free (fixture->worker);
  close (fixture->listener);
  nj_resolver_replace (NULL);
}

typedef struct
{
  Fixture    *fixture;
  NjFiberFunc func;
} Start;

static void
on_start (gpointer user_data)
{
  Start *start = user_data;

  nj_fiber_spawn (start->fixture->worker, start->func, start->fixture);
}

static void
run (Fixture *fixture, NjFiberFunc func)
{
  Start start = { fixture, func };

  nj_worker_post (fixture->worker, on_start, &start);
  nj_worker_run (fixture->worker);
}

static gint64
soon (Fixture *fixture)
{
  return nj_worker_now (fixture->worker) + 5 * G_USEC_PER_SEC;
}

static void
asker (gpointer user_data)
{
  Fixture   *fixture = user_data;
  NjResolved resolved;

  g_assert_cmpint (nj_resolver_resolve (fixture->worker, NJ_BYTES ("www.test"), soon (fixture), &resolved), ==, NJ_RESOLVE_OK);
  g_assert_cmpuint (resolved.n, ==, 2);
  if (++fixture->done == 10)
    nj_worker_stop (fixture->worker);
}

static void
many (gpointer user_data)
{
  Fixture *fixture = user_data;

  for (int i = 0; i < 10; i++)
    nj_fiber_spawn (fixture->worker, asker, fixture);
}

static void
test_one_question (Fixture *fixture, gconstpointer data)
{
  run (fixture, many);
  g_assert_cmpint (g_atomic_int_get (&questions), ==, 1);
}

static void
failures (gpointer user_data)
{
  Fixture   *fixture = user_data;
  NjResolved resolved;
  gint64     start = g_get_monotonic_time ();

  g_assert_cmpint (nj_resolver_resolve (fixture->worker, NJ_BYTES ("none.test"), soon (fixture), &resolved), ==, NJ_RESOLVE_NO_SUCH_NAME);
  g_assert_cmpint (nj_resolver_resolve (fixture->worker, NJ_BYTES ("stall.test"), g_get_monotonic_time () + 5000, &resolved),
                   ==, NJ_RESOLVE_TIMEOUT);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 150000);
  g_assert_cmpint (nj_resolver_resolve (fixture->worker, NJ_BYTES ("192.0.2.7"), soon (fixture), &resolved), ==, NJ_RESOLVE_OK);
  g_assert_cmpint (nj_resolver_resolve (fixture->worker, NJ_BYTES ("[::1]"), soon (fixture), &resolved), ==, NJ_RESOLVE_OK);
  /* This machine is never asked about. */
  g_assert_cmpint (nj_resolver_resolve (fixture->worker, NJ_BYTES ("a.localhost"), soon (fixture), &resolved), ==, NJ_RESOLVE_OK);
  g_assert_cmpuint (resolved.n, ==, 2);
  g_assert_cmpint (nj_address_scope (&resolved.addresses[0]), ==, NJ_SCOPE_LOOPBACK);
  /* The answer of the one that stalls comes when nobody waits any more. */
  nj_fiber_sleep (g_get_monotonic_time () + 250000);
  nj_worker_stop (fixture->worker);
}

static void
test_failures (Fixture *fixture, gconstpointer data)
{
  run (fixture, failures);
}

static void
race (gpointer user_data)
{
  Fixture        *fixture = user_data;
  NjStream       *stream = NULL;
  NjResolveResult result;
  int             problem = 0;

  g_assert_cmpint (nj_resolver_connect (fixture->worker, NJ_BYTES ("www.test"), fixture->port, soon (fixture), &stream, &result,
                                        &problem),
                   ==, NJ_OK);
  g_assert_cmpint (nj_stream_write (stream, "x", 1, soon (fixture)), ==, NJ_OK);
  nj_stream_close (stream);

  g_assert_cmpint (nj_resolver_connect (fixture->worker, NJ_BYTES ("dead.test"), fixture->port, soon (fixture), &stream, &result,
                                        &problem),
                   ==, NJ_FAILED);
  g_assert_cmpint (result, ==, NJ_RESOLVE_OK);
  g_assert_true (problem == ECONNREFUSED || problem == EADDRNOTAVAIL || problem == ENETUNREACH);
  nj_worker_stop (fixture->worker);
}

static void
test_race (Fixture *fixture, gconstpointer data)
{
  run (fixture, race);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, func) g_test_add ("/net/resolver/" name, Fixture, NULL, set_up, func, tear_down)
  CASE ("one-question", test_one_question);
  CASE ("failures", test_failures);
  CASE ("race", test_race);
  return g_test_run ();
}
