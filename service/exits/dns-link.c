/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One connection of a worker to a name server, run by a fiber of its own: it connects, sends what is
 * asked, hands out answers in whatever order they come, and ends when nobody has asked for a while.
 * What the bytes mean is the wire's: dns-tls.c, dns-https.c. In fibers, on workers.
 */
#include "exits/dns-private.h"

#include "base/clock.h"
#include "exits/dial.h"
#include "net/worker.h"
#include "tls/tls-stream.h"

/* A connection that nobody uses: RFC 7858 §3.4 leaves it to both sides; servers give 2 to 30 s. */
#define IDLE_US (20 * (gint64) G_USEC_PER_SEC)

/* A server that owes answers and says nothing is not there any more. */
#define SILENCE_US (2 * (gint64) G_USEC_PER_SEC)

/* For each of its addresses; µs. */
#define CONNECT_US (2 * (gint64) G_USEC_PER_SEC)

/* A server that could not be reached is left alone that long, so that not every name waits for it. */
#define DOWN_US (5 * (gint64) G_USEC_PER_SEC)

/* Questions that wait at once; beyond that somebody else is not asking for web pages. */
#define QUESTIONS_MAX 512

#define ATTEMPTS 3

static _Thread_local NjDnsLink *own; /* (nullable) borrowed: the worker's link that takes questions */

static gboolean
has_room (const NjDnsLink *link)
{
  guint n = 0;

  for (const NjDnsQuestion *question = link->questions; question != NULL; question = question->next)
    n++;
  return n < QUESTIONS_MAX;
}

static void
unlink_question (NjDnsLink *link, NjDnsQuestion *question)
{
  for (NjDnsQuestion **at = &link->questions; *at != NULL; at = &(*at)->next)
    if (*at == question)
      {
        *at = question->next;
        return;
      }
}

/**
 * nj_dns_link_find:
 * @link: a link
 * @tag: what the wire named a question
 *
 * The worker's thread.
 *
 * Returns: (transfer none) (nullable): the question that waits under that name
 */
NjDnsQuestion *
nj_dns_link_find (NjDnsLink *link, gint32 tag)
{
  for (NjDnsQuestion *question = link->questions; question != NULL; question = question->next)
    if (question->tag == tag && tag != 0)
      return question;

  return NULL;
}

/**
 * nj_dns_link_answer:
 * @link: a link
 * @question: one that waits in it
 * @io: %NJ_OK with the answer in place, or why there is none
 *
 * Wakes who asked. The worker's thread.
 */
void
nj_dns_link_answer (NjDnsLink *link, NjDnsQuestion *question, NjIo io)
{
  unlink_question (link, question);
  question->io = io;
  question->is_done = TRUE;
  if (io == NJ_OK)
    link->n_answers++;
  nj_fiber_wake (question->fiber);
}

static NjIo
connect_to (NjDnsLink *link, const char *address, NjStream **ret_stream)
{
  const NjTlsClientConfig tls = {
    .server_name = nj_bytes_from_string (link->server->host),
    .port = link->server->port,
    .alpn = nj_bytes_from_string (link->wire->alpn),
    .partition = NJ_BYTES ("dns"),
  };
  const NjExitChoice choice = { .is_direct = TRUE };
  gint64             deadline = nj_clock_monotonic () + CONNECT_US;
  NjDialFailure      failure;
  NjTlsFailure       tls_failure;
  NjStream          *below = NULL;
  NjRoute            route;
  NjIo               io;

  /* Only what goes direct is asked for here, and its name server is reached the same way. */
  nj_route_choose (&choice, tls.server_name, &route);
  io = nj_dial (link->worker, &route, nj_bytes_from_string (address), link->server->port, deadline, &below, &failure);
  if (io != NJ_OK)
    return io;

  return nj_tls_connect (below, &tls, deadline, ret_stream, &tls_failure);
}

static NjIo
connect_any (NjDnsLink *link)
{
  NjDnsServer *server = link->server;
  NjStream    *stream = NULL;
  NjIo         io = NJ_FAILED;

  if (__atomic_load_n (&server->down_until, __ATOMIC_RELAXED) > nj_clock_monotonic ())
    return NJ_FAILED;

  for (guint i = 0; i < server->n_addresses && io != NJ_OK && io != NJ_CANCELLED; i++)
    io = connect_to (link, server->addresses[i], &stream);

  if (io == NJ_OK)
    link->stream = stream;
  else if (io != NJ_CANCELLED)
    __atomic_store_n (&server->down_until, nj_clock_monotonic () + DOWN_US, __ATOMIC_RELAXED);
  return io;
}

/* All that has been asked and not been sent. */
static gboolean
send_questions (NjDnsLink *link, gboolean *did)
{
  struct iovec vector;
  gsize        n = 0;
  NjIo         io;

  for (NjDnsQuestion *question = link->questions; question != NULL; question = question->next)
    if (question->tag == 0 && !link->wire->ask (link, question))
      return FALSE;
  if (link->out->len == 0)
    return TRUE;

  vector = (struct iovec){ link->out->data, link->out->len };
  io = nj_stream_try_write (link->stream, &vector, 1, &n);
  if (io == NJ_OK)
    {
      g_byte_array_remove_range (link->out, 0, (guint) n);
      *did = TRUE;
    }
  return io == NJ_OK || io == NJ_AGAIN;
}

static gboolean
take_answers (NjDnsLink *link, gboolean *did)
{
  guint8 *buffer = nj_worker_scratch (link->worker);
  gsize   n = 0;
  NjIo    io = nj_stream_try_read (link->stream, buffer, NJ_WORKER_SCRATCH, &n);

  if (io == NJ_AGAIN)
    return TRUE;
  *did = TRUE;
  link->heard = nj_clock_monotonic ();
  return io == NJ_OK && link->wire->take (link, buffer, n);
}

static void
on_ready (gpointer user_data)
{
  NjDnsLink *link = user_data;

  nj_fiber_wake (link->fiber);
}

/* Until it breaks, is silent though it should speak, or nobody wants it any more. */
static void
carry (NjDnsLink *link)
{
  gboolean did = TRUE;

  nj_readiness_arm (link->stream->ready);
  link->stream->ready->notify = on_ready;
  link->stream->ready->notify_data = link;
  link->heard = nj_clock_monotonic ();

  for (;;)
    {
      NjIo io = NJ_OK;

      did = FALSE;
      if (!send_questions (link, &did) || !take_answers (link, &did))
        break;
      if (!did)
        io = nj_fiber_park (link->heard + (link->questions != NULL ? SILENCE_US : IDLE_US));
      if (io != NJ_OK)
        break;
    }

  link->stream->ready->notify = NULL;
}

static void
link_free (NjDnsLink *link)
{
  if (own == link)
    own = NULL;
  if (link->wire->close != NULL)
    link->wire->close (link);
  g_clear_pointer (&link->stream, nj_stream_close);
  g_byte_array_unref (link->out);
  g_byte_array_unref (link->in);
  nj_dns_server_unref (link->server);
  g_free (link);
}

static void
link_serve (gpointer user_data)
{
  NjDnsLink *link = user_data;
  NjIo       io = connect_any (link);

  if (io == NJ_OK && nj_bytes_equal (nj_tls_protocol (link->stream), NJ_BYTES ("h2")) != (link->wire == &nj_dns_https_wire))
    io = NJ_FAILED;
  if (io == NJ_OK && link->wire->open != NULL && !link->wire->open (link))
    io = NJ_FAILED;
  if (io == NJ_OK)
    carry (link);

  /* From here on nobody may join in. */
  if (own == link)
    own = NULL;
  while (link->questions != NULL)
    {
      link->questions->may_repeat = link->n_answers > 0;
      nj_dns_link_answer (link, link->questions, nj_fiber_is_cancelled () ? NJ_CANCELLED : NJ_FAILED);
    }
  link_free (link);
}

/* The worker's link to that server, made when there is none. */
static NjDnsLink *
link_get (NjWorker *worker, NjDnsServer *server)
{
  NjDnsLink *link = own;

  if (link != NULL && link->worker == worker && link->server == server)
    return link;

  link = g_new0 (NjDnsLink, 1);
  link->worker = worker;
  link->server = nj_dns_server_ref (server);
  link->wire = server->mode == NJ_DNS_TLS ? &nj_dns_tls_wire : &nj_dns_https_wire;
  link->out = g_byte_array_new ();
  link->in = g_byte_array_new ();
  link->fiber = nj_fiber_spawn (worker, link_serve, link);
  if (link->fiber == NULL)
    {
      link_free (link);
      return NULL;
    }

  /* One to an earlier server ends when it has been idle. */
  own = link;
  return link;
}

static NjIo
ask_once (NjDnsLink *link, NjDnsQuestion *question, gint64 deadline)
{
  NjDnsQuestion **end = &link->questions;
  NjIo            io = NJ_OK;

  if (link->questions == NULL)
    link->heard = nj_clock_monotonic ();
  while (*end != NULL)
    end = &(*end)->next;
  *end = question;
  nj_fiber_wake (link->fiber);

  while (!question->is_done && io == NJ_OK)
    io = nj_fiber_park (deadline);
  if (question->is_done)
    return question->io;

  /* Not done, so the link is still there. */
  if (question->tag != 0 && link->wire->forget != NULL)
    link->wire->forget (link, question);
  unlink_question (link, question);
  return io;
}

/**
 * nj_dns_link_ask:
 * @worker: the calling fiber's worker
 * @server: whom to ask
 * @question: a DNS message
 * @len: its length, at least a head's
 * @deadline: monotonic µs
 * @ret_answer: (out): what the server said, with the question's id; %NJ_RESOLVER_ANSWER_MAX bytes
 * @ret_len: (out): its length
 *
 * A connection that had served before and ends without an answer was most likely closed by the server for its
 * idleness: then one more is made (RFC 7766 §6.2.4). A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_dns_link_ask (NjWorker *worker, NjDnsServer *server, const guint8 *question, gsize len, gint64 deadline,
                 guint8 *ret_answer, gsize *ret_len)
{
  NjIo io = NJ_FAILED;

  for (guint i = 0; i < ATTEMPTS; i++)
    {
      NjDnsQuestion asked = { .fiber = nj_fiber_self (), .bytes = question, .len = len, .answer = ret_answer };
      NjDnsLink    *link = link_get (worker, server);

      if (link == NULL || !has_room (link))
        return NJ_FAILED;

      io = ask_once (link, &asked, deadline);
      if (io == NJ_OK)
        *ret_len = asked.answer_len;
      if (io != NJ_FAILED || !asked.may_repeat)
        return io;
    }

  return io;
}
