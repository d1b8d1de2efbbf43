/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SOCKS4 and 4a from the client's side: CONNECT by IPv4 address or, with 4a, by name. The user id
 * is not looked at. Old programs only; all of it comes in one packet. A fiber's calls.
 */
#include "proxy/socks.h"

#include "proxy/tunnel.h"

#define CONNECT 1
#define GRANTED 90
#define REJECTED 91
#define HEAD_SIZE 8
#define TEXT_MAX 255

/* A client that sends less than a whole request and stops is not a SOCKS4 client. */
#define PATIENCE_US (2 * (gint64) G_USEC_PER_SEC)

static gboolean
reply (NjSession *session, guint8 code, gint64 deadline)
{
  const guint8 bytes[] = { 0, code, 0, 0, 0, 0, 0, 0 };

  return nj_stream_write (session->client.stream, bytes, sizeof bytes, deadline) == NJ_OK;
}

static gboolean
on_accept (NjSession *session, NjStream *stream, gint64 deadline)
{
  return reply (session, GRANTED, deadline);
}

static guint
on_refuse (NjSession *session, const NjPolicy *policy, const NjVerdict *verdict, const NjDialFailure *failure, NjBytes host,
           NjArena *arena)
{
  reply (session, REJECTED, nj_worker_now (session->lane->worker) + policy->timeouts.client_head);
  return REJECTED;
}

static const NjTunnelVoice voice = { NJ_BYTES ("SOCKS4"), FALSE, on_accept, on_refuse };

/* Text up to its NUL, beginning at start; FALSE when it does not come or is too long. */
static gboolean
take_text (NjSession *session, gsize start, gint64 deadline, NjBytes *ret_text)
{
  for (;;)
    {
      NjBytes     ahead = nj_h1_ahead (&session->client);
      const char *end = ahead.len > start ? memchr (ahead.data + start, '\0', ahead.len - start) : NULL;

      if (end != NULL)
        {
          *ret_text = nj_bytes (ahead.data + start, (gsize) (end - ahead.data) - start);
          return ret_text->len <= TEXT_MAX;
        }
      if (ahead.len > start + TEXT_MAX || nj_h1_fill (&session->client, NJ_WORKER_BLOCK, deadline) != NJ_OK)
        return FALSE;
    }
}

static gboolean
take_request (NjSession *session, gint64 deadline, char ret_host[NJ_HOST_MAX + 1], gsize *ret_len, guint16 *ret_port)
{
  guint8  head[HEAD_SIZE];
  NjBytes user, name = NJ_BYTES_NONE;
  gsize   used;

  while (nj_h1_ahead (&session->client).len < HEAD_SIZE)
    if (nj_h1_fill (&session->client, NJ_WORKER_BLOCK, deadline) != NJ_OK)
      return FALSE;
  memcpy (head, nj_h1_ahead (&session->client).data, HEAD_SIZE);

  if (!take_text (session, HEAD_SIZE, deadline, &user))
    return FALSE;
  used = HEAD_SIZE + user.len + 1;

  /* 0.0.0.x with x not 0: a name follows (4a). */
  if (head[4] == 0 && head[5] == 0 && head[6] == 0 && head[7] != 0)
    {
      if (!take_text (session, used, deadline, &name))
        return FALSE;
      used += name.len + 1;
      *ret_len = nj_host_normalize (name, ret_host);
    }
  else
    *ret_len = (gsize) g_snprintf (ret_host, NJ_HOST_MAX, "%u.%u.%u.%u", head[4], head[5], head[6], head[7]);

  *ret_port = (guint16) (head[2] << 8 | head[3]);
  if (head[1] != CONNECT)
    *ret_len = 0;
  nj_h1_consume (&session->client, used);
  return TRUE;
}

/**
 * nj_socks4_serve:
 * @session: a session whose client began with 4
 *
 * Serves its one request. A fiber's call.
 */
void
nj_socks4_serve (NjSession *session)
{
  gint64  deadline = nj_worker_now (session->lane->worker) + PATIENCE_US;
  char    block[1024];
  char    host[NJ_HOST_MAX + 1];
  gsize   len = 0;
  guint16 port = 0;
  NjArena arena;

  if (!take_request (session, deadline, host, &len, &port))
    return;

  if (len == 0 || port == 0)
    {
      reply (session, REJECTED, deadline);
      session->must_linger = TRUE;
      return;
    }

  nj_arena_init (&arena, block, sizeof block);
  nj_tunnel_open (session, &voice, nj_bytes (host, len), port, &arena);
  nj_arena_clear (&arena);
}
