/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTTP/2 connections to origins: each is shared by all exchanges of a worker that lead to the same
 * place by the same route, a stream for each. Of many fibers that find none one dials and the others
 * wait, where the place is known to speak HTTP/2. What a stream says is http/h2's. In fibers, on the
 * pool's worker.
 */
#include "proxy/upstream-private.h"

#include "net/fiber.h"

/* Kept unused as long as others are, unless there are too many of them. */
#define IDLE_US     (60 * (gint64) G_USEC_PER_SEC)
#define IDLE_MANY   (1 * (gint64) G_USEC_PER_SEC)
#define SHARED_MANY 256

struct NjUpstreamShared
{
  NjH2              *h2;   /* borrowed: it tells when it ends */
  NjUpstream        *like; /* owned: what each exchange's is like, without a stream */
  NjUpstreamShared  *next;
  NjUpstreamShared **link; /* (nullable) who points to us: NULL when no more exchanges are to use it */
};

struct NjUpstreamMaking
{
  guint32           hash; /* of what is dialled */
  GQueue            waiting; /* of NjFiber */
  NjUpstreamMaking *next;
};

static const NjExit *
exit_of (const NjUpstreamKey *key)
{
  return key->route->kind == NJ_ROUTE_EXIT ? key->route->exit : NULL;
}

static guint32
hash_of (const NjUpstreamKey *key)
{
  return nj_upstream_hash (exit_of (key), key->host, key->port, key->is_secure);
}

static void
remember (guint32 *places, guint *n, guint32 hash)
{
  for (guint i = 0; i < NJ_UPSTREAM_PLACES; i++)
    if (places[i] == hash)
      return;
  places[(*n)++ % NJ_UPSTREAM_PLACES] = hash;
}

static gboolean
is_remembered (const guint32 *places, guint32 hash)
{
  for (guint i = 0; i < NJ_UPSTREAM_PLACES; i++)
    if (places[i] == hash)
      return TRUE;
  return FALSE;
}

static void
shared_unlink (NjUpstreamShared *self)
{
  if (self->link == NULL)
    return;

  *self->link = self->next;
  if (self->next != NULL)
    self->next->link = self->link;
  self->link = NULL;
  self->like->pool->n_shared--;
}

static void
on_ended (NjH2 *h2, gpointer user_data)
{
  NjUpstreamShared *self = user_data;

  shared_unlink (self);
  nj_upstream_close (self->like);
  g_free (self);
}

/* One stream, not begun. */
static NjUpstream *
stream_of (const NjUpstreamShared *self)
{
  const NjUpstream *like = self->like;
  gsize             host_size = strlen (like->host) + 1;
  gsize             size = sizeof (NjUpstream) + host_size + strlen (like->name) + 1;
  NjUpstream       *upstream = g_memdup2 (like, size);

  upstream->host = (char *) (upstream + 1);
  upstream->name = upstream->host + host_size;
  upstream->canonical = g_strdup (like->canonical);
  if (upstream->exit != NULL)
    nj_exit_ref (upstream->exit);
  nj_h1_init (&upstream->h1, nj_h2_open (self->h2));
  return upstream;
}

/**
 * nj_upstream_h2_adopt: (skip)
 * @upstream: (transfer full): a connection whose other side wants HTTP/2
 *
 * Shares it from now on.
 *
 * Returns: (transfer full): the first stream in it
 */
NjUpstream *
nj_upstream_h2_adopt (NjUpstream *upstream)
{
  static const NjH2Events events = { NULL, NULL, on_ended };
  const NjHeadLimits      limits = NJ_HEAD_LIMITS_DEFAULT;
  NjUpstreamPool         *pool = upstream->pool;
  NjUpstreamShared       *self = g_new0 (NjUpstreamShared, 1);
  NjUpstreamShared      **bucket = &pool->shared[upstream->hash % NJ_UPSTREAM_BUCKETS];

  self->like = upstream;
  upstream->is_h2 = TRUE;
  self->h2 = nj_h2_new_client (g_steal_pointer (&upstream->h1.stream), &limits,
                               pool->n_shared >= SHARED_MANY ? IDLE_MANY : IDLE_US, &events, self);
  g_assert (self->h2 != NULL);
  self->next = *bucket;
  if (self->next != NULL)
    self->next->link = &self->next;
  self->link = bucket;
  *bucket = self;
  pool->n_shared++;
  remember (pool->h2_places, &pool->n_h2_places, upstream->hash);
  return stream_of (self);
}

static NjUpstreamShared *
find (NjUpstreamPool *pool, const NjUpstreamKey *key)
{
  guint32 hash = hash_of (key);

  for (NjUpstreamShared *self = pool->shared[hash % NJ_UPSTREAM_BUCKETS]; self != NULL; self = self->next)
    if (self->like->hash == hash && nj_upstream_is_for (self->like, key) && nj_upstream_is_alike (self->like, key) &&
        nj_h2_has_room (self->h2) && (!key->needs_websocket || nj_h2_takes_websocket (self->h2)))
      return self;
  return NULL;
}

static NjUpstreamMaking *
find_making (NjUpstreamPool *pool, const NjUpstreamKey *key)
{
  guint32 hash = hash_of (key);

  if (key->needs_websocket || !is_remembered (pool->h2_places, hash))
    return NULL;
  for (NjUpstreamMaking *making = pool->making; making != NULL; making = making->next)
    if (making->hash == hash)
      return making;
  return NULL;
}

/* Until whoever dials has come to an end, whatever end. */
static NjIo
wait_for_making (NjUpstreamPool *pool, NjUpstreamMaking *making, gint64 deadline)
{
  NjFiber *fiber = nj_fiber_self ();
  NjIo     io;

  g_queue_push_tail (&making->waiting, fiber);
  io = nj_fiber_park (deadline);
  for (NjUpstreamMaking *other = pool->making; other != NULL; other = other->next)
    if (other == making)
      g_queue_remove (&making->waiting, fiber);
  return io;
}

/**
 * nj_upstream_h2_dial: (skip)
 * @pool: a pool of the calling thread's worker
 * @key: where to
 * @deadline: monotonic µs
 * @ret_upstream: (out) (transfer full): a new connection, when %NJ_OK
 * @ret_failure: (out): why not, else
 *
 * Dials, and wakes those that wait for what comes of it.
 *
 * Returns: as nj_dial()
 */
NjIo
nj_upstream_h2_dial (NjUpstreamPool *pool, const NjUpstreamKey *key, gint64 deadline, NjUpstream **ret_upstream,
                     NjDialFailure *ret_failure)
{
  NjUpstreamMaking   making = { .hash = hash_of (key), .next = pool->making };
  NjUpstreamMaking **link = &pool->making;
  NjIo               io;

  pool->making = &making;
  io = nj_upstream_dial_one (pool, key, deadline, ret_upstream, ret_failure);
  while (*link != &making)
    link = &(*link)->next;
  *link = making.next;
  for (NjFiber *fiber = g_queue_pop_head (&making.waiting); fiber != NULL; fiber = g_queue_pop_head (&making.waiting))
    nj_fiber_wake (fiber);
  return io;
}

/* A connection that was silent for long may be dead: what must not be sent twice is not risked on it. */
static gboolean
is_alive (NjUpstreamPool *pool, NjUpstreamShared *self, const NjUpstreamKey *key, gint64 deadline)
{
  nj_h2_ask_life (self->h2);
  while (nj_h2_is_silent (self->h2))
    {
      /* It may be gone after any wait, so it is looked for anew. */
      if (nj_worker_now (pool->worker) >= deadline ||
          nj_fiber_sleep (nj_worker_now (pool->worker) + 5000) != NJ_OK || find (pool, key) != self)
        return FALSE;
    }
  return TRUE;
}

/**
 * nj_upstream_share:
 * @pool: a pool of the calling thread's worker
 * @key: where to, over TLS
 * @may_repeat: whether the request may be sent twice
 * @deadline: monotonic µs
 *
 * A stream in an HTTP/2 connection that is there, or is just being made. A fiber's call.
 *
 * Returns: (transfer full) (nullable): the stream, not begun
 */
NjUpstream *
nj_upstream_share (NjUpstreamPool *pool, const NjUpstreamKey *key, gboolean may_repeat, gint64 deadline)
{
  NjUpstreamShared *self;
  NjUpstreamMaking *making;
  NjUpstream       *upstream;

  if (!key->is_secure || key->route->kind == NJ_ROUTE_REFUSED || is_remembered (pool->h1_places, hash_of (key)))
    return NULL;

  self = find (pool, key);
  making = self == NULL ? find_making (pool, key) : NULL;
  if (making != NULL && wait_for_making (pool, making, deadline) == NJ_OK)
    self = find (pool, key);
  if (self == NULL)
    return NULL;

  if (may_repeat)
    nj_h2_ask_life (self->h2);
  else if (!is_alive (pool, self, key, deadline))
    return NULL;
  upstream = stream_of (self);
  upstream->is_reused = may_repeat;
  return upstream;
}

/**
 * nj_upstream_is_undone:
 * @upstream: a connection on which a request came to nothing, before any answer
 *
 * Also remembers when its other side wants HTTP/1.1.
 *
 * Returns: whether the request may be sent again elsewhere
 */
gboolean
nj_upstream_is_undone (NjUpstream *upstream)
{
  NjUpstreamPool *pool = upstream->pool;

  if (!upstream->is_h2)
    return upstream->is_reused;
  if (nj_h2_stream_wants_h1 (upstream->h1.stream))
    remember (pool->h1_places, &pool->n_h1_places, upstream->hash);
  return upstream->is_reused || nj_h2_stream_is_refused (upstream->h1.stream);
}

/**
 * nj_upstream_wants_h1:
 * @pool: a pool of the calling thread's worker
 * @key: where to
 *
 * Returns: whether HTTP/2 is not to be offered there
 */
gboolean
nj_upstream_wants_h1 (NjUpstreamPool *pool, const NjUpstreamKey *key)
{
  return key->needs_websocket || is_remembered (pool->h1_places, hash_of (key));
}

/**
 * nj_upstream_h2_leave: (skip)
 * @pool: a pool of the calling thread's worker
 * @except: (nullable): a choice; connections that lead as it wants may stay
 *
 * No new exchange uses what leads elsewhere; it ends when those that are in it have.
 */
void
nj_upstream_h2_leave (NjUpstreamPool *pool, const NjExitChoice *except)
{
  for (guint i = 0; i < NJ_UPSTREAM_BUCKETS; i++)
    for (NjUpstreamShared *self = pool->shared[i], *next; self != NULL; self = next)
      {
        next = self->next;
        if (except != NULL && nj_upstream_is_on_route (self->like, except))
          continue;
        shared_unlink (self);
        nj_h2_drain (self->h2);
      }
}

/**
 * nj_upstream_h2_leave_exit: (skip)
 * @pool: a pool of the calling thread's worker
 * @exit: an exit that is dead
 */
void
nj_upstream_h2_leave_exit (NjUpstreamPool *pool, const NjExit *exit)
{
  for (guint i = 0; i < NJ_UPSTREAM_BUCKETS; i++)
    for (NjUpstreamShared *self = pool->shared[i], *next; self != NULL; self = next)
      {
        next = self->next;
        if (self->like->exit == exit)
          nj_h2_end (self->h2);
      }
}

/**
 * nj_upstream_h2_end: (skip)
 * @pool: a pool that is about to be freed
 */
void
nj_upstream_h2_end (NjUpstreamPool *pool)
{
  for (guint i = 0; i < NJ_UPSTREAM_BUCKETS; i++)
    while (pool->shared[i] != NULL)
      nj_h2_end (pool->shared[i]->h2);
}
