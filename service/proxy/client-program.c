/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which program a client is, for a connection that may be looked into: the kernel tells the socket,
 * the processes found before are asked first, and a search among all of them is made by a helper
 * thread while the fiber waits. In the session's fiber.
 */
#include "proxy/client-program.h"

#include <pthread.h>

#define HELPERS_MAX 2

/* A search that a helper makes for a fiber. */
typedef struct
{
  gatomicrefcount refs;
  guint32         inode;
  guint           process; /* what came of it */
  gboolean        is_done;
  NjWorker       *worker;  /* (nullable) borrowed while somebody waits; with the lock held */
  NjFiber        *fiber;   /* (nullable) the same */
} Search;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GThreadPool    *helpers; /* (nullable) with the lock held: made on first use, ended with the plane */

static void
search_unref (Search *search)
{
  if (g_atomic_ref_count_dec (&search->refs))
    g_free (search);
}

static void
on_found (gpointer user_data)
{
  Search *search = user_data;

  pthread_mutex_lock (&lock);
  if (search->fiber != NULL)
    nj_fiber_wake (search->fiber);
  pthread_mutex_unlock (&lock);
  search_unref (search);
}

static void
on_helper (gpointer data, gpointer unused)
{
  Search *search = data;
  guint   process = nj_program_search_all (search->inode);

  /* Who waits no more may have ended together with its worker: posted only with the lock held. */
  pthread_mutex_lock (&lock);
  search->process = process;
  search->is_done = TRUE;
  if (search->worker != NULL)
    {
      g_atomic_ref_count_inc (&search->refs);
      nj_worker_post (search->worker, on_found, search);
    }
  pthread_mutex_unlock (&lock);
  search_unref (search);
}

static guint
search_all (NjWorker *worker, guint32 inode, gint64 deadline)
{
  Search *search = g_new0 (Search, 1);
  guint   process = 0;
  NjIo    io = NJ_OK;

  g_atomic_ref_count_init (&search->refs);
  g_atomic_ref_count_inc (&search->refs);
  search->inode = inode;
  search->worker = worker;
  search->fiber = nj_fiber_self ();

  pthread_mutex_lock (&lock);
  if (helpers == NULL)
    helpers = g_thread_pool_new (on_helper, NULL, HELPERS_MAX, FALSE, NULL);
  g_thread_pool_push (helpers, search, NULL);
  while (!search->is_done && io == NJ_OK)
    {
      pthread_mutex_unlock (&lock);
      io = nj_fiber_park (deadline);
      pthread_mutex_lock (&lock);
    }
  search->worker = NULL;
  search->fiber = NULL;
  process = search->is_done ? search->process : 0;
  pthread_mutex_unlock (&lock);

  search_unref (search);
  return process;
}

/**
 * nj_client_program_find:
 * @session: a session
 * @deadline: monotonic µs; by then it is unknown
 * @ret_program: (out): who it is
 *
 * A fiber's call.
 */
void
nj_client_program_find (NjSession *session, gint64 deadline, NjClientProgram *ret_program)
{
  NjLane        *lane = session->lane;
  NjAddress      peer = lane->shared->address;
  NjProgramOwner owner;
  guint          process;

  *ret_program = (NjClientProgram){ 0 };
  if (peer.any.sa_family == AF_INET6)
    peer.v6.sin6_port = htons (session->port);
  else
    peer.v4.sin_port = htons (session->port);
  if (!nj_program_owner (lane->program, &peer, &lane->shared->address, &owner))
    return;

  process = nj_program_search_recent (&lane->programs, owner.inode);
  if (process == 0)
    process = search_all (lane->worker, owner.inode, deadline);
  if (process == 0)
    return;

  nj_program_search_remember (&lane->programs, process);
  ret_program->process = process;
  ret_program->is_browser = nj_browser_look (process, ret_program->name);
}

/**
 * nj_client_program_end:
 *
 * Ends the helpers, when no fiber waits for them any more; they come back when they are wanted again.
 * Blocks until the last search is over. Not on a worker.
 */
void
nj_client_program_end (void)
{
  GThreadPool *ended;

  pthread_mutex_lock (&lock);
  ended = g_steal_pointer (&helpers);
  pthread_mutex_unlock (&lock);
  if (ended != NULL)
    g_thread_pool_free (ended, FALSE, TRUE);
}
