/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one piece of memory in which a carrier's frames are put together for the stream below. The
 * worker's thread.
 */
#include "exits/carrier-private.h"

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
nj_carrier_out_pop (NjCarrier *carrier, NjQueue *queue, gsize len)
{
  carrier->out_len += nj_queue_pop (queue, carrier->worker, out_room (carrier, len), len);
}
