/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names to addresses: by the system's resolver on helper threads, since getaddrinfo blocks, or over a
 * transport in a fiber. Many who ask for one name wait for one answer. What getaddrinfo says is kept a
 * minute, for it tells no TTL. Fibers ask, on any worker; racing to the addresses is in
 * resolver-race.c, what is said over a transport in resolver-ask.c.
 */
#include "net/resolver-private.h"

#include "base/clock.h"
#include "net/worker.h"

#include <netdb.h>
#include <pthread.h>

#define KEEP_US (60 * (gint64) G_USEC_PER_SEC)
#define KEEP_FAILURE_US (2 * (gint64) G_USEC_PER_SEC)
#define HOSTS_FILE "/etc/hosts"
#define NAMES_MAX 1024
/* A name server that never answers holds a thread for ten seconds; others must still get through. */
#define THREADS_MAX 64

typedef struct NjLookup NjLookup;

/* A fiber that waits; on its stack. */
typedef struct NjWaiter NjWaiter;
struct NjWaiter
{
  NjWaiter *next;
  NjWorker *worker;
  NjFiber  *fiber;
  NjLookup *lookup; /* counted */
};

/* One name. Counted by the table, the helper thread, each waiter and each wake-up on its way. */
struct NjLookup
{
  gatomicrefcount refs;
  char           *host;
  gboolean        is_done; /* this and below: guarded by lock */
  gint64          expires;
  NjResolveResult result;
  NjResolved      resolved;
  NjWaiter       *waiters;
};

/* A lookup on its way over a transport. */
typedef struct
{
  NjLookup     *lookup; /* counted */
  NjWorker     *worker;
  NjResolverAsk ask;
  gboolean      may_fall_back;
} NjErrand;

/* A wake-up on its way to a worker: the fiber is counted on its own thread only, so the worker looks
 * whether it still waits. */
typedef struct
{
  NjLookup *lookup; /* counted */
  NjWorker *worker;
} NjWakeUp;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GHashTable     *names;   /* guarded by lock: host → NjLookup, counted */
static GThreadPool    *helpers; /* guarded by lock */
static NjResolveFunc   replacement;
static NjResolverAsk   transport;     /* guarded by lock; (nullable) */
static gboolean        may_fall_back; /* guarded by lock */
static GHashTable     *hosts;         /* guarded by lock: (nullable) names of the hosts file, while there is a transport */

static void
lookup_unref (gpointer user_data)
{
  NjLookup *lookup = user_data;

  if (!g_atomic_ref_count_dec (&lookup->refs))
    return;

  g_free (lookup->host);
  g_free (lookup);
}

static NjLookup *
lookup_ref (NjLookup *lookup)
{
  g_atomic_ref_count_inc (&lookup->refs);
  return lookup;
}

/* Alternates the families, beginning with the one the system put first: RFC 8305 §4. */
static void
take_addresses (const struct addrinfo *list, NjResolved *ret_resolved)
{
  const struct addrinfo *next[2] = { list, list };
  int                    family = list->ai_family;

  ret_resolved->n = 0;
  while (ret_resolved->n < NJ_RESOLVER_ADDRESSES_MAX && (next[0] != NULL || next[1] != NULL))
    {
      int                     side = family == list->ai_family ? 0 : 1;
      const struct addrinfo **at = &next[side];

      while (*at != NULL && ((*at)->ai_family == list->ai_family) != (side == 0))
        *at = (*at)->ai_next;
      if (*at != NULL && (*at)->ai_addrlen <= sizeof (struct sockaddr_in6))
        {
          NjAddress *address = &ret_resolved->addresses[ret_resolved->n];

          memset (address, 0, sizeof *address);
          memcpy (&address->any, (*at)->ai_addr, (*at)->ai_addrlen);
          address->len = (*at)->ai_addrlen;
          /* Block lists in a hosts file say 0.0.0.0 and mean nobody; Linux would connect to itself. */
          if (nj_address_scope (address) != NJ_SCOPE_UNSPECIFIED)
            ret_resolved->n++;
        }
      if (*at != NULL)
        *at = (*at)->ai_next;
      family = side == 0 ? AF_UNSPEC : list->ai_family;
    }
}

static void
take_name (const struct addrinfo *list, const char *host, NjResolved *ret_resolved)
{
  char  name[NJ_HOST_MAX + 1];
  gsize len = nj_host_normalize (nj_bytes_from_string (list->ai_canonname), name);

  ret_resolved->n_names = 0;
  if (len == 0 || strcmp (name, host) == 0)
    return;

  memcpy (ret_resolved->names, name, len + 1);
  ret_resolved->n_names = 1;
}

static NjResolveResult
ask_system (const char *host, NjResolved *ret_resolved)
{
  struct addrinfo  hints = { .ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC, .ai_flags = AI_CANONNAME };
  struct addrinfo *list = NULL;
  int              code = getaddrinfo (host, NULL, &hints, &list);

  switch (code)
    {
    case 0:
      take_addresses (list, ret_resolved);
      take_name (list, host, ret_resolved);
      freeaddrinfo (list);
      return ret_resolved->n > 0 ? NJ_RESOLVE_OK : NJ_RESOLVE_NO_SUCH_NAME;
    case EAI_NONAME:
    case EAI_NODATA:
      return NJ_RESOLVE_NO_SUCH_NAME;
    default:
      return NJ_RESOLVE_FAILED;
    }
}

static void
on_wake_up (gpointer user_data)
{
  NjWakeUp *wake_up = user_data;

  pthread_mutex_lock (&lock);
  for (NjWaiter *waiter = wake_up->lookup->waiters; waiter != NULL; waiter = waiter->next)
    if (waiter->worker == wake_up->worker)
      nj_fiber_wake (waiter->fiber);
  pthread_mutex_unlock (&lock);

  lookup_unref (wake_up->lookup);
  g_free (wake_up);
}

static gboolean
is_first_of_worker (const NjLookup *lookup, const NjWaiter *waiter)
{
  for (const NjWaiter *other = lookup->waiters; other != waiter; other = other->next)
    if (other->worker == waiter->worker)
      return FALSE;

  return TRUE;
}

/* What came of it; takes the reference of whoever asked. With the lock held. */
static void
lookup_finish (NjLookup *lookup, NjResolveResult result, const NjResolved *resolved, gint64 keep_us)
{
  lookup->resolved = *resolved;
  lookup->result = result;
  lookup->expires = nj_clock_monotonic () + keep_us;
  lookup->is_done = TRUE;
  for (NjWaiter *waiter = lookup->waiters; waiter != NULL; waiter = waiter->next)
    if (is_first_of_worker (lookup, waiter))
      {
        NjWakeUp *wake_up = g_new0 (NjWakeUp, 1);

        wake_up->lookup = lookup_ref (lookup);
        wake_up->worker = waiter->worker;
        nj_worker_post (waiter->worker, on_wake_up, wake_up);
      }

  lookup_unref (lookup);
}

static void
on_helper (gpointer data, gpointer user_data)
{
  NjLookup       *lookup = data;
  NjResolved      resolved = { 0 };
  NjResolveFunc   ask = replacement != NULL ? replacement : ask_system;
  NjResolveResult result = ask (lookup->host, &resolved);

  pthread_mutex_lock (&lock);
  lookup_finish (lookup, result, &resolved, result == NJ_RESOLVE_OK ? KEEP_US : KEEP_FAILURE_US);
  pthread_mutex_unlock (&lock);
}

static void
errand_serve (gpointer user_data)
{
  NjErrand       *errand = user_data;
  NjLookup       *lookup = errand->lookup;
  NjResolved      resolved = { 0 };
  gint64          keep_us = KEEP_FAILURE_US;
  NjResolveResult result = nj_resolver_ask_both (errand->worker, errand->ask, nj_bytes_from_string (lookup->host),
                                                 &resolved, &keep_us);

  pthread_mutex_lock (&lock);
  if ((result == NJ_RESOLVE_FAILED || result == NJ_RESOLVE_TIMEOUT) && errand->may_fall_back)
    g_thread_pool_push (helpers, lookup, NULL);
  else
    lookup_finish (lookup, result, &resolved, keep_us);
  pthread_mutex_unlock (&lock);
  g_free (errand);
}

/* Names that only this machine knows are nobody else's business. With the lock held. */
static gboolean
is_systems (const char *host)
{
  return transport == NULL || nj_resolver_is_local_name (nj_bytes_from_string (host)) || g_hash_table_contains (hosts, host);
}

/* Sends for the answer; takes a reference. With the lock held, in a fiber of worker. */
static void
lookup_start (NjLookup *lookup, NjWorker *worker)
{
  const NjResolved nothing = { 0 };
  NjErrand        *errand;

  if (is_systems (lookup->host))
    {
      g_thread_pool_push (helpers, lookup, NULL);
      return;
    }

  errand = g_new0 (NjErrand, 1);
  *errand = (NjErrand){ lookup, worker, transport, may_fall_back };
  if (nj_fiber_spawn (worker, errand_serve, errand) != NULL)
    return;

  lookup_finish (lookup, NJ_RESOLVE_FAILED, &nothing, KEEP_FAILURE_US);
  g_free (errand);
}

static gboolean
is_stale (gpointer key, gpointer value, gpointer user_data)
{
  NjLookup *lookup = value;

  return lookup->is_done && lookup->expires <= *(gint64 *) user_data;
}

/* The lookup of a name, begun when there is none or an old one; counted. With the lock held. */
static NjLookup *
lookup_of (NjBytes host, NjWorker *worker)
{
  g_autofree char *name = nj_bytes_dup (host);
  gint64           now = nj_worker_now (worker);
  NjLookup        *lookup;

  if (names == NULL)
    {
      names = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, lookup_unref);
      helpers = g_thread_pool_new (on_helper, NULL, THREADS_MAX, FALSE, NULL);
    }

  lookup = g_hash_table_lookup (names, name);
  if (lookup != NULL && !(lookup->is_done && lookup->expires <= now))
    return lookup_ref (lookup);

  if (g_hash_table_size (names) >= NAMES_MAX)
    {
      g_hash_table_foreach_remove (names, is_stale, &now);
      if (g_hash_table_size (names) >= NAMES_MAX)
        g_hash_table_remove_all (names);
    }

  lookup = g_new0 (NjLookup, 1);
  g_atomic_ref_count_init (&lookup->refs);
  lookup->host = g_steal_pointer (&name);
  g_hash_table_replace (names, lookup->host, lookup_ref (lookup));
  lookup_start (lookup_ref (lookup), worker);
  return lookup;
}

static void
waiter_remove (NjLookup *lookup, NjWaiter *waiter)
{
  for (NjWaiter **at = &lookup->waiters; *at != NULL; at = &(*at)->next)
    if (*at == waiter)
      {
        *at = waiter->next;
        return;
      }
}

/**
 * nj_resolver_resolve:
 * @worker: the calling fiber's worker
 * @host: a host in its normal form; an address is given back as it is
 * @deadline: monotonic µs
 * @ret_resolved: (out): its addresses, when %NJ_RESOLVE_OK
 *
 * A fiber's call.
 *
 * Returns: whether there are addresses, or why not
 */
NjResolveResult
nj_resolver_resolve (NjWorker *worker, NjBytes host, gint64 deadline, NjResolved *ret_resolved)
{
  NjWaiter        waiter = { .worker = worker, .fiber = nj_fiber_self () };
  NjResolveResult result;
  NjIo            io = NJ_OK;

  ret_resolved->n_names = 0;
  if (nj_address_parse (host, 0, &ret_resolved->addresses[0]))
    {
      ret_resolved->n = 1;
      return NJ_RESOLVE_OK;
    }
  /* RFC 6761 §6.3: this machine, whatever a name server or a hosts file says. */
  if (nj_host_is_below (host, NJ_BYTES ("localhost")))
    {
      nj_address_parse (NJ_BYTES ("127.0.0.1"), 0, &ret_resolved->addresses[0]);
      nj_address_parse (NJ_BYTES ("::1"), 0, &ret_resolved->addresses[1]);
      ret_resolved->n = 2;
      return NJ_RESOLVE_OK;
    }

  pthread_mutex_lock (&lock);
  waiter.lookup = lookup_of (host, worker);
  if (!waiter.lookup->is_done)
    {
      waiter.next = waiter.lookup->waiters;
      waiter.lookup->waiters = &waiter;
      while (!waiter.lookup->is_done && io == NJ_OK)
        {
          pthread_mutex_unlock (&lock);
          io = nj_fiber_park (deadline);
          pthread_mutex_lock (&lock);
        }
      waiter_remove (waiter.lookup, &waiter);
    }
  result = waiter.lookup->is_done ? waiter.lookup->result
                                  : (io == NJ_TIMEOUT ? NJ_RESOLVE_TIMEOUT : NJ_RESOLVE_CANCELLED);
  if (result == NJ_RESOLVE_OK)
    *ret_resolved = waiter.lookup->resolved;
  pthread_mutex_unlock (&lock);

  lookup_unref (waiter.lookup);
  return result;
}

/**
 * nj_resolver_flush:
 *
 * Forgets all answers: after a change of network, and between tests. Any thread.
 */
void
nj_resolver_flush (void)
{
  pthread_mutex_lock (&lock);
  if (names != NULL)
    g_hash_table_remove_all (names);
  pthread_mutex_unlock (&lock);
}

/**
 * nj_resolver_replace:
 * @func: (nullable): what answers in place of the system, on a helper thread; %NULL for the system
 *
 * For tests, while nobody asks.
 */
void
nj_resolver_replace (NjResolveFunc func)
{
  nj_resolver_flush ();
  replacement = func;
}

/**
 * nj_resolver_set_transport:
 * @ask: (nullable): what carries a question to a name server; %NULL for the system's resolver
 * @fall_back: whether the system's is asked where @ask fails; else the name then has no address
 *
 * Holds from the next question on; what was known is forgotten. Names of the hosts file as it is now stay the
 * system's. Main thread.
 */
void
nj_resolver_set_transport (NjResolverAsk ask, gboolean fall_back)
{
  GHashTable *fresh = ask != NULL ? nj_resolver_hosts_read (HOSTS_FILE) : NULL;
  GHashTable *before;

  pthread_mutex_lock (&lock);
  transport = ask;
  may_fall_back = fall_back;
  before = hosts;
  hosts = fresh;
  if (names != NULL)
    g_hash_table_remove_all (names);
  pthread_mutex_unlock (&lock);
  g_clear_pointer (&before, g_hash_table_unref);
}
