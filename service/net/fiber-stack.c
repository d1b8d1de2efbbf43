/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stacks for fibers: address space with a guard page below, handed back hot. A worker keeps 64 as
 * they are, and after a burst more for a while (spares.c), for an idle page is a wasted page. Called
 * by fiber.c only, on the worker's thread.
 */
#include "net/worker-private.h"

#include <sys/mman.h>
#include <unistd.h>

#if defined(HAVE_VALGRIND)
#include <valgrind/valgrind.h>
#else
#define VALGRIND_STACK_REGISTER(a, b) 0
#define VALGRIND_STACK_DEREGISTER(id) ((void) (id))
#endif

#define KEEP 64
#define MOST 1024
#define GUARD 4096

static NjFiberStack *
stack_map (void)
{
  NjFiberStack *stack;
  char         *memory = mmap (NULL, NJ_FIBER_STACK + GUARD, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

  if (memory == MAP_FAILED)
    return NULL;

  if (mprotect (memory, GUARD, PROT_NONE) < 0)
    {
      munmap (memory, NJ_FIBER_STACK + GUARD);
      return NULL;
    }

  stack = g_new0 (NjFiberStack, 1);
  stack->base = memory + GUARD;
  stack->size = NJ_FIBER_STACK;
  stack->valgrind_id = VALGRIND_STACK_REGISTER (stack->base, stack->base + stack->size);
  return stack;
}

static void
on_drop (gpointer spare)
{
  NjFiberStack *stack = spare;

  VALGRIND_STACK_DEREGISTER (stack->valgrind_id);
  munmap (stack->base - GUARD, stack->size + GUARD);
  g_free (stack);
}

/**
 * nj_fiber_stack_init:
 * @worker: a new worker
 */
void
nj_fiber_stack_init (NjWorker *worker)
{
  nj_spares_init (worker, NJ_SPARES_STACKS, KEEP, MOST, on_drop);
}

/**
 * nj_fiber_stack_take:
 * @worker: the worker
 *
 * The worker's thread.
 *
 * Returns: (transfer full) (nullable): a stack, %NULL when there is no memory
 */
NjFiberStack *
nj_fiber_stack_take (NjWorker *worker)
{
  NjFiberStack *stack = nj_spares_take (worker, NJ_SPARES_STACKS);

  return stack != NULL ? stack : stack_map ();
}

/**
 * nj_fiber_stack_give:
 * @worker: the worker
 * @stack: (transfer full): a stack that nothing runs on
 *
 * The worker's thread.
 */
void
nj_fiber_stack_give (NjWorker *worker, NjFiberStack *stack)
{
  nj_spares_give (worker, NJ_SPARES_STACKS, stack);
}

/**
 * nj_fiber_stack_trim:
 * @stack: a stack that somebody stands on
 * @here: where
 *
 * Hands back the pages below. The worker's thread.
 */
void
nj_fiber_stack_trim (NjFiberStack *stack, const char *here)
{
  gsize page = (gsize) sysconf (_SC_PAGESIZE);
  gsize depth = (gsize) (here - stack->base);

  g_assert (here > stack->base && depth <= stack->size);
  /* One page more than the frames of this call and of what switches away. */
  depth = depth > 2 * page ? (depth - page) & ~(page - 1) : 0;
  if (depth > 0)
    madvise (stack->base, depth, MADV_DONTNEED);
}
