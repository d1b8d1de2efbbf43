/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Measures one exit, or the name server: a fiber on a worker speaks to it once, and the main thread is told. Asked for
 * by a person, never on a timer.
 */
#include "proxy/plane.h"

#include "exits/dns.h"
#include "proxy/plane-private.h"

#define PATIENCE_US (10 * (gint64) G_USEC_PER_SEC)

typedef struct
{
  NjExit       *exit;   /* counted */
  NjWorker     *worker; /* borrowed */
  NjPlaneTested tested;
  gpointer      user_data;
  gboolean      is_alive;
  NjDialFailure failure;
} Test;

static gboolean
on_tested (gpointer user_data)
{
  Test *test = user_data;

  test->tested (test->exit, test->is_alive, nj_exit_latency_ms (test->exit), test->is_alive ? "" : test->failure.detail,
                test->user_data);
  return G_SOURCE_REMOVE;
}

static void
test_free (gpointer user_data)
{
  Test *test = user_data;

  nj_exit_unref (test->exit);
  g_free (test);
}

/* Nothing is asked of the exit: what it would resolve or reach for a test is nobody's business. */
static void
test_serve (gpointer user_data)
{
  Test  *test = user_data;
  gint64 deadline = nj_worker_now (test->worker) + PATIENCE_US;

  test->is_alive = nj_dial_probe (test->worker, test->exit, deadline, &test->failure) == NJ_OK;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_tested, test, test_free);
}

static void
on_test (gpointer user_data)
{
  Test *test = user_data;

  if (nj_fiber_spawn (test->worker, test_serve, test) == NULL)
    {
      g_strlcpy (test->failure.detail, "no memory for a test", sizeof test->failure.detail);
      g_idle_add_full (G_PRIORITY_DEFAULT, on_tested, test, test_free);
    }
}

/**
 * nj_plane_test_exit:
 * @plane: a plane that was started
 * @exit: the exit
 * @tested: called once on the main thread's default context
 * @user_data: for @tested
 *
 * Connects to @exit and, where it speaks inside TLS, shakes hands. The main thread.
 */
void
nj_plane_test_exit (NjPlane *plane, NjExit *exit, NjPlaneTested tested, gpointer user_data)
{
  Test *test = g_new0 (Test, 1);

  test->exit = nj_exit_ref (exit);
  test->worker = plane->workers[0];
  test->tested = tested;
  test->user_data = user_data;
  nj_worker_post (test->worker, on_test, test);
}

typedef struct
{
  NjWorker        *worker; /* borrowed */
  NjPlaneDnsTested tested;
  gpointer         user_data;
  gboolean         is_good;
  gint64           took;    /* µs */
  const char      *problem; /* borrowed, for ever */
} DnsTest;

static gboolean
on_dns_tested (gpointer user_data)
{
  DnsTest *test = user_data;

  test->tested (test->is_good, (guint) MAX (test->took / 1000, 1), test->problem, test->user_data);
  return G_SOURCE_REMOVE;
}

static void
dns_test_serve (gpointer user_data)
{
  DnsTest *test = user_data;
  gint64   start = nj_worker_now (test->worker);

  test->is_good = nj_dns_probe (test->worker, start + PATIENCE_US, &test->problem) == NJ_OK;
  test->took = nj_worker_now (test->worker) - start;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_dns_tested, test, g_free);
}

static void
on_test_dns (gpointer user_data)
{
  DnsTest *test = user_data;

  if (nj_fiber_spawn (test->worker, dns_test_serve, test) == NULL)
    {
      test->problem = "no memory for a test";
      g_idle_add_full (G_PRIORITY_DEFAULT, on_dns_tested, test, g_free);
    }
}

/**
 * nj_plane_test_dns:
 * @plane: a plane that was started
 * @tested: called once on the main thread's default context
 * @user_data: for @tested
 *
 * Asks the encrypted name server for a name that nobody has, directly. The main thread.
 */
void
nj_plane_test_dns (NjPlane *plane, NjPlaneDnsTested tested, gpointer user_data)
{
  DnsTest *test = g_new0 (DnsTest, 1);

  test->worker = plane->workers[0];
  test->tested = tested;
  test->user_data = user_data;
  test->problem = "";
  nj_worker_post (test->worker, on_test_dns, test);
}
