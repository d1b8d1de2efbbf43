/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever a client says in HTTP/2, the frames behind the preface: the real connection over a stream of
 * the input's bytes. What comes out as HTTP/1.1 must be one whole head to our own parser, taken or refused
 * as one, for a head that two read differently is two requests; and nothing may be left behind.
 */
#include "http/h2.h"
#include "net/worker.h"

#include <stdint.h>

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

typedef struct
{
  NjStream       stream;
  NjReadiness    ready;
  const uint8_t *next;
  const uint8_t *end;
  gsize          begun; /* of the preface */
} Tape;

static NjIo
tape_read (NjStream *stream, void *buffer, gsize len, gsize *ret_n)
{
  Tape *tape = (Tape *) stream;
  gsize n = MIN (len, (gsize) (tape->end - tape->next));

  if (tape->begun < strlen (PREFACE))
    {
      *ret_n = MIN (len, strlen (PREFACE) - tape->begun);
      memcpy (buffer, PREFACE + tape->begun, *ret_n);
      tape->begun += *ret_n;
      return NJ_OK;
    }
  /* In pieces, so that frames arrive in every way of being cut. */
  n = MIN (n, 1 + (gsize) (tape->end - tape->next) % 61);
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

static const NjHeadLimits limits = { 65536, 32768, 200 };

/* The head is whole before anybody is told of it, and the first blank line is its end. */
static void
judge_head (NjStream *stream, NjHead *head, NjArena *arena, char *buffer, gsize size)
{
  gsize        n = 0;
  gssize       blank;
  NjHeadResult result;

  if (nj_stream_try_read (stream, buffer, size, &n) != NJ_OK)
    return;
  blank = nj_bytes_find (nj_bytes (buffer, n), NJ_BYTES ("\r\n\r\n"));
  result = nj_head_parse_request (head, arena, buffer, n, &limits);
  g_assert_cmpint (result, !=, NJ_HEAD_MORE);
  g_assert_cmpint (blank, >, 0);
  if (result == NJ_HEAD_OK)
    g_assert_cmpuint (head->length, ==, (gsize) blank + 4);
}

static void
request_serve (gpointer user_data)
{
  static const char answer[] = "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3\r\nabc\r\n0\r\nX: y\r\n\r\n";
  NjStream       *stream = user_data;
  g_autofree char *buffer = g_malloc (256 * 1024);
  g_auto (NjArena) arena = { 0 };
  NjHead           head;
  gsize            n;

  nj_arena_init (&arena, NULL, 0);
  judge_head (stream, &head, &arena, buffer, 256 * 1024);
  while (nj_stream_read (stream, buffer, 4096, G_MAXINT64, &n) == NJ_OK)
    continue;
  nj_stream_write (stream, answer, sizeof answer - 1, G_MAXINT64);
  nj_stream_close (stream);
}

static void
on_requested (NjH2 *h2, NjStream *stream, gpointer user_data)
{
  g_assert_nonnull (nj_fiber_spawn (stream->worker, request_serve, stream));
}

static void
on_ended (NjH2 *h2, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  nj_worker_stop (nj_worker_current ());
}

static gboolean has_ended;

static void
on_start (gpointer user_data)
{
  static const NjH2Events events = { on_requested, NULL, on_ended };

  g_assert_nonnull (nj_h2_new_server (user_data, &limits, 60 * G_USEC_PER_SEC, &events, &has_ended));
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Tape      tape = { .next = data, .end = data + size, .ready = { .readable = TRUE, .writable = TRUE } };
  NjWorker *worker = nj_worker_new ("fuzz", NULL);

  has_ended = FALSE;
  tape.stream = (NjStream){ &tape_class, worker, &tape.ready };
  nj_worker_post (worker, on_start, &tape.stream);
  nj_worker_run (worker);
  g_assert_true (has_ended);
  nj_worker_free (worker);
  return 0;
}
