/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SOCKS5 from the client's side: no authentication, for the owner was told from the connection
 * itself; CONNECT by IPv4, IPv6 and name. BIND and UDP ASSOCIATE are refused, since a proxy that lets
 * a program listen or send datagrams past the rules is no firewall. RFC 1928. A fiber's calls.
 */
#include "proxy/socks.h"

#include "proxy/tunnel.h"

#define CONNECT 1
#define NO_AUTHENTICATION 0
#define NO_ACCEPTABLE_METHOD 0xff
#define ADDRESS_IPV4 1
#define ADDRESS_NAME 3
#define ADDRESS_IPV6 4

/* RFC 1928 §6. */
typedef enum
{
  REPLY_SUCCEEDED,
  REPLY_FAILURE,
  REPLY_NOT_ALLOWED,
  REPLY_NETWORK_UNREACHABLE,
  REPLY_HOST_UNREACHABLE,
  REPLY_REFUSED,
  REPLY_TTL_EXPIRED,
  REPLY_COMMAND_UNSUPPORTED,
  REPLY_ADDRESS_UNSUPPORTED
} Reply;

/* The head of a request: what it takes to know where its address ends. */
#define HEAD_SIZE 5

static gboolean
need (NjSession *session, gsize n, gint64 deadline)
{
  while (nj_h1_ahead (&session->client).len < n)
    if (nj_h1_fill (&session->client, NJ_WORKER_BLOCK, deadline) != NJ_OK)
      return FALSE;

  return TRUE;
}

static gboolean
reply (NjSession *session, Reply code, gint64 deadline)
{
  /* The bound address is not told: no client needs it and it names this machine's network. */
  const guint8 bytes[] = { 5, code, 0, ADDRESS_IPV4, 0, 0, 0, 0, 0, 0 };

  return nj_stream_write (session->client.stream, bytes, sizeof bytes, deadline) == NJ_OK;
}

static gboolean
on_accept (NjSession *session, NjStream *stream, gint64 deadline)
{
  return reply (session, REPLY_SUCCEEDED, deadline);
}

static Reply
reply_of_failure (const NjDialFailure *failure)
{
  switch (failure->result)
    {
    case NJ_DIAL_NO_SUCH_NAME:
    case NJ_DIAL_NAME_FAILED:
      return REPLY_HOST_UNREACHABLE;
    case NJ_DIAL_CONNECTION_REFUSED:
      return REPLY_REFUSED;
    case NJ_DIAL_UNREACHABLE:
      return REPLY_NETWORK_UNREACHABLE;
    case NJ_DIAL_TIMEOUT:
      return REPLY_TTL_EXPIRED;
    case NJ_DIAL_REFUSED_BY_ROUTE:
      return REPLY_NOT_ALLOWED;
    default:
      return REPLY_FAILURE;
    }
}

static guint
on_refuse (NjSession *session, const NjPolicy *policy, const NjVerdict *verdict, const NjDialFailure *failure, NjBytes host,
           NjArena *arena)
{
  Reply code = failure != NULL ? reply_of_failure (failure) : REPLY_NOT_ALLOWED;

  reply (session, code, nj_worker_now (session->lane->worker) + policy->timeouts.client_head);
  return code;
}

static const NjTunnelVoice voice = { NJ_BYTES ("SOCKS5"), FALSE, on_accept, on_refuse };

static gboolean
agree_on_method (NjSession *session, gint64 deadline)
{
  const guint8 *bytes;
  guint8        answer[2] = { 5, NO_ACCEPTABLE_METHOD };
  gsize         n;

  if (!need (session, 2, deadline))
    return FALSE;
  n = (guint8) nj_h1_ahead (&session->client).data[1];
  if (!need (session, 2 + n, deadline))
    return FALSE;

  /* RFC 1928 §3: 0xFF is a server's word. Rubbish that happens to begin with a five gets no answer to read anything from. */
  bytes = (const guint8 *) nj_h1_ahead (&session->client).data;
  if (n > 0 && memchr (bytes + 2, NO_ACCEPTABLE_METHOD, n) != NULL)
    return FALSE;
  if (n > 0 && memchr (bytes + 2, NO_AUTHENTICATION, n) != NULL)
    answer[1] = NO_AUTHENTICATION;
  nj_h1_consume (&session->client, 2 + n);
  return nj_stream_write (session->client.stream, answer, sizeof answer, deadline) == NJ_OK &&
         answer[1] == NO_AUTHENTICATION;
}

/* The address of a request in its normal form; 0 when there is none. */
static gsize
take_host (guint8 kind, const char *bytes, gsize len, char ret_host[NJ_HOST_MAX + 1])
{
  NjAddress        address = { 0 };
  g_autofree char *text = NULL;

  if (kind == ADDRESS_NAME)
    return nj_host_normalize (nj_bytes (bytes, len), ret_host);

  address.len = kind == ADDRESS_IPV4 ? sizeof address.v4 : sizeof address.v6;
  address.any.sa_family = kind == ADDRESS_IPV4 ? AF_INET : AF_INET6;
  memcpy (kind == ADDRESS_IPV4 ? (void *) &address.v4.sin_addr : (void *) &address.v6.sin6_addr, bytes, len);
  text = nj_address_to_text (&address);
  /* Without ":0", the port that goes with it. */
  return nj_host_normalize (nj_bytes (text, strlen (text) - 2), ret_host);
}

static void
serve_request (NjSession *session, gint64 deadline, NjArena *arena)
{
  NjBytes ahead;
  guint8  head[HEAD_SIZE];
  char    host[NJ_HOST_MAX + 1];
  gsize   start, len, host_len;
  guint16 port;

  if (!need (session, HEAD_SIZE, deadline))
    return;
  memcpy (head, nj_h1_ahead (&session->client).data, HEAD_SIZE);
  if (head[0] != 5)
    return;

  if (head[3] != ADDRESS_IPV4 && head[3] != ADDRESS_IPV6 && head[3] != ADDRESS_NAME)
    {
      reply (session, REPLY_ADDRESS_UNSUPPORTED, deadline);
      session->must_linger = TRUE;
      return;
    }
  start = head[3] == ADDRESS_NAME ? HEAD_SIZE : HEAD_SIZE - 1;
  len = head[3] == ADDRESS_NAME ? head[4] : head[3] == ADDRESS_IPV4 ? 4 : 16;
  if (!need (session, start + len + 2, deadline))
    return;

  ahead = nj_h1_ahead (&session->client);
  port = (guint16) ((guint8) ahead.data[start + len] << 8 | (guint8) ahead.data[start + len + 1]);
  host_len = take_host (head[3], ahead.data + start, len, host);
  nj_h1_consume (&session->client, start + len + 2);

  if (head[1] != CONNECT || host_len == 0 || port == 0)
    {
      reply (session, head[1] != CONNECT ? REPLY_COMMAND_UNSUPPORTED : REPLY_FAILURE, deadline);
      session->must_linger = TRUE;
      return;
    }

  nj_tunnel_open (session, &voice, nj_bytes (host, host_len), port, arena);
}

/**
 * nj_socks5_serve:
 * @session: a session whose client began with 5
 *
 * Serves its one request. A fiber's call.
 */
void
nj_socks5_serve (NjSession *session)
{
  gint64  deadline = nj_worker_now (session->lane->worker) + 30 * G_USEC_PER_SEC;
  char    block[1024];
  NjArena arena;

  nj_arena_init (&arena, block, sizeof block);
  if (agree_on_method (session, deadline))
    serve_request (session, deadline, &arena);
  nj_arena_clear (&arena);
}
