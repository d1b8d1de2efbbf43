/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Connections to origins, kept after use by route, host and port, the last one used first. One that
 * closes or speaks while nobody asked is dropped at once. A change of exit closes those of the old
 * one. On the pool's worker.
 */
#include "proxy/upstream-private.h"

#include "net/socket.h"

/* The answer is at hand, or not worth waiting for. */
#define RESOLVE_US (2 * (gint64) G_USEC_PER_SEC)

/* A browser opens six to a host; beyond that and this many hosts the oldest habits are not worth a descriptor. */
#define KEPT_MAX 512

/* What a burst left to one host goes after a moment, but for these. */
#define KEPT_PER_HOST 8
#define SURPLUS_US    (3 * (gint64) G_USEC_PER_SEC)

/* How many that lead where @upstream does were used after it. */
static guint
n_newer (const NjUpstream *first, const NjUpstream *upstream)
{
  guint n = 0;

  for (; first != upstream; first = first->next)
    n += first->hash == upstream->hash;
  return n;
}

static void
on_trim (NjTimer *timer)
{
  NjUpstreamPool *pool = (NjUpstreamPool *) (void *) ((char *) timer - G_STRUCT_OFFSET (NjUpstreamPool, trim));

  for (guint i = 0; i < NJ_UPSTREAM_BUCKETS; i++)
    for (NjUpstream *upstream = pool->buckets[i], *next; upstream != NULL; upstream = next)
      {
        next = upstream->next;
        if (n_newer (pool->buckets[i], upstream) >= KEPT_PER_HOST)
          nj_upstream_close (upstream);
      }
}

/**
 * nj_upstream_pool_new:
 * @worker: the worker whose connections it keeps
 *
 * Returns: (transfer full): an empty pool
 */
NjUpstreamPool *
nj_upstream_pool_new (NjWorker *worker)
{
  NjUpstreamPool *self = g_new0 (NjUpstreamPool, 1);

  self->worker = worker;
  self->trim.fire = on_trim;
  return self;
}

/**
 * nj_upstream_hash: (skip)
 * @exit: (nullable): by which route
 * @host: where to
 * @port: its port
 * @is_secure: whether by TLS
 *
 * FNV-1a: names are short and nobody can gain by making them collide.
 *
 * Returns: a number for it
 */
guint32
nj_upstream_hash (const NjExit *exit, NjBytes host, guint16 port, gboolean is_secure)
{
  guint32 hash = (is_secure ? 0x5bd1e995u : 2166136261u) ^ (guint32) ((gsize) exit >> 4) ^ ((guint32) port << 16);

  for (gsize i = 0; i < host.len; i++)
    hash = (hash ^ (guint8) host.data[i]) * 16777619u;
  return hash;
}

static void
upstream_unlink (NjUpstream *upstream)
{
  if (upstream->link == NULL)
    return;

  *upstream->link = upstream->next;
  if (upstream->next != NULL)
    upstream->next->link = upstream->link;
  upstream->link = NULL;
  upstream->next = NULL;
  upstream->h1.stream->ready->notify = NULL;
  upstream->pool->n_kept--;
}

/**
 * nj_upstream_close:
 * @upstream: (transfer full): a connection, in use or kept
 */
void
nj_upstream_close (NjUpstream *upstream)
{
  upstream_unlink (upstream);
  nj_worker_timer_clear (upstream->pool->worker, &upstream->timer);
  nj_h1_clear (&upstream->h1, FALSE);
  g_clear_pointer (&upstream->exit, nj_exit_unref);
  g_free (upstream->canonical);
  g_free (upstream);
}

/**
 * nj_upstream_steal:
 * @upstream: (transfer full): a connection in use
 *
 * Returns: (transfer full): its stream, to be a tunnel from now on
 */
NjStream *
nj_upstream_steal (NjUpstream *upstream)
{
  NjStream *stream = g_steal_pointer (&upstream->h1.stream);

  nj_worker_timer_clear (upstream->pool->worker, &upstream->timer);
  g_clear_pointer (&upstream->exit, nj_exit_unref);
  g_free (upstream->canonical);
  g_free (upstream);
  return stream;
}

/**
 * nj_upstream_is_on_route: (skip)
 * @upstream: a connection
 * @choice: a choice of exits
 *
 * Returns: whether it leads as @choice wants
 */
gboolean
nj_upstream_is_on_route (const NjUpstream *upstream, const NjExitChoice *choice)
{
  NjRoute route;

  nj_route_choose (choice, nj_bytes_from_string (upstream->host), &route);
  return route.kind != NJ_ROUTE_REFUSED && upstream->exit == (route.kind == NJ_ROUTE_EXIT ? route.exit : NULL);
}

/**
 * nj_upstream_pool_close_idle:
 * @pool: a pool of the calling thread's worker
 * @except: (nullable): a choice; connections that lead as it wants may stay
 *
 * Closes what is kept.
 */
void
nj_upstream_pool_close_idle (NjUpstreamPool *pool, const NjExitChoice *except)
{
  for (guint i = 0; i < NJ_UPSTREAM_BUCKETS; i++)
    for (NjUpstream *upstream = pool->buckets[i], *next; upstream != NULL; upstream = next)
      {
        next = upstream->next;
        if (except == NULL || !nj_upstream_is_on_route (upstream, except))
          nj_upstream_close (upstream);
      }
  nj_upstream_h2_leave (pool, except);
}

/**
 * nj_upstream_pool_close_exit:
 * @pool: a pool of the calling thread's worker
 * @exit: an exit that is dead
 *
 * Closes what is kept and leads through it.
 */
void
nj_upstream_pool_close_exit (NjUpstreamPool *pool, const NjExit *exit)
{
  for (guint i = 0; i < NJ_UPSTREAM_BUCKETS; i++)
    for (NjUpstream *upstream = pool->buckets[i], *next; upstream != NULL; upstream = next)
      {
        next = upstream->next;
        if (upstream->exit == exit)
          nj_upstream_close (upstream);
      }
  nj_upstream_h2_leave_exit (pool, exit);
}

/**
 * nj_upstream_pool_free:
 * @pool: (transfer full) (nullable): a pool
 */
void
nj_upstream_pool_free (NjUpstreamPool *pool)
{
  if (pool == NULL)
    return;

  nj_worker_timer_clear (pool->worker, &pool->trim);
  nj_upstream_pool_close_idle (pool, NULL);
  nj_upstream_h2_end (pool);
  g_free (pool);
}

/**
 * nj_upstream_is_for:
 * @upstream: a connection
 * @key: where to
 *
 * Returns: whether it leads there, over that route
 */
gboolean
nj_upstream_is_for (const NjUpstream *upstream, const NjUpstreamKey *key)
{
  NjExit *exit = key->route->kind == NJ_ROUTE_EXIT ? key->route->exit : NULL;

  return key->route->kind != NJ_ROUTE_REFUSED && upstream->exit == exit && upstream->port == key->port &&
         upstream->is_secure == key->is_secure && nj_bytes_equal (nj_bytes_from_string (upstream->host), key->host) &&
         (key->name.len == 0 || nj_bytes_equal (nj_bytes_from_string (upstream->name), key->name));
}

/**
 * nj_upstream_is_alike: (skip)
 * @upstream: a connection
 * @key: where to
 *
 * Two browsers on one connection would be told apart nowhere else, and known for one person's here.
 *
 * Returns: whether the client that wants it is of the kind that it was made for
 */
gboolean
nj_upstream_is_alike (const NjUpstream *upstream, const NjUpstreamKey *key)
{
  return key->any_mirror || upstream->mirror == key->mirror;
}

/**
 * nj_upstream_take:
 * @pool: a pool of the calling thread's worker
 * @key: where to
 *
 * Returns: (transfer full) (nullable): a kept connection that is silent and open
 */
NjUpstream *
nj_upstream_take (NjUpstreamPool *pool, const NjUpstreamKey *key)
{
  NjExit     *exit = key->route->kind == NJ_ROUTE_EXIT ? key->route->exit : NULL;
  guint32     hash = nj_upstream_hash (exit, key->host, key->port, key->is_secure);
  NjUpstream *next;

  if (key->route->kind == NJ_ROUTE_REFUSED)
    return NULL;

  for (NjUpstream *upstream = pool->buckets[hash % NJ_UPSTREAM_BUCKETS]; upstream != NULL; upstream = next)
    {
      next = upstream->next;
      if (upstream->hash != hash || !nj_upstream_is_for (upstream, key) || !nj_upstream_is_alike (upstream, key))
        continue;

      upstream_unlink (upstream);
      /* Its timer stays in the heap: the connection is most likely kept again before it fires. */
      upstream->is_reused = TRUE;
      return upstream;
    }

  return NULL;
}

static void
on_timer (NjTimer *timer)
{
  NjUpstream *upstream = (NjUpstream *) (void *) ((char *) timer - G_STRUCT_OFFSET (NjUpstream, timer));

  if (upstream->link != NULL)
    nj_upstream_close (upstream);
}

/* The name was resolved a moment ago for the connection, so the answer is at hand. Of several addresses the
 * one that reaches least counts: a name that leads both here and there is not to be trusted. */
static void
note_resolved (NjUpstream *upstream)
{
  NjResolved  resolved;
  NjAddress   address;
  const char *name = resolved.names;
  NjBytes     host = nj_bytes_from_string (upstream->host);
  gint64      deadline = nj_worker_now (upstream->pool->worker) + RESOLVE_US;

  if (nj_host_is_address (host))
    {
      if (nj_address_parse (host, 0, &address))
        upstream->reach = nj_address_scope (&address);
      return;
    }
  if (nj_resolver_resolve (upstream->pool->worker, host, deadline, &resolved) != NJ_RESOLVE_OK)
    return;

  for (guint i = 0; i < resolved.n; i++)
    upstream->reach = MIN (upstream->reach, nj_address_scope (&resolved.addresses[i]));
  if (resolved.n_names == 0)
    return;

  for (guint i = 1; i < resolved.n_names; i++)
    name += strlen (name) + 1;
  upstream->canonical = g_strdup (name);
}

static void
note_peer (NjUpstream *upstream, NjStream *socket)
{
  if (nj_stream_fd (socket) < 0 || !nj_socket_peer (socket, &upstream->peer))
    upstream->peer.len = 0;
}

/**
 * nj_upstream_adopt:
 * @pool: a pool of the calling thread's worker
 * @key: where it leads
 * @stream: (transfer full): a stream that was dialled, and secured when @key says so
 *
 * A fiber's call.
 *
 * Returns: (transfer full): the connection
 */
NjUpstream *
nj_upstream_adopt (NjUpstreamPool *pool, const NjUpstreamKey *key, NjStream *stream)
{
  NjBytes     name = key->name.len > 0 ? key->name : key->host;
  gsize       name_size = key->is_secure ? name.len + 1 : 0;
  NjUpstream *upstream = g_malloc0 (sizeof (NjUpstream) + key->host.len + 1 + name_size);

  nj_h1_init (&upstream->h1, stream);
  upstream->h1.is_large = TRUE;
  upstream->pool = pool;
  upstream->exit = key->route->kind == NJ_ROUTE_EXIT ? nj_exit_ref (key->route->exit) : NULL;
  upstream->host = (char *) (upstream + 1);
  memcpy (upstream->host, key->host.data, key->host.len);
  upstream->name = upstream->host + key->host.len + (key->is_secure ? 1 : 0);
  memcpy (upstream->name, name.data, key->is_secure ? name.len : 0);
  upstream->port = key->port;
  upstream->is_secure = key->is_secure;
  upstream->mirror = key->mirror;
  upstream->hash = nj_upstream_hash (upstream->exit, key->host, key->port, key->is_secure);
  upstream->timer.fire = on_timer;
  upstream->reach = NJ_SCOPE_GLOBAL;
  if (key->route->kind == NJ_ROUTE_DIRECT)
    note_resolved (upstream);
  if (key->route->kind == NJ_ROUTE_DIRECT && key->is_secure)
    note_peer (upstream, nj_tls_below (stream));
  if (key->is_secure && nj_bytes_equal (nj_tls_protocol (stream), NJ_BYTES ("h2")))
    return nj_upstream_h2_adopt (upstream);
  return upstream;
}

/**
 * nj_upstream_dial_one: (skip)
 * @pool: a pool of the calling thread's worker
 * @key: where to
 * @deadline: monotonic µs
 * @ret_upstream: (out) (transfer full): a new connection, when %NJ_OK
 * @ret_failure: (out): why not, else
 *
 * Returns: as nj_dial()
 */
NjIo
nj_upstream_dial_one (NjUpstreamPool *pool, const NjUpstreamKey *key, gint64 deadline, NjUpstream **ret_upstream,
                  NjDialFailure *ret_failure)
{
  NjStream     *stream = NULL;
  NjTlsFailure  tls = { 0 };
  NjRoute       taken = *key->route;
  NjUpstreamKey as_taken = *key;
  NjIo          io = nj_dial (pool->worker, key->route, key->host, key->port, deadline, &stream, ret_failure);

  as_taken.route = &taken;
  as_taken.offers_h2 = !nj_upstream_wants_h1 (pool, key);
  /* Another exit may have stood in: what was said there must not be mixed with what goes elsewhere. */
  if (ret_failure->used != NULL)
    taken.exit = ret_failure->used;
  if (ret_failure->is_past_exit)
    taken = (NjRoute){ .kind = NJ_ROUTE_DIRECT };
  if (io == NJ_OK && key->is_secure)
    {
      io = nj_upstream_secure (g_steal_pointer (&stream), &as_taken, deadline, &stream, &tls);
      if (io != NJ_OK)
        nj_upstream_explain (&tls, ret_failure);
    }
  if (io == NJ_OK)
    *ret_upstream = nj_upstream_adopt (pool, &as_taken, stream);
  return io;
}

/**
 * nj_upstream_dial:
 * @pool: a pool of the calling thread's worker
 * @key: where to
 * @deadline: monotonic µs
 * @ret_upstream: (out) (transfer full): a new connection, when %NJ_OK; of one that is HTTP/2 the first stream
 * @ret_failure: (out): why not, else
 *
 * A fiber's call.
 *
 * Returns: as nj_dial()
 */
NjIo
nj_upstream_dial (NjUpstreamPool *pool, const NjUpstreamKey *key, gint64 deadline, NjUpstream **ret_upstream,
                  NjDialFailure *ret_failure)
{
  return key->is_secure ? nj_upstream_h2_dial (pool, key, deadline, ret_upstream, ret_failure)
                        : nj_upstream_dial_one (pool, key, deadline, ret_upstream, ret_failure);
}

/* Below TLS a session ticket or a new key may come at any time, and says nothing. */
static gboolean
is_silent (NjUpstream *upstream)
{
  NjStream *stream = upstream->h1.stream;
  char      byte;
  gsize     n;

  if (stream->ready->broken)
    return FALSE;
  if (!stream->ready->readable)
    return TRUE;
  if (upstream->is_secure)
    return nj_stream_try_read (stream, &byte, 1, &n) == NJ_AGAIN;
  return nj_stream_fd (stream) < 0 || nj_socket_is_fresh (stream);
}

/* The origin closed a kept connection, or said something nobody asked for. */
static void
on_event (gpointer user_data)
{
  NjUpstream *upstream = user_data;

  NjReadiness *ready = upstream->h1.stream->ready;

  if ((ready->readable && !(upstream->is_secure && is_silent (upstream))) || ready->broken)
    nj_upstream_close (upstream);
}

/**
 * nj_upstream_keep:
 * @upstream: (transfer full): a connection whose answer was read to its end
 * @idle_us: how long it may be kept unused, µs
 *
 * A stream of an HTTP/2 connection is done with; that stays where it is.
 */
void
nj_upstream_keep (NjUpstream *upstream, gint64 idle_us)
{
  NjUpstreamPool *pool = upstream->pool;
  NjReadiness    *ready = upstream->h1.stream->ready;
  NjUpstream    **bucket = &pool->buckets[upstream->hash % NJ_UPSTREAM_BUCKETS];
  gint64          until = nj_worker_now (pool->worker) + idle_us;

  nj_h1_release (&upstream->h1);
  if (upstream->is_h2 || upstream->h1.buffer != NULL || pool->n_kept >= KEPT_MAX || ready->broken || ready->peer_shut)
    {
      nj_upstream_close (upstream);
      return;
    }

  nj_readiness_arm (ready);
  if (!is_silent (upstream))
    {
      nj_upstream_close (upstream);
      return;
    }

  upstream->next = *bucket;
  if (upstream->next != NULL)
    upstream->next->link = &upstream->next;
  upstream->link = bucket;
  *bucket = upstream;
  pool->n_kept++;
  ready->notify = on_event;
  ready->notify_data = upstream;
  if (upstream->timer.when == 0 || upstream->timer.when < until - idle_us / 2)
    nj_worker_timer_set (pool->worker, &upstream->timer, until);
  if (pool->n_kept > KEPT_PER_HOST && pool->trim.when == 0)
    nj_worker_timer_set (pool->worker, &pool->trim, nj_worker_now (pool->worker) + SURPLUS_US);
}
