/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The worker: its door, its timers, what it lends.
 */
#include "net/worker.h"

#include <unistd.h>

typedef struct
{
  NjTimer timer;
  GArray *fired;
  int     name;
  NjWorker *worker;
} Alarm;

static void
on_fire (NjTimer *timer)
{
  Alarm *alarm = (Alarm *) timer;

  g_array_append_val (alarm->fired, alarm->name);
  if (alarm->name == 99)
    nj_worker_stop (alarm->worker);
}

static void
test_timers (void)
{
  NjWorker *worker = nj_worker_new ("test", NULL);
  g_autoptr (GArray) fired = g_array_new (FALSE, FALSE, sizeof (int));
  Alarm  alarms[100];
  gint64 now = g_get_monotonic_time ();

  for (int i = 0; i < 100; i++)
    {
      alarms[i] = (Alarm){ .timer.fire = on_fire, .fired = fired, .name = i, .worker = worker };
      /* Set in a scrambled order, one of each ten cleared, one moved. */
      int slot = (i * 37) % 100;
      (void) slot;
    }
  for (int i = 0; i < 100; i++)
    {
      int slot = (i * 37) % 100;

      nj_worker_timer_set (worker, &alarms[slot].timer, now + 1000 + slot * 20);
    }
  for (int i = 0; i < 90; i += 10)
    nj_worker_timer_clear (worker, &alarms[i].timer);
  nj_worker_timer_set (worker, &alarms[5].timer, now + 1000 + 50 * 20 + 1);
  nj_worker_run (worker);

  g_assert_cmpuint (fired->len, ==, 91);
  for (guint i = 1; i < fired->len; i++)
    {
      int before = g_array_index (fired, int, i - 1);
      int after = g_array_index (fired, int, i);

      if (before != 5 && after != 5)
        g_assert_cmpint (before, <, after);
      if (after == 5)
        g_assert_cmpint (before, ==, 49);
    }
  nj_worker_free (worker);
}

typedef struct
{
  NjWorker *worker;
  gint      count;
  gint      last[4];
} Door;

typedef struct
{
  Door *door;
  int   thread;
  int   serial;
} Call;

static void
on_call (gpointer user_data)
{
  Call *call = user_data;

  g_assert_true (nj_worker_current () == call->door->worker);
  g_assert_cmpint (call->door->last[call->thread], <, call->serial);
  call->door->last[call->thread] = call->serial;
  call->door->count++;
  g_free (call);
}

typedef struct
{
  Door *door;
  int   thread;
} Caller;

static gpointer
caller_main (gpointer user_data)
{
  Caller *caller = user_data;

  for (int i = 1; i <= 5000; i++)
    {
      Call *call = g_new0 (Call, 1);

      *call = (Call){ caller->door, caller->thread, i };
      nj_worker_post (caller->door->worker, on_call, call);
    }
  return NULL;
}

static void
test_door (void)
{
  Door     door = { .worker = nj_worker_new ("test", NULL) };
  GThread *threads[4];
  Caller   callers[4];

  nj_worker_start (door.worker);
  for (int i = 0; i < 4; i++)
    {
      callers[i] = (Caller){ &door, i };
      threads[i] = g_thread_new ("caller", caller_main, &callers[i]);
    }
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  nj_worker_stop (door.worker);

  g_assert_cmpint (door.count, ==, 20000);
  nj_worker_free (door.worker);
}

static void
test_pipes (void)
{
  g_autoptr (NjWorker) worker = nj_worker_new ("test", NULL);
  int first[2], second[2];

  g_assert_true (nj_worker_pipe_take (worker, first));
  g_assert_cmpint (write (first[1], "x", 1), ==, 1);
  /* One that still holds bytes is never lent again. */
  nj_worker_pipe_give (worker, first, FALSE);
  g_assert_true (nj_worker_pipe_take (worker, second));
  g_assert_cmpint (read (second[0], &(char){ 0 }, 1), ==, -1);
  nj_worker_pipe_give (worker, second, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/worker/timers", test_timers);
  g_test_add_func ("/net/worker/door", test_door);
  g_test_add_func ("/net/worker/pipes", test_pipes);
  return g_test_run ();
}
