/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTTP/2 connections, both sides of one on one worker over a socket pair: what one side writes as
 * HTTP/1.1 the other reads as HTTP/1.1, heads, bodies, trailers, WebSockets; each kind of end; one
 * stream that nobody reads beside others that go on.
 */
#include "base/clock.h"
#include "http/h2.h"
#include "net/socket.h"
#include "net/worker.h"
#include "tests/support/on-worker.h"

#include <sys/socket.h>

#define LARGE (3 * 1024 * 1024 + 5)

typedef struct
{
  NjH2       *client;
  NjH2       *server;
  GQueue      requests; /* of NjStream, those that came */
  guint       ended;    /* how many said so */
  const char *problem;
  int         fds[2];
} Pair;

static gint64
in_seconds (gint seconds)
{
  return nj_clock_monotonic () + seconds * G_USEC_PER_SEC;
}

static void
on_requested (NjH2 *h2, NjStream *stream, gpointer user_data)
{
  g_queue_push_tail (&((Pair *) user_data)->requests, stream);
}

static void
on_troubled (NjH2 *h2, const char *problem, gpointer user_data)
{
  ((Pair *) user_data)->problem = problem;
}

static void
on_ended (NjH2 *h2, gpointer user_data)
{
  ((Pair *) user_data)->ended++;
}

static const NjH2Events events = { on_requested, on_troubled, on_ended };

static void
pair_make (Pair *pair)
{
  const NjHeadLimits limits = NJ_HEAD_LIMITS_DEFAULT;
  NjWorker          *worker = nj_worker_current ();

  *pair = (Pair){ 0 };
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair->fds), ==, 0);
  pair->client = nj_h2_new_client (nj_socket_new (worker, pair->fds[0]), &limits, G_USEC_PER_SEC, &events, pair);
  pair->server = nj_h2_new_server (nj_socket_new (worker, pair->fds[1]), &limits, G_USEC_PER_SEC, &events, pair);
}

static void
pair_end (Pair *pair)
{
  nj_h2_end (pair->client);
  nj_fiber_sleep (nj_clock_monotonic () + 2000);
  g_assert_cmpuint (pair->ended, ==, 2);
}

static void
say (NjStream *stream, const char *text)
{
  g_assert_cmpint (nj_stream_write (stream, text, strlen (text), in_seconds (5)), ==, NJ_OK);
}

/* Reads exactly what is expected, byte for byte. */
static void
hear (NjStream *stream, const char *text)
{
  gsize            len = strlen (text);
  g_autofree char *got = g_malloc0 (len + 1);

  if (nj_stream_read_full (stream, got, len, in_seconds (5)) != NJ_OK)
    g_error ("only “%s” came of “%s”", got, text);
  g_assert_cmpstr (got, ==, text);
}

static void
hear_end (NjStream *stream, NjIo expected)
{
  char  c;
  gsize n;

  g_assert_cmpint (nj_stream_read (stream, &c, 1, in_seconds (5), &n), ==, expected);
}

static NjStream *
ask (Pair *pair, const char *text)
{
  NjStream *stream = nj_h2_open (pair->client);

  say (stream, text);
  return stream;
}

static NjStream *
next_request (Pair *pair)
{
  for (int i = 0; i < 1000 && g_queue_is_empty (&pair->requests); i++)
    nj_fiber_sleep (nj_clock_monotonic () + 1000);
  g_assert_false (g_queue_is_empty (&pair->requests));
  return g_queue_pop_head (&pair->requests);
}

static void
plain (gpointer unused)
{
  Pair      pair;
  NjStream *here;
  NjStream *there;

  pair_make (&pair);
  here = ask (&pair, "GET /a?b HTTP/1.1\r\nHost: example.org\r\nX-One: 1\r\nConnection: keep-alive\r\nCookie: a=1; b=2\r\n\r\n");
  there = next_request (&pair);
  hear (there, "GET /a?b HTTP/1.1\r\nhost: example.org\r\nx-one: 1\r\ncookie: a=1; b=2\r\n\r\n");
  hear_end (there, NJ_EOF);
  say (there, "HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n");
  say (there, "HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nConnection: close\r\nKeep-Alive: timeout=5\r\n\r\nhel");
  say (there, "lo");
  nj_stream_close (there);
  hear (here, "HTTP/1.1 103 \r\nlink: </s.css>\r\n\r\nHTTP/1.1 200 \r\ncontent-length: 5\r\n\r\nhello");
  hear_end (here, NJ_EOF);
  nj_stream_close (here);

  /* Without a body on either side. */
  here = ask (&pair, "POST / HTTP/1.1\r\nHost: example.org\r\n\r\n");
  there = next_request (&pair);
  hear (there, "POST / HTTP/1.1\r\nhost: example.org\r\ncontent-length: 0\r\n\r\n");
  say (there, "HTTP/1.1 204 No Content\r\n\r\n");
  nj_stream_close (there);
  hear (here, "HTTP/1.1 204 \r\n\r\n");
  hear_end (here, NJ_EOF);
  nj_stream_close (here);

  here = ask (&pair, "HEAD / HTTP/1.1\r\nHost: example.org\r\n\r\n");
  there = next_request (&pair);
  hear (there, "HEAD / HTTP/1.1\r\nhost: example.org\r\n\r\n");
  say (there, "HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
  nj_stream_close (there);
  hear (here, "HTTP/1.1 200 \r\ncontent-length: 77\r\n\r\n");
  hear_end (here, NJ_EOF);
  nj_stream_close (here);
  g_assert_null (pair.problem);
  pair_end (&pair);
}

static void
test_plain (void)
{
  on_worker_run (plain, NULL);
}

/* Chunks are ours, trailers are theirs; a head may come in pieces. */
static void
chunked (gpointer unused)
{
  Pair      pair;
  NjStream *here;
  NjStream *there;

  pair_make (&pair);
  here = ask (&pair, "POST /u HTTP/1.1\r\nHost: exam");
  say (here, "ple.org\r\nTransfer-Encoding: chunked\r\nContent-Type: application/grpc\r\n\r\n3;x=y\r\nabc\r\n");
  there = next_request (&pair);
  hear (there, "POST /u HTTP/1.1\r\nhost: example.org\r\ntransfer-encoding: chunked\r\ncontent-type: application/grpc\r\n"
               "te: trailers\r\n\r\n3\r\nabc\r\n");
  say (there, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  say (there, "2\r\nde\r");
  hear (here, "HTTP/1.1 200 \r\ntransfer-encoding: chunked\r\n\r\n2\r\nde\r\n");
  say (here, "1\r\nf\r\n0\r\nX-Sum: 9\r\n\r\n");
  hear (there, "1\r\nf\r\n0\r\nx-sum: 9\r\n\r\n");
  hear_end (there, NJ_EOF);
  say (there, "\n0\r\nGrpc-");
  say (there, "Status: 0\r\n\r\n");
  nj_stream_close (there);
  hear (here, "0\r\ngrpc-status: 0\r\n\r\n");
  hear_end (here, NJ_EOF);
  nj_stream_close (here);
  g_assert_null (pair.problem);
  pair_end (&pair);
}

static void
test_chunked (void)
{
  on_worker_run (chunked, NULL);
}

static NjHead
head_of (NjArena *arena, const char *text, gboolean is_request)
{
  const NjHeadLimits limits = NJ_HEAD_LIMITS_DEFAULT;
  NjHead             head;

  g_assert_cmpint ((is_request ? nj_head_parse_request : nj_head_parse_response) (&head, arena, text, strlen (text), &limits),
                   ==, NJ_HEAD_OK);
  return head;
}

/* Heads that were read already, and their bodies as text behind them. */
static void
heads (gpointer unused)
{
  g_auto (NjArena) arena;
  Pair             pair;
  NjStream        *here = NULL;
  NjStream        *there;
  NjHead           head;
  static const char request[] = "POST /elsewhere HTTP/1.0\r\nHost: elsewhere.example\r\nX-One: 1\r\nConnection: keep-alive\r\n"
                                "Content-Length: 003\r\nX-Gone: 2\r\n\r\n";

  nj_arena_init (&arena, NULL, 0);
  pair_make (&pair);
  here = nj_h2_open (pair.client);
  head = head_of (&arena, request, TRUE);
  head.fields[head.n_fields - 1].is_dropped = TRUE;
  g_assert_true (nj_h2_stream_say_request (here, &head, NJ_BYTES ("/a?b"), NJ_BYTES ("example.org")));
  say (here, "abc");
  there = next_request (&pair);
  hear (there, "POST /a?b HTTP/1.1\r\nhost: example.org\r\nx-one: 1\r\ncontent-length: 3\r\n\r\nabc");
  hear_end (there, NJ_EOF);

  say (there, "HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n");
  head = head_of (&arena, "HTTP/1.0 200 Fine\r\nX-Two: \r\n\r\n", FALSE);
  nj_head_add (&head, &arena, NJ_FIELD_TRANSFER_ENCODING, NJ_BYTES ("Transfer-Encoding"), NJ_BYTES ("chunked"));
  g_assert_true (nj_h2_stream_say_response (there, &head));
  say (there, "2\r\nhi\r\n0\r\nX-Sum: 9\r\n\r\n");
  nj_stream_close (there);
  hear (here, "HTTP/1.1 103 \r\nlink: </s.css>\r\n\r\n"
              "HTTP/1.1 200 \r\ntransfer-encoding: chunked\r\nx-two: \r\n\r\n2\r\nhi\r\n0\r\nx-sum: 9\r\n\r\n");
  hear_end (here, NJ_EOF);
  nj_stream_close (here);
  nj_arena_clear (&arena);
  pair_end (&pair);
}

static void
test_heads (void)
{
  on_worker_run (heads, NULL);
}

/* What would be read as something else does not go out. */
static void
unsayable (gpointer unused)
{
  static const struct
  {
    const char *value, *target, *host;
  } rows[] = { { "a\r\nb: c", "/", "example.org" },
               { "a\nb", "/", "example.org" },
               { "a", "/ HTTP/1.1", "example.org" },
               { "a", "", "example.org" },
               { "a", "/", "example.org\r\nx: y" },
               { "a", "/", "" } };
  g_auto (NjArena) arena;
  Pair             pair;

  nj_arena_init (&arena, NULL, 0);
  pair_make (&pair);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      NjStream *here = nj_h2_open (pair.client);
      NjHead    head = head_of (&arena, "GET / HTTP/1.1\r\nHost: example.org\r\nX-One: 1\r\n\r\n", TRUE);

      head.fields[1].value = nj_bytes_from_string (rows[i].value);
      g_assert_false (nj_h2_stream_say_request (here, &head, nj_bytes_from_string (rows[i].target),
                                                nj_bytes_from_string (rows[i].host)));
      g_assert_true (nj_h2_stream_is_refused (here));
      hear_end (here, NJ_FAILED);
      nj_stream_close (here);
    }
  g_assert_true (g_queue_is_empty (&pair.requests));
  nj_arena_clear (&arena);
  pair_end (&pair);
}

static void
test_unsayable (void)
{
  on_worker_run (unsayable, NULL);
}

static void
websocket (gpointer unused)
{
  static const char request[] = "GET /chat HTTP/1.1\r\nHost: example.org\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  Pair               pair;
  NjStream          *here;
  NjStream          *there;
  g_autofree char   *key = NULL;
  g_autofree char   *digest = NULL;
  g_autofree char   *answer = NULL;
  char               head[512] = "";
  gsize              have = 0;
  gsize              n;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8             bytes[20];
  gsize              len = sizeof bytes;

  pair_make (&pair);
  nj_fiber_sleep (nj_clock_monotonic () + 2000);
  g_assert_true (nj_h2_takes_websocket (pair.client));
  here = ask (&pair, request);
  there = next_request (&pair);
  while (strstr (head, "\r\n\r\n") == NULL)
    {
      g_assert_cmpint (nj_stream_read (there, head + have, sizeof head - 1 - have, in_seconds (5), &n), ==, NJ_OK);
      have += n;
    }
  g_assert_true (g_str_has_prefix (head, "GET /chat HTTP/1.1\r\nhost: example.org\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"));

  /* The key is not passed on: there is another one for this hop. */
  key = g_strndup (strstr (head, "sec-websocket-key: ") + 19, 24);
  g_assert_cmpstr (key, !=, "dGhlIHNhbXBsZSBub25jZQ==");
  g_checksum_update (sum, (const guchar *) key, 24);
  g_checksum_update (sum, (const guchar *) "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", -1);
  g_checksum_get_digest (sum, bytes, &len);
  digest = g_base64_encode (bytes, len);
  answer = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                            "Sec-WebSocket-Accept: %s\r\n\r\nping", digest);
  say (there, answer);
  /* RFC 6455 §1.3 has this very answer. */
  hear (here, "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
              "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\nping");
  say (here, "pong");
  hear (there, "pong");
  g_assert_cmpint (nj_stream_shut (there, in_seconds (1)), ==, NJ_OK);
  hear_end (here, NJ_EOF);
  say (here, "late");
  hear (there, "late");
  nj_stream_close (here);
  hear_end (there, NJ_FAILED);
  nj_stream_close (there);

  /* An answer to another key is none. */
  here = ask (&pair, request);
  there = next_request (&pair);
  nj_stream_read (there, head, sizeof head, in_seconds (5), &n);
  g_assert_cmpint (nj_stream_write (there, answer, strlen (answer), in_seconds (5)), ==, NJ_FAILED);
  nj_stream_close (there);
  hear_end (here, NJ_FAILED);
  nj_stream_close (here);
  pair_end (&pair);
}

static void
test_websocket (void)
{
  on_worker_run (websocket, NULL);
}

static guint8
byte_at (gsize i)
{
  return (guint8) ((i * 2654435761u) >> 11);
}

static void
source_serve (gpointer user_data)
{
  NjStream          *stream = user_data;
  g_autofree guint8 *bytes = g_malloc (LARGE);
  g_autofree char   *head = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", LARGE);

  for (gsize i = 0; i < LARGE; i++)
    bytes[i] = byte_at (i);
  if (nj_stream_write (stream, head, strlen (head), in_seconds (20)) == NJ_OK)
    nj_stream_write (stream, bytes, LARGE, in_seconds (20));
  /* Closed at once: what was written must arrive all the same. */
  nj_stream_close (stream);
}

static NjStream *
ask_source (Pair *pair)
{
  NjStream *stream = ask (pair, "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");

  nj_fiber_spawn (nj_worker_current (), source_serve, next_request (pair));
  return stream;
}

static void
assert_source (NjStream *stream)
{
  guint8 buffer[5000];
  gsize  have = 0;
  gsize  n;
  NjIo   io;

  hear (stream, "HTTP/1.1 200 \r\ncontent-length: 3145733\r\n\r\n");
  while ((io = nj_stream_read (stream, buffer, sizeof buffer, in_seconds (20), &n)) == NJ_OK)
    {
      for (gsize i = 0; i < n; i++)
        if (buffer[i] != byte_at (have + i))
          g_error ("byte %" G_GSIZE_FORMAT " differs", have + i);
      have += n;
    }
  g_assert_cmpint (io, ==, NJ_EOF);
  g_assert_cmpuint (have, ==, LARGE);
}

/* One that nobody reads holds its own window's worth and stops nobody else. */
static void
stalled (gpointer unused)
{
  Pair      pair;
  NjStream *idle[40];
  NjStream *stream;

  pair_make (&pair);
  for (guint i = 0; i < G_N_ELEMENTS (idle); i++)
    {
      g_assert_true (nj_h2_has_room (pair.client));
      idle[i] = ask_source (&pair);
    }
  nj_fiber_sleep (nj_clock_monotonic () + 20000);
  stream = ask_source (&pair);
  assert_source (stream);
  nj_stream_close (stream);

  for (guint i = 0; i < G_N_ELEMENTS (idle); i += 2)
    {
      assert_source (idle[i]);
      nj_stream_close (idle[i]);
      nj_stream_close (idle[i + 1]);
    }
  nj_fiber_sleep (nj_clock_monotonic () + 20000);
  pair_end (&pair);
}

static void
test_stalled (void)
{
  on_worker_run (stalled, NULL);
}

static void
on_lost (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
ends (gpointer unused)
{
  Pair      pair;
  NjStream *here;
  NjStream *there;
  NjStream *other;
  gboolean  is_lost = FALSE;

  pair_make (&pair);
  /* The server breaks off: what came must not look whole. */
  here = ask (&pair, "GET /1 HTTP/1.1\r\nHost: example.org\r\n\r\n");
  there = next_request (&pair);
  say (there, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nabc");
  hear (here, "HTTP/1.1 200 \r\ncontent-length: 50\r\n\r\nabc");
  nj_stream_close (there);
  hear_end (here, NJ_FAILED);
  g_assert_false (nj_h2_stream_is_refused (here));
  nj_stream_close (here);

  /* The client takes its request back: who serves it hears so, and is not heard any more. */
  here = ask (&pair, "GET /2 HTTP/1.1\r\nHost: example.org\r\n\r\n");
  there = next_request (&pair);
  nj_h2_stream_on_lost (there, on_lost, &is_lost);
  nj_stream_close (here);
  nj_fiber_sleep (nj_clock_monotonic () + 2000);
  g_assert_true (is_lost);
  g_assert_true (there->ready->broken);
  g_assert_cmpint (nj_stream_write (there, "HTTP/1.1 200 OK\r\n", 17, in_seconds (1)), ==, NJ_FAILED);
  nj_stream_close (there);

  /* An answer before the request was whole is an answer. */
  here = ask (&pair, "POST /3 HTTP/1.1\r\nHost: example.org\r\nContent-Length: 1000\r\n\r\nabc");
  there = next_request (&pair);
  say (there, "HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno");
  nj_stream_close (there);
  hear (here, "HTTP/1.1 413 \r\ncontent-length: 2\r\n\r\nno");
  hear_end (here, NJ_EOF);
  nj_stream_close (here);

  /* No more requests; what is open goes on. */
  here = ask (&pair, "GET /4 HTTP/1.1\r\nHost: example.org\r\n\r\n");
  there = next_request (&pair);
  nj_h2_drain (pair.server);
  nj_fiber_sleep (nj_clock_monotonic () + 2000);
  g_assert_false (nj_h2_has_room (pair.client));
  other = ask (&pair, "GET /5 HTTP/1.1\r\nHost: example.org\r\n\r\n");
  hear_end (other, NJ_FAILED);
  g_assert_true (nj_h2_stream_is_refused (other));
  nj_stream_close (other);
  say (there, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  nj_stream_close (there);
  hear (here, "HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n");
  nj_stream_close (here);
  nj_fiber_sleep (nj_clock_monotonic () + 5000);
  g_assert_cmpuint (pair.ended, ==, 2);
  g_assert_null (pair.problem);
}

static void
test_ends (void)
{
  on_worker_run (ends, NULL);
}

/* A request that came before its connection ended, and one that was never begun. */
static void
cut (gpointer unused)
{
  Pair      pair;
  NjStream *here;
  NjStream *there;
  NjStream *unborn;

  pair_make (&pair);
  unborn = nj_h2_open (pair.client);
  here = ask (&pair, "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
  there = next_request (&pair);
  nj_h2_end (pair.server);
  hear_end (here, NJ_FAILED);
  g_assert_cmpint (nj_stream_write (unborn, "GET", 3, in_seconds (1)), ==, NJ_FAILED);
  g_assert_true (nj_h2_stream_is_refused (unborn));
  g_assert_true (there->ready->broken);
  nj_stream_close (here);
  nj_stream_close (there);
  nj_stream_close (unborn);
  nj_fiber_sleep (nj_clock_monotonic () + 2000);
  g_assert_cmpuint (pair.ended, ==, 2);
}

static void
test_cut (void)
{
  on_worker_run (cut, NULL);
}

/* Nobody asks for anything: both sides go in order. */
static void
idle (gpointer unused)
{
  Pair pair;

  pair_make (&pair);
  nj_fiber_sleep (in_seconds (2));
  g_assert_cmpuint (pair.ended, ==, 2);
  g_assert_null (pair.problem);
}

static void
test_idle (void)
{
  on_worker_run (idle, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/h2/plain", test_plain);
  g_test_add_func ("/http/h2/chunked", test_chunked);
  g_test_add_func ("/http/h2/heads", test_heads);
  g_test_add_func ("/http/h2/unsayable", test_unsayable);
  g_test_add_func ("/http/h2/websocket", test_websocket);
  g_test_add_func ("/http/h2/stalled", test_stalled);
  g_test_add_func ("/http/h2/ends", test_ends);
  g_test_add_func ("/http/h2/cut", test_cut);
  g_test_add_func ("/http/h2/idle", test_idle);
  return g_test_run ();
}
