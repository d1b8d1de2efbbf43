/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DNS over HTTPS: each message is the body of a POST and of its answer, all on one HTTP/2 connection,
 * which RFC 8484 §5.2 names the least that serves. Cookies, caches and redirects are not for us. In
 * fibers, on workers.
 */
#include "exits/dns-private.h"

#include <nghttp2/nghttp2.h>

#define HEAD 12

static NjDnsQuestion *
question_of (nghttp2_session *session, NjDnsLink *link, gint32 id)
{
  return nj_dns_link_find (link, id);
}

static int
on_header (nghttp2_session *session, const nghttp2_frame *frame, const guint8 *name, size_t name_len, const guint8 *value,
           size_t value_len, guint8 flags, void *user_data)
{
  NjDnsQuestion *question = question_of (session, user_data, frame->hd.stream_id);
  NjBytes        field = nj_bytes ((const char *) name, name_len);
  NjBytes        said = nj_bytes ((const char *) value, value_len);

  if (question == NULL)
    return 0;

  /* Whatever else a 200 may hold is no DNS message: a portal's page, say. */
  if (nj_bytes_equal (field, NJ_BYTES (":status")))
    question->is_good = nj_bytes_equal (said, NJ_BYTES ("200"));
  else if (nj_bytes_equal (field, NJ_BYTES ("content-type")))
    question->is_good = question->is_good && nj_bytes_equal_nocase (said, NJ_BYTES ("application/dns-message"));
  return 0;
}

static int
on_data (nghttp2_session *session, guint8 flags, gint32 id, const guint8 *bytes, size_t len, void *user_data)
{
  NjDnsQuestion *question = question_of (session, user_data, id);

  if (question == NULL)
    return 0;
  if (len > NJ_RESOLVER_ANSWER_MAX - question->answer_len)
    {
      question->is_good = FALSE;
      return nghttp2_submit_rst_stream (session, NGHTTP2_FLAG_NONE, id, NGHTTP2_CANCEL) == 0 ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
    }

  memcpy (question->answer + question->answer_len, bytes, len);
  question->answer_len += len;
  return 0;
}

static int
on_stream_close (nghttp2_session *session, gint32 id, guint32 error, void *user_data)
{
  NjDnsQuestion *question = question_of (session, user_data, id);

  if (question != NULL)
    nj_dns_link_answer (user_data, question,
                        error == NGHTTP2_NO_ERROR && question->is_good && question->answer_len >= HEAD ? NJ_OK : NJ_FAILED);
  return 0;
}

static nghttp2_session_callbacks *
callbacks_new (void)
{
  nghttp2_session_callbacks *callbacks = NULL;

  if (nghttp2_session_callbacks_new (&callbacks) != 0)
    return NULL;

  nghttp2_session_callbacks_set_on_header_callback (callbacks, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback (callbacks, on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback (callbacks, on_stream_close);
  return callbacks;
}

/* What nghttp2 has to say goes behind what was not sent yet. */
static gboolean
collect (NjDnsLink *link)
{
  const guint8 *bytes;
  ssize_t       n;

  while ((n = nghttp2_session_mem_send (link->session, &bytes)) > 0)
    g_byte_array_append (link->out, bytes, (guint) n);
  return n == 0;
}

static gboolean
open_session (NjDnsLink *link)
{
  /* Nothing is pushed to us, and an answer fits into one window. */
  const nghttp2_settings_entry settings[] = { { NGHTTP2_SETTINGS_ENABLE_PUSH, 0 } };
  nghttp2_session_callbacks   *callbacks = callbacks_new ();
  nghttp2_session             *session = NULL;
  gboolean                     is_good;

  is_good = callbacks != NULL && nghttp2_session_client_new (&session, callbacks, link) == 0 &&
            nghttp2_submit_settings (session, NGHTTP2_FLAG_NONE, settings, G_N_ELEMENTS (settings)) == 0;
  nghttp2_session_callbacks_del (callbacks);
  link->session = session;
  return is_good && collect (link);
}

static ssize_t
on_body (nghttp2_session *session, gint32 id, guint8 *buffer, size_t len, guint32 *flags, nghttp2_data_source *source,
         void *user_data)
{
  NjDnsQuestion *question = question_of (session, user_data, id);

  /* A question is shorter than any frame's limit (RFC 9113 §4.2), so it goes in one. */
  if (question == NULL || question->len > len)
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;

  memcpy (buffer, question->bytes, question->len);
  *flags |= NGHTTP2_DATA_FLAG_EOF;
  return (ssize_t) question->len;
}

static nghttp2_nv
field (const char *name, const char *value)
{
  return (nghttp2_nv){ (guint8 *) name, (guint8 *) value, strlen (name), strlen (value), NGHTTP2_NV_FLAG_NONE };
}

static gboolean
ask (NjDnsLink *link, NjDnsQuestion *question)
{
  const NjDnsServer    *server = link->server;
  g_autofree char      *authority = server->port == 443 ? g_strdup (server->host) : g_strdup_printf ("%s:%u", server->host, server->port);
  g_autofree char      *length = g_strdup_printf ("%" G_GSIZE_FORMAT, question->len);
  const nghttp2_nv      fields[] = {
    field (":method", "POST"),
    field (":scheme", "https"),
    field (":authority", authority),
    field (":path", server->path),
    field ("accept", "application/dns-message"),
    field ("content-type", "application/dns-message"),
    field ("content-length", length),
  };
  const nghttp2_data_provider body = { .read_callback = on_body };
  gint32                      id;

  /* The server, or the 31 bits of stream ids, are at an end. */
  if (nghttp2_session_check_request_allowed (link->session) == 0)
    return FALSE;

  id = nghttp2_submit_request (link->session, NULL, fields, G_N_ELEMENTS (fields), &body, NULL);
  if (id < 0)
    return FALSE;

  question->tag = id;
  return collect (link);
}

static gboolean
take (NjDnsLink *link, const guint8 *bytes, gsize len)
{
  return nghttp2_session_mem_recv (link->session, bytes, len) == (ssize_t) len && collect (link) &&
         nghttp2_session_want_read (link->session) != 0;
}

static void
forget (NjDnsLink *link, NjDnsQuestion *question)
{
  nghttp2_submit_rst_stream (link->session, NGHTTP2_FLAG_NONE, question->tag, NGHTTP2_CANCEL);
  collect (link);
}

static void
close_session (NjDnsLink *link)
{
  nghttp2_session_del (link->session);
}

const NjDnsWire nj_dns_https_wire = {
  .alpn = "h2", .open = open_session, .ask = ask, .take = take, .forget = forget, .close = close_session
};
