/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where an exit's host was found last. Its name is the one name that has to be asked of this machine's own
 * resolver, since nobody else can be asked before the exit is reached; whoever sees that query learns which exit
 * is used, and when. So the addresses are kept, and asked for anew only when none of them takes us or they are
 * half a day old; and where nobody answers that, the old ones are tried again. In fibers, on any worker.
 */
#include "exits/exit-address.h"

#include "base/clock.h"
#include "exits/dial-private.h"
#include "net/resolver.h"
#include "net/worker.h"

#include <pthread.h>

/* getaddrinfo tells no TTL; µs. */
#define KEEP_FOR (12 * 3600 * (gint64) G_USEC_PER_SEC)

/* Hosts that are remembered; full, it begins anew. */
#define HOSTS_MAX 256

typedef struct
{
  NjResolved resolved;
  gint64     found;       /* monotonic µs */
  gboolean   is_doubtful; /* the last connect came to nothing */
} Place;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* never over a wait */
static GHashTable     *places; /* guarded by lock: host → Place */

static gboolean
look_up (NjBytes host, Place *ret_place)
{
  g_autofree char *name = nj_bytes_dup (host);
  const Place     *place;

  pthread_mutex_lock (&lock);
  place = places != NULL ? g_hash_table_lookup (places, name) : NULL;
  if (place != NULL)
    *ret_place = *place;
  pthread_mutex_unlock (&lock);
  return place != NULL;
}

static void
note (NjBytes host, const Place *place)
{
  pthread_mutex_lock (&lock);
  if (places == NULL)
    places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (g_hash_table_size (places) >= HOSTS_MAX)
    g_hash_table_remove_all (places);
  g_hash_table_replace (places, nj_bytes_dup (host), g_memdup2 (place, sizeof *place));
  pthread_mutex_unlock (&lock);
}

/**
 * nj_exit_address_forget:
 *
 * For tests. Any thread.
 */
void
nj_exit_address_forget (void)
{
  pthread_mutex_lock (&lock);
  g_clear_pointer (&places, g_hash_table_unref);
  pthread_mutex_unlock (&lock);
}

/* Whatever keeps us from the exit, it is down; that a target has no address is another thing. */
static NjIo
fail (NjIo io, NjResolveResult resolve, int code, NjDialFailure *ret_failure)
{
  NjDialResult result = nj_dial_result_of (io, resolve, code);
  const char  *text = result == NJ_DIAL_UNREACHABLE && code != 0 ? g_strerror (code) : nj_dial_result_text (result);

  if (result == NJ_DIAL_CANCELLED)
    return nj_hop_fail (NULL, io, result, ret_failure, "cancelled");
  return nj_hop_fail (NULL, io, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit cannot be reached: %s", text);
}

static NjIo
connect_to (NjWorker *worker, const NjExit *exit, Place *place, gint64 deadline, NjStream **ret_stream, int *ret_code)
{
  NjIo     io = nj_resolver_connect_to (worker, &place->resolved, nj_exit_port (exit), deadline, ret_stream, ret_code);
  gboolean is_doubtful = io != NJ_OK;

  if (io == NJ_CANCELLED || (place->is_doubtful == is_doubtful && place->found != 0))
    return io;
  place->is_doubtful = is_doubtful;
  if (place->found == 0)
    place->found = nj_clock_monotonic ();
  note (nj_exit_host (exit), place);
  return io;
}

/**
 * nj_exit_address_connect:
 * @worker: the calling thread's worker
 * @exit: an exit
 * @deadline: monotonic µs
 * @ret_stream: (out) (transfer full): the connected socket
 * @ret_failure: (out): why not
 *
 * A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_exit_address_connect (NjWorker *worker, const NjExit *exit, gint64 deadline, NjStream **ret_stream,
                         NjDialFailure *ret_failure)
{
  NjBytes         host = nj_exit_host (exit);
  NjResolveResult resolve = NJ_RESOLVE_OK;
  Place           place = { 0 };
  Place           fresh = { 0 };
  gboolean        is_known = !nj_host_is_address (host) && look_up (host, &place);
  int             code = 0;
  NjIo            io;

  if (nj_host_is_address (host))
    {
      io = nj_resolver_connect (worker, host, nj_exit_port (exit), deadline, ret_stream, &resolve, &code);
      return io == NJ_OK ? io : fail (io, resolve, code, ret_failure);
    }

  if (is_known && !place.is_doubtful && nj_clock_monotonic () - place.found < KEEP_FOR)
    {
      io = connect_to (worker, exit, &place, deadline, ret_stream, &code);
      /* One that says nothing has used up the time: the next dial asks. */
      if (io != NJ_FAILED)
        return io == NJ_OK ? io : fail (io, NJ_RESOLVE_OK, code, ret_failure);
    }

  resolve = nj_resolver_resolve (worker, host, deadline, &fresh.resolved);
  if (resolve == NJ_RESOLVE_OK)
    io = connect_to (worker, exit, &fresh, deadline, ret_stream, &code);
  else if (is_known && resolve != NJ_RESOLVE_CANCELLED)
    io = connect_to (worker, exit, &place, deadline, ret_stream, &code);
  else
    return fail (resolve == NJ_RESOLVE_TIMEOUT ? NJ_TIMEOUT : resolve == NJ_RESOLVE_CANCELLED ? NJ_CANCELLED : NJ_FAILED,
                 resolve, 0, ret_failure);
  return io == NJ_OK ? io : fail (io, NJ_RESOLVE_OK, code, ret_failure);
}
