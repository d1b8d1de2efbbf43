/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A client's whole side of a conversation, whatever it is: HTTP, CONNECT, SOCKS5, SOCKS4, noise. The real
 * session runs in a real fiber over a stream of the input's bytes, given out in pieces; the policy lets
 * nothing out, so every request comes to an end here. No input may leave the fiber waiting.
 */
#include "proxy/session.h"

#include <stdint.h>

typedef struct
{
  NjStream       stream;
  NjReadiness    ready;
  const uint8_t *next;
  const uint8_t *end;
} Tape;

static NjIo
tape_read (NjStream *stream, void *buffer, gsize len, gsize *ret_n)
{
  Tape *tape = (Tape *) stream;
  gsize n = MIN (len, (gsize) (tape->end - tape->next));

  /* The first byte tells how many come at once, so that heads arrive in every way of being cut. */
  n = MIN (n, 1 + (gsize) (tape->end - tape->next) % 37);
  if (n == 0)
    return NJ_EOF;

  memcpy (buffer, tape->next, n);
  tape->next += n;
  *ret_n = n;
  return NJ_OK;
}

static NjIo
tape_write (NjStream *stream, const struct iovec *vector, int n, gsize *ret_n)
{
  *ret_n = 0;
  for (int i = 0; i < n; i++)
    *ret_n += vector[i].iov_len;
  return NJ_OK;
}

static NjIo
tape_shut (NjStream *stream)
{
  return NJ_OK;
}

static void
tape_close (NjStream *stream)
{
}

static const NjStreamClass tape_class = { .name = "tape", .try_read = tape_read, .try_write = tape_write,
                                          .try_shut = tape_shut, .close = tape_close };

static NjWorker *worker;
static NjLane   *lane;
static NjShared  shared;

static void
on_tell (gpointer plane, NjPlaneEvent event, NjBytes text, guint client_port)
{
}

static void
prepare (void)
{
  if (shared.policy != NULL)
    return;

  shared.policy = nj_policy_new ();
  shared.policy->choice.is_direct = FALSE;
  shared.log = nj_request_log_new (1, 4);
  shared.statistics = nj_statistics_new (1);
  shared.allowances = nj_allowances_new ();
  shared.tell = on_tell;
  shared.pac_path = NJ_BYTES ("/secret/proxy.pac");
  shared.pac_answer = NJ_BYTES ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  nj_address_parse (NJ_BYTES ("127.0.0.1"), 8642, &shared.address);
}

static void
conversation_serve (gpointer user_data)
{
  NjSession *session = user_data;

  nj_session_serve (session);
  nj_h1_clear (&session->client, FALSE);
  nj_worker_stop (session->lane->worker);
}

static void
on_start (gpointer user_data)
{
  nj_fiber_spawn (worker, conversation_serve, user_data);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Tape      tape = { .next = data, .end = data + size, .ready = { .readable = TRUE, .writable = TRUE } };
  NjSession session = { 0 };

  prepare ();
  worker = nj_worker_new ("fuzz", NULL);
  lane = nj_lane_new (&shared, worker, 0);
  tape.stream = (NjStream){ &tape_class, worker, &tape.ready };
  session.lane = lane;
  nj_h1_init (&session.client, &tape.stream);

  nj_worker_post (worker, on_start, &session);
  nj_worker_run (worker);
  nj_lane_free (lane);
  nj_worker_free (worker);
  return 0;
}
