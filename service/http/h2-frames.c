/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each HTTP/2 frame means: nghttp2's callbacks. Inside them nobody is told; they only note what
 * came, and run() in h2.c tells it afterwards. The worker's thread.
 */
#include "http/h2-memory.h"
#include "http/h2-private.h"

static NjH2Stream *
stream_of (nghttp2_session *session, gint32 id)
{
  return id != 0 ? nghttp2_session_get_stream_user_data (session, id) : NULL;
}

static int
on_begin_headers (nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
  NjH2       *h2 = user_data;
  NjH2Stream *stream;

  nj_h2_block_begin (h2);
  if (!h2->is_server || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
    return 0;
  if (h2->n_streams >= NJ_H2_STREAMS_MAX)
    {
      nghttp2_submit_rst_stream (session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_REFUSED_STREAM);
      return 0;
    }

  stream = nj_h2_stream_make (h2);
  stream->id = frame->hd.stream_id;
  nghttp2_session_set_stream_user_data (session, stream->id, stream);
  return 0;
}

static int
on_header (nghttp2_session *session, const nghttp2_frame *frame, const guint8 *name, size_t name_len, const guint8 *value,
           size_t value_len, guint8 flags, void *user_data)
{
  nj_h2_block_take (user_data, nj_bytes ((const char *) name, name_len), nj_bytes ((const char *) value, value_len));
  return 0;
}

/* What nghttp2 would quietly leave out. */
static int
on_invalid_header (nghttp2_session *session, const nghttp2_frame *frame, nghttp2_rcbuf *name, nghttp2_rcbuf *value,
                   guint8 flags, void *user_data)
{
  NjH2 *h2 = user_data;

  if (h2->block.problem == NULL)
    h2->block.problem = "a malformed field";
  return 0;
}

static void
wake_reader (NjH2 *h2, NjH2Stream *stream)
{
  if (stream->ready.readable)
    return;
  stream->ready.readable = TRUE;
  nj_h2_raise (h2, stream);
}

/* RFC 6585 §5; whoever sends such a head may read the answer. */
static void
answer_too_large (NjH2 *h2, NjH2Stream *stream)
{
  static const nghttp2_nv fields[] = {
    { (guint8 *) ":status", (guint8 *) "431", 7, 3, NGHTTP2_NV_FLAG_NONE },
    { (guint8 *) "content-length", (guint8 *) "0", 14, 1, NGHTTP2_NV_FLAG_NONE },
  };

  h2->problem = "head too large";
  stream->is_head_done = stream->is_orphan = TRUE;
  stream->orphaned = nj_worker_now (h2->worker);
  stream->said = NJ_H2_BODY_DONE;
  if (h2->is_server)
    nghttp2_submit_response (h2->session, stream->id, fields, G_N_ELEMENTS (fields), NULL);
}

static void
refuse (NjH2 *h2, NjH2Stream *stream, const char *problem)
{
  h2->problem = problem;
  nghttp2_submit_rst_stream (h2->session, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_PROTOCOL_ERROR);
}

static void
head_came (NjH2 *h2, NjH2Stream *stream, gboolean is_end)
{
  const char *problem;

  if (h2->block.is_too_large && h2->is_server && !stream->is_head_done)
    {
      answer_too_large (h2, stream);
      nj_h2_patience_try (h2, 10, "too many malformed HTTP/2 messages");
      return;
    }
  if (h2->block.is_too_large)
    problem = "head too large";
  else if (stream->is_head_done)
    problem = nj_h2_heard_trailers (stream);
  else
    problem = h2->is_server ? nj_h2_heard_request (stream, is_end) : nj_h2_heard_response (stream, is_end);

  if (problem != NULL)
    {
      refuse (h2, stream, problem);
      return;
    }
  if (h2->is_server && !stream->is_head_done)
    stream->is_head_done = stream->is_new = TRUE;
  stream->ready.readable = TRUE;
  nj_h2_raise (h2, stream);
}

/* RFC 9113 §10.5: work for us that costs the peer nothing. */
static void
judge_frame (NjH2 *h2, const nghttp2_frame *frame, NjH2Stream *stream)
{
  gboolean is_end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;

  switch (frame->hd.type)
    {
    case NGHTTP2_RST_STREAM:
      if (h2->is_server && stream != NULL && !stream->is_end_sent)
        nj_h2_patience_try (h2, 3, "too many HTTP/2 requests taken back");
      break;
    case NGHTTP2_SETTINGS:
      if ((frame->hd.flags & NGHTTP2_FLAG_ACK) == 0)
        nj_h2_patience_try (h2, 5, "too many HTTP/2 settings");
      break;
    case NGHTTP2_PING:
      if ((frame->hd.flags & NGHTTP2_FLAG_ACK) == 0)
        nj_h2_patience_try (h2, 2, "too many HTTP/2 pings");
      break;
    case NGHTTP2_DATA:
      if (frame->hd.length == 0 && !is_end)
        nj_h2_patience_try (h2, 2, "too many empty HTTP/2 frames");
      break;
    default:
      break;
    }
}

/* What nghttp2 looks over or keeps to itself; PRIORITY, which nobody uses any more, among it. */
static int
on_begin_frame (nghttp2_session *session, const nghttp2_frame_hd *head, void *user_data)
{
  if (head->type == NGHTTP2_PRIORITY || head->type > NGHTTP2_CONTINUATION)
    nj_h2_patience_try (user_data, 1, "too many HTTP/2 frames without a use");
  return 0;
}

static int
on_frame_recv (nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
  NjH2       *h2 = user_data;
  NjH2Stream *stream = stream_of (session, frame->hd.stream_id);

  judge_frame (h2, frame, stream);
  if (frame->hd.type == NGHTTP2_SETTINGS && (frame->hd.flags & NGHTTP2_FLAG_ACK) == 0)
    h2->is_greeted = TRUE;
  if (frame->hd.type == NGHTTP2_GOAWAY)
    h2->is_draining = TRUE;
  if (frame->hd.type == NGHTTP2_HEADERS)
    {
      if (stream != NULL)
        head_came (h2, stream, (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0);
      nj_h2_block_end (h2);
    }
  if (stream == NULL || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0 ||
      (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS))
    return 0;

  nj_h2_heard_end (stream);
  wake_reader (h2, stream);
  return 0;
}

/* Nobody listens on our side any more. */
static void
hear_out (NjH2 *h2, NjH2Stream *stream, gsize len)
{
  stream->unwanted += len;
  if (stream->unwanted > NJ_H2_UNWANTED_MAX && stream->unwanted - len <= NJ_H2_UNWANTED_MAX)
    nghttp2_submit_rst_stream (h2->session, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_NO_ERROR);
}

static int
on_data (nghttp2_session *session, guint8 flags, gint32 id, const guint8 *bytes, size_t len, void *user_data)
{
  NjH2       *h2 = user_data;
  NjH2Stream *stream = stream_of (session, id);

  /* The connection's window opens at once: one stream that nobody reads never stops the others. */
  nghttp2_session_consume_connection (session, len);
  if (stream == NULL || stream->is_orphan)
    {
      nghttp2_session_consume_stream (session, id, len);
      if (stream != NULL)
        hear_out (h2, stream, len);
      return 0;
    }

  nj_h2_heard_data (stream, bytes, len);
  wake_reader (h2, stream);
  return 0;
}

static int
on_stream_close (nghttp2_session *session, gint32 id, guint32 error, void *user_data)
{
  NjH2Stream *stream = stream_of (session, id);

  if (stream == NULL)
    return 0;

  stream->error = error;
  nj_h2_stream_break (stream);
  return 0;
}

/* What we had to say against the peer, for the journal. */
static void
note_complaint (NjH2 *h2, guint32 error)
{
  if (h2->problem != NULL)
    return;
  if (error == NGHTTP2_ENHANCE_YOUR_CALM)
    h2->problem = "an HTTP/2 peer that only makes work";
  else if (error == NGHTTP2_PROTOCOL_ERROR || error == NGHTTP2_FRAME_SIZE_ERROR || error == NGHTTP2_FLOW_CONTROL_ERROR ||
           error == NGHTTP2_COMPRESSION_ERROR || error == NGHTTP2_STREAM_CLOSED)
    h2->problem = "malformed HTTP/2";
}

static int
on_frame_send (nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
  NjH2       *h2 = user_data;
  NjH2Stream *stream = stream_of (session, frame->hd.stream_id);

  if (frame->hd.type == NGHTTP2_GOAWAY)
    note_complaint (h2, frame->goaway.error_code);
  if (frame->hd.type == NGHTTP2_RST_STREAM)
    note_complaint (h2, frame->rst_stream.error_code);
  if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code == NGHTTP2_PROTOCOL_ERROR)
    nj_h2_patience_try (h2, 10, "too many malformed HTTP/2 messages");
  if (stream == NULL || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0 ||
      (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS))
    return 0;

  stream->is_end_sent = TRUE;
  return 0;
}

/* Room for len more bytes behind what is there. */
static char *
out_room (NjH2 *h2, gsize len)
{
  g_assert (h2->out_len + len <= NJ_WORKER_LARGE);
  if (h2->out == NULL)
    {
      h2->out = nj_worker_large_take (h2->worker);
      h2->out_start = 0;
    }
  if (h2->out_start + h2->out_len + len > NJ_WORKER_LARGE)
    {
      memmove (h2->out, h2->out + h2->out_start, h2->out_len);
      h2->out_start = 0;
    }
  return h2->out + h2->out_start + h2->out_len;
}

/**
 * nj_h2_frames_push: (skip)
 * @h2: a connection with less than %NJ_H2_FRAMES_MAX bytes waiting to go out
 * @bytes: a frame, or the head of one; at most 16 KiB and a little
 * @len: how much
 */
void
nj_h2_frames_push (NjH2 *h2, const void *bytes, gsize len)
{
  memcpy (out_room (h2, len), bytes, len);
  h2->out_len += len;
}

/* The bytes of a DATA frame go past nghttp2: a copy less. */
static int
on_send_data (nghttp2_session *session, nghttp2_frame *frame, const guint8 *head, size_t len, nghttp2_data_source *source,
              void *user_data)
{
  NjH2       *h2 = user_data;
  NjH2Stream *stream = source->ptr;

  if (h2->out_len >= NJ_H2_FRAMES_MAX)
    return NGHTTP2_ERR_WOULDBLOCK;

  nj_h2_frames_push (h2, head, 9);
  h2->out_len += nj_queue_pop (&stream->out, h2->worker, out_room (h2, len), len);
  if (stream->out.len < NJ_H2_OUT_MAX / 2 && !stream->ready.writable)
    {
      stream->ready.writable = TRUE;
      nj_h2_raise (h2, stream);
    }
  return 0;
}

static nghttp2_session_callbacks *
callbacks_new (void)
{
  nghttp2_session_callbacks *callbacks = NULL;

  if (nghttp2_session_callbacks_new (&callbacks) != 0)
    return NULL;

  nghttp2_session_callbacks_set_on_begin_headers_callback (callbacks, on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback (callbacks, on_header);
  nghttp2_session_callbacks_set_on_invalid_header_callback2 (callbacks, on_invalid_header);
  nghttp2_session_callbacks_set_on_begin_frame_callback (callbacks, on_begin_frame);
  nghttp2_session_callbacks_set_on_frame_recv_callback (callbacks, on_frame_recv);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback (callbacks, on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback (callbacks, on_stream_close);
  nghttp2_session_callbacks_set_send_data_callback (callbacks, on_send_data);
  nghttp2_session_callbacks_set_on_frame_send_callback (callbacks, on_frame_send);
  return callbacks;
}

static gboolean
session_new (NjH2 *h2, nghttp2_session_callbacks *callbacks)
{
  nghttp2_option *option = NULL;
  int             code;

  if (nghttp2_option_new (&option) != 0)
    return FALSE;

  nghttp2_option_set_no_auto_window_update (option, 1);
  nghttp2_option_set_no_closed_streams (option, 1);
  nghttp2_option_set_max_settings (option, 32);
  if (h2->is_server)
    nghttp2_option_set_builtin_recv_extension_type (option, NGHTTP2_PRIORITY_UPDATE);
  code = h2->is_server ? nghttp2_session_server_new3 (&h2->session, callbacks, h2, option, nj_h2_memory ())
                       : nghttp2_session_client_new3 (&h2->session, callbacks, h2, option, nj_h2_memory ());
  nghttp2_option_del (option);
  return code == 0;
}

/**
 * nj_h2_frames_init: (skip)
 * @h2: a connection being made
 *
 * Makes its session and says its settings. Source: RFC 9113 §6.5.2, RFC 8441 §3, RFC 9218 §2.1.
 *
 * Returns: whether there was memory for it
 */
gboolean
nj_h2_frames_init (NjH2 *h2)
{
  const nghttp2_settings_entry server[] = {
    { NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, NJ_H2_STREAMS },
    { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, NJ_H2_WINDOW_UP },
    { NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, (guint32) h2->limits.head },
    { NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1 },
    { NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1 },
  };
  const nghttp2_settings_entry client[] = {
    { NGHTTP2_SETTINGS_ENABLE_PUSH, 0 },
    { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, NJ_H2_WINDOW_DOWN },
    { NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, (guint32) h2->limits.head },
  };
  nghttp2_session_callbacks *callbacks = callbacks_new ();
  gboolean                   is_made = callbacks != NULL && session_new (h2, callbacks);

  nghttp2_session_callbacks_del (callbacks);
  if (!is_made)
    return FALSE;

  nghttp2_submit_settings (h2->session, NGHTTP2_FLAG_NONE, h2->is_server ? server : client,
                           h2->is_server ? G_N_ELEMENTS (server) : G_N_ELEMENTS (client));
  nghttp2_session_set_local_window_size (h2->session, NGHTTP2_FLAG_NONE, 0, NJ_H2_WINDOW_ALL);
  return TRUE;
}
