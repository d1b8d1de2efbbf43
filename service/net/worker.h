/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/fiber.h"

G_BEGIN_DECLS

/* A thread of the data plane: its poller, timers, fibers and buffers. */
typedef struct NjWorker NjWorker;
typedef struct NjTimer  NjTimer;
typedef struct NjPoint  NjPoint;

typedef void (*NjPostFunc) (gpointer user_data);

/* A moment something must happen at; embed it. */
struct NjTimer
{
  gint64   when;  /* monotonic µs; 0 while not set */
  guint    index; /* in the worker's heap */
  void (*fire) (NjTimer *timer);
};

/* A descriptor in a worker's poller; embed it. Edge-triggered, registered once for both ways. */
struct NjPoint
{
  NjReadiness ready;
  int         fd;
};

/* Something that must be stopped when the worker ends (a fiber, a relay); embed it. */
typedef struct NjStoppable NjStoppable;
struct NjStoppable
{
  NjStoppable *previous;
  NjStoppable *next;
  void (*stop) (NjStoppable *stoppable);
};

NjWorker *nj_worker_new     (const char *name, GError **error);
void      nj_worker_start   (NjWorker *worker);
void      nj_worker_stop    (NjWorker *worker);
void      nj_worker_free    (NjWorker *worker);
NjWorker *nj_worker_current (void);
void      nj_worker_run     (NjWorker *worker);

/* The only door in, from any thread. */
void nj_worker_post  (NjWorker *worker, NjPostFunc func, gpointer user_data);
/* On the worker's own thread: run func after the current batch of events. */
void nj_worker_defer (NjWorker *worker, NjPostFunc func, gpointer user_data);

gint64 nj_worker_now (NjWorker *worker);

void nj_worker_timer_set   (NjWorker *worker, NjTimer *timer, gint64 when);
void nj_worker_timer_clear (NjWorker *worker, NjTimer *timer);

gboolean nj_worker_point_add    (NjWorker *worker, NjPoint *point, int fd);
void     nj_worker_point_remove (NjWorker *worker, NjPoint *point);

/* A level-triggered descriptor shared with other workers: one of them is woken. */
gboolean nj_worker_point_add_shared (NjWorker *worker, NjPoint *point, int fd);

void nj_worker_stoppable_add    (NjWorker *worker, NjStoppable *stoppable);
void nj_worker_stoppable_remove (NjWorker *worker, NjStoppable *stoppable);

/* A place for the room above to keep what it has one of for each worker. */
void     nj_worker_set_slot (NjWorker *worker, gpointer slot);
gpointer nj_worker_slot     (NjWorker *worker);

/* A block of memory (NJ_WORKER_BLOCK bytes) from the worker's pool, for heads and bodies. */
#define NJ_WORKER_BLOCK 16384
void *nj_worker_block_take (NjWorker *worker);
void  nj_worker_block_give (NjWorker *worker, void *block);

/* The same in large, for what an origin says: the fewer reads, the less a byte costs. */
#define NJ_WORKER_LARGE 65536
void *nj_worker_large_take (NjWorker *worker);
void  nj_worker_large_give (NjWorker *worker, void *block);

/* One buffer a worker, whose content lasts until the next wait. */
#define NJ_WORKER_SCRATCH 65536
void *nj_worker_scratch (NjWorker *worker);

/* An empty pipe for splice, borrowed only while bytes are in it; FALSE when none can be had. */
gboolean nj_worker_pipe_take (NjWorker *worker, int ret_pipe[2]);
void     nj_worker_pipe_give (NjWorker *worker, int pipe[2], gboolean is_empty);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjWorker, nj_worker_free)

G_END_DECLS
