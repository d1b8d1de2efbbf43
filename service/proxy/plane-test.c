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

/* Asks for a host that no resolver knows: an exit that says so has shown that it is there, that it is
 * who it should be and that it takes our name and password. */
static void
test_serve (gpointer user_data)
{
  Test         *test = user_data;
  const NjRoute route = { .kind = NJ_ROUTE_EXIT, .exit = test->exit };
  NjStream     *stream = NULL;
  gint64        deadline = nj_worker_now (test->worker) + PATIENCE_US;

  if (nj_dial (test->worker, &route, NJ_BYTES ("nightjar.invalid"), 443, deadline, &stream, &test->failure) == NJ_OK)
    nj_stream_close (stream);

  test->is_alive = test->failure.result == NJ_DIAL_OK || test->failure.result == NJ_DIAL_EXIT_REFUSED ||
                   test->failure.result == NJ_DIAL_NO_SUCH_NAME || test->failure.result == NJ_DIAL_CONNECTION_REFUSED ||
                   test->failure.result == NJ_DIAL_UNREACHABLE || test->failure.result == NJ_DIAL_NAME_FAILED;
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
 * Connects to @exit and speaks its protocol. The main thread.
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
