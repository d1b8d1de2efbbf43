/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What it costs to go from one fiber to another and back, against swapcontext(3), which does the same
 * by a system call or two. Also the life of a fiber, from spawn to join, against that of a thread. One
 * worker, main thread.
 */
#include "net/fiber.h"
#include "net/worker.h"

#include <stdio.h>
#include <ucontext.h>

#define ROUNDS  200000
#define THREADS 2000

typedef struct
{
  NjWorker *worker;
  double    switch_ns;
  double    life_ns;
} Bench;

static ucontext_t here, there;

static double
since (gint64 start, guint n)
{
  return (double) (g_get_monotonic_time () - start) * 1000 / n;
}

static void
turn_back (void)
{
  for (;;)
    swapcontext (&there, &here);
}

static double
measure_swapcontext (void)
{
  g_autofree char *stack = g_malloc (65536);
  gint64           start;

  getcontext (&there);
  there.uc_stack.ss_sp = stack;
  there.uc_stack.ss_size = 65536;
  there.uc_link = &here;
  makecontext (&there, turn_back, 0);

  start = g_get_monotonic_time ();
  for (guint i = 0; i < ROUNDS; i++)
    swapcontext (&here, &there);
  return since (start, ROUNDS * 2);
}

static gpointer
short_thread (gpointer user_data)
{
  return NULL;
}

static double
measure_thread (void)
{
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < THREADS; i++)
    g_thread_join (g_thread_new ("bench", short_thread, NULL));
  return since (start, THREADS);
}

static void
yield_serve (gpointer user_data)
{
  for (guint i = 0; i < ROUNDS; i++)
    nj_fiber_yield ();
}

static void
short_serve (gpointer user_data)
{
}

static void
bench_serve (gpointer user_data)
{
  Bench   *bench = user_data;
  NjFiber *a = nj_fiber_ref (nj_fiber_spawn (bench->worker, yield_serve, NULL));
  NjFiber *b = nj_fiber_ref (nj_fiber_spawn (bench->worker, yield_serve, NULL));
  gint64   start = g_get_monotonic_time ();

  nj_fiber_join (a, G_MAXINT64);
  nj_fiber_join (b, G_MAXINT64);
  /* Each yield goes to the loop and from there to the next fiber: two switches. */
  bench->switch_ns = since (start, ROUNDS * 2 * 2);
  nj_fiber_unref (a);
  nj_fiber_unref (b);

  start = g_get_monotonic_time ();
  for (guint i = 0; i < ROUNDS; i++)
    {
      NjFiber *fiber = nj_fiber_ref (nj_fiber_spawn (bench->worker, short_serve, NULL));

      nj_fiber_join (fiber, G_MAXINT64);
      nj_fiber_unref (fiber);
    }
  bench->life_ns = since (start, ROUNDS);
  nj_worker_stop (bench->worker);
}

static void
on_start (gpointer user_data)
{
  Bench *bench = user_data;

  nj_fiber_spawn (bench->worker, bench_serve, bench);
}

int
main (void)
{
  Bench  bench = { .worker = nj_worker_new ("bench", NULL) };
  double swapcontext_ns = measure_swapcontext ();
  double thread_ns = measure_thread ();

  nj_worker_post (bench.worker, on_start, &bench);
  nj_worker_run (bench.worker);
  nj_worker_free (bench.worker);

  printf ("fiber-switch\t%.1f\tns\tswapcontext\t%.3f\n", bench.switch_ns, bench.switch_ns / swapcontext_ns);
  printf ("fiber-life\t%.1f\tns\ta thread\t%.3f\n", bench.life_ns, bench.life_ns / thread_ns);
  return 0;
}
