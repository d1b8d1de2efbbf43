/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTTP CONNECT, in the clear or inside TLS: one request, one answer, and the connection is the
 * target's. Nothing is sent but what the exit needs: no User-Agent, no field that tells about us.
 * In fibers, on workers.
 */
#include "exits/hop.h"

#include "exits/exit-private.h"
#include "exits/leftover.h"
#include "http/head.h"
#include "net/worker.h"

/* Interim answers (RFC 9110 §15.2) before the last; an exit that sends more plays with us. */
#define INTERIM_MAX 8

/* Basic in the first request, unless the exit is known to want Digest: a round trip less, and squid
 * closes after a 407. RFC 7617 §2. */
static char *
credentials_print (const NjHopRequest *request, const char *authority)
{
  const char      *user = nj_exit_user (request->exit);
  const char      *password = nj_exit_password (request->exit);
  char            *digest = nj_exit_digest_answer ((NjExit *) request->exit, "CONNECT", authority);
  g_autofree char *plain = NULL;
  g_autofree char *encoded = NULL;

  if (digest != NULL || user == NULL)
    return digest;

  plain = g_strdup_printf ("%s:%s", user, password != NULL ? password : "");
  encoded = g_base64_encode ((const guchar *) plain, strlen (plain));
  return g_strconcat ("Basic ", encoded, NULL);
}

static NjBytes
request_print (NjArena *arena, const NjHopRequest *request)
{
  char             authority[NJ_HOST_MAX + 8];
  g_autofree char *credentials = NULL;

  g_snprintf (authority, sizeof authority, "%.*s:%u", NJ_BYTES_ARGS (request->host), request->port);
  credentials = credentials_print (request, authority);
  return nj_arena_printf (arena, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s%s%s\r\n", authority, authority,
                          credentials != NULL ? "Proxy-Authorization: " : "", credentials != NULL ? credentials : "",
                          credentials != NULL ? "\r\n" : "");
}

/* Of several challenges the strongest that we can answer. */
static gboolean
learn_challenge (const NjHopRequest *request, NjHead *head)
{
  NjDigestChallenge best = { 0 };

  if (head->status != 407 || nj_exit_user (request->exit) == NULL)
    return FALSE;

  for (NjField *field = nj_head_find (head, NJ_FIELD_PROXY_AUTHENTICATE); field != NULL;
       field = nj_head_find_next (head, field))
    {
      NjDigestChallenge challenge;

      if (!nj_digest_challenge_parse (&challenge, field->value))
        continue;
      if (best.nonce == NULL || (challenge.is_sha256 && !best.is_sha256))
        {
          nj_digest_challenge_clear (&best);
          best = challenge;
        }
      else
        nj_digest_challenge_clear (&challenge);
    }
  return best.nonce != NULL && nj_exit_digest_learn ((NjExit *) request->exit, &best);
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
read_answer (NjStream *below, char *buffer, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure)
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

      io = nj_stream_read (below, buffer + have, NJ_WORKER_BLOCK - have, request->deadline, &n);
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
      if (request->may_retry != NULL && learn_challenge (request, &head))
        *request->may_retry = TRUE;
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
 * A fiber's call. Source: RFC 9110 §9.3.6, RFC 7617, RFC 7616.
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
  io = read_answer (below, buffer, request, ret_stream, ret_failure);
  nj_worker_block_give (worker, buffer);
  return io;
}
