/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a worker lends: blocks for heads and bodies, pipes for splice, one scratch buffer. An idle
 * connection holds none of them. The worker's thread.
 */
#include "net/worker-private.h"

#include <fcntl.h>
#include <unistd.h>

/* As much as one splice moves at most; the system default of 64 KiB costs a third more on bulk. */
#define PIPE_SIZE (256 * 1024)

#define KEEP_BLOCKS 32
#define MOST_BLOCKS 1024
#define KEEP_LARGE  4
#define MOST_LARGE  64

/**
 * nj_pools_init:
 * @worker: a new worker
 */
void
nj_pools_init (NjWorker *worker)
{
  nj_spares_init (worker, NJ_SPARES_BLOCKS, KEEP_BLOCKS, MOST_BLOCKS, g_free);
  nj_spares_init (worker, NJ_SPARES_LARGE, KEEP_LARGE, MOST_LARGE, g_free);
}

/**
 * nj_worker_block_take:
 * @worker: the calling thread's worker
 *
 * Returns: (transfer full): %NJ_WORKER_BLOCK bytes, not cleared
 */
void *
nj_worker_block_take (NjWorker *worker)
{
  void *block = nj_spares_take (worker, NJ_SPARES_BLOCKS);

  return block != NULL ? block : g_malloc (NJ_WORKER_BLOCK);
}

/**
 * nj_worker_block_give:
 * @worker: the calling thread's worker
 * @block: (transfer full) (nullable): a block of this worker
 */
void
nj_worker_block_give (NjWorker *worker, void *block)
{
  if (block != NULL)
    nj_spares_give (worker, NJ_SPARES_BLOCKS, block);
}

/**
 * nj_worker_large_take:
 * @worker: the calling thread's worker
 *
 * Returns: (transfer full): %NJ_WORKER_LARGE bytes, not cleared
 */
void *
nj_worker_large_take (NjWorker *worker)
{
  void *block = nj_spares_take (worker, NJ_SPARES_LARGE);

  return block != NULL ? block : g_malloc (NJ_WORKER_LARGE);
}

/**
 * nj_worker_large_give:
 * @worker: the calling thread's worker
 * @block: (transfer full) (nullable): a large block of this worker
 */
void
nj_worker_large_give (NjWorker *worker, void *block)
{
  if (block != NULL)
    nj_spares_give (worker, NJ_SPARES_LARGE, block);
}

/**
 * nj_worker_scratch:
 * @worker: the calling thread's worker
 *
 * Returns: (transfer none): %NJ_WORKER_SCRATCH bytes whose content lasts until the next wait
 */
void *
nj_worker_scratch (NjWorker *worker)
{
  return worker->scratch;
}

/**
 * nj_worker_pipe_take:
 * @worker: the calling thread's worker
 * @ret_pipe: (out): its reading and its writing end, both non-blocking
 *
 * Returns: whether a pipe could be had
 */
gboolean
nj_worker_pipe_take (NjWorker *worker, int ret_pipe[2])
{
  if (worker->n_spare_pipes > 0)
    {
      worker->n_spare_pipes--;
      ret_pipe[0] = worker->spare_pipes[worker->n_spare_pipes][0];
      ret_pipe[1] = worker->spare_pipes[worker->n_spare_pipes][1];
      return TRUE;
    }

  if (pipe2 (ret_pipe, O_NONBLOCK | O_CLOEXEC) < 0)
    return FALSE;

  /* Past the user's pipe budget the kernel refuses; the small pipe then works as well, slower. */
  if (fcntl (ret_pipe[1], F_SETPIPE_SZ, PIPE_SIZE) < 0)
    g_debug ("a pipe stays small");
  return TRUE;
}

/**
 * nj_worker_pipe_give:
 * @worker: the calling thread's worker
 * @pipe: a pipe that was taken
 * @is_empty: whether all that went in came out; else it is closed, never lent again
 */
void
nj_worker_pipe_give (NjWorker *worker, int pipe[2], gboolean is_empty)
{
  if (is_empty && worker->n_spare_pipes < NJ_WORKER_SPARE_PIPES)
    {
      worker->spare_pipes[worker->n_spare_pipes][0] = pipe[0];
      worker->spare_pipes[worker->n_spare_pipes][1] = pipe[1];
      worker->n_spare_pipes++;
      return;
    }

  close (pipe[0]);
  close (pipe[1]);
}

/**
 * nj_pools_clear:
 * @worker: a worker that has ended
 */
void
nj_pools_clear (NjWorker *worker)
{
  while (worker->n_spare_pipes > 0)
    {
      worker->n_spare_pipes--;
      close (worker->spare_pipes[worker->n_spare_pipes][0]);
      close (worker->spare_pipes[worker->n_spare_pipes][1]);
    }
}
