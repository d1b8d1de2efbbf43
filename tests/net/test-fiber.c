/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fibers: join and cancel first, for every conversation ends by them; then order, deadlines, stacks.
 * Each case runs a worker's loop on the test's own thread.
 */
#include "net/fiber.h"
#include "net/worker.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct
{
  NjWorker *worker;
  GString  *story;
  NjFiber  *other;
  NjIo      io;
  guint     count;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->worker = nj_worker_new ("test", &error);
  g_assert_no_error (error);
  fixture->story = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  nj_worker_free (fixture->worker);
  g_string_free (fixture->story, TRUE);
}

/* Spawns main_fiber, which must stop the worker, and runs until then. */
typedef struct
{
  Fixture    *fixture;
  NjFiberFunc func;
} Start;

static void
on_start (gpointer user_data)
{
  Start *start = user_data;

  g_assert_nonnull (nj_fiber_spawn (start->fixture->worker, start->func, start->fixture));
}

static void
run (Fixture *fixture, NjFiberFunc func)
{
  Start start = { fixture, func };

  nj_worker_post (fixture->worker, on_start, &start);
  nj_worker_run (fixture->worker);
}

static void
child_short (gpointer user_data)
{
  Fixture *fixture = user_data;

  g_string_append (fixture->story, "child ");
}

static void
child_forever (gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->io = nj_fiber_park (G_MAXINT64);
  g_string_append (fixture->story, fixture->io == NJ_CANCELLED ? "cancelled " : "woken ");
  /* Once cancelled every later wait says so at once. */
  g_assert_cmpint (nj_fiber_park (G_MAXINT64), ==, fixture->io == NJ_CANCELLED ? NJ_CANCELLED : NJ_OK);
}

static void
main_join (gpointer user_data)
{
  Fixture           *fixture = user_data;
  g_autoptr (NjFiber) child = nj_fiber_ref (nj_fiber_spawn (fixture->worker, child_short, fixture));

  g_string_append (fixture->story, "before ");
  g_assert_cmpint (nj_fiber_join (child, G_MAXINT64), ==, NJ_OK);
  g_string_append (fixture->story, "after");
  /* A second join of one that has ended returns at once. */
  g_assert_cmpint (nj_fiber_join (child, G_MAXINT64), ==, NJ_OK);
  nj_worker_stop (fixture->worker);
}

static void
test_join (Fixture *fixture, gconstpointer data)
{
  run (fixture, main_join);
  g_assert_cmpstr (fixture->story->str, ==, "before child after");
}

static void
main_join_deadline (gpointer user_data)
{
  Fixture           *fixture = user_data;
  g_autoptr (NjFiber) child = nj_fiber_ref (nj_fiber_spawn (fixture->worker, child_forever, fixture));

  g_assert_cmpint (nj_fiber_join (child, nj_worker_now (fixture->worker) + 2000), ==, NJ_TIMEOUT);
  nj_fiber_cancel (child);
  g_assert_cmpint (nj_fiber_join (child, G_MAXINT64), ==, NJ_OK);
  nj_worker_stop (fixture->worker);
}

static void
test_join_deadline (Fixture *fixture, gconstpointer data)
{
  run (fixture, main_join_deadline);
  g_assert_cmpstr (fixture->story->str, ==, "cancelled ");
}

static void
main_cancel (gpointer user_data)
{
  Fixture           *fixture = user_data;
  g_autoptr (NjFiber) child = nj_fiber_ref (nj_fiber_spawn (fixture->worker, child_forever, fixture));

  nj_fiber_yield ();
  nj_fiber_cancel (child);
  nj_fiber_cancel (child);
  g_assert_cmpint (nj_fiber_join (child, G_MAXINT64), ==, NJ_OK);
  nj_fiber_cancel (child);
  nj_worker_stop (fixture->worker);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  run (fixture, main_cancel);
  g_assert_cmpint (fixture->io, ==, NJ_CANCELLED);
}

/* A fiber cancelled before it ever ran still runs, and its first wait fails. */
static void
main_cancel_unborn (gpointer user_data)
{
  Fixture           *fixture = user_data;
  g_autoptr (NjFiber) child = nj_fiber_ref (nj_fiber_spawn (fixture->worker, child_forever, fixture));

  nj_fiber_cancel (child);
  g_assert_cmpint (nj_fiber_join (child, G_MAXINT64), ==, NJ_OK);
  nj_worker_stop (fixture->worker);
}

static void
test_cancel_unborn (Fixture *fixture, gconstpointer data)
{
  run (fixture, main_cancel_unborn);
  g_assert_cmpstr (fixture->story->str, ==, "cancelled ");
}

static void
main_stop (gpointer user_data)
{
  Fixture *fixture = user_data;

  for (int i = 0; i < 3; i++)
    nj_fiber_spawn (fixture->worker, child_forever, fixture);
  nj_fiber_yield ();
  nj_worker_stop (fixture->worker);
}

static void
test_stop_cancels (Fixture *fixture, gconstpointer data)
{
  run (fixture, main_stop);
  g_assert_cmpstr (fixture->story->str, ==, "cancelled cancelled cancelled ");
}

static void
child_waker (gpointer user_data)
{
  Fixture *fixture = user_data;

  nj_fiber_wake (fixture->other);
  nj_fiber_wake (fixture->other);
  g_string_append (fixture->story, "wakes ");
}

static void
main_wake (gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->other = nj_fiber_self ();
  nj_fiber_spawn (fixture->worker, child_waker, fixture);
  g_assert_cmpint (nj_fiber_park (nj_worker_now (fixture->worker) + 10 * G_USEC_PER_SEC), ==, NJ_OK);
  g_string_append (fixture->story, "woken ");
  /* The wake-ups do not add up. */
  g_assert_cmpint (nj_fiber_park (nj_worker_now (fixture->worker) + 1000), ==, NJ_TIMEOUT);
  nj_worker_stop (fixture->worker);
}

static void
test_wake (Fixture *fixture, gconstpointer data)
{
  run (fixture, main_wake);
  g_assert_cmpstr (fixture->story->str, ==, "wakes woken ");
}

/* The timer of an earlier, sooner wait must not end a later one. */
static void
main_deadlines (gpointer user_data)
{
  Fixture *fixture = user_data;
  gint64   start;

  fixture->other = nj_fiber_self ();
  nj_fiber_spawn (fixture->worker, child_waker, fixture);
  g_assert_cmpint (nj_fiber_park (nj_worker_now (fixture->worker) + 3000), ==, NJ_OK);
  start = g_get_monotonic_time ();
  g_assert_cmpint (nj_fiber_park (start + 20000), ==, NJ_TIMEOUT);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 20000);
  g_assert_cmpint (nj_fiber_sleep (g_get_monotonic_time () + 1000), ==, NJ_OK);
  nj_worker_stop (fixture->worker);
}

static void
test_deadlines (Fixture *fixture, gconstpointer data)
{
  run (fixture, main_deadlines);
}

static void
child_deep (gpointer user_data)
{
  Fixture      *fixture = user_data;
  volatile char deep[100 * 1024];

  memset ((char *) deep, 7, sizeof deep);
  nj_fiber_yield ();
  g_assert_cmpint (deep[0] + deep[sizeof deep - 1], ==, 14);
  /* Floating point survives a switch. */
  {
    volatile double half = 0.5;
    nj_fiber_yield ();
    g_assert_cmpfloat (half * 4, ==, 2.0);
  }
  fixture->count++;
}

static void
main_many (gpointer user_data)
{
  Fixture *fixture = user_data;

  for (int round = 0; round < 3; round++)
    {
      for (int i = 0; i < 400; i++)
        g_assert_nonnull (nj_fiber_spawn (fixture->worker, child_deep, fixture));
      while (fixture->count < (guint) (round + 1) * 400)
        nj_fiber_yield ();
    }
  nj_worker_stop (fixture->worker);
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  run (fixture, main_many);
  g_assert_cmpuint (fixture->count, ==, 1200);
}

/* How far down the page is looked at; above it the frames of this test stand. */
#define DEEP (64 * 1024)

static G_GNUC_NO_INLINE void
go_deep (gsize *ret_page)
{
  volatile char much[DEEP + 8192];
  gsize         size = (gsize) sysconf (_SC_PAGESIZE);

  for (gsize i = 0; i < sizeof much; i += 512)
    much[i] = 1;
  *ret_page = ((gsize) much + size) & ~(size - 1);
}

static gboolean
is_there (gsize page)
{
  guint8 there = 0;

  g_assert_cmpint (mincore ((void *) page, 1, &there), ==, 0);
  return there & 1;
}

/* What was touched below is handed back; where the fiber stands stays. */
static void
main_rest (gpointer user_data)
{
  Fixture      *fixture = user_data;
  volatile char mine[2000];
  gsize         page;

  for (gsize i = 0; i < sizeof mine; i++)
    mine[i] = 7;
  for (guint round = 0; round < 3; round++)
    {
      go_deep (&page);
      g_assert_true (is_there (page));
      nj_fiber_rest ();
      g_assert_false (is_there (page));
      nj_fiber_yield ();
      for (guint i = 0; i < sizeof mine; i++)
        g_assert_cmpint (mine[i], ==, 7);
    }
  nj_worker_stop (fixture->worker);
}

static void
test_rest (Fixture *fixture, gconstpointer data)
{
  run (fixture, main_rest);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, func) g_test_add ("/net/fiber/" name, Fixture, NULL, set_up, func, tear_down)
  CASE ("join", test_join);
  CASE ("join-deadline", test_join_deadline);
  CASE ("cancel", test_cancel);
  CASE ("cancel-unborn", test_cancel_unborn);
  CASE ("stop-cancels", test_stop_cancels);
  CASE ("wake", test_wake);
  CASE ("deadlines", test_deadlines);
  CASE ("many", test_many);
  CASE ("rest", test_rest);
  return g_test_run ();
}
