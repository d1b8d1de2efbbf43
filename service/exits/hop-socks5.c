/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SOCKS5 as a client, with or without user name and password, and Tor, which is SOCKS5 with
 * credentials that keep one site's streams apart from another's. Names go out as names. Answers
 * are read to the byte, so nothing of the target's is ever lost. In fibers, on workers.
 *
 * Greeting, password and request cost a round trip each when they wait for one another. RFC 1928 does not say
 * that they must, but of what comes in one packet microsocks reads the first and loses the rest, and tor answers
 * the last and forgets to answer the first. So an exit is asked in turn until a connection made ahead, for
 * which nobody waits, has found out that it need not be.
 */
#include "exits/exit-private.h"
#include "exits/hop.h"

#include "net/worker.h"

#include <string.h>

#define VERSION        5
#define METHOD_NONE    0
#define METHOD_USER    2
#define METHOD_REFUSED 0xff
#define ADDRESS_V4     1
#define ADDRESS_NAME   3
#define ADDRESS_V6     4

#define CLOSED "the exit closed the connection instead of answering"

#define PASSWORD_MAX (3 + 255 + 255)
#define REQUEST_MAX  (4 + 1 + NJ_HOST_MAX + 2)

/* What was said too early is lost when so long nothing comes of it, or eight round trips; µs. */
#define LOST_AFTER (700 * (gint64) 1000)

/* What the exit's answer means: RFC 1928 §6. */
static const struct
{
  NjDialResult result;
  const char  *text;
} replies[] = {
  { NJ_DIAL_OK, "" },
  { NJ_DIAL_EXIT_REFUSED, "the exit could not do it" },
  { NJ_DIAL_EXIT_REFUSED, "the exit does not allow this target" },
  { NJ_DIAL_UNREACHABLE, "network unreachable from the exit" },
  { NJ_DIAL_UNREACHABLE, "target unreachable from the exit" },
  { NJ_DIAL_CONNECTION_REFUSED, "the target refused the exit" },
  { NJ_DIAL_TIMEOUT, "the target did not answer the exit" },
  { NJ_DIAL_EXIT_REFUSED, "the exit knows no CONNECT" },
  { NJ_DIAL_EXIT_REFUSED, "the exit knows no such address" },
};

typedef struct
{
  const char *user; /* (nullable) */
  const char *password;
} Credentials;

static gsize
put_text (guint8 *out, const char *text)
{
  gsize len = MIN (strlen (text), 255);

  out[0] = (guint8) len;
  memcpy (out + 1, text, len);
  return len + 1;
}

/* RFC 1929 §2. */
static gsize
password_print (const Credentials *credentials, guint8 *out)
{
  gsize len = 0;

  out[len++] = 1;
  len += put_text (out + len, credentials->user);
  len += put_text (out + len, credentials->password != NULL ? credentials->password : "");
  return len;
}

static NjIo
send_password (NjStream *below, const Credentials *credentials, gint64 deadline)
{
  guint8 message[PASSWORD_MAX];
  gsize  len = password_print (credentials, message);
  NjIo   io = nj_stream_write (below, message, len, deadline);

  explicit_bzero (message, sizeof message);
  return io;
}

static NjIo
read_verdict (NjStream *below, NjIo io, gint64 deadline, NjDialFailure *ret_failure)
{
  guint8 answer[2];

  if (io == NJ_OK)
    io = nj_stream_read_full (below, answer, sizeof answer, deadline);

  /* RFC 1929 §2 has servers close after a refusal, and some do so instead of saying it. */
  if (io == NJ_EOF)
    return nj_hop_fail (below, io, NJ_DIAL_EXIT_AUTH, ret_failure, "the exit wants other credentials");
  if (io != NJ_OK)
    return nj_hop_cut (below, io, ret_failure, "after the password");
  if (answer[1] != 0)
    return nj_hop_fail (below, io, NJ_DIAL_EXIT_AUTH, ret_failure, "the exit wants other credentials");
  return NJ_OK;
}

/* The method that the exit chose. */
static NjIo
read_method (NjStream *below, NjIo io, gint64 deadline, guint8 *ret_method, NjDialFailure *ret_failure)
{
  guint8 answer[2];

  if (io == NJ_OK)
    io = nj_stream_read_full (below, answer, sizeof answer, deadline);
  if (io != NJ_OK)
    return nj_hop_cut (below, io, ret_failure, "during its greeting");
  if (answer[0] != VERSION)
    return nj_hop_fail (below, io, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit does not speak SOCKS5");
  *ret_method = answer[1];
  return NJ_OK;
}

static NjIo
refuse_method (NjStream *below, guint8 method, const Credentials *credentials, NjDialFailure *ret_failure)
{
  if (method == METHOD_REFUSED)
    return nj_hop_fail (below, NJ_FAILED, NJ_DIAL_EXIT_AUTH, ret_failure,
                        credentials->user != NULL ? "the exit wants other credentials" : "the exit wants credentials");
  return nj_hop_fail (below, NJ_FAILED, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit broke its protocol");
}

static NjIo
greet (NjStream *below, const Credentials *credentials, gint64 deadline, NjDialFailure *ret_failure)
{
  const guint8 plain[] = { VERSION, 1, METHOD_NONE };
  const guint8 both[] = { VERSION, 2, METHOD_NONE, METHOD_USER };
  guint8       method = METHOD_REFUSED;
  NjIo         io;

  if (credentials->user != NULL)
    io = nj_stream_write (below, both, sizeof both, deadline);
  else
    io = nj_stream_write (below, plain, sizeof plain, deadline);
  io = read_method (below, io, deadline, &method, ret_failure);
  if (io != NJ_OK || method == METHOD_NONE)
    return io;
  if (method == METHOD_USER && credentials->user != NULL)
    return read_verdict (below, send_password (below, credentials, deadline), deadline, ret_failure);
  return refuse_method (below, method, credentials, ret_failure);
}

static gsize
request_print (const NjHopRequest *request, guint8 *out)
{
  NjAddress address;
  gsize     len = 0;

  out[len++] = VERSION;
  out[len++] = 1; /* CONNECT */
  out[len++] = 0;
  if (!nj_address_parse (request->host, 0, &address))
    {
      out[len++] = ADDRESS_NAME;
      out[len++] = (guint8) MIN (request->host.len, NJ_HOST_MAX);
      memcpy (out + len, request->host.data, MIN (request->host.len, NJ_HOST_MAX));
      len += MIN (request->host.len, NJ_HOST_MAX);
    }
  else if (address.any.sa_family == AF_INET)
    {
      out[len++] = ADDRESS_V4;
      memcpy (out + len, &address.v4.sin_addr, 4);
      len += 4;
    }
  else
    {
      out[len++] = ADDRESS_V6;
      memcpy (out + len, &address.v6.sin6_addr, 16);
      len += 16;
    }
  out[len++] = (guint8) (request->port >> 8);
  out[len++] = (guint8) request->port;
  return len;
}

/* The bound address that follows says nothing to us, but it must be read away. */
static NjIo
skip_bound (NjStream *below, guint8 kind, gint64 deadline)
{
  guint8 rest[256 + 2];
  guint8 len = kind == ADDRESS_V4 ? 4 : 16;

  if (kind == ADDRESS_NAME)
    {
      NjIo io = nj_stream_read_full (below, &len, 1, deadline);

      if (io != NJ_OK)
        return io;
    }
  return nj_stream_read_full (below, rest, (gsize) len + 2, deadline);
}

/* The answer to the request. One that was greeted and then closes without a word says what it has to say about the
 * target: "ssh -D" does so when a target refuses. */
static NjIo
read_reply (NjStream *below, NjIo io, const NjHopRequest *request, NjDialFailure *ret_failure)
{
  guint8 answer[4];

  if (io == NJ_OK)
    io = nj_stream_read_full (below, answer, 1, request->deadline);
  if (io == NJ_EOF)
    return nj_hop_fail (below, io, NJ_DIAL_EXIT_REFUSED, ret_failure, "%s", CLOSED);
  if (io == NJ_OK)
    io = nj_stream_read_full (below, answer + 1, sizeof answer - 1, request->deadline);
  /* Standing still may be the target's fault, for the exit is connecting to it. */
  if (io == NJ_TIMEOUT)
    return nj_hop_fail (below, io, NJ_DIAL_TIMEOUT, ret_failure, "the exit did not answer in time");
  if (io != NJ_OK)
    return nj_hop_cut (below, io, ret_failure, "before its answer was complete");

  if (answer[0] != VERSION)
    return nj_hop_fail (below, io, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit broke its protocol");
  if (answer[1] != 0 && answer[1] < G_N_ELEMENTS (replies))
    return nj_hop_fail (below, io, replies[answer[1]].result, ret_failure, "%s", replies[answer[1]].text);
  if (answer[1] != 0)
    return nj_hop_fail (below, io, NJ_DIAL_EXIT_REFUSED, ret_failure, "the exit refused with code %u", answer[1]);
  if (answer[3] != ADDRESS_V4 && answer[3] != ADDRESS_V6 && answer[3] != ADDRESS_NAME)
    return nj_hop_fail (below, io, NJ_DIAL_EXIT_DOWN, ret_failure, "the exit broke its protocol");

  io = skip_bound (below, answer[3], nj_hop_patience (below->worker, request->deadline));
  return io == NJ_OK ? NJ_OK : nj_hop_cut (below, io, ret_failure, "before its answer was complete");
}

/* All in one packet; the exit reads it bit by bit. */
static NjIo
open_at_once (NjStream *below, const NjHopRequest *request, const Credentials *credentials, NjStream **ret_stream,
              NjDialFailure *ret_failure)
{
  guint8 message[3 + PASSWORD_MAX + REQUEST_MAX] = { VERSION, 1, METHOD_USER };
  gint64 deadline = nj_hop_patience (below->worker, request->deadline);
  guint8 method = METHOD_REFUSED;
  gsize  len = 3;
  NjIo   io;

  len += password_print (credentials, message + len);
  len += request_print (request, message + len);
  io = nj_stream_write (below, message, len, deadline);
  explicit_bzero (message, sizeof message);

  io = read_method (below, io, deadline, &method, ret_failure);
  if (io == NJ_OK && method != METHOD_USER)
    io = refuse_method (below, method, credentials, ret_failure);
  if (io == NJ_OK)
    io = read_verdict (below, io, deadline, ret_failure);
  if (io == NJ_OK)
    io = read_reply (below, io, request, ret_failure);
  if (io == NJ_OK)
    *ret_stream = below;
  return io;
}

static NjIo
ask (NjStream *below, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure)
{
  guint8 message[REQUEST_MAX];
  gsize  len = request_print (request, message);
  NjIo   io = read_reply (below, nj_stream_write (below, message, len, request->deadline), request, ret_failure);

  if (io == NJ_OK)
    *ret_stream = below;
  return io;
}

/**
 * nj_hop_socks5_ask:
 * @below: (transfer full): a stream to an exit that was greeted a while ago; closed on failure
 * @request: what is asked of it
 * @ret_stream: (out) (transfer full): the stream to the target
 * @ret_failure: (out): why not
 *
 * A fiber's call. Source: RFC 1928 §4.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_hop_socks5_ask (NjStream *below, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure)
{
  NjIo io = ask (below, request, ret_stream, ret_failure);

  /* It may have been closed while it lay there. */
  if (io != NJ_OK && request->may_retry != NULL)
    *request->may_retry = ret_failure->result == NJ_DIAL_EXIT_REFUSED && strcmp (ret_failure->detail, CLOSED) == 0;
  return io;
}

/* Whether it can be asked at once: greeting and password are, and if the exit loses the second it is found out
 * by waiting a little. What it objects to is no failure of its own. */
static NjIo
try_at_once (NjStream *below, const NjExit *exit, const Credentials *credentials, gint64 deadline, gboolean *ret_may_retry,
             NjDialFailure *ret_failure)
{
  guint8 message[3 + PASSWORD_MAX] = { VERSION, 1, METHOD_USER };
  gint64 soon = MIN (deadline, nj_worker_now (below->worker) + MAX (LOST_AFTER, 8 * nj_exit_latency_ms (exit) * (gint64) 1000));
  guint8 method = METHOD_REFUSED;
  gsize  len = 3 + password_print (credentials, message + 3);
  NjIo   io = nj_stream_write (below, message, len, deadline);

  explicit_bzero (message, sizeof message);
  io = read_method (below, io, deadline, &method, ret_failure);
  if (io != NJ_OK)
    return io;
  if (method == METHOD_USER)
    io = read_verdict (below, NJ_OK, soon, ret_failure);
  else
    io = refuse_method (below, method, credentials, ret_failure);

  atomic_store (&((NjExit *) exit)->pace, io == NJ_OK ? NJ_EXIT_PACE_AT_ONCE : NJ_EXIT_PACE_IN_TURN);
  *ret_may_retry = io == NJ_FAILED || io == NJ_TIMEOUT;
  return io;
}

/**
 * nj_hop_socks5_prepare:
 * @below: (transfer full): a stream to the exit, inside TLS when it wants that; closed on failure
 * @exit: the exit
 * @deadline: monotonic µs
 * @ret_may_retry: (out): set when another connection may do better
 * @ret_failure: (out): why not
 *
 * Greeting and password, on a connection made ahead; @below then waits for nj_hop_socks5_ask(). A fiber's call.
 * Source: RFC 1928 §3, RFC 1929.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_hop_socks5_prepare (NjStream *below, const NjExit *exit, gint64 deadline, gboolean *ret_may_retry,
                       NjDialFailure *ret_failure)
{
  const Credentials credentials = { nj_exit_user (exit), nj_exit_password (exit) };

  deadline = nj_hop_patience (below->worker, deadline);
  if (credentials.user == NULL || atomic_load (&((NjExit *) exit)->pace) == NJ_EXIT_PACE_IN_TURN)
    return greet (below, &credentials, deadline, ret_failure);
  return try_at_once (below, exit, &credentials, deadline, ret_may_retry, ret_failure);
}

/**
 * nj_hop_socks5_open:
 * @below: (transfer full): a stream to the exit, inside TLS when it wants that; closed on failure
 * @request: what is asked of it
 * @ret_stream: (out) (transfer full): the stream to the target
 * @ret_failure: (out): why not
 *
 * A fiber's call. Source: RFC 1928, RFC 1929.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_hop_socks5_open (NjStream *below, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure)
{
  const Credentials credentials = { nj_exit_user (request->exit), nj_exit_password (request->exit) };

  NjIo io;

  if (credentials.user != NULL && atomic_load (&((NjExit *) request->exit)->pace) == NJ_EXIT_PACE_AT_ONCE)
    return open_at_once (below, request, &credentials, ret_stream, ret_failure);

  io = greet (below, &credentials, nj_hop_patience (below->worker, request->deadline), ret_failure);
  return io == NJ_OK ? ask (below, request, ret_stream, ret_failure) : io;
}

/* The greeting, then the rest in one packet. */
static NjIo
open_behind_greeting (NjStream *below, const NjHopRequest *request, const Credentials *credentials,
                      NjStream **ret_stream, NjDialFailure *ret_failure)
{
  const guint8 greeting[] = { VERSION, 1, METHOD_USER };
  guint8       message[PASSWORD_MAX + REQUEST_MAX];
  gint64       deadline = nj_hop_patience (below->worker, request->deadline);
  guint8       method = METHOD_REFUSED;
  gsize        len = password_print (credentials, message);
  NjIo         io = nj_stream_write (below, greeting, sizeof greeting, deadline);

  io = read_method (below, io, deadline, &method, ret_failure);
  if (io == NJ_OK && method != METHOD_USER)
    return refuse_method (below, method, credentials, ret_failure);
  if (io != NJ_OK)
    return io;

  len += request_print (request, message + len);
  io = read_verdict (below, nj_stream_write (below, message, len, deadline), deadline, ret_failure);
  if (io == NJ_OK)
    io = read_reply (below, io, request, ret_failure);
  if (io == NJ_OK)
    *ret_stream = below;
  return io;
}

/**
 * nj_hop_tor_open:
 * @below: (transfer full): a stream to a Tor client; closed on failure
 * @request: what is asked of it
 * @ret_stream: (out) (transfer full): the stream to the target
 * @ret_failure: (out): why not
 *
 * Tor keeps streams with other credentials on other circuits (IsolateSOCKSAuth, on by default), so
 * the registrable domain is the user name: no two sites share an exit node's view. The password is
 * one of the process, so that a restart is a new identity. Password and request go together: of those two tor loses
 * none. A fiber's call. Source: tor-socks-extensions.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_hop_tor_open (NjStream *below, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure)
{
  static gsize     identity;
  NjBytes          site = nj_host_registrable (request->host);
  g_autofree char *user = g_strndup (site.data, site.len);
  char             password[24];
  Credentials      credentials = { user, password };

  if (g_once_init_enter (&identity))
    g_once_init_leave (&identity, ((gsize) g_random_int () << 1) | 1);
  g_snprintf (password, sizeof password, "%" G_GSIZE_MODIFIER "x", identity);
  return open_behind_greeting (below, request, &credentials, ret_stream, ret_failure);
}
