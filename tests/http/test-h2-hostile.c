/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Clients that do not play by the rules, as frames written by hand: heads that two readers could
 * read differently are never seen by whoever serves, and who only makes work is told to calm down,
 * with one line for the journal. Sources: RFC 9113 §8, §10.5.
 */
#include "base/clock.h"
#include "http/h2.h"
#include "net/socket.h"
#include "net/worker.h"
#include "tests/support/on-worker.h"

#include <sys/socket.h>
#include <unistd.h>

enum
{
  DATA = 0,
  HEADERS = 1,
  PRIORITY = 2,
  RST_STREAM = 3,
  SETTINGS = 4,
  PING = 6,
  GOAWAY = 7,
  CONTINUATION = 9
};
enum
{
  END_STREAM = 1,
  END_HEADERS = 4
};

#define CALM 11 /* ENHANCE_YOUR_CALM */

typedef struct
{
  NjH2       *server;
  int         fd;
  GByteArray *said;    /* what goes out next */
  guint       requests; /* that came to whoever serves */
  guint       problems;
  const char *problem;
  guint       ended;
  GByteArray *heard;
} Client;

static void
on_requested (NjH2 *h2, NjStream *stream, gpointer user_data)
{
  ((Client *) user_data)->requests++;
  nj_stream_close (stream);
}

static void
on_troubled (NjH2 *h2, const char *problem, gpointer user_data)
{
  ((Client *) user_data)->problems++;
  ((Client *) user_data)->problem = problem;
}

static void
on_ended (NjH2 *h2, gpointer user_data)
{
  ((Client *) user_data)->ended++;
}

static void
put (Client *client, const void *bytes, gsize len)
{
  g_byte_array_append (client->said, bytes, (guint) len);
}

static void
frame (Client *client, guint8 type, guint8 flags, guint32 id, const void *payload, gsize len)
{
  const guint8 head[9] = { (guint8) (len >> 16), (guint8) (len >> 8), (guint8) len, type, flags,
                           (guint8) (id >> 24),  (guint8) (id >> 16), (guint8) (id >> 8), (guint8) id };

  put (client, head, sizeof head);
  put (client, payload, len);
}

/* Literal fields that are not indexed; each shorter than 127 bytes. RFC 7541 §6.2.2. */
static GByteArray *
block_of (const char *const *fields)
{
  GByteArray *block = g_byte_array_new ();

  for (; fields[0] != NULL; fields++)
    {
      guint8 len = (guint8) strlen (fields[0]);

      /* The name has a zero before it. */
      g_byte_array_append (block, (const guint8 *) "\0", 1);
      g_byte_array_append (block, &len, 1);
      g_byte_array_append (block, (const guint8 *) fields[0], len);
      fields++;
      len = (guint8) strlen (fields[0]);
      g_byte_array_append (block, &len, 1);
      g_byte_array_append (block, (const guint8 *) fields[0], len);
    }
  return block;
}

static void
headers (Client *client, guint32 id, guint8 flags, const char *const *fields)
{
  g_autoptr (GByteArray) block = block_of (fields);

  frame (client, HEADERS, flags, id, block->data, block->len);
}

static void
client_make (Client *client)
{
  static const NjH2Events events = { on_requested, on_troubled, on_ended };
  const NjHeadLimits      limits = NJ_HEAD_LIMITS_DEFAULT;
  int                     fds[2];

  *client = (Client){ .said = g_byte_array_new (), .heard = g_byte_array_new () };
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), ==, 0);
  client->fd = fds[0];
  client->server = nj_h2_new_server (nj_socket_new (nj_worker_current (), fds[1]), &limits, 60 * G_USEC_PER_SEC, &events, client);
  put (client, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
  frame (client, SETTINGS, 0, 0, "", 0);
}

static void
client_end (Client *client)
{
  if (client->ended == 0)
    nj_h2_end (client->server);
  nj_fiber_sleep (nj_clock_monotonic () + 1000);
  g_assert_cmpuint (client->ended, ==, 1);
  close (client->fd);
  g_byte_array_unref (client->said);
  g_byte_array_unref (client->heard);
}

/* Says what is to be said and hears what comes, until both have rest. */
static void
talk (Client *client)
{
  gsize at = 0;

  for (int quiet = 0; quiet < 5;)
    {
      guint8  buffer[65536];
      ssize_t sent = client->said->len > at ? send (client->fd, client->said->data + at, client->said->len - at, MSG_NOSIGNAL) : 0;
      ssize_t got = recv (client->fd, buffer, sizeof buffer, 0);

      if (sent > 0)
        at += (gsize) sent;
      if (got > 0)
        g_byte_array_append (client->heard, buffer, (guint) got);
      quiet = sent > 0 || got > 0 ? 0 : quiet + 1;
      nj_fiber_sleep (nj_clock_monotonic () + 200);
    }
  g_byte_array_set_size (client->said, 0);
}

/* The code of the first frame of that type, -1 when there is none. */
static gint
code_of (Client *client, guint8 type)
{
  const guint8 *at = client->heard->data;
  const guint8 *end = at + client->heard->len;

  while (end - at >= 9)
    {
      guint         len = (guint) at[0] << 16 | (guint) at[1] << 8 | at[2];
      const guint8 *payload = at + 9;

      if (at[3] == type)
        return payload[len == 4 ? 3 : 7];
      at += 9 + len;
    }
  return -1;
}

#define GOOD ":method", "GET", ":scheme", "https", ":authority", "example.org", ":path", "/"

static const char *const malformed[][24] = {
  { ":method", "GET", ":scheme", "https", ":authority", "example.org", ":path", "/ HTTP/1.1\r\nX: y", NULL },
  { ":method", "GET", ":scheme", "https", ":authority", "example.org", ":path", "/a b", NULL },
  { ":method", "GET", ":scheme", "https", ":authority", "example.org", ":path", "a", NULL },
  { ":method", "GET", ":scheme", "https", ":authority", "example.org", ":path", "", NULL },
  { ":method", "GET", ":scheme", "https", ":authority", "example.org", ":path", "https://example.org/", NULL },
  { ":method", "GET", ":scheme", "http", ":authority", "example.org", ":path", "/", NULL },
  { ":method", "G T", ":scheme", "https", ":authority", "example.org", ":path", "/", NULL },
  { ":method", "GET", ":scheme", "https", ":authority", "u@example.org", ":path", "/", NULL },
  { ":method", "GET", ":scheme", "https", ":authority", "example.org/x", ":path", "/", NULL },
  { ":method", "GET", ":scheme", "https", ":authority", "", ":path", "/", NULL },
  { ":method", "GET", ":scheme", "https", ":path", "/", NULL },
  { ":method", "GET", ":authority", "example.org", ":path", "/", NULL },
  { ":scheme", "https", ":authority", "example.org", ":path", "/", NULL },
  { ":method", "GET", ":scheme", "https", ":authority", "example.org", NULL },
  { GOOD, ":path", "/b", NULL },
  { GOOD, ":status", "200", NULL },
  { GOOD, ":odd", "1", NULL },
  { GOOD, "x", "1", ":path", "/b", NULL },
  { GOOD, "host", "other.example", NULL },
  { GOOD, "host", "example.org", "host", "example.org", NULL },
  { GOOD, "X-Upper", "1", NULL },
  { GOOD, "x y", "1", NULL },
  { GOOD, "x:y", "1", NULL },
  { GOOD, "", "1", NULL },
  { GOOD, "x", "a\r\nhost: b", NULL },
  { GOOD, "x", "a\nb", NULL },
  { GOOD, "x\r\ny", "a", NULL },
  { GOOD, "connection", "close", NULL },
  { GOOD, "transfer-encoding", "chunked", NULL },
  { GOOD, "upgrade", "h2c", NULL },
  { GOOD, "keep-alive", "1", NULL },
  { GOOD, "proxy-connection", "close", NULL },
  { GOOD, "te", "gzip", NULL },
  { GOOD, "content-length", "5", NULL },
  { GOOD, "content-length", "0", "content-length", "0", NULL },
  { GOOD, "content-length", "+0", NULL },
  { ":method", "CONNECT", ":protocol", "connect-udp", ":scheme", "https", ":authority", "example.org", ":path", "/", NULL },
  { ":method", "GET", ":protocol", "websocket", ":scheme", "https", ":authority", "example.org", ":path", "/", NULL },
  { ":method", "CONNECT", ":authority", "example.org:443", ":path", "/", NULL },
};

/* Each is reset alone: the good one behind it comes through. */
static void
heads (gpointer unused)
{
  static const char *const good[] = { GOOD, "te", "trailers", "host", "EXAMPLE.org", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      Client client;

      client_make (&client);
      headers (&client, 1, END_HEADERS | END_STREAM, malformed[i]);
      headers (&client, 3, END_HEADERS | END_STREAM, good);
      talk (&client);
      if (client.requests != 1 || client.problems == 0 || code_of (&client, RST_STREAM) != 1)
        g_error ("head %u: %u requests, reset %d, “%s”", i, client.requests, code_of (&client, RST_STREAM), client.problem);
      client_end (&client);
    }
}

static void
test_heads (void)
{
  on_worker_run (heads, NULL);
}

/* More than the limits of a head: answered, not served. */
static void
large (gpointer unused)
{
  static const char *const good[] = { GOOD, NULL };
  Client                   client;

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (GByteArray) block = block_of (good);
      gsize                  at = 0;

      for (guint field = 0; field < (i == 0 ? 220u : 199u); field++)
        {
          /* One entry of the table, named again and again: RFC 7541 §6.1. */
          if (field == 0)
            {
              g_byte_array_append (block, (const guint8 *) "\x40\x01x\x7f\xad\x02", 6);
              for (guint j = 0; j < 428; j++)
                g_byte_array_append (block, (const guint8 *) "y", 1);
            }
          else
            g_byte_array_append (block, (const guint8 *) "\xbe", 1);
        }
      client_make (&client);
      frame (&client, HEADERS, END_STREAM, 1, block->data, 20);
      for (at = 20; block->len - at > 600; at += 600)
        frame (&client, CONTINUATION, 0, 1, block->data + at, 600);
      frame (&client, CONTINUATION, END_HEADERS, 1, block->data + at, block->len - at);
      talk (&client);
      g_assert_cmpuint (client.requests, ==, 0);
      g_assert_cmpstr (client.problem, ==, "head too large");
      g_assert_cmpint (code_of (&client, GOAWAY), ==, -1);
      client_end (&client);
    }
}

static void
test_large (void)
{
  on_worker_run (large, NULL);
}

static void
rapid_reset (Client *client)
{
  static const char *const good[] = { GOOD, NULL };

  for (guint32 i = 0; i < 2000; i++)
    {
      headers (client, i * 2 + 1, END_HEADERS | END_STREAM, good);
      frame (client, RST_STREAM, 0, i * 2 + 1, "\0\0\0\x08", 4);
    }
}

static void
settings_flood (Client *client)
{
  for (guint i = 0; i < 2000; i++)
    frame (client, SETTINGS, 0, 0, "", 0);
}

static void
ping_flood (Client *client)
{
  for (guint i = 0; i < 2000; i++)
    frame (client, PING, 0, 0, "12345678", 8);
}

static void
empty_flood (Client *client)
{
  static const char *const post[] = { ":method", "POST", ":scheme", "https", ":authority", "example.org", ":path", "/", NULL };

  headers (client, 1, END_HEADERS, post);
  for (guint i = 0; i < 2000; i++)
    frame (client, DATA, 0, 1, "", 0);
}

static void
priority_flood (Client *client)
{
  for (guint i = 0; i < 4000; i++)
    frame (client, PRIORITY, 0, 1 + 2 * i, "\0\0\0\0\x10", 5);
}

static void
continuation_flood (Client *client)
{
  static const char *const good[] = { GOOD, NULL };
  g_autoptr (GByteArray)   block = block_of (good);

  frame (client, HEADERS, END_STREAM, 1, block->data, block->len);
  for (guint i = 0; i < 3000; i++)
    frame (client, CONTINUATION, 0, 1, "", 0);
}

static void
malformed_flood (Client *client)
{
  for (guint32 i = 0; i < 2000; i++)
    headers (client, i * 2 + 1, END_HEADERS | END_STREAM, malformed[i % G_N_ELEMENTS (malformed)]);
}

static void
floods (gpointer unused)
{
  void (*const list[]) (Client *client) = { rapid_reset,    settings_flood,     ping_flood,     empty_flood,
                                            priority_flood, continuation_flood, malformed_flood };

  for (guint i = 0; i < G_N_ELEMENTS (list); i++)
    {
      Client client;

      client_make (&client);
      list[i] (&client);
      talk (&client);
      if (client.ended != 1 || client.problem == NULL || (code_of (&client, GOAWAY) != CALM && list[i] != continuation_flood))
        g_error ("flood %u: GOAWAY %d, “%s”, %u requests", i, code_of (&client, GOAWAY), client.problem, client.requests);
      g_assert_cmpuint (client.requests, <=, 400);
      client_end (&client);
    }
}

static void
test_floods (void)
{
  on_worker_run (floods, NULL);
}

static void
nonsense (gpointer unused)
{
  Client client;

  client_make (&client);
  g_byte_array_set_size (client.said, 0);
  put (&client, "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", 37);
  talk (&client);
  g_assert_cmpuint (client.ended, ==, 1);
  g_assert_cmpstr (client.problem, ==, "not HTTP/2");
  client_end (&client);
}

static void
test_nonsense (void)
{
  on_worker_run (nonsense, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/h2-hostile/heads", test_heads);
  g_test_add_func ("/http/h2-hostile/large", test_large);
  g_test_add_func ("/http/h2-hostile/floods", test_floods);
  g_test_add_func ("/http/h2-hostile/nonsense", test_nonsense);
  return g_test_run ();
}
