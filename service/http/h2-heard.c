/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came in HTTP/2, as HTTP/1.1 that a stream's owner reads: heads, bodies with a length or in
 * chunks, trailers. A head that two readers could read differently is refused here. From nghttp2's
 * callbacks, on the worker's thread. Source: RFC 9113 §8, RFC 8441.
 */
#include "http/h2-private.h"

#include "http/scan.h"

#define METHOD_MAX 32

/* Of the pieces of a first line; the fields are in the block's text. */
#define LINES_MAX 16

typedef struct
{
  NjBytes lines[LINES_MAX];
  guint   n;
} Lines;

static void
add (Lines *lines, NjBytes text)
{
  g_assert (lines->n < LINES_MAX);
  lines->lines[lines->n++] = text;
}

static void
push (NjH2Stream *stream, NjBytes text)
{
  if (text.len > 0)
    nj_queue_push (&stream->in, stream->stream.worker, text.data, text.len);
}

static void
push_cookies (NjH2Stream *stream, const NjH2Block *block)
{
  for (guint i = 0; i < block->n_crumbs; i++)
    {
      push (stream, i == 0 ? NJ_BYTES ("cookie: ") : NJ_BYTES ("; "));
      push (stream, block->crumbs[i]);
    }
  if (block->n_crumbs > 0)
    push (stream, NJ_BYTES ("\r\n"));
}

/* First line and our own fields, then theirs, then the blank line. */
static void
push_head (NjH2Stream *stream, const Lines *lines)
{
  NjH2Block *block = &stream->h2->block;

  for (guint i = 0; i < lines->n; i++)
    push (stream, lines->lines[i]);
  push (stream, nj_bytes (block->text, block->len));
  push_cookies (stream, block);
  push (stream, NJ_BYTES ("\r\n"));
}

static gboolean
is_token (NjBytes text)
{
  for (gsize i = 0; i < text.len; i++)
    if (!nj_scan_is_token (text.data[i]))
      return FALSE;
  return text.len > 0;
}

static gboolean
is_target (NjBytes text)
{
  return text.len > 0 && nj_scan_target (text.data, text.data + text.len) == text.data + text.len;
}

/* RFC 9113 §8.3.1: no user there; and what else a reader could take for the end of the host. */
static gboolean
is_authority (NjBytes text)
{
  for (gsize i = 0; i < text.len; i++)
    if (strchr ("@/\\?#,\"<>", text.data[i]) != NULL)
      return FALSE;
  return is_target (text);
}

static const char *
judge_request (NjH2Stream *stream)
{
  NjH2Block *block = &stream->h2->block;
  gboolean   is_plain_connect = nj_bytes_equal (block->method, NJ_BYTES ("CONNECT")) && block->protocol.data == NULL;

  if (!is_token (block->method) || block->method.len > METHOD_MAX)
    return "a malformed :method";
  if (block->authority.data == NULL)
    block->authority = block->host;
  else if (block->host.data != NULL && !nj_bytes_equal_nocase (block->authority, block->host))
    return "Host is another than :authority";
  if (!is_authority (block->authority))
    return "a malformed :authority";
  if (is_plain_connect)
    return block->path.data != NULL || block->scheme.data != NULL ? "CONNECT with a :path" : NULL;

  if (!nj_bytes_equal_nocase (block->scheme, NJ_BYTES ("https")))
    return "a :scheme other than https";
  if (!is_target (block->path) || (block->path.data[0] != '/' && !nj_bytes_equal (block->path, NJ_BYTES ("*"))))
    return "a malformed :path";
  if (block->protocol.data != NULL && (!nj_bytes_equal (block->method, NJ_BYTES ("CONNECT")) ||
                                       !nj_bytes_equal (block->protocol, NJ_BYTES ("websocket")) || block->length >= 0))
    return "a :protocol other than websocket";
  return NULL;
}

/* How the body is told, and the field for it, unless it is Content-Length itself. */
static void
frame_request (NjH2Stream *stream, Lines *lines, gboolean is_end)
{
  NjH2Block *block = &stream->h2->block;
  gboolean   has_body = nj_bytes_equal (block->method, NJ_BYTES ("POST")) || nj_bytes_equal (block->method, NJ_BYTES ("PUT")) ||
                      nj_bytes_equal (block->method, NJ_BYTES ("PATCH"));

  if (is_end)
    {
      stream->heard = NJ_H2_BODY_DONE;
      /* RFC 9110 §8.6: some servers insist. */
      if (has_body && block->length < 0)
        add (lines, NJ_BYTES ("content-length: 0\r\n"));
      return;
    }

  stream->heard = block->length >= 0 ? NJ_H2_BODY_LENGTH : NJ_H2_BODY_CHUNKED;
  if (block->length < 0)
    add (lines, NJ_BYTES ("transfer-encoding: chunked\r\n"));
}

static void
frame_websocket (NjH2Stream *stream, Lines *lines)
{
  stream->heard = NJ_H2_BODY_RAW;
  stream->key = nj_h2_websocket_key ();
  add (lines, NJ_BYTES ("connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: "));
  add (lines, nj_bytes_from_string (stream->key));
  add (lines, NJ_BYTES ("\r\n"));
}

/**
 * nj_h2_heard_request: (skip)
 * @stream: a server's stream whose header block has come
 * @is_end: whether there is no body
 *
 * Returns: (nullable): static text: why it is malformed
 */
const char *
nj_h2_heard_request (NjH2Stream *stream, gboolean is_end)
{
  NjH2Block  *block = &stream->h2->block;
  const char *problem = block->problem != NULL ? block->problem : judge_request (stream);
  gboolean    is_websocket = block->protocol.data != NULL;
  gboolean    is_connect = !is_websocket && nj_bytes_equal (block->method, NJ_BYTES ("CONNECT"));
  Lines       lines = { .n = 0 };

  if (problem != NULL)
    return problem;
  if (is_end && block->length > 0)
    return "no body, and a Content-Length";

  add (&lines, is_websocket ? NJ_BYTES ("GET") : block->method);
  add (&lines, NJ_BYTES (" "));
  add (&lines, is_connect ? block->authority : block->path);
  add (&lines, NJ_BYTES (" HTTP/1.1\r\nhost: "));
  add (&lines, block->authority);
  add (&lines, NJ_BYTES ("\r\n"));
  if (is_websocket)
    frame_websocket (stream, &lines);
  else if (is_connect)
    stream->heard = NJ_H2_BODY_DONE;
  else
    frame_request (stream, &lines, is_end);

  stream->method = nj_bytes_equal (block->method, NJ_BYTES ("HEAD")) ? NJ_METHOD_HEAD : NJ_METHOD_GET;
  push_head (stream, &lines);
  return NULL;
}

/* RFC 9110 §6.4.1. */
static gboolean
may_have_body (const NjH2Stream *stream, guint status)
{
  return stream->method != NJ_METHOD_HEAD && status >= 200 && status != 204 && status != 304;
}

static void
frame_response (NjH2Stream *stream, Lines *lines, gboolean is_end)
{
  NjH2Block *block = &stream->h2->block;

  stream->heard = NJ_H2_BODY_DONE;
  if (!may_have_body (stream, block->status))
    return;
  if (is_end)
    {
      if (block->length < 0)
        add (lines, NJ_BYTES ("content-length: 0\r\n"));
      return;
    }

  stream->heard = block->length >= 0 ? NJ_H2_BODY_LENGTH : NJ_H2_BODY_CHUNKED;
  if (block->length < 0)
    add (lines, NJ_BYTES ("transfer-encoding: chunked\r\n"));
}

static void
frame_switch (NjH2Stream *stream, Lines *lines)
{
  stream->heard = NJ_H2_BODY_RAW;
  add (lines, NJ_BYTES ("HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
                        "sec-websocket-accept: "));
  add (lines, nj_h2_websocket_accept (&stream->h2->block.arena, stream->key));
  add (lines, NJ_BYTES ("\r\n"));
}

/**
 * nj_h2_heard_response: (skip)
 * @stream: a client's stream, a header block of which has come
 * @is_end: whether nothing follows
 *
 * An interim one, too.
 *
 * Returns: (nullable): static text: why it is malformed
 */
const char *
nj_h2_heard_response (NjH2Stream *stream, gboolean is_end)
{
  NjH2Block *block = &stream->h2->block;
  Lines      lines = { .n = 0 };
  gboolean   is_final = block->status >= 200;
  char       first[] = "HTTP/1.1 000 \r\n";

  if (block->problem != NULL)
    return block->problem;
  if (block->status == 0 || block->status == 101 || (!is_final && is_end))
    return "a malformed :status";

  if (is_final && stream->key != NULL && block->status < 300)
    frame_switch (stream, &lines);
  else
    {
      first[9] = (char) ('0' + block->status / 100);
      first[10] = (char) ('0' + block->status / 10 % 10);
      first[11] = (char) ('0' + block->status % 10);
      add (&lines, nj_bytes (first, sizeof first - 1));
      if (is_final)
        frame_response (stream, &lines, is_end);
    }
  push_head (stream, &lines);
  stream->is_head_done = is_final;
  return NULL;
}

/**
 * nj_h2_heard_trailers: (skip)
 * @stream: a stream, the trailers of which have come
 *
 * Behind a body with a length HTTP/1.1 has no place for them.
 *
 * Returns: (nullable): static text: why they are malformed
 */
const char *
nj_h2_heard_trailers (NjH2Stream *stream)
{
  NjH2Block *block = &stream->h2->block;

  if (block->problem != NULL || stream->heard != NJ_H2_BODY_CHUNKED)
    return block->problem;

  push (stream, NJ_BYTES ("0\r\n"));
  push (stream, nj_bytes (block->text, block->len));
  push (stream, NJ_BYTES ("\r\n"));
  stream->heard = NJ_H2_BODY_DONE;
  return NULL;
}

/**
 * nj_h2_heard_data: (skip)
 * @stream: a stream
 * @bytes: of its body
 * @len: how many
 */
void
nj_h2_heard_data (NjH2Stream *stream, const guint8 *bytes, gsize len)
{
  char size[16];

  if (len == 0)
    return;

  switch (stream->heard)
    {
    case NJ_H2_BODY_LENGTH:
    case NJ_H2_BODY_RAW:
      nj_queue_push (&stream->in, stream->stream.worker, bytes, len);
      break;
    case NJ_H2_BODY_CHUNKED:
      push (stream, nj_bytes (size, (gsize) g_snprintf (size, sizeof size, "%" G_GSIZE_MODIFIER "x\r\n", len)));
      nj_queue_push (&stream->in, stream->stream.worker, bytes, len);
      push (stream, NJ_BYTES ("\r\n"));
      break;
    default:
      nghttp2_session_consume_stream (stream->h2->session, stream->id, len);
      return;
    }
  stream->owed += len;
}

/**
 * nj_h2_heard_end: (skip)
 * @stream: a stream of which nothing more comes
 */
void
nj_h2_heard_end (NjH2Stream *stream)
{
  if (stream->heard == NJ_H2_BODY_CHUNKED)
    push (stream, NJ_BYTES ("0\r\n\r\n"));
  stream->heard = NJ_H2_BODY_DONE;
  stream->has_end = TRUE;
}
