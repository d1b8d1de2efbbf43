/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTTP CONNECT, in the clear or inside TLS: one request, one answer, and the connection is the
 * target's. Nothing is sent but what the exit needs: no User-Agent, no field that tells about us.
 * In fibers, on workers.
 */
#include "exits/hop.h"

#include "exits/leftover.h"
#include "http/head.h"
#include "net/worker.h"

/* Interim answers (RFC 9110 §15.2) before the last; an exit that sends more plays with us. */
#define INTERIM_MAX 8

static NjBytes
request_print (NjArena *arena, const NjHopRequest *request)
{
  const char      *user = nj_exit_user (request->exit);
  const char      *password = nj_exit_password (request->exit);
  g_autofree char *credentials = NULL;
  g_autofree char *basic = NULL;

  if (user != NULL)
    {
      /* In the first request: a round trip less, and squid closes after a 407. RFC 7617 §2. */
      credentials = g_strdup_printf ("%s:%s", user, password != NULL ? password : "");
      basic = g_base64_encode ((const guchar *) credentials, strlen (credentials));
    }

  return nj_arena_printf (arena, "CONNECT %.*s:%u HTTP/1.1\r\nHost: %.*s:%u\r\n%s%s%s\r\n",
                          NJ_BYTES_ARGS (request->host), request->port, NJ_BYTES_ARGS (request->host), request->port,
                          basic != NULL ? "Proxy-Authorization: Basic " : "", basic != NULL ? basic : "",
                          basic != NULL ? "\r\n" : "");
}

static NjIo
no_answer (NjStream *below, NjIo io, gsize have, NjDialFailure *ret_failure)
{
  /* Standing still may be the target's fault, for the exit is connecting to it. */
  if (io == NJ_TIMEOUT && have == 0)
    return nj_hop_fail (below, io, NJ_DIAL_TIMEOUT, ret_failure, "the exit did not answer in time");
  return nj_hop_cut (below, io, ret_failure, "before its answer was complete");
}

/* Reads heads into buffer until one is final; FALSE: more bytes are wanted. */
static gboolean
final_head (NjHead *head, NjArena *arena, const char *buffer, gsize have, gsize *at, guint *interim, NjHeadResult *result)
{
  const NjHeadLimits limits = { NJ_WORKER_BLOCK, 1024, 100 };

  for (;;)
    {
      *result = nj_head_parse_response (head, arena, buffer + *at, have - *at, &limits);
      if (*result == NJ_HEAD_MORE)
        return FALSE;
      if (*result != NJ_HEAD_OK)
        return TRUE;

      *at += head->length;
      if (head->status >= 200 || head->status == 101)
        return TRUE;
      if (++*interim > INTERIM_MAX)
        {
          *result = NJ_HEAD_BAD;
          return TRUE;
        }
    }
}

static NjIo
read_answer (NjStream *below, char *buffer, gint64 deadline, NjStream **ret_stream, NjDialFailure *ret_failure)
{
  char         lent[NJ_ARENA_BLOCK];
  NjHead       head;
  NjHeadResult result = NJ_HEAD_MORE;
  gsize        have = 0;
  gsize        at = 0;
  guint        interim = 0;

  for (;;)
    {
      g_auto (NjArena) arena;
      gsize n = 0;
      NjIo  io;

      nj_arena_init (&arena, lent, sizeof lent);
      if (have == NJ_WORKER_BLOCK)
        return nj_hop_fail (below, NJ_FAILED, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit's answer is too large");

      io = nj_stream_read (below, buffer + have, NJ_WORKER_BLOCK - have, deadline, &n);
      if (io != NJ_OK)
        return no_answer (below, io, have, ret_failure);

      have += n;
      if (!final_head (&head, &arena, buffer, have, &at, &interim, &result))
        continue;
      if (result != NJ_HEAD_OK)
        return nj_hop_fail (below, NJ_FAILED, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit's answer is not HTTP");
      if (head.status == 101)
        return nj_hop_fail (below, NJ_FAILED, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit broke its protocol");
      /* The body of a refusal is the exit's own page and goes nowhere. */
      if (head.status > 299)
        return nj_hop_refused (below, head.status, head.reason, ret_failure);

      /* RFC 9110 §9.3.6: behind the head of a 2xx are the target's bytes, whatever length it claims. */
      *ret_stream = nj_leftover_new (below, nj_bytes (buffer + at, have - at));
      return NJ_OK;
    }
}

/**
 * nj_hop_http_open:
 * @below: (transfer full): a stream to the exit, inside TLS when it wants that; closed on failure
 * @request: what is asked of it
 * @ret_stream: (out) (transfer full): the stream to the target
 * @ret_failure: (out): why not
 *
 * A fiber's call. Source: RFC 9110 §9.3.6, RFC 7617.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_hop_http_open (NjStream *below, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure)
{
  NjWorker *worker = below->worker;
  char      lent[2048];
  g_auto (NjArena) arena;
  NjBytes text;
  char   *buffer;
  NjIo    io;

  nj_arena_init (&arena, lent, sizeof lent);
  text = request_print (&arena, request);
  io = nj_stream_write (below, text.data, text.len, nj_hop_patience (worker, request->deadline));
  if (io != NJ_OK)
    return nj_hop_cut (below, io, ret_failure, "before the request was sent");

  buffer = nj_worker_block_take (worker);
  io = read_answer (below, buffer, request->deadline, ret_stream, ret_failure);
  nj_worker_block_give (worker, buffer);
  return io;
}
