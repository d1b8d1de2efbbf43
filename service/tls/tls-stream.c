/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OpenSSL over any stream, as a stream: either side, and TLS inside TLS. A BIO of our own asks the
 * stream below with calls that never wait, so the readiness is that of the stream at the bottom,
 * and only the handshake (tls-handshake.c) parks its fiber. Contexts and trust are in tls-context.c and
 * tls-server.c. On the stream's worker; no fiber switch ever comes between a call into OpenSSL and
 * the look at its error.
 */
#include "tls/tls-stream.h"

#include "base/host.h"
#include "net/worker.h"
#include "tls/tls-stream-private.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <pthread.h>

/* Plain bytes of one record, RFC 8446 §5.1. */
#define RECORD_MAX 16384

/* What a read may have to say while the stream below takes nothing: an alert, a key update. */
#define LATE_MAX 1024

static pthread_once_t once = PTHREAD_ONCE_INIT;
static BIO_METHOD    *below_method;

static NjTlsStream *
self_of (NjStream *stream)
{
  return (NjTlsStream *) stream;
}

static int
on_below_read (BIO *bio, char *buffer, size_t len, size_t *ret_n)
{
  NjTlsStream *self = BIO_get_data (bio);

  BIO_clear_retry_flags (bio);
  *ret_n = 0;
  self->below_io = nj_stream_try_read (self->below, buffer, len, ret_n);
  if (self->below_io == NJ_OK)
    {
      if (!self->is_heard)
        self->first = *(const guint8 *) buffer;
      self->is_heard = TRUE;
      return 1;
    }

  if (self->below_io == NJ_AGAIN)
    BIO_set_retry_read (bio);
  else if (self->below_io == NJ_EOF)
    {
      self->is_below_ended = TRUE;
      BIO_set_flags (bio, BIO_FLAGS_IN_EOF);
    }
  return 0;
}

static gboolean
keep_for_later (NjTlsStream *self, const char *bytes, size_t len)
{
  if (self->late == NULL)
    self->late = g_byte_array_new ();
  if (self->late->len + len > LATE_MAX)
    return FALSE;

  g_byte_array_append (self->late, (const guint8 *) bytes, (guint) len);
  return TRUE;
}

static NjIo
flush_late (NjTlsStream *self)
{
  while (self->late != NULL && self->late->len > 0)
    {
      struct iovec piece = { self->late->data, self->late->len };
      gsize        n = 0;
      NjIo         io = nj_stream_try_write (self->below, &piece, 1, &n);

      if (io != NJ_OK)
        return io;
      g_byte_array_remove_range (self->late, 0, (guint) n);
    }
  g_clear_pointer (&self->late, g_byte_array_unref);
  return NJ_OK;
}

static int
on_below_write (BIO *bio, const char *bytes, size_t len, size_t *ret_n)
{
  NjTlsStream *self = BIO_get_data (bio);
  struct iovec piece = { (void *) bytes, len };

  BIO_clear_retry_flags (bio);
  *ret_n = 0;
  self->below_io = flush_late (self);
  if (self->below_io == NJ_OK)
    self->below_io = nj_stream_try_write (self->below, &piece, 1, ret_n);
  if (self->below_io == NJ_OK)
    return 1;

  if (self->below_io == NJ_AGAIN)
    {
      /* A reader waits for reading only: it must never be stopped by something it wants to say. */
      if (self->is_reading && keep_for_later (self, bytes, len))
        {
          *ret_n = len;
          return 1;
        }
      BIO_set_retry_write (bio);
    }
  return 0;
}

static long
on_below_control (BIO *bio, int command, long number, void *pointer)
{
  if (command == BIO_CTRL_EOF)
    return BIO_test_flags (bio, BIO_FLAGS_IN_EOF) != 0;
  return command == BIO_CTRL_FLUSH || command == BIO_CTRL_DUP;
}

static void
on_first_use (void)
{
  below_method = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "stream");
  BIO_meth_set_read_ex (below_method, on_below_read);
  BIO_meth_set_write_ex (below_method, on_below_write);
  BIO_meth_set_ctrl (below_method, on_below_control);
}

/**
 * nj_tls_stream_raise: (skip)
 * @self: a stream
 *
 * OpenSSL may hold bytes that the socket no longer has: say so, or a waiter would sleep on them.
 */
void
nj_tls_stream_raise (NjTlsStream *self)
{
  if (!self->stream.ready->readable && SSL_has_pending (self->ssl))
    self->stream.ready->readable = TRUE;
}

static NjIo
end_of_read (NjTlsStream *self, int error)
{
  if (error == SSL_ERROR_ZERO_RETURN)
    return NJ_EOF;

  /* The end without close_notify: many servers do so, and whoever cares can ask (RFC 9112 §9.8). */
  if (self->is_below_ended && (error == SSL_ERROR_SYSCALL ||
                               ERR_GET_REASON (ERR_peek_error ()) == SSL_R_UNEXPECTED_EOF_WHILE_READING))
    {
      self->is_truncated = TRUE;
      return NJ_EOF;
    }

  self->is_broken = TRUE;
  return NJ_FAILED;
}

static NjIo
tls_try_read (NjStream *stream, void *buffer, gsize len, gsize *ret_n)
{
  NjTlsStream *self = self_of (stream);
  gsize        total = 0;
  int          error = SSL_ERROR_NONE;

  if (self->is_broken)
    return NJ_FAILED;

  self->is_reading = TRUE;
  do
    {
      size_t n = 0;

      ERR_clear_error ();
      self->below_io = NJ_OK;
      if (SSL_read_ex (self->ssl, (char *) buffer + total, len - total, &n) == 1)
        total += n;
      else
        error = SSL_get_error (self->ssl, 0);
    }
  while (error == SSL_ERROR_NONE && total < len && SSL_has_pending (self->ssl));
  self->is_reading = FALSE;

  if (total > 0)
    {
      /* The end or the failure behind these bytes is told again by the next call. */
      if (error == SSL_ERROR_NONE)
        nj_tls_stream_raise (self);
      else if (error != SSL_ERROR_WANT_READ)
        stream->ready->readable = TRUE;
      *ret_n = total;
      return NJ_OK;
    }

  if (error == SSL_ERROR_WANT_READ)
    return NJ_AGAIN;
  return end_of_read (self, error);
}

/* Small pieces go into one record: a head and the first bytes of its body are one packet. */
static gsize
gather (const struct iovec *vector, int count, char *block, gsize room)
{
  gsize total = 0;

  for (int i = 0; i < count && total < room; i++)
    {
      gsize n = MIN (vector[i].iov_len, room - total);

      memcpy (block + total, vector[i].iov_base, n);
      total += n;
    }
  return total;
}

static NjIo
write_piece (NjTlsStream *self, const void *bytes, gsize len, gsize *ret_n)
{
  size_t n = 0;
  int    error;

  ERR_clear_error ();
  self->below_io = NJ_OK;
  if (SSL_write_ex (self->ssl, bytes, len, &n) == 1)
    {
      *ret_n = n;
      return NJ_OK;
    }

  error = SSL_get_error (self->ssl, 0);
  if (error == SSL_ERROR_WANT_WRITE)
    return NJ_AGAIN;

  self->is_broken = TRUE;
  return NJ_FAILED;
}

static NjIo
tls_try_write (NjStream *stream, const struct iovec *vector, int count, gsize *ret_n)
{
  NjTlsStream *self = self_of (stream);
  gsize        total = 0;
  NjIo         io = NJ_OK;

  if (self->is_broken || self->is_shut)
    return NJ_FAILED;

  /* Retried after NJ_AGAIN with the same bytes or more of them, as OpenSSL wants it: a stream cannot
   * take back what it was to send. */
  if (count > 1 && vector[0].iov_len < RECORD_MAX)
    {
      char *block = nj_worker_block_take (stream->worker);
      gsize len = gather (vector, count, block, MIN (RECORD_MAX, NJ_WORKER_BLOCK));

      if (len > 0)
        io = write_piece (self, block, len, &total);
      nj_worker_block_give (stream->worker, block);
    }
  else
    while (io == NJ_OK && total < vector[0].iov_len)
      {
        gsize n = 0;

        io = write_piece (self, (const char *) vector[0].iov_base + total, vector[0].iov_len - total, &n);
        total += n;
      }

  if (total == 0)
    return io;
  *ret_n = total;
  return NJ_OK;
}

static NjIo
tls_try_shut (NjStream *stream)
{
  NjTlsStream *self = self_of (stream);
  int          done;

  if (self->is_broken)
    return NJ_FAILED;
  if (self->is_shut)
    return flush_late (self);

  ERR_clear_error ();
  done = SSL_shutdown (self->ssl);
  if (done < 0 && SSL_get_error (self->ssl, done) == SSL_ERROR_WANT_WRITE)
    return NJ_AGAIN;
  if (done < 0)
    {
      self->is_broken = TRUE;
      return NJ_FAILED;
    }

  /* No FIN below: close_notify is the end of our side, and the other may still speak (RFC 8446 §6.1). */
  self->is_shut = TRUE;
  return NJ_OK;
}

static void
tls_close (NjStream *stream)
{
  NjTlsStream *self = self_of (stream);

  /* Once, without waiting for it to go out: the peer can then tell an end from a cut. */
  if (!self->is_broken && !self->is_shut && SSL_is_init_finished (self->ssl))
    SSL_shutdown (self->ssl);
  ERR_clear_error ();

  /* Or OpenSSL would call a good session bad for lack of a close_notify. */
  SSL_set_shutdown (self->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free (self->ssl);
  nj_tls_peer_clear (&self->peer);
  g_clear_pointer (&self->late, g_byte_array_unref);
  nj_stream_close (self->below);
  g_free (self);
}

static const NjStreamClass tls_class = {
  .name = "tls",
  .try_read = tls_try_read,
  .try_write = tls_try_write,
  .try_shut = tls_try_shut,
  .close = tls_close,
  .fd = NULL,
};

/**
 * nj_tls_stream_new: (skip)
 * @below: (transfer full): the stream to speak TLS over
 *
 * Returns: (transfer full): a stream that cannot say anything yet
 */
NjTlsStream *
nj_tls_stream_new (NjStream *below)
{
  NjTlsStream *self = g_new0 (NjTlsStream, 1);

  pthread_once (&once, on_first_use);
  self->stream.class = &tls_class;
  self->stream.worker = below->worker;
  self->stream.ready = below->ready;
  self->below = below;
  return self;
}

/**
 * nj_tls_stream_attach: (skip)
 * @self: a stream that has its SSL, or %NULL there
 *
 * Lets OpenSSL speak over the stream below.
 *
 * Returns: whether it does
 */
gboolean
nj_tls_stream_attach (NjTlsStream *self)
{
  BIO *bio = self->ssl != NULL ? BIO_new (below_method) : NULL;

  if (bio == NULL)
    return FALSE;

  BIO_set_data (bio, self);
  BIO_set_init (bio, 1);
  SSL_set_bio (self->ssl, bio, bio);
  return TRUE;
}

/**
 * nj_tls_below:
 * @stream: a TLS stream
 *
 * Returns: (transfer none): what it lies over
 */
NjStream *
nj_tls_below (NjStream *stream)
{
  return self_of (stream)->below;
}

/**
 * nj_tls_protocol:
 * @stream: a TLS stream
 *
 * Returns: what ALPN chose, empty when nothing; lives as long as @stream
 */
NjBytes
nj_tls_protocol (NjStream *stream)
{
  const guint8 *name = NULL;
  guint         len = 0;

  SSL_get0_alpn_selected (self_of (stream)->ssl, &name, &len);
  return nj_bytes ((const char *) name, len);
}

/**
 * nj_tls_server_name:
 * @stream: a TLS stream on the server's side
 *
 * Returns: the name the client asked for, as it wrote it, empty when none; lives as long as @stream
 */
NjBytes
nj_tls_server_name (NjStream *stream)
{
  return nj_bytes_from_string (SSL_get_servername (self_of (stream)->ssl, TLSEXT_NAMETYPE_host_name));
}

/**
 * nj_tls_is_resumed:
 * @stream: a TLS stream
 *
 * Returns: whether its handshake resumed a session
 */
gboolean
nj_tls_is_resumed (NjStream *stream)
{
  return SSL_session_reused (self_of (stream)->ssl) == 1;
}

/**
 * nj_tls_is_truncated:
 * @stream: a TLS stream that was read to its end
 *
 * Returns: whether the end came without the peer's close_notify, so that it may be a cut
 */
gboolean
nj_tls_is_truncated (NjStream *stream)
{
  return self_of (stream)->is_truncated;
}

/**
 * nj_tls_is_certificate_wanted:
 * @stream: a TLS stream on the client's side
 *
 * Returns: whether the server asked for a certificate, of which it was given none
 */
gboolean
nj_tls_is_certificate_wanted (NjStream *stream)
{
  return self_of (stream)->peer.is_certificate_wanted;
}

/**
 * nj_tls_peer_fingerprint:
 * @stream: a TLS stream
 * @ret_fingerprint: (out): SHA-256 of the peer's certificate
 *
 * Returns: whether the peer showed one
 */
gboolean
nj_tls_peer_fingerprint (NjStream *stream, guint8 ret_fingerprint[NJ_TLS_FINGERPRINT])
{
  X509  *certificate = SSL_get0_peer_certificate (self_of (stream)->ssl);
  guint8 found[EVP_MAX_MD_SIZE];
  guint  len = 0;

  if (certificate == NULL || X509_digest (certificate, EVP_sha256 (), found, &len) != 1 || len != NJ_TLS_FINGERPRINT)
    return FALSE;

  memcpy (ret_fingerprint, found, len);
  return TRUE;
}
