/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where bytes wait in a carrier: a queue for each strand and way, in blocks of the worker's pool,
 * and the one piece of memory in which frames are put together for the stream below. The worker's
 * thread.
 */
#include "exits/carrier-private.h"

struct NjCarrierBlock
{
  NjCarrierBlock *next;
  guint32         start;
  guint32         end;
  char            bytes[];
};

#define ROOM (NJ_WORKER_BLOCK - sizeof (NjCarrierBlock))

static void
block_add (NjCarrierQueue *queue, NjWorker *worker)
{
  NjCarrierBlock *block = nj_worker_block_take (worker);

  block->next = NULL;
  block->start = block->end = 0;
  if (queue->last != NULL)
    queue->last->next = block;
  else
    queue->first = block;
  queue->last = block;
}

static void
block_drop (NjCarrierQueue *queue, NjWorker *worker)
{
  NjCarrierBlock *block = queue->first;

  queue->first = block->next;
  if (queue->first == NULL)
    queue->last = NULL;
  nj_worker_block_give (worker, block);
}

/**
 * nj_carrier_queue_push:
 * @queue: a queue
 * @worker: the calling thread's worker
 * @bytes: what to put at its end; copied
 * @len: how much
 */
void
nj_carrier_queue_push (NjCarrierQueue *queue, NjWorker *worker, const void *bytes, gsize len)
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
 * nj_carrier_queue_pop:
 * @queue: a queue
 * @worker: the calling thread's worker
 * @buffer: where its first bytes go
 * @len: how many at most
 *
 * An empty queue owns no memory.
 *
 * Returns: how many
 */
gsize
nj_carrier_queue_pop (NjCarrierQueue *queue, NjWorker *worker, void *buffer, gsize len)
{
  gsize done = 0;

  while (done < len && queue->first != NULL)
    {
      NjCarrierBlock *block = queue->first;
      gsize           n = MIN (len - done, (gsize) (block->end - block->start));

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
 * nj_carrier_queue_clear:
 * @queue: a queue
 * @worker: the calling thread's worker
 */
void
nj_carrier_queue_clear (NjCarrierQueue *queue, NjWorker *worker)
{
  while (queue->first != NULL)
    block_drop (queue, worker);
  queue->len = 0;
}

/* Room for len more bytes behind what is there. */
static char *
out_room (NjCarrier *carrier, gsize len)
{
  g_assert (carrier->out_len + len <= NJ_CARRIER_OUT_SIZE);
  if (carrier->out == NULL)
    carrier->out = g_malloc (NJ_CARRIER_OUT_SIZE);

  if (carrier->out_start + carrier->out_len + len > NJ_CARRIER_OUT_SIZE)
    {
      memmove (carrier->out, carrier->out + carrier->out_start, carrier->out_len);
      carrier->out_start = 0;
    }
  return carrier->out + carrier->out_start + carrier->out_len;
}

/**
 * nj_carrier_out_push:
 * @carrier: a carrier with less than %NJ_CARRIER_OUT_MAX bytes waiting to go out
 * @bytes: a frame, or the head of one; at most 16 KiB and a little
 * @len: how much
 *
 * The worker's thread.
 */
void
nj_carrier_out_push (NjCarrier *carrier, const void *bytes, gsize len)
{
  memcpy (out_room (carrier, len), bytes, len);
  carrier->out_len += len;
}

/**
 * nj_carrier_out_pop:
 * @carrier: a carrier with less than %NJ_CARRIER_OUT_MAX bytes waiting to go out, save for a frame's head
 * @queue: where the frame's bytes wait
 * @len: how many; @queue has them
 *
 * Straight from a strand to where frames are put together. The worker's thread.
 */
void
nj_carrier_out_pop (NjCarrier *carrier, NjCarrierQueue *queue, gsize len)
{
  carrier->out_len += nj_carrier_queue_pop (queue, carrier->worker, out_room (carrier, len), len);
}
