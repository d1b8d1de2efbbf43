/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Connections made ahead: they are there before anybody asks, say nothing about a target, go when they are not
 * wanted, and one that died costs the dial nothing but a fresh one. Beside it the race of several exits, and the
 * addresses that are kept.
 */
#include "exits/warm.h"

#include "base/clock.h"
#include "exits/dial.h"
#include "exits/exit-address.h"
#include "net/resolver.h"
#include "tests/support/fake-exit.h"
#include "tests/support/on-worker.h"

static TestCertificate *certificate;

static const char *const kinds[] = { "http", "https", "socks5", "socks5s", "socks4a" };

typedef struct
{
  FakeExit *fake;
  NjExit   *exit;
  guint     connections; /* before anybody dialled */
  char     *target;      /* owned: what was asked for by then */
} Ahead;

static NjExit *
exit_of (const FakeExit *fake, const char *credentials)
{
  g_autofree char *uri = fake_exit_uri (fake, credentials, TRUE);
  NjExit *exit = nj_exit_new_from_uri (uri, NULL, NULL, NULL);

  g_assert_nonnull (exit);
  return exit;
}

static void
rest (guint ms)
{
  nj_fiber_sleep (nj_clock_monotonic () + ms * (gint64) 1000);
}

static NjIo
ask (const NjRoute *route, NjDialFailure *failure)
{
  gint64    deadline = nj_clock_monotonic () + 5 * G_USEC_PER_SEC;
  NjStream *stream = NULL;
  char      said[4];
  NjIo      io = nj_dial (nj_worker_current (), route, NJ_BYTES ("name.example"), 443, deadline, &stream, failure);

  if (io != NJ_OK)
    return io;
  g_assert_cmpint (nj_stream_write (stream, "ping", 4, deadline), ==, NJ_OK);
  g_assert_cmpint (nj_stream_read_full (stream, said, 4, deadline), ==, NJ_OK);
  g_assert_cmpmem (said, 4, "ping", 4);
  nj_stream_close (stream);
  return NJ_OK;
}

static void
assert_served (NjExit *exit)
{
  const NjRoute route = { NJ_ROUTE_EXIT, exit, NULL };
  NjDialFailure failure = { 0 };

  if (ask (&route, &failure) != NJ_OK)
    g_error ("dial failed: %s", failure.detail);
}

static void
ahead_fiber (gpointer user_data)
{
  Ahead *ahead = user_data;

  nj_warm_set (nj_worker_current (), &ahead->exit, 1);
  for (guint i = 0; i < 100 && nj_exit_state (ahead->exit) != NJ_EXIT_STATE_ALIVE; i++)
    rest (20);
  ahead->connections = fake_exit_connections (ahead->fake);
  ahead->target = fake_exit_target (ahead->fake);
  assert_served (ahead->exit);
  assert_served (ahead->exit);
}

static void
test_ahead (gconstpointer kind)
{
  g_autoptr (FakeExit) fake = fake_exit_new (kind, certificate);
  g_autoptr (NjExit) exit = exit_of (fake, strcmp (kind, "socks4a") == 0 ? NULL : "user:word");
  Ahead ahead = { fake, exit, 0, NULL };

  if (strcmp (kind, "socks4a") != 0)
    fake_exit_set_credentials (fake, "user", "word");
  on_worker_run (ahead_fiber, &ahead);
  g_assert_cmpuint (ahead.connections, ==, 1);
  g_assert_cmpstr (ahead.target, ==, "");
  /* Two dials took one each, and each had the next one made, if there was time for it. */
  g_assert_cmpuint (fake_exit_connections (fake), >=, 2);
  g_assert_cmpuint (fake_exit_connections (fake), <=, 4);
  g_free (ahead.target);
}

static void
at_once_fiber (gpointer exit)
{
  nj_warm_set (nj_worker_current (), (NjExit **) &exit, 1);
  assert_served (exit);
}

/* The dial comes while it is on its way, and takes it. */
static void
test_at_once (gconstpointer kind)
{
  g_autoptr (FakeExit) fake = fake_exit_new (kind, certificate);
  g_autoptr (NjExit) exit = exit_of (fake, NULL);

  on_worker_run (at_once_fiber, exit);
  g_assert_cmpuint (fake_exit_connections (fake), <=, 2);
}

typedef struct
{
  FakeExit *fake;
  NjExit   *exit;
} Died;

static void
died_fiber (gpointer user_data)
{
  Died *died = user_data;

  fake_exit_set_mood (died->fake, FAKE_EXIT_CLOSES);
  nj_warm_set (nj_worker_current (), &died->exit, 1);
  rest (200);
  fake_exit_set_mood (died->fake, FAKE_EXIT_SERVES);
  assert_served (died->exit);
}

static void
test_died (gconstpointer kind)
{
  g_autoptr (FakeExit) fake = fake_exit_new (kind, certificate);
  g_autoptr (NjExit) exit = exit_of (fake, NULL);
  Died died = { fake, exit };

  on_worker_run (died_fiber, &died);
}

static void
await_connections (FakeExit *fake, guint n)
{
  for (guint i = 0; i < 500 && fake_exit_connections (fake) < n; i++)
    rest (10);
}

static void
not_wanted_fiber (gpointer user_data)
{
  Ahead *ahead = user_data;

  nj_warm_set (nj_worker_current (), &ahead->exit, 1);
  await_connections (ahead->fake, 1);
  nj_warm_set (nj_worker_current (), NULL, 0);
  assert_served (ahead->exit);
  ahead->connections = fake_exit_connections (ahead->fake);
  nj_warm_set (nj_worker_current (), &ahead->exit, 1);
  nj_warm_set (nj_worker_current (), NULL, 0);
  rest (50);
}

static void
test_not_wanted (void)
{
  g_autoptr (FakeExit) fake = fake_exit_new ("http", NULL);
  g_autoptr (NjExit) exit = exit_of (fake, NULL);
  Ahead ahead = { fake, exit, 0, NULL };

  on_worker_run (not_wanted_fiber, &ahead);
  g_assert_cmpuint (ahead.connections, ==, 2);
}

static void
leave_fiber (gpointer user_data)
{
  Ahead *ahead = user_data;

  nj_warm_set (nj_worker_current (), &ahead->exit, 1);
  await_connections (ahead->fake, 1);
  rest (200);
  nj_warm_renew (nj_worker_current ());
  await_connections (ahead->fake, 2);
  ahead->connections = fake_exit_connections (ahead->fake);
  nj_warm_leave (nj_worker_current (), ahead->exit);
  assert_served (ahead->exit);
}

/* Another network: made anew. A dead exit: not before it is dialled. */
static void
test_leave (void)
{
  g_autoptr (FakeExit) fake = fake_exit_new ("https", certificate);
  g_autoptr (NjExit) exit = exit_of (fake, NULL);
  Ahead ahead = { fake, exit, 0, NULL };

  on_worker_run (leave_fiber, &ahead);
  g_assert_cmpuint (ahead.connections, ==, 2);
  g_assert_cmpuint (fake_exit_connections (fake), >=, 3);
}

typedef struct
{
  NjRoute       route;
  NjIo          io;
  NjDialFailure failure;
  gint64        took;
} Race;

static void
race_fiber (gpointer user_data)
{
  Race  *race = user_data;
  gint64 start = nj_clock_monotonic ();

  race->io = ask (&race->route, &race->failure);
  race->took = nj_clock_monotonic () - start;
  rest (1600);
}

/* The first one takes connections and says nothing: the second gets the target, and only it. */
static void
test_race (gconstpointer kind)
{
  g_autoptr (FakeExit) silent = fake_exit_new (kind, certificate);
  g_autoptr (FakeExit) other = fake_exit_new (kind, certificate);
  g_autoptr (NjExit) exit = exit_of (silent, NULL);
  g_autoptr (NjExit) second = exit_of (other, NULL);
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  g_autofree char *asked = NULL;
  Race race = { .route = { NJ_ROUTE_EXIT, exit, NULL, others } };

  g_ptr_array_add (others, second);
  fake_exit_set_mood (silent, FAKE_EXIT_STALLS);
  nj_exit_dial_succeeded (exit, 20000);
  on_worker_run (race_fiber, &race);
  g_assert_cmpint (race.io, ==, NJ_OK);
  g_assert_true (race.failure.used == second);
  g_test_message ("%s: %.2f s", (const char *) kind, (double) race.took / G_USEC_PER_SEC);
  g_assert_cmpint (race.took, <, 1400 * 1000);
  asked = fake_exit_target (silent);
  g_assert_cmpstr (asked, ==, "");
  g_assert_true (nj_exit_is_doubted (exit));
  /* Twice in vain, for longer than the request took. */
  g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_DEAD);
}

static gint asks;     /* atomic, for a helper thread asks */
static gint is_known; /* atomic */

static NjResolveResult
answer (const char *host, NjResolved *ret_resolved)
{
  g_atomic_int_inc (&asks);
  if (!g_atomic_int_get (&is_known))
    return NJ_RESOLVE_FAILED;
  nj_address_parse (NJ_BYTES ("127.0.0.1"), 0, &ret_resolved->addresses[0]);
  ret_resolved->n = 1;
  return NJ_RESOLVE_OK;
}

static void
named_fiber (gpointer exit)
{
  for (guint i = 0; i < 3; i++)
    {
      assert_served (exit);
      /* What the resolver itself keeps is not what is looked at. */
      nj_resolver_flush ();
    }
}

static void
fails_fiber (gpointer exit)
{
  const NjRoute route = { NJ_ROUTE_EXIT, exit, NULL };
  NjDialFailure failure = { 0 };

  g_assert_cmpint (ask (&route, &failure), !=, NJ_OK);
  g_assert_cmpint (failure.result, ==, NJ_DIAL_EXIT_DOWN);
}

static void
test_address (void)
{
  FakeExit *fake = fake_exit_new ("http", NULL);
  g_autofree char *uri = g_strdup_printf ("http://exit.example:%u", fake_exit_port (fake));
  g_autoptr (NjExit) exit = nj_exit_new_from_uri (uri, NULL, NULL, NULL);

  nj_resolver_replace (answer);
  g_atomic_int_set (&is_known, TRUE);
  on_worker_run (named_fiber, exit);
  g_assert_cmpint (g_atomic_int_get (&asks), ==, 1);

  /* It refuses: perhaps it moved. */
  fake_exit_free (fake);
  on_worker_run (fails_fiber, exit);
  g_assert_cmpint (g_atomic_int_get (&asks), ==, 2);

  /* Nobody answers: the old address is better than none. */
  g_atomic_int_set (&is_known, FALSE);
  nj_resolver_flush ();
  on_worker_run (fails_fiber, exit);
  g_assert_cmpint (g_atomic_int_get (&asks), ==, 3);
  nj_exit_address_forget ();
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  certificate = test_certificate_new ("IP:127.0.0.1", 30);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      static const struct { const char *name; GTestDataFunc func; } cases[] = {
        { "ahead", test_ahead }, { "at-once", test_at_once }, { "died", test_died }, { "race", test_race } };

      for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
        {
          g_autofree char *path = NULL;

          /* What reads the target before it can stall is not silent in the race's sense. */
          if (strcmp (cases[k].name, "race") == 0 && !g_str_has_suffix (kinds[i], "s"))
            continue;
          path = g_strdup_printf ("/exits/warm/%s/%s", cases[k].name, kinds[i]);
          g_test_add_data_func (path, kinds[i], cases[k].func);
        }
    }
  g_test_add_func ("/exits/warm/not-wanted", test_not_wanted);
  g_test_add_func ("/exits/warm/leave", test_leave);
  g_test_add_func ("/exits/warm/address", test_address);
  status = g_test_run ();
  test_certificate_free (certificate);
  return status;
}
