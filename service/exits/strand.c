/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One tunnel in a carrier as a stream: what came waits until it is read, and its window opens only
 * as it is read; what is written waits until the other side takes it. A strand that was closed
 * still sends what it was given, as a socket does. The worker's thread.
 */
#include "exits/carrier-private.h"

static NjStrand *
self_of (NjStream *stream)
{
  return (NjStrand *) stream;
}

static NjIo
strand_try_read (NjStream *stream, void *buffer, gsize len, gsize *ret_n)
{
  NjStrand *self = self_of (stream);
  gsize     n = nj_queue_pop (&self->in, stream->worker, buffer, len);

  if (n > 0)
    {
      if (!self->is_gone)
        {
          nghttp2_session_consume_stream (self->carrier->session, self->id, n);
          nj_carrier_flush (self->carrier);
        }
      *ret_n = n;
      return NJ_OK;
    }

  if (self->has_end)
    return NJ_EOF;
  if (self->ready.broken)
    return NJ_FAILED;
  self->ready.readable = FALSE;
  return NJ_AGAIN;
}

static NjIo
strand_try_write (NjStream *stream, const struct iovec *vector, int n, gsize *ret_n)
{
  NjStrand *self = self_of (stream);
  gsize     total = 0;

  if (self->is_shut || self->ready.broken)
    return NJ_FAILED;
  /* It hung up: whoever goes on would fetch what nobody hears. */
  if (self->is_gone && self->error != NGHTTP2_NO_ERROR)
    return NJ_FAILED;
  if (self->is_gone)
    {
      /* RFC 9113 §8.1: having said all, the other side may ask for silence. What is said all the same
       * is dropped: it must not cost the reader what still waits for him. */
      for (int i = 0; i < n; i++)
        total += vector[i].iov_len;
      *ret_n = total;
      return NJ_OK;
    }

  for (int i = 0; i < n && self->out.len < NJ_STRAND_OUT_MAX; i++)
    {
      gsize len = MIN (vector[i].iov_len, NJ_STRAND_OUT_MAX - self->out.len);

      if (len > 0)
        nj_queue_push (&self->out, stream->worker, vector[i].iov_base, len);
      total += len;
    }
  if (total == 0)
    {
      self->ready.writable = FALSE;
      return NJ_AGAIN;
    }

  nghttp2_session_resume_data (self->carrier->session, self->id);
  nj_carrier_flush (self->carrier);
  *ret_n = total;
  return NJ_OK;
}

static NjIo
strand_try_shut (NjStream *stream)
{
  NjStrand *self = self_of (stream);

  if (self->is_shut || (self->is_gone && self->has_end))
    return NJ_OK;
  if (self->is_gone)
    return NJ_FAILED;

  self->is_shut = TRUE;
  nghttp2_session_resume_data (self->carrier->session, self->id);
  nj_carrier_flush (self->carrier);
  return NJ_OK;
}

static void
strand_close (NjStream *stream)
{
  NjStrand  *self = self_of (stream);
  NjCarrier *carrier = self->carrier;

  self->ready.notify = NULL;
  if (self->is_gone)
    {
      nj_strand_free (self);
      return;
    }

  /* Before the answer, or with the other side at its end and nothing left to say, one frame says it
   * all; else what was written goes out first, and on_frame_send() says the rest. */
  self->is_orphan = TRUE;
  nj_queue_clear (&self->in, stream->worker);
  if (!self->is_head_done || (carrier->is_server && !self->is_answered) || (self->is_end_sent && !self->has_end))
    nghttp2_submit_rst_stream (carrier->session, NGHTTP2_FLAG_NONE, self->id,
                               carrier->is_server && !self->is_answered ? NGHTTP2_CONNECT_ERROR : NGHTTP2_CANCEL);
  self->is_shut = TRUE;
  nghttp2_session_resume_data (carrier->session, self->id);
  nj_carrier_flush (carrier);
}

static const NjStreamClass strand_class = {
  .name = "strand",
  .try_read = strand_try_read,
  .try_write = strand_try_write,
  .try_shut = strand_try_shut,
  .close = strand_close,
  .fd = NULL,
};

/* nghttp2 asks how much of our side goes into the next frame; on_send_data() then takes it. */
static ssize_t
on_take (nghttp2_session *session, gint32 id, guint8 *buffer, size_t len, guint32 *flags, nghttp2_data_source *source,
         void *user_data)
{
  NjStrand *self = source->ptr;
  gsize     n = MIN (len, self->out.len);

  if (n == self->out.len && self->is_shut)
    *flags |= NGHTTP2_DATA_FLAG_EOF;
  else if (n == 0)
    return NGHTTP2_ERR_DEFERRED;

  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  return (ssize_t) n;
}

/**
 * nj_strand_provider:
 * @strand: a strand
 *
 * The worker's thread.
 *
 * Returns: where nghttp2 takes what @strand has to say
 */
nghttp2_data_provider
nj_strand_provider (NjStrand *strand)
{
  return (nghttp2_data_provider){ .source.ptr = strand, .read_callback = on_take };
}

/**
 * nj_strand_make:
 * @carrier: a carrier
 *
 * The worker's thread.
 *
 * Returns: (transfer full): a strand that nghttp2 does not know yet
 */
NjStrand *
nj_strand_make (NjCarrier *carrier)
{
  NjStrand *self = g_new0 (NjStrand, 1);

  self->stream.class = &strand_class;
  self->stream.worker = carrier->worker;
  self->stream.ready = &self->ready;
  self->carrier = carrier;
  self->ready.writable = TRUE;
  nj_carrier_adopt (carrier, self);
  return self;
}

/**
 * nj_strand_free:
 * @strand: (transfer full): a strand that nghttp2 knows no more
 *
 * The worker's thread.
 */
void
nj_strand_free (NjStrand *strand)
{
  nj_queue_clear (&strand->in, strand->stream.worker);
  nj_queue_clear (&strand->out, strand->stream.worker);
  g_free (strand->method);
  g_free (strand->authority);
  g_free (strand->path);
  g_free (strand->authorization);
  nj_carrier_release (strand->carrier, strand);
  g_free (strand);
}

/**
 * nj_strand_break:
 * @strand: a strand whose carrier has ended
 *
 * The worker's thread.
 */
void
nj_strand_break (NjStrand *strand)
{
  strand->is_gone = TRUE;
  strand->ready.readable = strand->ready.writable = TRUE;
  if (!strand->has_end)
    strand->ready.broken = TRUE;

  /* A request nobody was told of has no owner. */
  if (strand->is_new || !strand->is_head_done)
    strand->is_orphan = strand->is_orphan || strand->carrier->is_server;
  strand->is_new = FALSE;
  nj_carrier_raise (strand->carrier, strand);
}

static nghttp2_nv
field (const char *name, NjBytes value, guint8 flags)
{
  return (nghttp2_nv){ (guint8 *) name, (guint8 *) value.data, strlen (name), value.len, flags };
}

/**
 * nj_strand_new:
 * @carrier: a client's carrier that has room
 * @authority: "host:port" of the target
 * @authorization: value of Proxy-Authorization; none when empty
 *
 * Asks for a tunnel; the answer is there once the strand can be read. The worker's thread.
 * Source: RFC 9113 §8.5.
 *
 * Returns: (transfer full) (nullable): the strand; %NULL when the carrier can take none after all
 */
NjStrand *
nj_strand_new (NjCarrier *carrier, NjBytes authority, NjBytes authorization)
{
  /* Credentials stay out of the compression table: RFC 7541 §7.1.3. */
  const nghttp2_nv fields[] = {
    field (":method", NJ_BYTES ("CONNECT"), NGHTTP2_NV_FLAG_NONE),
    field (":authority", authority, NGHTTP2_NV_FLAG_NONE),
    field ("proxy-authorization", authorization, NGHTTP2_NV_FLAG_NO_INDEX),
  };
  NjStrand             *self = nj_strand_make (carrier);
  nghttp2_data_provider provider = nj_strand_provider (self);

  nj_carrier_ask_life (carrier);
  self->id = nghttp2_submit_request (carrier->session, NULL, fields, authorization.len > 0 ? 3 : 2, &provider, self);
  if (self->id < 0)
    {
      nj_strand_free (self);
      return NULL;
    }

  nj_carrier_flush (carrier);
  return self;
}

/**
 * nj_strand_answer:
 * @strand: a strand of a server that has a request
 * @status: 200 to 599
 * @fields: (nullable): name, value, …, %NULL; names in lower case
 *
 * What is then written to the strand is the body, or the target's bytes after a 200 to CONNECT.
 * The worker's thread.
 */
void
nj_strand_answer (NjStrand *strand, guint status, const char *const *fields)
{
  nghttp2_nv            list[8];
  char                  text[4];
  gsize                 n = 0;
  nghttp2_data_provider provider = nj_strand_provider (strand);

  if (strand->is_gone)
    return;

  strand->is_answered = TRUE;
  g_snprintf (text, sizeof text, "%u", status);
  list[n++] = field (":status", nj_bytes_from_string (text), NGHTTP2_NV_FLAG_NONE);
  for (; fields != NULL && fields[0] != NULL && n < G_N_ELEMENTS (list); fields += 2)
    list[n++] = field (fields[0], nj_bytes_from_string (fields[1]), NGHTTP2_NV_FLAG_NONE);

  nghttp2_submit_response (strand->carrier->session, strand->id, list, n, &provider);
  nj_carrier_flush (strand->carrier);
}

/**
 * nj_strand_stream:
 * @strand: a strand
 *
 * Returns: (transfer none): it as a stream; closing that closes it
 */
NjStream *
nj_strand_stream (NjStrand *strand)
{
  return &strand->stream;
}

/**
 * nj_strand_head:
 * @strand: a strand
 * @ret_head: (out): what was said so far; as long as @strand
 *
 * The worker's thread.
 */
void
nj_strand_head (const NjStrand *strand, NjStrandHead *ret_head)
{
  ret_head->method = nj_bytes_from_string (strand->method);
  ret_head->authority = nj_bytes_from_string (strand->authority);
  ret_head->path = nj_bytes_from_string (strand->path);
  ret_head->authorization = nj_bytes_from_string (strand->authorization);
  ret_head->status = strand->is_head_done ? strand->status : 0;
}

/**
 * nj_strand_is_refused:
 * @strand: a strand that came to nothing
 *
 * Source: RFC 9113 §8.7. The worker's thread.
 *
 * Returns: whether the other side says that it did nothing with the request
 */
gboolean
nj_strand_is_refused (const NjStrand *strand)
{
  return strand->is_gone && !strand->is_head_done && strand->error == NGHTTP2_REFUSED_STREAM;
}

/**
 * nj_strand_is_cut:
 * @strand: a strand
 *
 * The worker's thread.
 *
 * Returns: whether the connection of its carrier has ended
 */
gboolean
nj_strand_is_cut (const NjStrand *strand)
{
  return strand->carrier->below == NULL;
}
