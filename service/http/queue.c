/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where bytes wait between two sides of different speed. An empty queue owns no memory. Called by
 * HTTP/2 streams, on the worker that owns them.
 */
#include "http/queue.h"

#include <string.h>

struct NjQueueBlock
{
  NjQueueBlock *next;
  guint32       start;
  guint32       end;
  char          bytes[];
};

#define ROOM (NJ_WORKER_BLOCK - sizeof (NjQueueBlock))

static void
block_add (NjQueue *queue, NjWorker *worker)
{
  NjQueueBlock *block = nj_worker_block_take (worker);

  block->next = NULL;
  block->start = block->end = 0;
  if (queue->last != NULL)
    queue->last->next = block;
  else
    queue->first = block;
  queue->last = block;
}

static void
block_drop (NjQueue *queue, NjWorker *worker)
{
  NjQueueBlock *block = queue->first;

  queue->first = block->next;
  if (queue->first == NULL)
    queue->last = NULL;
  nj_worker_block_give (worker, block);
}

/**
 * nj_queue_push:
 * @queue: a queue
 * @worker: the calling thread's worker
 * @bytes: what to put at its end; copied
 * @len: how much
 */
void
nj_queue_push (NjQueue *queue, NjWorker *worker, const void *bytes, gsize len)
{
  const char *at = bytes;

  queue->len += len;
  while (len > 0)
    {
      gsize n;

      if (queue->last == NULL || queue->last->end == ROOM)
        block_add (queue, worker);
      n = MIN (len, ROOM - queue->last->end);
      memcpy (queue->last->bytes + queue->last->end, at, n);
      queue->last->end += (guint32) n;
      at += n;
      len -= n;
    }
}

/**
 * nj_queue_pop:
 * @queue: a queue
 * @worker: the calling thread's worker
 * @buffer: where its first bytes go
 * @len: how many at most
 *
 * Returns: how many
 */
gsize
nj_queue_pop (NjQueue *queue, NjWorker *worker, void *buffer, gsize len)
{
  gsize done = 0;

  while (done < len && queue->first != NULL)
    {
      NjQueueBlock *block = queue->first;
      gsize         n = MIN (len - done, (gsize) (block->end - block->start));

      memcpy ((char *) buffer + done, block->bytes + block->start, n);
      block->start += (guint32) n;
      done += n;
      if (block->start == block->end)
        block_drop (queue, worker);
    }
  queue->len -= done;
  return done;
}

/**
 * nj_queue_clear:
 * @queue: a queue
 * @worker: the calling thread's worker
 */
void
nj_queue_clear (NjQueue *queue, NjWorker *worker)
{
  while (queue->first != NULL)
    block_drop (queue, worker);
  queue->len = 0;
}
