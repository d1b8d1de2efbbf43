/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/worker.h"

G_BEGIN_DECLS

/* Bytes on their way, first in, first out, in blocks of the worker's pool: nothing is moved or grown. */
typedef struct NjQueueBlock NjQueueBlock;
typedef struct
{
  NjQueueBlock *first; /* (nullable) owned */
  NjQueueBlock *last;  /* (nullable) the end of the list */
  gsize         len;   /* bytes in all of it */
} NjQueue;

void  nj_queue_push  (NjQueue *queue, NjWorker *worker, const void *bytes, gsize len);
gsize nj_queue_pop   (NjQueue *queue, NjWorker *worker, void *buffer, gsize len);
void  nj_queue_clear (NjQueue *queue, NjWorker *worker);

G_END_DECLS
