/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stacks for fibers: address space with a guard page below, handed back hot. A worker keeps the
 * last 64 as they are; further ones lose their pages first, for an idle page is a wasted page.
 * Called by fiber.c only, on the worker's thread.
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

#define HOT_STACKS 64
#define SPARE_STACKS 256
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
stack_unmap (NjFiberStack *stack)
{
  VALGRIND_STACK_DEREGISTER (stack->valgrind_id);
  munmap (stack->base - GUARD, stack->size + GUARD);
  g_free (stack);
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
  NjFiberStack *stack = worker->spare_stacks;

  if (stack == NULL)
    return stack_map ();

  worker->spare_stacks = stack->next;
  worker->n_spare_stacks--;
  return stack;
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
  if (worker->n_spare_stacks >= SPARE_STACKS)
    {
      stack_unmap (stack);
      return;
    }

  if (worker->n_spare_stacks >= HOT_STACKS)
    madvise (stack->base, stack->size, MADV_DONTNEED);

  stack->next = worker->spare_stacks;
  worker->spare_stacks = stack;
  worker->n_spare_stacks++;
}

/**
 * nj_fiber_stack_clear:
 * @worker: a worker that has ended
 *
 * Unmaps all spare stacks.
 */
void
nj_fiber_stack_clear (NjWorker *worker)
{
  while (worker->spare_stacks != NULL)
    {
      NjFiberStack *stack = worker->spare_stacks;

      worker->spare_stacks = stack->next;
      stack_unmap (stack);
    }
  worker->n_spare_stacks = 0;
}
