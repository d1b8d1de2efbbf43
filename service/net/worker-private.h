/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/worker.h"

#include <pthread.h>
#include <sys/epoll.h>

#define NJ_WORKER_EVENTS 128
#define NJ_WORKER_SPARE_PIPES 16

/* What is lent again and again; spares.c. */
typedef enum
{
  NJ_SPARES_STACKS,
  NJ_SPARES_BLOCKS,
  NJ_SPARES_LARGE,
  NJ_SPARES_N
} NjSparesKind;

typedef struct NjSpare NjSpare;

typedef struct
{
  NjSpare *first; /* owned, linked */
  guint    n;
  guint    least; /* how many there were at any time since they were looked at */
  guint    keep;
  guint    most;
  void (*drop) (gpointer spare);
} NjSpares;

typedef struct
{
  NjPostFunc func;
  gpointer   user_data;
} NjPosted;

/* What the rooms' own files share of a worker; nobody else includes this. */
struct NjWorker
{
  char     *name; /* owned */
  GThread  *thread;
  gint64    now;  /* monotonic µs of this turn, 0 until somebody asks */
  gboolean  is_stopping;
  gpointer  slot; /* borrowed */

  int                epoll_fd;
  int                event_fd;
  struct epoll_event events[NJ_WORKER_EVENTS];
  int                event_next;
  int                event_end;

  pthread_mutex_t post_lock;
  GArray         *posted;  /* (element-type NjPosted), guarded by post_lock */
  GArray         *running; /* its twin, while being run */
  GArray         *deferred;

  NjTimer **timers; /* heap, owned array of borrowed */
  guint     n_timers;
  guint     timers_size;

  NjFiber *current;
  NjFiber *ready_first;
  NjFiber *ready_last;
  void    *scheduler_sp;
  void    *scheduler_fake_stack;
  const void *scheduler_stack;
  size_t   scheduler_stack_size;
  void    *scheduler_tsan;

  NjStoppable stoppables; /* ring head */

  NjSpares spares[NJ_SPARES_N];
  NjTimer  spares_timer;
  int      spare_pipes[NJ_WORKER_SPARE_PIPES][2];
  guint    n_spare_pipes;
  char    *scratch; /* owned */
};

/* poll-epoll.c */
gboolean nj_poll_open  (NjWorker *worker, GError **error);
void     nj_poll_close (NjWorker *worker);
void     nj_poll_wait  (NjWorker *worker, int timeout_ms);

/* timers.c */
int  nj_timers_run   (NjWorker *worker);
void nj_timers_clear (NjWorker *worker);

/* fiber.c */
gboolean nj_fiber_run_ready (NjWorker *worker);

/* fiber-stack.c */
typedef struct NjFiberStack NjFiberStack;
struct NjFiberStack
{
  NjFiberStack *next; /* first: while it is spare */
  char         *base; /* lowest usable byte, above the guard page */
  gsize         size;
  guint         valgrind_id;
};
NjFiberStack *nj_fiber_stack_take  (NjWorker *worker);
void          nj_fiber_stack_give  (NjWorker *worker, NjFiberStack *stack);
void          nj_fiber_stack_init  (NjWorker *worker);
void          nj_fiber_stack_trim  (NjFiberStack *stack, const char *here);

/* fiber-switch.c */
void *nj_fiber_switch_prepare (void *stack_base, gsize stack_size, void (*entry) (void));
void  nj_fiber_switch         (void **ret_saved, void *target);
void  nj_fiber_switch_release (void *saved);

/* pools.c */
void nj_pools_init  (NjWorker *worker);
void nj_pools_clear (NjWorker *worker);

/* spares.c */
void     nj_spares_init  (NjWorker *worker, NjSparesKind kind, guint keep, guint most, void (*drop) (gpointer spare));
gpointer nj_spares_take  (NjWorker *worker, NjSparesKind kind);
void     nj_spares_give  (NjWorker *worker, NjSparesKind kind, gpointer spare);
void     nj_spares_clear (NjWorker *worker);

/* worker.c */
void nj_worker_post_run (NjWorker *worker);
