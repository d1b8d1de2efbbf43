/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a TLS stream comes to be: the handshake of either side, in which a fiber waits. What is said
 * inside is for tls-stream.c, why it failed for tls-failure.c. In fibers, on workers.
 */
#include "net/worker.h"
#include "tls/tls-stream-private.h"

#include <openssl/err.h>

/* An answer to a hello is an alert or a hello, RFC 8446 §5.1; whatever begins otherwise is no record, however
 * little came of it. */
static void
judge_first (const NjTlsStream *self, NjIo io, NjTlsFailure *failure)
{
  failure->is_unheard = !self->is_heard && io != NJ_CANCELLED;
  if (self->is_heard && !SSL_is_server (self->ssl) && self->first != SSL3_RT_HANDSHAKE && self->first != SSL3_RT_ALERT)
    failure->is_not_tls = TRUE;
}

static NjIo
shake_hands (NjTlsStream *self, gint64 first_deadline, gint64 deadline, NjTlsFailure *failure)
{
  for (;;)
    {
      NjIo io;
      int  done;
      int  error;

      ERR_clear_error ();
      self->below_io = NJ_OK;
      done = SSL_do_handshake (self->ssl);
      if (done == 1)
        {
          nj_tls_stream_raise (self);
          return NJ_OK;
        }

      error = SSL_get_error (self->ssl, done);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
        {
          nj_tls_failure_explain (failure, self->ssl, &self->peer, self->is_below_ended, self->below_io);
          judge_first (self, NJ_FAILED, failure);
          return NJ_FAILED;
        }

      io = nj_stream_wait (self->below, error == SSL_ERROR_WANT_READ ? NJ_WAIT_READ : NJ_WAIT_WRITE,
                           self->is_heard ? deadline : first_deadline);
      if (io != NJ_OK)
        {
          judge_first (self, io, failure);
          nj_tls_failure_say (failure, io == NJ_TIMEOUT ? "the TLS handshake took too long" : "cancelled");
          return io;
        }
    }
}

static NjIo
finish (NjTlsStream *self, gint64 first_deadline, gint64 deadline, NjStream **ret_stream, NjTlsFailure *ret_failure)
{
  NjTlsFailure failure = { 0 };
  NjIo         io = NJ_FAILED;

  if (nj_tls_stream_attach (self))
    io = shake_hands (self, first_deadline, deadline, &failure);
  else
    nj_tls_failure_say (&failure, "out of memory");

  if (io == NJ_OK)
    {
      *ret_stream = &self->stream;
      return NJ_OK;
    }

  ERR_clear_error ();
  self->is_broken = TRUE;
  nj_stream_close (&self->stream);
  if (ret_failure != NULL)
    *ret_failure = failure;
  return io;
}

/**
 * nj_tls_connect:
 * @below: (transfer full): the stream to speak TLS over; closed on failure
 * @config: whom we want to talk to
 * @deadline: monotonic µs for the whole handshake
 * @ret_stream: (out) (transfer full): the stream inside; closing it closes @below
 * @ret_failure: (out) (nullable): why not
 *
 * TLS 1.2 or newer, certificate and name verified. A fiber's call. Source: RFC 8446, RFC 5246,
 * RFC 9525 §6.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_tls_connect (NjStream *below, const NjTlsClientConfig *config, gint64 deadline, NjStream **ret_stream,
                NjTlsFailure *ret_failure)
{
  NjTlsStream *self = nj_tls_stream_new (below);
  gint64       first_deadline = deadline;

  if (config->patience > 0)
    first_deadline = MIN (deadline, nj_worker_now (below->worker) + config->patience);
  self->ssl = nj_tls_client_new (config, &self->peer);
  if (self->ssl != NULL)
    SSL_set_connect_state (self->ssl);
  return finish (self, first_deadline, deadline, ret_stream, ret_failure);
}

/**
 * nj_tls_accept:
 * @below: (transfer full): the stream to speak TLS over; closed on failure
 * @server: how to answer
 * @deadline: monotonic µs for the whole handshake
 * @ret_stream: (out) (transfer full): the stream inside; closing it closes @below
 * @ret_failure: (out) (nullable): why not
 *
 * A fiber's call. Source: RFC 8446.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_tls_accept (NjStream *below, NjTlsServer *server, gint64 deadline, NjStream **ret_stream, NjTlsFailure *ret_failure)
{
  return nj_tls_accept_ssl (below, nj_tls_server_ssl (server), deadline, ret_stream, ret_failure);
}

/**
 * nj_tls_accept_ssl: (skip)
 * @below: (transfer full): the stream to speak TLS over; closed on failure
 * @ssl: (transfer full) (nullable): who answers; %NULL fails
 * @deadline: monotonic µs for the whole handshake
 * @ret_stream: (out) (transfer full): the stream inside; closing it closes @below
 * @ret_failure: (out) (nullable): why not
 *
 * What nj_tls_accept() is made of. A fiber's call.
 *
 * Returns: %NJ_OK, %NJ_FAILED, %NJ_TIMEOUT or %NJ_CANCELLED
 */
NjIo
nj_tls_accept_ssl (NjStream *below, SSL *ssl, gint64 deadline, NjStream **ret_stream, NjTlsFailure *ret_failure)
{
  NjTlsStream *self = nj_tls_stream_new (below);

  self->ssl = ssl;
  if (ssl != NULL)
    SSL_set_accept_state (ssl);
  return finish (self, deadline, deadline, ret_stream, ret_failure);
}
