/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Measures one exit: a fiber on a worker speaks to it once, and the main thread is told. Asked for
 * by a person, never on a timer.
 */
#include "proxy/plane.h"

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
