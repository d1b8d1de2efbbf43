/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each HTTP/2 frame means to a carrier: nghttp2's callbacks. Inside them nothing is sent and
 * nobody is told; they only note what came, and run() in carrier.c tells it afterwards. The
 * worker's thread.
 */
#include "exits/carrier-private.h"

/* Longest authority and credentials that a server takes; bytes. */
#define AUTHORITY_MAX     300
#define PATH_MAX_BYTES    2048
#define AUTHORIZATION_MAX 1024

/* Requests at a time that a server allows; a person's browser stays far below. */
#define SERVER_STRANDS 256

static NjStrand *
strand_of (nghttp2_session *session, gint32 id)
{
  return nghttp2_session_get_stream_user_data (session, id);
}

static int
on_begin_headers (nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
  NjCarrier *carrier = user_data;
  NjStrand  *strand;

  if (!carrier->is_server || frame->headers.cat != NGHTTP2_HCAT_REQUEST)
    return 0;

  strand = nj_strand_make (carrier);
  strand->id = frame->hd.stream_id;
  nghttp2_session_set_stream_user_data (session, strand->id, strand);
  return 0;
}

static void
keep (char **where, NjBytes value, gsize most)
{
  if (*where == NULL && value.len <= most)
    *where = nj_bytes_dup (value);
}

static int
on_header (nghttp2_session *session, const nghttp2_frame *frame, const guint8 *name_data, size_t name_len,
           const guint8 *value_data, size_t value_len, guint8 flags, void *user_data)
{
  NjStrand *strand = strand_of (session, frame->hd.stream_id);
  NjBytes   name = nj_bytes ((const char *) name_data, name_len);
  NjBytes   value = nj_bytes ((const char *) value_data, value_len);
  guint64   status;

  if (strand == NULL || strand->is_head_done)
    return 0;

  if (nj_bytes_equal (name, NJ_BYTES (":status")) && nj_bytes_parse_u64 (value, 999, &status))
    strand->status = (guint) status;
  else if (nj_bytes_equal (name, NJ_BYTES (":method")))
    keep (&strand->method, value, 32);
  else if (nj_bytes_equal (name, NJ_BYTES (":authority")))
    keep (&strand->authority, value, AUTHORITY_MAX);
  else if (nj_bytes_equal (name, NJ_BYTES (":path")))
    keep (&strand->path, value, PATH_MAX_BYTES);
  else if (nj_bytes_equal (name, NJ_BYTES ("proxy-authorization")))
    keep (&strand->authorization, value, AUTHORIZATION_MAX);
  return 0;
}

static void
end_came (NjCarrier *carrier, NjStrand *strand)
{
  strand->has_end = TRUE;
  strand->ready.readable = TRUE;
  nj_carrier_raise (carrier, strand);
}

static void
head_came (NjCarrier *carrier, NjStrand *strand)
{
  /* RFC 9110 §15.2: what is below 200 is not the answer yet; trailers are not a second one. */
  if (strand->is_head_done || (!carrier->is_server && strand->status < 200))
    return;

  strand->is_head_done = TRUE;
  strand->is_new = carrier->is_server;
  strand->ready.readable = TRUE;
  nj_carrier_raise (carrier, strand);
}

static int
on_frame_recv (nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
  NjCarrier *carrier = user_data;
  NjStrand  *strand = frame->hd.stream_id != 0 ? strand_of (session, frame->hd.stream_id) : NULL;

  if (frame->hd.type == NGHTTP2_SETTINGS && (frame->hd.flags & NGHTTP2_FLAG_ACK) == 0)
    carrier->is_greeted = TRUE;
  if (frame->hd.type == NGHTTP2_GOAWAY)
    carrier->is_draining = TRUE;
  if (strand == NULL)
    return 0;

  if (frame->hd.type == NGHTTP2_HEADERS)
    head_came (carrier, strand);
  if ((frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
      (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0)
    end_came (carrier, strand);
  return 0;
}

static int
on_data (nghttp2_session *session, guint8 flags, gint32 id, const guint8 *bytes, size_t len, void *user_data)
{
  NjCarrier *carrier = user_data;
  NjStrand  *strand = strand_of (session, id);

  /* The connection's window opens at once: one strand that nobody reads never stops the others. */
  nghttp2_session_consume_connection (session, len);
  if (strand == NULL || strand->is_orphan)
    {
      nghttp2_session_consume_stream (session, id, len);
      return 0;
    }

  nj_queue_push (&strand->in, carrier->worker, bytes, len);
  if (!strand->ready.readable)
    {
      strand->ready.readable = TRUE;
      nj_carrier_raise (carrier, strand);
    }
  return 0;
}

static int
on_stream_close (nghttp2_session *session, gint32 id, guint32 error, void *user_data)
{
  NjCarrier *carrier = user_data;
  NjStrand  *strand = strand_of (session, id);

  if (strand == NULL)
    return 0;

  strand->error = error;
  strand->is_gone = TRUE;
  strand->ready.readable = strand->ready.writable = TRUE;
  /* Closed in order a strand still gives what it holds, and then its end. */
  if (!strand->has_end)
    strand->ready.broken = TRUE;
  /* A request that ended before its head did has no owner. */
  if (carrier->is_server && !strand->is_head_done)
    strand->is_orphan = TRUE;
  nj_carrier_raise (carrier, strand);
  return 0;
}

static int
on_frame_send (nghttp2_session *session, const nghttp2_frame *frame, void *user_data)
{
  NjStrand *strand = frame->hd.stream_id != 0 ? strand_of (session, frame->hd.stream_id) : NULL;

  if (strand == NULL || (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0 ||
      (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS))
    return 0;

  strand->is_end_sent = TRUE;
  /* Nobody listens on our side any more: the other may stop talking. */
  if (strand->is_orphan && !strand->has_end)
    nghttp2_submit_rst_stream (session, NGHTTP2_FLAG_NONE, strand->id, NGHTTP2_CANCEL);
  return 0;
}

/* The bytes of a DATA frame go past nghttp2: a copy less. */
static int
on_send_data (nghttp2_session *session, nghttp2_frame *frame, const guint8 *head, size_t len, nghttp2_data_source *source,
              void *user_data)
{
  NjCarrier *carrier = user_data;
  NjStrand  *strand = source->ptr;

  if (carrier->out_len >= NJ_CARRIER_OUT_MAX)
    return NGHTTP2_ERR_WOULDBLOCK;

  nj_carrier_out_push (carrier, head, 9);
  nj_carrier_out_pop (carrier, &strand->out, len);
  if (strand->out.len < NJ_STRAND_OUT_MAX / 2 && !strand->ready.writable)
    {
      strand->ready.writable = TRUE;
      nj_carrier_raise (carrier, strand);
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
  nghttp2_session_callbacks_set_on_frame_recv_callback (callbacks, on_frame_recv);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback (callbacks, on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback (callbacks, on_stream_close);
  nghttp2_session_callbacks_set_send_data_callback (callbacks, on_send_data);
  nghttp2_session_callbacks_set_on_frame_send_callback (callbacks, on_frame_send);
  return callbacks;
}

static gboolean
session_new (NjCarrier *carrier, nghttp2_session_callbacks *callbacks)
{
  nghttp2_option *option = NULL;
  int             code;

  if (nghttp2_option_new (&option) != 0)
    return FALSE;

  nghttp2_option_set_no_auto_window_update (option, 1);
  code = carrier->is_server ? nghttp2_session_server_new2 (&carrier->session, callbacks, carrier, option)
                            : nghttp2_session_client_new2 (&carrier->session, callbacks, carrier, option);
  nghttp2_option_del (option);
  return code == 0;
}

/**
 * nj_carrier_frames_init:
 * @carrier: a carrier being made
 *
 * Makes its session and says its settings. The worker's thread. Source: RFC 9113 §6.5.2.
 *
 * Returns: whether there was memory for it
 */
gboolean
nj_carrier_frames_init (NjCarrier *carrier)
{
  const nghttp2_settings_entry settings[] = {
    { NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, NJ_STRAND_WINDOW },
    { NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, carrier->is_server ? SERVER_STRANDS : 0 },
    { NGHTTP2_SETTINGS_ENABLE_PUSH, 0 },
  };
  nghttp2_session_callbacks *callbacks = callbacks_new ();
  gboolean                   is_made = callbacks != NULL && session_new (carrier, callbacks);

  nghttp2_session_callbacks_del (callbacks);
  if (!is_made)
    return FALSE;

  /* A server must not speak of push: RFC 9113 §6.5.2. */
  nghttp2_submit_settings (carrier->session, NGHTTP2_FLAG_NONE, settings, carrier->is_server ? 2 : 3);
  nghttp2_session_set_local_window_size (carrier->session, NGHTTP2_FLAG_NONE, 0, NJ_CARRIER_WINDOW);
  return TRUE;
}
