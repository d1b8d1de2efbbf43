/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Carriers, both sides of one on one worker over a socket pair: bytes whole both ways on many
 * strands, ends of each kind, and one strand that nobody reads beside others that go on.
 */
#include "base/clock.h"
#include "exits/carrier.h"
#include "net/socket.h"
#include "net/worker.h"
#include "tests/support/on-worker.h"

#include <sys/socket.h>

#define LARGE (3 * 1024 * 1024 + 5)

typedef struct
{
  NjCarrier *client;
  NjCarrier *server;
  guint      ended; /* how many said so */
  int        fds[2];
  char       seen[64]; /* credentials of the last request */
} Pair;

static gint64
in_seconds (gint seconds)
{
  return nj_clock_monotonic () + seconds * G_USEC_PER_SEC;
}

static void
on_ended (NjCarrier *carrier, gpointer user_data)
{
  ((Pair *) user_data)->ended++;
}

static void
echo_serve (gpointer user_data)
{
  NjStream *stream = user_data;
  char      buffer[4096];
  gsize     n;

  while (nj_stream_read (stream, buffer, sizeof buffer, in_seconds (20), &n) == NJ_OK)
    if (nj_stream_write (stream, buffer, n, in_seconds (20)) != NJ_OK)
      break;
  nj_stream_shut (stream, in_seconds (1));
  nj_stream_close (stream);
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

  for (gsize i = 0; i < LARGE; i++)
    bytes[i] = byte_at (i);
  nj_stream_write (stream, bytes, LARGE, in_seconds (20));
  /* Closed at once: what was written must arrive all the same. */
  nj_stream_close (stream);
}

/* Speaks until nobody hears it any more; how that shows is what is asked. */
static void
spring_serve (gpointer user_data)
{
  NjStream          *stream = user_data;
  g_autofree guint8 *bytes = g_malloc0 (LARGE);
  gint64             until = in_seconds (20);

  while (nj_stream_write (stream, bytes, LARGE, until) == NJ_OK)
    g_assert_cmpint (nj_clock_monotonic (), <, until);
  nj_stream_close (stream);
}

static void
on_requested (NjCarrier *carrier, NjStrand *strand, gpointer user_data)
{
  static const char *const fields[] = { "server", "test", NULL };
  Pair        *pair = user_data;
  NjStrandHead head;
  NjStream    *stream = nj_strand_stream (strand);

  nj_strand_head (strand, &head);
  g_assert_true (nj_bytes_equal (head.method, NJ_BYTES ("CONNECT")));
  g_snprintf (pair->seen, sizeof pair->seen, "%.*s", NJ_BYTES_ARGS (head.authorization));
  if (nj_bytes_equal (head.authority, NJ_BYTES ("refuse:1")))
    {
      nj_strand_answer (strand, 502, fields);
      nj_stream_close (stream);
    }
  else if (nj_bytes_equal (head.authority, NJ_BYTES ("reset:1")))
    nj_stream_close (stream);
  else if (nj_bytes_equal (head.authority, NJ_BYTES ("end:1")))
    {
      nj_carrier_end (carrier);
      nj_stream_close (stream);
    }
  else
    {
      nj_strand_answer (strand, 200, fields);
      nj_fiber_spawn (nj_worker_current (), nj_bytes_equal (head.authority, NJ_BYTES ("source:1"))   ? source_serve
                                               : nj_bytes_equal (head.authority, NJ_BYTES ("spring:1")) ? spring_serve
                                                                                                        : echo_serve,
                      stream);
    }
}

static void
pair_make (Pair *pair)
{
  *pair = (Pair){ 0 };
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair->fds), ==, 0);
  pair->client = nj_carrier_new_client (nj_socket_new (nj_worker_current (), pair->fds[0]), on_ended, pair);
  pair->server = nj_carrier_new_server (nj_socket_new (nj_worker_current (), pair->fds[1]), on_requested, on_ended, pair);
}

static NjStream *
tunnel_to (Pair *pair, const char *authority, guint *ret_status)
{
  NjStrand    *strand = nj_strand_new (pair->client, nj_bytes_from_string (authority), NJ_BYTES ("Basic eDp5"));
  NjStream    *stream = nj_strand_stream (strand);
  NjStrandHead head = { 0 };

  while (head.status == 0 && !stream->ready->broken)
    {
      g_assert_cmpint (nj_stream_wait (stream, NJ_WAIT_READ, in_seconds (5)), ==, NJ_OK);
      nj_strand_head (strand, &head);
    }
  *ret_status = head.status;
  return stream;
}

static NjStream *
open_tunnel (Pair *pair, const char *authority)
{
  guint     status;
  NjStream *stream = tunnel_to (pair, authority, &status);

  g_assert_cmpuint (status, ==, 200);
  return stream;
}

static void
assert_source (NjStream *stream)
{
  guint8 buffer[5000];
  gsize  have = 0;
  gsize  n;
  NjIo   io;

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

static void
round_trip (gpointer unused)
{
  Pair      pair;
  NjStream *stream;
  char      buffer[16];
  gsize     n;

  pair_make (&pair);
  stream = open_tunnel (&pair, "echo:1");
  g_assert_cmpstr (pair.seen, ==, "Basic eDp5");
  g_assert_cmpint (nj_stream_write (stream, "hello", 5, in_seconds (5)), ==, NJ_OK);
  g_assert_cmpint (nj_stream_read_full (stream, buffer, 5, in_seconds (5)), ==, NJ_OK);
  g_assert_cmpmem (buffer, 5, "hello", 5);
  g_assert_cmpint (nj_stream_read (stream, buffer, 1, nj_clock_monotonic () + 10000, &n), ==, NJ_TIMEOUT);
  g_assert_cmpint (nj_stream_write (stream, "bye", 3, in_seconds (5)), ==, NJ_OK);
  g_assert_cmpint (nj_stream_shut (stream, in_seconds (5)), ==, NJ_OK);
  g_assert_cmpint (nj_stream_read_full (stream, buffer, 3, in_seconds (5)), ==, NJ_OK);
  g_assert_cmpint (nj_stream_read (stream, buffer, 1, in_seconds (5), &n), ==, NJ_EOF);
  nj_stream_close (stream);

  stream = open_tunnel (&pair, "source:1");
  assert_source (stream);
  nj_stream_close (stream);
  nj_fiber_yield ();
  g_assert_cmpuint (nj_carrier_load (pair.client), ==, 0);
  nj_carrier_end (pair.client);
  nj_fiber_sleep (nj_clock_monotonic () + 1000);
  g_assert_cmpuint (pair.ended, ==, 2);
}

static void
test_round_trip (void)
{
  on_worker_run (round_trip, NULL);
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
      /* Settings came by now, so the room is what the server allows. */
      g_assert_true (nj_carrier_has_room (pair.client));
      idle[i] = open_tunnel (&pair, "source:1");
    }
  nj_fiber_sleep (nj_clock_monotonic () + 20000);
  stream = open_tunnel (&pair, "source:1");
  assert_source (stream);
  nj_stream_close (stream);
  stream = open_tunnel (&pair, "echo:1");
  nj_stream_close (stream);

  for (guint i = 0; i < G_N_ELEMENTS (idle); i += 2)
    {
      assert_source (idle[i]);
      nj_stream_close (idle[i]);
      nj_stream_close (idle[i + 1]);
    }
  nj_fiber_sleep (nj_clock_monotonic () + 20000);
  g_assert_cmpuint (nj_carrier_load (pair.client), ==, 0);
  g_assert_cmpuint (nj_carrier_load (pair.server), ==, 0);
}

/* Whoever leaves in the middle of an answer that has no end is not told the rest of it: it would be fetched for nobody,
 * as fast as it comes. */
static void
unheard (gpointer unused)
{
  Pair      pair;
  NjStream *streams[8];
  gint64    until = in_seconds (10);

  pair_make (&pair);
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    streams[i] = open_tunnel (&pair, "spring:1");
  nj_fiber_sleep (nj_clock_monotonic () + 20000);
  for (guint i = 0; i < G_N_ELEMENTS (streams); i++)
    nj_stream_close (streams[i]);
  while (nj_carrier_load (pair.server) > 0 && nj_clock_monotonic () < until)
    nj_fiber_sleep (nj_clock_monotonic () + 10000);
  g_assert_cmpuint (nj_carrier_load (pair.server), ==, 0);
  g_assert_cmpuint (nj_carrier_load (pair.client), ==, 0);
}

static void
test_unheard (void)
{
  on_worker_run (unheard, NULL);
}

static void
test_stalled (void)
{
  on_worker_run (stalled, NULL);
}

static void
ends (gpointer unused)
{
  Pair      pair;
  guint     status;
  NjStream *stream;
  NjStream *other;
  char      c;
  gsize     n;

  pair_make (&pair);
  stream = tunnel_to (&pair, "refuse:1", &status);
  g_assert_cmpuint (status, ==, 502);
  nj_stream_close (stream);

  stream = tunnel_to (&pair, "reset:1", &status);
  g_assert_cmpuint (status, ==, 0);
  g_assert_cmpint (nj_stream_read (stream, &c, 1, in_seconds (1), &n), ==, NJ_FAILED);
  g_assert_cmpint (nj_stream_write (stream, "x", 1, in_seconds (1)), ==, NJ_FAILED);
  g_assert_false (nj_strand_is_cut ((NjStrand *) stream));
  nj_stream_close (stream);

  /* The connection ends: what is open is broken, at once, on both sides. */
  other = open_tunnel (&pair, "echo:1");
  stream = tunnel_to (&pair, "end:1", &status);
  g_assert_cmpuint (status, ==, 0);
  g_assert_true (nj_strand_is_cut ((NjStrand *) stream));
  g_assert_false (nj_carrier_has_room (pair.client));
  g_assert_cmpint (nj_stream_read (other, &c, 1, in_seconds (1), &n), ==, NJ_FAILED);
  nj_stream_close (stream);
  nj_stream_close (other);
  g_assert_cmpuint (pair.ended, ==, 2);
}

static void
test_ends (void)
{
  on_worker_run (ends, NULL);
}

static void
nonsense (gpointer unused)
{
  Pair      pair = { 0 };
  NjStrand *strand;
  char      c;
  gsize     n;

  /* Not HTTP/2 at all, to either side. */
  for (int i = 0; i < 2; i++)
    {
      g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.fds), ==, 0);
      if (i == 0)
        {
          pair.client = nj_carrier_new_client (nj_socket_new (nj_worker_current (), pair.fds[0]), on_ended, &pair);
          strand = nj_strand_new (pair.client, NJ_BYTES ("echo:1"), NJ_BYTES_NONE);
        }
      else
        nj_carrier_new_server (nj_socket_new (nj_worker_current (), pair.fds[0]), on_requested, on_ended, &pair);
      g_assert_cmpint (send (pair.fds[1], "HTTP/1.1 400 Bad Request\r\n\r\nabcdefghijklmnopqrstuvwxyz", 55, 0), >, 0);
      if (i == 0)
        {
          g_assert_cmpint (nj_stream_read (nj_strand_stream (strand), &c, 1, in_seconds (1), &n), ==, NJ_FAILED);
          nj_stream_close (nj_strand_stream (strand));
        }
      nj_fiber_sleep (nj_clock_monotonic () + 5000);
      g_assert_cmpuint (pair.ended, ==, (guint) i + 1);
      shutdown (pair.fds[1], SHUT_RDWR);
    }
}

static void
test_nonsense (void)
{
  on_worker_run (nonsense, NULL);
}

static gint64 ahead; /* how far the test's clock is before the machine's, µs */

static gint64
on_monotonic (void)
{
  return g_get_monotonic_time () + ahead;
}

static gint64
on_wall (void)
{
  return g_get_real_time () + ahead;
}

/* A link that was silent is asked for a sign of life before something new is said on it, and ends when
 * there is none: the other side's fiber only takes what comes. */
static void
silent (gpointer unused)
{
  const NjClock clock = { on_monotonic, on_wall };
  Pair          living;
  Pair          pair = { 0 };
  Pair          warm;
  NjStrand     *strand;
  NjStream     *stream;
  char          c;
  gsize         n;

  nj_clock_replace (&clock);

  /* One that lives answers, and nothing ends. */
  pair_make (&living);
  stream = open_tunnel (&living, "echo:1");
  ahead += 60 * G_USEC_PER_SEC;
  nj_fiber_sleep (nj_clock_monotonic () + 1000);
  nj_stream_close (open_tunnel (&living, "echo:1"));
  ahead += 3 * G_USEC_PER_SEC;
  nj_fiber_sleep (nj_clock_monotonic () + 1000);
  g_assert_true (nj_carrier_has_room (living.client));
  nj_stream_close (stream);
  nj_carrier_end (living.client);

  /* One that is dead says nothing: two seconds. */
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.fds), ==, 0);
  pair.client = nj_carrier_new_client (nj_socket_new (nj_worker_current (), pair.fds[0]), on_ended, &pair);
  ahead += 60 * G_USEC_PER_SEC;
  nj_fiber_sleep (nj_clock_monotonic () + 1000);
  strand = nj_strand_new (pair.client, NJ_BYTES ("echo:1"), NJ_BYTES_NONE);
  ahead += 1900 * 1000;
  g_assert_cmpint (nj_stream_read (nj_strand_stream (strand), &c, 1, nj_clock_monotonic () + 1000, &n), ==, NJ_TIMEOUT);
  ahead += 200 * 1000;
  g_assert_cmpint (nj_stream_read (nj_strand_stream (strand), &c, 1, in_seconds (5), &n), ==, NJ_FAILED);
  g_assert_true (nj_strand_is_cut (strand));
  nj_stream_close (nj_strand_stream (strand));
  g_assert_cmpuint (pair.ended, ==, 1);
  shutdown (pair.fds[1], SHUT_RDWR);

  /* And a warm one that nobody uses ends after ten minutes. */
  pair_make (&warm);
  nj_stream_close (open_tunnel (&warm, "echo:1"));
  nj_fiber_sleep (nj_clock_monotonic () + 1000);
  ahead += 601 * G_USEC_PER_SEC;
  nj_fiber_sleep (nj_clock_monotonic () + 5000);
  g_assert_cmpuint (warm.ended, ==, 2);
  nj_clock_replace (NULL);
}

static void
test_silent (void)
{
  on_worker_run (silent, NULL);
}

/* Carriers that are warm when the worker ends go with it. */
static void
left_closed (gpointer unused)
{
  static Pair pair;
  NjStream   *stream;

  pair_make (&pair);
  stream = open_tunnel (&pair, "source:1");
  nj_stream_close (stream);
  stream = open_tunnel (&pair, "echo:1");
  nj_stream_close (stream);
}

static void
test_left (void)
{
  on_worker_run (left_closed, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exits/carrier/round-trip", test_round_trip);
  g_test_add_func ("/exits/carrier/stalled", test_stalled);
  g_test_add_func ("/exits/carrier/unheard", test_unheard);
  g_test_add_func ("/exits/carrier/ends", test_ends);
  g_test_add_func ("/exits/carrier/nonsense", test_nonsense);
  g_test_add_func ("/exits/carrier/silent", test_silent);
  g_test_add_func ("/exits/carrier/left", test_left);
  return g_test_run ();
}
