/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a stream's owner writes as HTTP/1.1, as HTTP/2: heads to header blocks, bodies out of their
 * chunks, trailers behind them. The writer is our own exchange, and is read as strictly as a peer all
 * the same; what it has read as a head already it may say as that. In whatever fiber writes, on the worker's thread.
 */
#include "http/h2-private.h"

#include "http/scan.h"

/* Above what any peer may send, for rules add to it. */
static const NjHeadLimits own_limits = { 256 * 1024, 64 * 1024, 254 };
static const NjHeadLimits trailer_limits = { 32 * 1024, 8192, 100 };

/* More than a head has fields, with the pseudo fields. */
#define FIELDS_MAX 262

typedef struct
{
  nghttp2_nv fields[FIELDS_MAX];
  gsize      n;
} Fields;

/* Filled and handed to nghttp2, which copies, within one call: of a thread, not on the stack of each fiber, where it
 * would be cold every time. */
static _Thread_local Fields fields_here;

/* nghttp2 makes names lower case when it copies them. */
static void
add (Fields *fields, NjBytes name, NjBytes value)
{
  g_assert (fields->n < FIELDS_MAX);
  fields->fields[fields->n++] =
      (nghttp2_nv){ (guint8 *) name.data, (guint8 *) value.data, name.len, value.len, NGHTTP2_NV_FLAG_NONE };
}

/* RFC 9113 §8.2.2, and what is said by pseudo fields; of a WebSocket what RFC 8441 §5 leaves out. */
static gboolean
is_passed (NjH2Stream *stream, const NjField *field)
{
  switch (field->id)
    {
    case NJ_FIELD_CONNECTION:
    case NJ_FIELD_KEEP_ALIVE:
    case NJ_FIELD_PROXY_CONNECTION:
    case NJ_FIELD_TRANSFER_ENCODING:
    case NJ_FIELD_UPGRADE:
    case NJ_FIELD_HOST:
    case NJ_FIELD_TE:
      return FALSE;
    default:
      return !field->is_dropped &&
             (stream->key == NULL || (!nj_bytes_equal_nocase (field->name, NJ_BYTES ("sec-websocket-key")) &&
                                      !nj_bytes_equal_nocase (field->name, NJ_BYTES ("sec-websocket-accept"))));
    }
}

static void
add_fields (NjH2Stream *stream, Fields *fields, const NjHead *head)
{
  for (guint i = 0; i < head->n_fields; i++)
    if (is_passed (stream, &head->fields[i]))
      add (fields, head->fields[i].name, head->fields[i].value);
}

/* What comes behind the head. */
static void
begin_body (NjH2Stream *stream, const NjFraming *framing)
{
  stream->left = framing->length;
  switch (framing->kind)
    {
    case NJ_FRAMING_LENGTH:
      stream->said = framing->length > 0 ? NJ_H2_BODY_LENGTH : NJ_H2_BODY_DONE;
      break;
    case NJ_FRAMING_CHUNKED:
      stream->said = NJ_H2_BODY_CHUNKED;
      nj_chunked_init (&stream->chunked);
      break;
    case NJ_FRAMING_UNTIL_CLOSE:
      stream->said = NJ_H2_BODY_RAW;
      break;
    default:
      stream->said = NJ_H2_BODY_DONE;
    }
}

/* gRPC wants to hear that trailers are welcome, and they are; the field itself is for one hop. */
static gboolean
wants_trailers (NjHead *head)
{
  return nj_bytes_starts_with (nj_head_value (head, NJ_FIELD_CONTENT_TYPE), NJ_BYTES ("application/grpc"));
}

static gboolean
say_request (NjH2Stream *stream, NjHead *head, NjBytes host)
{
  nghttp2_data_provider provider = nj_h2_stream_provider (stream);
  NjField              *key = nj_head_find_name (head, NJ_BYTES ("sec-websocket-key"));
  gboolean              is_websocket = nj_head_find (head, NJ_FIELD_UPGRADE) != NULL && key != NULL;
  Fields               *fields = &fields_here;
  NjFraming             framing;

  if (nj_head_request_framing (head, &framing) != NJ_HEAD_OK)
    return FALSE;

  fields->n = 0;
  begin_body (stream, &framing);
  stream->method = head->method_id;
  add (fields, NJ_BYTES (":method"), is_websocket ? NJ_BYTES ("CONNECT") : head->method);
  if (is_websocket)
    {
      stream->key = nj_bytes_dup (key->value);
      stream->said = NJ_H2_BODY_RAW;
      add (fields, NJ_BYTES (":protocol"), NJ_BYTES ("websocket"));
    }
  add (fields, NJ_BYTES (":authority"), host);
  add (fields, NJ_BYTES (":scheme"), NJ_BYTES ("https"));
  add (fields, NJ_BYTES (":path"), head->target);
  add_fields (stream, fields, head);
  if (wants_trailers (head))
    add (fields, NJ_BYTES ("te"), NJ_BYTES ("trailers"));

  stream->id = nghttp2_submit_request (stream->h2->session, NULL, fields->fields, fields->n,
                                       stream->said != NJ_H2_BODY_DONE ? &provider : NULL, stream);
  return stream->id > 0;
}

/* The client of a WebSocket over HTTP/2 hears no Sec-WebSocket-Accept, so we look at it. */
static gboolean
is_switch (NjH2Stream *stream, NjHead *head)
{
  NjField         *field = nj_head_find_name (head, NJ_BYTES ("sec-websocket-accept"));
  g_auto (NjArena) arena = { 0 };
  char             lent[256];

  if (stream->key == NULL || field == NULL)
    return FALSE;
  nj_arena_init (&arena, lent, sizeof lent);
  return nj_bytes_equal (field->value, nj_h2_websocket_accept (&arena, stream->key));
}

static gboolean
say_response (NjH2Stream *stream, NjHead *head)
{
  nghttp2_data_provider provider = nj_h2_stream_provider (stream);
  nghttp2_session      *session = stream->h2->session;
  gboolean              is_101 = head->status == 101;
  guint                 code = is_101 ? 200 : head->status;
  char                  status[3];
  Fields               *fields = &fields_here;
  NjFraming             framing;

  if (nj_head_response_framing (head, stream->method, &framing) != NJ_HEAD_OK || (is_101 && !is_switch (stream, head)))
    return FALSE;

  fields->n = 0;
  status[0] = (char) ('0' + code / 100 % 10);
  status[1] = (char) ('0' + code / 10 % 10);
  status[2] = (char) ('0' + code % 10);
  add (fields, NJ_BYTES (":status"), nj_bytes (status, sizeof status));
  add_fields (stream, fields, head);
  if (head->status < 200 && !is_101)
    return nghttp2_submit_headers (session, NGHTTP2_FLAG_NONE, stream->id, NULL, fields->fields, fields->n, NULL) == 0;

  begin_body (stream, &framing);
  if (is_101)
    stream->said = NJ_H2_BODY_RAW;
  stream->is_answered = TRUE;
  return nghttp2_submit_response (session, stream->id, fields->fields, fields->n,
                                  stream->said != NJ_H2_BODY_DONE ? &provider : NULL) == 0;
}

/* Names are as they were parsed, or ours; values may be a rule's. */
static gboolean
is_sayable (const NjHead *head)
{
  if (head->n_fields > own_limits.fields)
    return FALSE;

  for (guint i = 0; i < head->n_fields; i++)
    if (!nj_scan_is_all_value (head->fields[i].value))
      return FALSE;
  return TRUE;
}

static gboolean
is_place (NjBytes text)
{
  return text.len > 0 && text.len <= own_limits.target &&
         nj_scan_target (text.data, text.data + text.len) == text.data + text.len;
}

static gboolean
may_say (NjH2Stream *stream, const NjHead *head)
{
  return !stream->is_gone && !stream->ready.broken && stream->h2->below != NULL && stream->said == NJ_H2_BODY_HEAD &&
         stream->partial == NULL && is_sayable (head);
}

/* As what is written, so what is said to somebody who wants no more of it is dropped. One that cannot be begun is read
 * as one that came to nothing. */
static gboolean
end_say (NjH2Stream *stream, gboolean is_said)
{
  if (is_said)
    nj_h2_wake (stream->h2);
  else if (stream->is_gone && !stream->ready.broken)
    return TRUE;
  else
    stream->ready.broken = stream->ready.readable = TRUE;
  return is_said;
}

/**
 * nj_h2_stream_say_request:
 * @stream: a client's stream that is not begun
 * @head: the request
 * @target: what it asks for there
 * @host: of whom
 *
 * What writing nj_head_print_request() would do, without its being printed and read again. The worker's thread.
 *
 * Returns: whether it goes out
 */
gboolean
nj_h2_stream_say_request (NjStream *stream, const NjHead *head, NjBytes target, NjBytes host)
{
  NjH2Stream *self = (NjH2Stream *) stream;
  NjHead      said = *head;

  said.minor = 1;
  said.target = target;
  return end_say (self, may_say (self, head) && is_place (target) && is_place (host) && say_request (self, &said, host));
}

/**
 * nj_h2_stream_say_response:
 * @stream: a server's stream whose request has come
 * @head: the answer, not an interim one
 *
 * What writing nj_head_print_response() would do, without its being printed and read again. The worker's thread.
 *
 * Returns: whether it goes out
 */
gboolean
nj_h2_stream_say_response (NjStream *stream, const NjHead *head)
{
  NjH2Stream *self = (NjH2Stream *) stream;
  NjHead      said = *head;

  said.minor = 1;
  return end_say (self, may_say (self, head) && say_response (self, &said));
}

/* What came before in pieces, and now. */
static NjBytes
join_partial (NjH2Stream *stream, NjBytes bytes)
{
  if (stream->partial == NULL)
    return bytes;
  g_byte_array_append (stream->partial, (const guint8 *) bytes.data, (guint) bytes.len);
  return nj_bytes ((const char *) stream->partial->data, stream->partial->len);
}

static void
keep_partial (NjH2Stream *stream, NjBytes bytes)
{
  if (stream->partial != NULL)
    return;
  stream->partial = g_byte_array_new ();
  g_byte_array_append (stream->partial, (const guint8 *) bytes.data, (guint) bytes.len);
}

static gssize
take_head (NjH2Stream *stream, NjBytes bytes)
{
  gsize            before = stream->partial != NULL ? stream->partial->len : 0;
  NjBytes          text = join_partial (stream, bytes);
  g_auto (NjArena) arena = { 0 };
  char             lent[8192];
  NjHead           head;
  NjHeadResult     result;
  gssize           taken;

  nj_arena_init (&arena, lent, sizeof lent);
  result = stream->h2->is_server ? nj_head_parse_response (&head, &arena, text.data, text.len, &own_limits)
                                 : nj_head_parse_request (&head, &arena, text.data, text.len, &own_limits);
  if (result == NJ_HEAD_MORE)
    {
      keep_partial (stream, bytes);
      return (gssize) bytes.len;
    }
  if (result != NJ_HEAD_OK)
    return -1;
  if (!(stream->h2->is_server ? say_response (stream, &head)
                              : say_request (stream, &head, nj_head_value (&head, NJ_FIELD_HOST))))
    return -1;

  taken = (gssize) (head.length - before);
  g_clear_pointer (&stream->partial, g_byte_array_unref);
  return taken;
}

static gssize
take_trailers (NjH2Stream *stream, NjBytes bytes)
{
  gsize            before = stream->partial != NULL ? stream->partial->len : 0;
  NjBytes          text = join_partial (stream, bytes);
  g_auto (NjArena) arena = { 0 };
  char             lent[4096];
  NjHead           trailers;
  NjHeadResult     result;

  nj_arena_init (&arena, lent, sizeof lent);
  result = nj_head_parse_trailers (&trailers, &arena, text.data, text.len, &trailer_limits);
  if (result == NJ_HEAD_MORE || (result == NJ_HEAD_OK && trailers.n_fields > 0))
    keep_partial (stream, bytes);
  if (result == NJ_HEAD_MORE)
    return (gssize) bytes.len;
  if (result != NJ_HEAD_OK)
    return -1;

  stream->said = NJ_H2_BODY_DONE;
  stream->has_trailers = trailers.n_fields > 0;
  return (gssize) (trailers.length - before);
}

static gssize
take_chunked (NjH2Stream *stream, NjBytes bytes, gsize room)
{
  gsize         used = 0;
  NjBytes       span = NJ_BYTES_NONE;
  NjChunkResult result = nj_chunked_next (&stream->chunked, bytes.data, MIN (bytes.len, room), &used, &span);

  if (result == NJ_CHUNK_BAD)
    return -1;
  if (result == NJ_CHUNK_BYTES)
    nj_queue_push (&stream->out, stream->stream.worker, span.data, span.len);
  if (result == NJ_CHUNK_TRAILERS)
    stream->said = NJ_H2_BODY_TRAILERS;
  return (gssize) used;
}

static gssize
take_plain (NjH2Stream *stream, NjBytes bytes, gsize room)
{
  gsize n = MIN (bytes.len, room);

  if (stream->said == NJ_H2_BODY_LENGTH)
    {
      n = (gsize) MIN (n, stream->left);
      stream->left -= n;
      if (stream->left == 0)
        stream->said = NJ_H2_BODY_DONE;
    }
  nj_queue_push (&stream->out, stream->stream.worker, bytes.data, n);
  return (gssize) n;
}

/**
 * nj_h2_said_take: (skip)
 * @stream: a stream that nghttp2 knows, or a client's that is to be begun
 * @bytes: what its owner says next, not empty
 *
 * Returns: how many bytes were taken, 0 when it must wait, -1 when it is not HTTP/1.1
 */
gssize
nj_h2_said_take (NjH2Stream *stream, NjBytes bytes)
{
  gsize room = stream->out.len < NJ_H2_OUT_MAX ? NJ_H2_OUT_MAX - stream->out.len : 0;

  switch (stream->said)
    {
    case NJ_H2_BODY_HEAD:
      return take_head (stream, bytes);
    case NJ_H2_BODY_TRAILERS:
      return take_trailers (stream, bytes);
    case NJ_H2_BODY_CHUNKED:
      return room > 0 ? take_chunked (stream, bytes, room) : 0;
    case NJ_H2_BODY_LENGTH:
    case NJ_H2_BODY_RAW:
      return room > 0 ? take_plain (stream, bytes, room) : 0;
    default:
      return -1;
    }
}

/**
 * nj_h2_said_trailers: (skip)
 * @stream: a stream with trailers, whose body went out
 *
 * From nghttp2's call for the body.
 *
 * Returns: whether they go behind it
 */
gboolean
nj_h2_said_trailers (NjH2Stream *stream)
{
  g_auto (NjArena) arena = { 0 };
  char             lent[4096];
  NjHead           trailers;
  Fields          *fields = &fields_here;

  nj_arena_init (&arena, lent, sizeof lent);
  fields->n = 0;
  if (nj_head_parse_trailers (&trailers, &arena, (const char *) stream->partial->data, stream->partial->len,
                              &trailer_limits) != NJ_HEAD_OK)
    return FALSE;
  add_fields (stream, fields, &trailers);
  return fields->n > 0 &&
         nghttp2_submit_trailer (stream->h2->session, stream->id, fields->fields, fields->n) == 0;
}
