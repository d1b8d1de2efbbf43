/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTTP/2 CONNECT: tunnels to one exit share a connection, kept warm for each exit and worker, so
 * that a new tunnel costs one round trip and no handshake. Of many fibers that find no carrier one
 * makes it and the others wait for what comes of it. The connection itself is carrier.c. In
 * fibers, on workers; each worker has carriers of its own.
 */
#include "exits/hop-h2.h"

#include "exits/carrier.h"
#include "exits/reach.h"
#include "net/worker.h"
#include "tls/tls-stream.h"

/* Carriers to one exit on one worker: each takes what the exit allows, 100 tunnels as a rule. */
#define CARRIERS_MAX 8

/* A carrier that died unseen, one that filled up meanwhile, and then one more. */
#define ATTEMPTS 3

/* A carrier that answers nothing for so long is not worth waiting for while another exit stands by; µs. */
#define SILENT_AFTER (3 * (gint64) G_USEC_PER_SEC / 2)

/* What a worker has to one exit. It lives as long as it has a carrier or a dial is at work on it. */
typedef struct
{
  NjWorker     *worker;
  char         *key;        /* owned */
  GPtrArray    *carriers;   /* (element-type NjCarrier) borrowed: each takes itself out */
  GQueue        waiting;    /* of NjFiber, those that wait for the one that makes a carrier */
  guint         users;      /* dials at work on it */
  gboolean      is_making;
  guint         made;       /* how often making one came to an end */
  NjIo          made_io;    /* what it came to */
  NjDialFailure failure;
} Pool;

static _Thread_local GHashTable *pools; /* key → Pool; a thread runs one worker at a time */

/* The pin is part of it: a connection to a server that was right before need not be right now. */
static char *
key_of (NjWorker *worker, const NjExit *exit)
{
  const guint8 *pin = nj_exit_fingerprint (exit);
  GString      *key = g_string_new (nj_exit_id (exit));

  g_string_append_printf (key, " %p ", (gpointer) worker);
  for (guint i = 0; pin != NULL && i < NJ_EXIT_FINGERPRINT; i++)
    g_string_append_printf (key, "%02x", pin[i]);
  return g_string_free (key, FALSE);
}

static void
pool_free (gpointer pool_pointer)
{
  Pool *pool = pool_pointer;

  g_ptr_array_unref (pool->carriers);
  g_free (pool->key);
  g_free (pool);
}

static Pool *
pool_get (NjWorker *worker, const NjExit *exit)
{
  g_autofree char *key = key_of (worker, exit);
  Pool            *pool;

  if (pools == NULL)
    pools = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, pool_free);

  pool = g_hash_table_lookup (pools, key);
  if (pool != NULL)
    return pool;

  pool = g_new0 (Pool, 1);
  pool->worker = worker;
  pool->key = g_steal_pointer (&key);
  pool->carriers = g_ptr_array_new ();
  g_queue_init (&pool->waiting);
  g_hash_table_insert (pools, pool->key, pool);
  return pool;
}

static void
pool_drop_if_unused (Pool *pool)
{
  if (pool->carriers->len > 0 || pool->users > 0)
    return;

  g_hash_table_remove (pools, pool->key);
  if (g_hash_table_size (pools) == 0)
    g_clear_pointer (&pools, g_hash_table_unref);
}

static void
on_carrier_ended (NjCarrier *carrier, gpointer pool_pointer)
{
  Pool *pool = pool_pointer;

  g_ptr_array_remove_fast (pool->carriers, carrier);
  pool_drop_if_unused (pool);
}

static NjCarrier *
least_loaded (Pool *pool)
{
  NjCarrier *best = NULL;

  for (guint i = 0; i < pool->carriers->len; i++)
    {
      NjCarrier *carrier = g_ptr_array_index (pool->carriers, i);

      if (nj_carrier_has_room (carrier) && (best == NULL || nj_carrier_load (carrier) < nj_carrier_load (best)))
        best = carrier;
    }
  return best;
}

static NjIo
make (Pool *pool, const NjHopRequest *request, gint64 *ret_took, NjDialFailure *failure)
{
  NjReached  reached = { NULL, -1, 0 };
  NjStream  *below;
  NjCarrier *carrier;
  NjIo       io;

  if (pool->carriers->len >= CARRIERS_MAX)
    return nj_hop_fail (NULL, NJ_FAILED, NJ_DIAL_EXIT_REFUSED, failure, "the exit carries as many tunnels as it allows");

  io = nj_reach_exit (pool->worker, (NjExit *) request->exit, request->reach_by, &reached, failure);
  *ret_took = reached.took;
  below = reached.stream;
  if (io != NJ_OK)
    return io;
  /* RFC 9113 §3.2: over TLS the protocol is agreed on by ALPN. */
  if (!nj_bytes_equal (nj_tls_protocol (below), NJ_BYTES ("h2")))
    return nj_hop_fail (below, NJ_FAILED, NJ_DIAL_EXIT_DOWN, failure, "the exit does not speak HTTP/2");

  carrier = nj_carrier_new_client (below, on_carrier_ended, pool);
  if (carrier == NULL)
    return nj_hop_fail (NULL, NJ_FAILED, NJ_DIAL_EXIT_DOWN, failure, "out of memory");
  nj_carrier_set_link (carrier, reached.link);
  g_ptr_array_add (pool->carriers, carrier);
  return NJ_OK;
}

/* What the maker came to is what all who waited came to: a dead exit is tried once, not once each.
 * But that the maker was cancelled is no news about the exit. */
static NjIo
make_for_all (Pool *pool, const NjHopRequest *request, gint64 *ret_took, NjDialFailure *ret_failure)
{
  NjFiber *fiber;

  pool->is_making = TRUE;
  pool->failure = (NjDialFailure){ 0 };
  pool->made_io = make (pool, request, ret_took, &pool->failure);
  pool->is_making = FALSE;
  pool->made++;
  *ret_failure = pool->failure;
  for (GList *link = pool->waiting.head; link != NULL; link = link->next)
    {
      fiber = link->data;
      nj_fiber_wake (fiber);
    }
  return pool->made_io;
}

static NjIo
wait_for_maker (Pool *pool, gint64 deadline, NjDialFailure *ret_failure)
{
  guint    made = pool->made;
  NjFiber *self = nj_fiber_self ();
  NjIo     io = NJ_OK;

  g_queue_push_tail (&pool->waiting, self);
  while (io == NJ_OK && pool->made == made)
    io = nj_fiber_park (deadline);
  g_queue_remove (&pool->waiting, self);

  if (io == NJ_CANCELLED)
    return nj_hop_fail (NULL, io, NJ_DIAL_CANCELLED, ret_failure, "cancelled");
  if (io == NJ_TIMEOUT)
    return nj_hop_fail (NULL, io, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit said nothing during its greeting");
  if (pool->made_io == NJ_OK || pool->failure.result == NJ_DIAL_CANCELLED)
    return NJ_OK;
  *ret_failure = pool->failure;
  return pool->made_io;
}

/* Waits for the answer. Where other exits stand by, a carrier that says nothing at all for so long, not even to a
 * ping, is not one whose target is slow: NJ_FAILED. */
static NjIo
await_head (NjCarrier *carrier, NjStrand *strand, const NjHopRequest *request, NjStrandHead *ret_head)
{
  NjStream *stream = nj_strand_stream (strand);
  gint64    asked = nj_worker_now (stream->worker);
  gint64    latency = MAX (nj_exit_latency_ms (request->exit) * (gint64) 1000, nj_carrier_round_trip (carrier));
  gint64    until = request->race != NULL ? MIN (request->deadline, asked + MAX (SILENT_AFTER, 6 * latency)) : request->deadline;
  NjIo      io = NJ_OK;

  if (request->race != NULL)
    {
      request->race->carrier = carrier;
      request->race->asked = asked;
      nj_carrier_ping (carrier);
    }
  while (io == NJ_OK && ret_head->status == 0 && !stream->ready->broken)
    {
      io = nj_stream_wait (stream, NJ_WAIT_READ, until);
      nj_strand_head (strand, ret_head);
      if (io != NJ_TIMEOUT || until == request->deadline || ret_head->status != 0)
        continue;
      if (!nj_carrier_was_heard (carrier, asked))
        {
          nj_carrier_doubt (carrier);
          return NJ_FAILED;
        }
      until = request->deadline;
      io = NJ_OK;
    }
  return io;
}

/* One tunnel over one carrier. ret_may_retry: another carrier may do better, nothing was done here. */
static NjIo
ask (NjCarrier *carrier, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure, gboolean *ret_may_retry)
{
  const char      *user = nj_exit_user (request->exit);
  const char      *password = nj_exit_password (request->exit);
  g_autofree char *authority = g_strdup_printf ("%.*s:%u", NJ_BYTES_ARGS (request->host), request->port);
  g_autofree char *plain = user != NULL ? g_strdup_printf ("%s:%s", user, password != NULL ? password : "") : NULL;
  g_autofree char *encoded = plain != NULL ? g_base64_encode ((const guchar *) plain, strlen (plain)) : NULL;
  g_autofree char *basic = encoded != NULL ? g_strconcat ("Basic ", encoded, NULL) : NULL;
  NjStrand        *strand = nj_strand_new (carrier, nj_bytes_from_string (authority), nj_bytes_from_string (basic));
  NjStrandHead     head = { 0 };
  NjIo             io;

  *ret_may_retry = strand == NULL;
  if (strand == NULL)
    return nj_hop_fail (NULL, NJ_FAILED, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit takes no more tunnels");

  io = await_head (carrier, strand, request, &head);
  if (request->race != NULL)
    request->race->carrier = NULL;
  if (io == NJ_FAILED)
    return nj_hop_fail (nj_strand_stream (strand), io, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit went silent");
  if (io == NJ_TIMEOUT)
    return nj_hop_fail (nj_strand_stream (strand), io, NJ_DIAL_TIMEOUT, ret_failure, "the exit did not answer in time");
  if (head.status >= 200 && head.status <= 299)
    {
      *ret_stream = nj_strand_stream (strand);
      return NJ_OK;
    }
  if (head.status != 0)
    return nj_hop_refused (nj_strand_stream (strand), head.status, NJ_BYTES_NONE, ret_failure);

  /* RFC 9113 §8.5: a reset of this tunnel alone is what the exit has to say about the target. */
  if (io == NJ_OK && !nj_strand_is_cut (strand) && !nj_strand_is_refused (strand))
    return nj_hop_fail (nj_strand_stream (strand), NJ_FAILED, NJ_DIAL_EXIT_REFUSED, ret_failure, "the exit reset the tunnel");

  /* A warm connection may have died unseen; nothing of the target's was said on it yet. */
  *ret_may_retry = io == NJ_OK;
  return nj_hop_cut (nj_strand_stream (strand), io == NJ_OK ? NJ_FAILED : io, ret_failure, "before its answer was complete");
}

static NjIo
dial (Pool *pool, const NjHopRequest *request, gint64 *ret_took, NjStream **ret_stream,
      NjDialFailure *ret_failure)
{
  NjIo io = NJ_FAILED;

  for (int attempt = 0; attempt < ATTEMPTS; attempt++)
    {
      NjCarrier *carrier = least_loaded (pool);
      gboolean   is_own = FALSE; /* made for this very dial: if it fails, the next would too */
      gboolean   may_retry;

      if (carrier == NULL)
        {
          is_own = !pool->is_making;
          io = is_own ? make_for_all (pool, request, ret_took, ret_failure)
                      : wait_for_maker (pool, request->reach_by, ret_failure);
          if (io != NJ_OK)
            return io;
          carrier = least_loaded (pool);
        }
      if (carrier == NULL)
        {
          io = nj_hop_fail (NULL, NJ_FAILED, NJ_DIAL_EXIT_REFUSED, ret_failure, "the exit takes no more tunnels");
          continue;
        }

      if (request->race != NULL && request->race->is_unwanted)
        return nj_hop_fail (NULL, NJ_CANCELLED, NJ_DIAL_CANCELLED, ret_failure, "another exit was faster");
      if (request->race != NULL)
        request->race->is_reached = TRUE;
      io = ask (carrier, request, ret_stream, ret_failure, &may_retry);
      if (io == NJ_OK || is_own || !may_retry)
        return io;
    }
  return io;
}

/**
 * nj_hop_h2_dial:
 * @worker: the calling thread's worker
 * @request: what is asked of the exit
 * @ret_took: (out): µs that connecting took, untouched when a carrier was there
 * @ret_stream: (out) (transfer full): the stream to the target
 * @ret_failure: (out): why not
 *
 * A fiber's call. Source: RFC 9113 §8.5.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_hop_h2_dial (NjWorker *worker, const NjHopRequest *request, gint64 *ret_took, NjStream **ret_stream,
                NjDialFailure *ret_failure)
{
  Pool *pool = pool_get (worker, request->exit);
  NjIo  io;

  pool->users++;
  io = dial (pool, request, ret_took, ret_stream, ret_failure);
  pool->users--;
  pool_drop_if_unused (pool);
  if (io == NJ_OK)
    ret_failure->result = NJ_DIAL_OK;
  return io;
}

/**
 * nj_hop_h2_warm:
 * @worker: the calling thread's worker
 * @exit: an exit of kind h2
 * @deadline: monotonic µs
 * @ret_took: (out): µs that connecting took, untouched when a carrier was there
 * @ret_failure: (out): why not
 *
 * So that the first tunnel costs no handshake. A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_hop_h2_warm (NjWorker *worker, NjExit *exit, gint64 deadline, gint64 *ret_took, NjDialFailure *ret_failure)
{
  const NjHopRequest request = { .exit = exit, .deadline = deadline, .reach_by = deadline };
  Pool              *pool = pool_get (worker, exit);
  NjIo               io = NJ_OK;

  pool->users++;
  if (least_loaded (pool) == NULL)
    io = pool->is_making ? wait_for_maker (pool, deadline, ret_failure)
                         : make_for_all (pool, &request, ret_took, ret_failure);
  pool->users--;
  pool_drop_if_unused (pool);
  return io;
}
