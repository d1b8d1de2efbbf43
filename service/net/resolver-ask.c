/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A name asked for over a transport: one question for each family, both at once, and one answer made
 * of the two. Who waits and what is kept is in resolver.c; what a message looks like in
 * dns-message.c; how it travels is the transport's. In fibers, on workers.
 */
#include "net/resolver-private.h"

#include "base/clock.h"
#include "net/dns-message.h"
#include "net/worker.h"

G_STATIC_ASSERT (NJ_RESOLVER_ANSWER_MAX <= NJ_WORKER_BLOCK);

/* A server that is silent that long is not waited for. */
#define PATIENCE_US (5 * (gint64) G_USEC_PER_SEC)

/* The slower family gets that much more once the other one has addresses: RFC 8305 §3 has 50 ms for a link
 * that is there already, the first question opens it. */
#define GRACE_US (250 * (gint64) 1000)

#define KEEP_MIN_US (5 * (gint64) G_USEC_PER_SEC)
#define KEEP_MAX_US (86400 * (gint64) G_USEC_PER_SEC)
/* RFC 2308 §5 allows hours; a name that is there now should not be missing that long. */
#define KEEP_NOTHING_MAX_US (300 * (gint64) G_USEC_PER_SEC)
#define KEEP_FAILURE_US (2 * (gint64) G_USEC_PER_SEC)

/* The question for one family. Held by the one who asks and by the fiber that does. */
typedef struct
{
  guint              refs; /* one worker's */
  NjWorker          *worker;
  NjResolverAsk      ask;
  NjDnsMessageType   type;
  gint64             deadline;
  NjIo               io;
  NjDnsMessageResult result;
  guint32            ttl_s;
  NjResolved         resolved;
  gsize              host_len;
  char               host[];
} Half;

static Half *
half_new (NjWorker *worker, NjResolverAsk ask, NjBytes host, NjDnsMessageType type, gint64 deadline)
{
  Half *half = g_malloc0 (sizeof (Half) + host.len);

  half->refs = 1;
  half->worker = worker;
  half->ask = ask;
  half->type = type;
  half->deadline = deadline;
  half->io = NJ_AGAIN;
  half->result = NJ_DNS_MESSAGE_REFUSED;
  half->host_len = host.len;
  memcpy (half->host, host.data, host.len);
  return half;
}

static void
half_unref (Half *half)
{
  if (--half->refs == 0)
    g_free (half);
}

static void
half_run (Half *half)
{
  NjBytes host = nj_bytes (half->host, half->host_len);
  guint8  question[NJ_DNS_MESSAGE_QUESTION_MAX];
  gsize   len = nj_dns_message_ask (host, half->type, question);
  guint8 *answer;

  if (len == 0)
    {
      half->result = NJ_DNS_MESSAGE_NOTHING;
      half->io = NJ_OK;
      return;
    }

  answer = nj_worker_block_take (half->worker);
  half->io = half->ask (half->worker, question, len, half->deadline, answer, &len);
  if (half->io == NJ_OK)
    half->result = nj_dns_message_read (answer, len, host, half->type, &half->resolved, &half->ttl_s);
  nj_worker_block_give (half->worker, answer);
}

static void
half_serve (gpointer user_data)
{
  Half *half = user_data;

  half_run (half);
  half_unref (half);
}

static gboolean
has_name (const NjResolved *resolved, const char *name)
{
  const char *at = resolved->names;

  for (guint i = 0; i < resolved->n_names; i++, at += strlen (at) + 1)
    if (strcmp (at, name) == 0)
      return TRUE;

  return FALSE;
}

/* The names on either way count: a server may hide one behind the family that is not looked at. FALSE when they
 * are too many. */
static gboolean
add_names (NjResolved *resolved, const NjResolved *more)
{
  const char *from = more->names;
  char       *end = resolved->names;

  for (guint i = 0; i < resolved->n_names; i++)
    end += strlen (end) + 1;

  for (guint i = 0; i < more->n_names; i++, from += strlen (from) + 1)
    {
      gsize len = strlen (from) + 1;

      if (has_name (resolved, from))
        continue;
      if (end + len > resolved->names + sizeof resolved->names)
        return FALSE;
      memcpy (end, from, len);
      end += len;
      resolved->n_names++;
    }

  return TRUE;
}

/* Alternates the families, IPv6 first: RFC 8305 §4. */
static void
add_addresses (NjResolved *resolved, const NjResolved *six, const NjResolved *four)
{
  guint at[2] = { 0, 0 };
  const NjResolved *side[2] = { six, four };

  for (guint turn = 0; resolved->n < NJ_RESOLVER_ADDRESSES_MAX && (at[0] < six->n || at[1] < four->n); turn ^= 1)
    if (at[turn] < side[turn]->n)
      resolved->addresses[resolved->n++] = side[turn]->addresses[at[turn]++];
}

static NjResolveResult
judge (const Half *four, const Half *six, const NjResolved *resolved)
{
  if (four->io == NJ_CANCELLED)
    return NJ_RESOLVE_CANCELLED;
  if (resolved->n > 0)
    return NJ_RESOLVE_OK;
  /* Half an answer does not tell that there is nothing. */
  if (four->result == NJ_DNS_MESSAGE_NOTHING && six->result == NJ_DNS_MESSAGE_NOTHING)
    return NJ_RESOLVE_NO_SUCH_NAME;
  return four->io == NJ_TIMEOUT && six->io != NJ_OK ? NJ_RESOLVE_TIMEOUT : NJ_RESOLVE_FAILED;
}

static gint64
keep_for (NjResolveResult result, const Half *four, const Half *six)
{
  gint64 ttl = G_MAXINT64;

  if (result != NJ_RESOLVE_OK && result != NJ_RESOLVE_NO_SUCH_NAME)
    return KEEP_FAILURE_US;

  for (guint i = 0; i < 2; i++)
    {
      const Half *half = i == 0 ? four : six;

      /* Addresses of one family alone do not wait for the other to be there: it may come at any time. */
      if (result == NJ_RESOLVE_NO_SUCH_NAME || half->resolved.n > 0)
        ttl = MIN (ttl, half->ttl_s * (gint64) G_USEC_PER_SEC);
    }
  return CLAMP (ttl, KEEP_MIN_US, result == NJ_RESOLVE_OK ? KEEP_MAX_US : KEEP_NOTHING_MAX_US);
}

static NjResolveResult
combine (const Half *four, const Half *six, NjResolved *ret_resolved, gint64 *ret_keep_us)
{
  NjResolveResult result;

  ret_resolved->n = ret_resolved->n_names = 0;
  add_addresses (ret_resolved, &six->resolved, &four->resolved);
  if (!add_names (ret_resolved, &four->resolved) || !add_names (ret_resolved, &six->resolved))
    ret_resolved->n = 0;
  result = judge (four, six, ret_resolved);
  *ret_keep_us = keep_for (result, four, six);
  return result;
}

/**
 * nj_resolver_ask_both:
 * @worker: the calling fiber's worker
 * @ask: how messages travel
 * @host: a name in its normal form
 * @ret_resolved: (out): its addresses, when %NJ_RESOLVE_OK
 * @ret_keep_us: (out): how long that holds, µs
 *
 * Returns: whether there are addresses, or why not
 */
NjResolveResult
nj_resolver_ask_both (NjWorker *worker, NjResolverAsk ask, NjBytes host, NjResolved *ret_resolved, gint64 *ret_keep_us)
{
  gint64          deadline = nj_worker_now (worker) + PATIENCE_US;
  Half           *four = half_new (worker, ask, host, NJ_DNS_MESSAGE_A, deadline);
  Half           *six = half_new (worker, ask, host, NJ_DNS_MESSAGE_AAAA, deadline);
  NjFiber        *fiber = nj_fiber_spawn (worker, half_serve, six);
  NjResolveResult result;

  if (fiber != NULL)
    {
      nj_fiber_ref (fiber);
      six->refs++;
    }
  half_run (four);

  if (fiber != NULL)
    {
      if (four->result == NJ_DNS_MESSAGE_ADDRESSES)
        deadline = MIN (deadline, nj_clock_monotonic () + GRACE_US);
      if (nj_fiber_join (fiber, deadline) != NJ_OK)
        nj_fiber_cancel (fiber);
      nj_fiber_unref (fiber);
    }

  result = combine (four, six, ret_resolved, ret_keep_us);
  half_unref (four);
  half_unref (six);
  return result;
}

/**
 * nj_resolver_is_local_name:
 * @host: a name in its normal form
 *
 * Names that mean something on this machine or network only; asked elsewhere they would tell what is here and
 * get no answer. Any thread. Source: RFC 6761 §6.3, RFC 6762 §3, RFC 8375; ICANN on .internal.
 *
 * Returns: whether @host is one
 */
gboolean
nj_resolver_is_local_name (NjBytes host)
{
  static const char *const ends[] = { "localhost", "local", "internal", "home.arpa" };

  if (host.len == 0 || memchr (host.data, '.', host.len) == NULL)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    if (nj_host_is_below (host, nj_bytes_from_string (ends[i])))
      return TRUE;

  return FALSE;
}
