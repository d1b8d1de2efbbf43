/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an exit says while it is asked for a target: whatever the bytes and however they are cut,
 * the handshake ends, and when it succeeds every byte behind it is the target's. The first byte
 * of the input chooses the kind of exit and the size of the pieces.
 */
#include "exits/hop.h"
#include "net/worker.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* A peer that has said all it will ever say. */
typedef struct
{
  NjStream       stream;
  NjReadiness    ready;
  const uint8_t *at;
  gsize          left;
  gsize          step;
  gboolean      *is_closed;
} Peer;

static NjIo
peer_try_read (NjStream *stream, void *buffer, gsize len, gsize *ret_n)
{
  Peer *self = (Peer *) stream;
  gsize n = MIN (MIN (len, self->step), self->left);

  if (n == 0)
    return NJ_EOF;
  memcpy (buffer, self->at, n);
  self->at += n;
  self->left -= n;
  *ret_n = n;
  return NJ_OK;
}

static NjIo
peer_try_write (NjStream *stream, const struct iovec *vector, int n, gsize *ret_n)
{
  *ret_n = vector[0].iov_len;
  return NJ_OK;
}

static NjIo
peer_try_shut (NjStream *stream)
{
  return NJ_OK;
}

static void
peer_close (NjStream *stream)
{
  Peer *self = (Peer *) stream;

  *self->is_closed = TRUE;
  g_free (self);
}

static const NjStreamClass peer_class = {
  .name = "peer", .try_read = peer_try_read, .try_write = peer_try_write, .try_shut = peer_try_shut, .close = peer_close,
};

static void
assert_rest (NjStream *stream, const uint8_t *data, gsize size)
{
  g_autoptr (GByteArray) rest = g_byte_array_new ();
  guint8 buffer[333];
  gsize  n = 0;

  while (nj_stream_try_read (stream, buffer, sizeof buffer, &n) == NJ_OK)
    g_byte_array_append (rest, buffer, (guint) n);
  g_assert_cmpuint (rest->len, <=, size);
  g_assert_cmpmem (rest->data, rest->len, data + size - rest->len, rest->len);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const NjHopOpen   opens[] = { nj_hop_http_open, nj_hop_socks5_open, nj_hop_socks4a_open, nj_hop_tor_open };
  static const char *const uris[] = { "http://u:p@h", "socks5://u:p@h", "socks4a://u@h", "tor://" };
  static NjWorker *worker;
  static NjExit   *exits[G_N_ELEMENTS (opens)];
  gboolean         is_closed = FALSE;
  NjDialFailure    failure = { 0 };
  NjStream        *stream = NULL;
  gboolean         may_retry = FALSE;
  NjHopRequest     request = { NULL, NJ_BYTES ("www.example.org"), 443, G_MAXINT64, G_MAXINT64, &may_retry };
  guint            kind;
  Peer            *peer;

  if (size == 0)
    return 0;
  if (worker == NULL)
    worker = nj_worker_new ("fuzz", NULL);
  kind = data[0] % G_N_ELEMENTS (opens);
  if (exits[kind] == NULL)
    exits[kind] = nj_exit_new_from_uri (uris[kind], NULL, NULL, NULL);

  peer = g_new0 (Peer, 1);
  peer->stream.class = &peer_class;
  peer->stream.worker = worker;
  peer->stream.ready = &peer->ready;
  peer->ready.readable = peer->ready.writable = TRUE;
  peer->at = data + 1;
  peer->left = size - 1;
  peer->step = (gsize) (data[0] / 4) * 4 + 1;
  peer->is_closed = &is_closed;

  request.exit = exits[kind];
  if (opens[kind] (&peer->stream, &request, &stream, &failure) == NJ_OK)
    {
      g_assert_false (is_closed);
      assert_rest (stream, data + 1, size - 1);
      nj_stream_close (stream);
    }
  else
    {
      g_assert_cmpint (failure.result, !=, NJ_DIAL_OK);
      g_assert_true (g_utf8_validate (failure.detail, -1, NULL));
    }
  g_assert_true (is_closed);
  return 0;
}
