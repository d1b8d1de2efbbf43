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
#define SILENCE_US (3 * (gint64) G_USEC_PER_SEC)

/* For each of its addresses; µs. */
#define CONNECT_US (2 * (gint64) G_USEC_PER_SEC)

/* A server that could not be reached is left alone that long, so that not every name waits for it. */
#define DOWN_US (5 * (gint64) G_USEC_PER_SEC)

/* Questions that wait at once; beyond that somebody else is not asking for web pages. */
#define QUESTIONS_MAX 512

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
    if (question->tag == tag)
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
connect_to (NjDnsLink *link, const NjAddress *address, NjStream **ret_stream)
{
  const NjTlsClientConfig tls = {
    .server_name = nj_bytes_from_string (link->server->host),
    .port = link->server->port,
    .alpn = nj_bytes_from_string (link->wire->alpn),
    .partition = NJ_BYTES ("dns"),
  };
  gint64           deadline = nj_clock_monotonic () + CONNECT_US;
  NjSockText       text;
  NjRoute          route;
  NjDialFailure    failure;
  NjTlsFailure     tls_failure;
  NjStream        *stream = NULL;
  NjIo             io;

  /* The names asked for here are those of traffic that goes direct; their server is no different. */
  nj_route_choose (&(NjExitChoice){ .is_direct = TRUE }, NJ_BYTES_NONE, &route);
  io = nj_dial (link->worker, &route, address_text (address, &text), link->server->port, deadline, &stream, &failure);
  if (io != NJ_OK)
    return io;

  io = nj_tls_connect (stream, &tls, deadline, ret_stream, &tls_failure);
  return io;
}
