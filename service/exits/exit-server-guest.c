/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One connection to the exit server: TLS, then HTTP/2 or HTTP/1.1. A CONNECT with credentials that
 * are right becomes a tunnel; everything else meets an ordinary web server that has nothing: a
 * prober must not learn that there is an exit here, so there is no 407, and a wrong password takes
 * no longer than none. In fibers, on workers.
 */
#include "exits/exit-server-private.h"

#include "base/clock.h"
#include "exits/carrier.h"
#include "exits/leftover.h"
#include "http/head.h"
#include "net/relay.h"
#include "net/socket.h"
#include "tls/tls-stream.h"

#include <unistd.h>

#define HANDSHAKE_FOR   (10 * (gint64) G_USEC_PER_SEC)
#define HEAD_FOR        (20 * (gint64) G_USEC_PER_SEC)
#define TUNNEL_IDLE_FOR (2 * 3600 * (gint64) G_USEC_PER_SEC)

/* When a CONNECT that is no tunnel is answered, after it came: longer than a hash takes. */
#define STRANGER_AFTER (150 * 1000)

#define HEAD_MAX NJ_WORKER_BLOCK

static const char empty_page[] = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title></title></head>"
                                 "<body></body></html>\n";
static const char missing_page[] = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>404 Not Found</title>"
                                   "</head><body><h1>Not Found</h1></body></html>\n";

/* Who is at the other end. It lives as long as its connection and each fiber that serves it. */
typedef struct
{
  NjExitServer *server;
  NjWorker     *worker;
  NjStream     *stream; /* owned, until it goes to a carrier or a relay */
  NjAddress     peer;
  guint         refs;   /* of one worker, so not atomic */
} Guest;

/* One request on a carrier, served in a fiber of its own. */
typedef struct
{
  Guest    *guest; /* counted */
  NjStrand *strand;
} Errand;

static Guest *
guest_ref (Guest *guest)
{
  guest->refs++;
  return guest;
}

static void
guest_unref (Guest *guest)
{
  if (--guest->refs > 0)
    return;

  nj_stream_close (guest->stream);
  nj_exit_server_add (guest->server, NJ_EXIT_COUNT_CONNECTIONS_OPEN, -1);
  g_free (guest);
}

static void
on_tunnel_done (const NjRelayEnd *end, gpointer guest_pointer)
{
  Guest *guest = guest_pointer;

  nj_exit_server_add (guest->server, NJ_EXIT_COUNT_TUNNELS_OPEN, -1);
  nj_exit_server_add (guest->server, NJ_EXIT_COUNT_BYTES_UP, (gint64) end->bytes_up);
  nj_exit_server_add (guest->server, NJ_EXIT_COUNT_BYTES_DOWN, (gint64) end->bytes_down);
  guest_unref (guest);
}

static void
tunnel_start (Guest *guest, NjStream *near, NjStream *far)
{
  nj_exit_server_add (guest->server, NJ_EXIT_COUNT_TUNNELS, 1);
  nj_exit_server_add (guest->server, NJ_EXIT_COUNT_TUNNELS_OPEN, 1);
  nj_relay_start (near, far, TUNNEL_IDLE_FOR, on_tunnel_done, guest_ref (guest));
}

/* Whether a request is a tunnel's. When not, whoever waits here cannot tell why. */
static gboolean
is_let_in (Guest *guest, NjBytes method, NjBytes authorization)
{
  gint64 start = nj_worker_now (guest->worker);

  if (!nj_bytes_equal (method, NJ_BYTES ("CONNECT")))
    return FALSE;
  if (authorization.len > 0 && nj_users_check (guest->server->config.users, authorization, &guest->peer))
    return TRUE;

  nj_fiber_sleep (start + STRANGER_AFTER);
  return FALSE;
}

/* What an ordinary server without content says. */
static guint
stranger_status (Guest *guest, NjBytes method, NjBytes path, const char **ret_page)
{
  nj_exit_server_add (guest->server, NJ_EXIT_COUNT_STRANGERS, 1);
  *ret_page = "";
  if (!nj_bytes_equal (method, NJ_BYTES ("GET")) && !nj_bytes_equal (method, NJ_BYTES ("HEAD")))
    return 405;

  *ret_page = nj_bytes_equal (path, NJ_BYTES ("/")) ? empty_page : missing_page;
  return *ret_page == empty_page ? 200 : 404;
}

static char *
date_now (void)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (nj_clock_wall () / G_USEC_PER_SEC);

  return g_date_time_format (now, "%a, %d %b %Y %H:%M:%S GMT");
}

static void
strand_serve_stranger (Guest *guest, NjStrand *strand, const NjStrandHead *head)
{
  const char      *page;
  guint            status = stranger_status (guest, head->method, head->path, &page);
  g_autofree char *date = date_now ();
  char             length[24];
  const char      *fields[] = { "date", date, "content-type", "text/html; charset=utf-8", "content-length", length,
                                status == 405 ? "allow" : NULL, "GET, HEAD", NULL };

  g_snprintf (length, sizeof length, "%" G_GSIZE_FORMAT, strlen (page));
  nj_strand_answer (strand, status, fields);
  if (!nj_bytes_equal (head->method, NJ_BYTES ("HEAD")) && page[0] != '\0')
    nj_stream_write (nj_strand_stream (strand), page, strlen (page), nj_worker_now (guest->worker) + HEAD_FOR);
  nj_stream_close (nj_strand_stream (strand));
}

static void
errand_serve (gpointer errand_pointer)
{
  Errand      *errand = errand_pointer;
  Guest       *guest = errand->guest;
  NjStrand    *strand = errand->strand;
  NjStream    *far = NULL;
  NjStrandHead head;
  NjExitTarget reached;

  g_free (errand);
  nj_strand_head (strand, &head);
  if (!is_let_in (guest, head.method, head.authorization))
    strand_serve_stranger (guest, strand, &head);
  else
    {
      reached = nj_exit_server_reach (guest->server, guest->worker, head.authority, &far);
      nj_strand_answer (strand, (guint) reached, NULL);
      if (reached == NJ_EXIT_TARGET_OK)
        tunnel_start (guest, nj_strand_stream (strand), far);
      else
        {
          nj_exit_server_add (guest->server, NJ_EXIT_COUNT_TUNNELS_FAILED, 1);
          nj_stream_close (nj_strand_stream (strand));
        }
    }
  guest_unref (guest);
}

static void
on_requested (NjCarrier *carrier, NjStrand *strand, gpointer guest_pointer)
{
  Errand *errand = g_new0 (Errand, 1);

  errand->guest = guest_ref (guest_pointer);
  errand->strand = strand;
  if (nj_fiber_spawn (errand->guest->worker, errand_serve, errand) != NULL)
    return;

  nj_stream_close (nj_strand_stream (strand));
  guest_unref (errand->guest);
  g_free (errand);
}

static void
on_carrier_ended (NjCarrier *carrier, gpointer guest_pointer)
{
  guest_unref (guest_pointer);
}

static NjIo
say_stranger (Guest *guest, NjBytes method, NjBytes path, gboolean is_last)
{
  const char      *page;
  guint            status = stranger_status (guest, method, path, &page);
  g_autofree char *date = date_now ();
  gboolean         has_body = !nj_bytes_equal (method, NJ_BYTES ("HEAD"));
  g_autofree char *text = g_strdup_printf (
      "HTTP/1.1 %s\r\nDate: %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %" G_GSIZE_FORMAT
      "\r\n%s%s\r\n%s",
      status == 200 ? "200 OK" : status == 404 ? "404 Not Found" : "405 Method Not Allowed", date, strlen (page),
      status == 405 ? "Allow: GET, HEAD\r\n" : "", is_last ? "Connection: close\r\n" : "", has_body ? page : "");

  return nj_stream_write (guest->stream, text, strlen (text), nj_worker_now (guest->worker) + HEAD_FOR);
}

static void
say_status (Guest *guest, const char *status)
{
  g_autofree char *text = g_strdup_printf ("HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status);

  nj_stream_write (guest->stream, text, strlen (text), nj_worker_now (guest->worker) + HEAD_FOR);
}

static void
connect_serve (Guest *guest, NjBytes authority, NjBytes early)
{
  static const char granted[] = "HTTP/1.1 200 OK\r\n\r\n";
  NjStream    *far = NULL;
  NjExitTarget reached = nj_exit_server_reach (guest->server, guest->worker, authority, &far);

  if (reached != NJ_EXIT_TARGET_OK)
    {
      nj_exit_server_add (guest->server, NJ_EXIT_COUNT_TUNNELS_FAILED, 1);
      say_status (guest, reached == NJ_EXIT_TARGET_BAD       ? "400 Bad Request"
                         : reached == NJ_EXIT_TARGET_PRIVATE ? "403 Forbidden"
                         : reached == NJ_EXIT_TARGET_TIMEOUT ? "504 Gateway Timeout"
                                                             : "502 Bad Gateway");
      return;
    }

  if (nj_stream_write (guest->stream, granted, sizeof granted - 1, nj_worker_now (guest->worker) + HEAD_FOR) != NJ_OK)
    {
      nj_stream_close (far);
      return;
    }
  tunnel_start (guest, nj_leftover_new (g_steal_pointer (&guest->stream), early), far);
}

/* One head of what lies in buffer; TRUE when another may follow. */
static gboolean
head_serve (Guest *guest, NjHead *head, char *buffer, gsize *have)
{
  NjFraming framing;
  NjBytes   rest = nj_bytes (buffer + head->length, *have - head->length);
  gboolean  is_last;

  if (nj_head_request_framing (head, &framing) != NJ_HEAD_OK)
    {
      say_status (guest, "400 Bad Request");
      return FALSE;
    }
  if (is_let_in (guest, head->method, nj_head_value (head, NJ_FIELD_PROXY_AUTHORIZATION)))
    {
      connect_serve (guest, head->target, rest);
      return FALSE;
    }

  /* A body is not read: the answer is the same whatever it says. */
  is_last = framing.kind != NJ_FRAMING_NONE || !framing.is_persistent || head->method_id == NJ_METHOD_CONNECT;
  if (say_stranger (guest, head->method, head->target, is_last) != NJ_OK || is_last)
    return FALSE;

  memmove (buffer, rest.data, rest.len);
  *have = rest.len;
  return TRUE;
}

static void
h1_serve (Guest *guest, char *buffer)
{
  const NjHeadLimits limits = { HEAD_MAX, 8192, 100 };
  char               lent[NJ_ARENA_BLOCK];
  gsize              have = 0;
  gboolean           is_going = TRUE;

  while (is_going)
    {
      g_auto (NjArena) arena;
      NjHead       head = { 0 };
      NjHeadResult result;
      gsize        n = 0;

      nj_arena_init (&arena, lent, sizeof lent);
      result = have > 0 ? nj_head_parse_request (&head, &arena, buffer, have, &limits) : NJ_HEAD_MORE;
      if (result == NJ_HEAD_OK)
        is_going = head_serve (guest, &head, buffer, &have);
      else if (result == NJ_HEAD_MORE && have < HEAD_MAX)
        {
          is_going = nj_stream_read (guest->stream, buffer + have, HEAD_MAX - have,
                                     nj_worker_now (guest->worker) + HEAD_FOR, &n) == NJ_OK;
          have += n;
        }
      else
        {
          say_status (guest, "400 Bad Request");
          is_going = FALSE;
        }
    }
}

static void
guest_serve (gpointer guest_pointer)
{
  Guest    *guest = guest_pointer;
  NjStream *below = g_steal_pointer (&guest->stream);
  char     *buffer;

  if (nj_tls_accept (below, guest->server->config.tls, nj_worker_now (guest->worker) + HANDSHAKE_FOR, &guest->stream,
                     NULL) != NJ_OK)
    {
      guest->stream = NULL;
      guest_unref (guest);
      return;
    }

  if (nj_bytes_equal (nj_tls_protocol (guest->stream), NJ_BYTES ("h2")))
    {
      /* The carrier holds the guest until it ends. */
      if (nj_carrier_new_server (g_steal_pointer (&guest->stream), on_requested, on_carrier_ended, guest) == NULL)
        guest_unref (guest);
      return;
    }

  buffer = nj_worker_block_take (guest->worker);
  h1_serve (guest, buffer);
  nj_worker_block_give (guest->worker, buffer);
  guest_unref (guest);
}

/**
 * nj_exit_server_greet:
 * @server: a server
 * @worker: the calling thread's worker
 * @fd: (transfer full): a connection
 * @peer: who connected
 *
 * The worker's thread.
 */
void
nj_exit_server_greet (NjExitServer *server, NjWorker *worker, int fd, const NjAddress *peer)
{
  Guest *guest = g_new0 (Guest, 1);

  guest->server = server;
  guest->worker = worker;
  guest->peer = *peer;
  guest->refs = 1;
  guest->stream = nj_socket_new (worker, fd);
  nj_exit_server_add (server, NJ_EXIT_COUNT_CONNECTIONS, 1);
  nj_exit_server_add (server, NJ_EXIT_COUNT_CONNECTIONS_OPEN, 1);
  if (nj_fiber_spawn (worker, guest_serve, guest) == NULL)
    guest_unref (guest);
}
