/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stream whose first bytes were already read: an exit may send the target's first words in the
 * same packet as its own answer. Once they are read again it only passes calls on. On the stream's
 * worker.
 */
#include "exits/leftover.h"

typedef struct
{
  NjStream  stream;
  NjStream *below; /* owned */
  char     *bytes; /* (nullable) owned: what comes first */
  gsize     at;
  gsize     len;
} NjLeftover;

static NjIo
leftover_try_read (NjStream *stream, void *buffer, gsize len, gsize *ret_n)
{
  NjLeftover *self = (NjLeftover *) stream;
  gsize       n = MIN (len, self->len - self->at);

  if (self->bytes == NULL)
    return nj_stream_try_read (self->below, buffer, len, ret_n);

  memcpy (buffer, self->bytes + self->at, n);
  self->at += n;
  if (self->at == self->len)
    g_clear_pointer (&self->bytes, g_free);

  /* More may lie here or below; the next call finds out. */
  stream->ready->readable = TRUE;
  *ret_n = n;
  return NJ_OK;
}

static NjIo
leftover_try_write (NjStream *stream, const struct iovec *vector, int n, gsize *ret_n)
{
  return nj_stream_try_write (((NjLeftover *) stream)->below, vector, n, ret_n);
}

static NjIo
leftover_try_shut (NjStream *stream)
{
  NjStream *below = ((NjLeftover *) stream)->below;

  return below->class->try_shut (below);
}

static void
leftover_close (NjStream *stream)
{
  NjLeftover *self = (NjLeftover *) stream;

  nj_stream_close (self->below);
  g_free (self->bytes);
  g_free (self);
}

/* Only once nothing is left here do the bytes pass unchanged. */
static int
leftover_fd (NjStream *stream)
{
  NjLeftover *self = (NjLeftover *) stream;

  return self->bytes == NULL ? nj_stream_fd (self->below) : -1;
}

static const NjStreamClass leftover_class = {
  .name = "leftover",
  .try_read = leftover_try_read,
  .try_write = leftover_try_write,
  .try_shut = leftover_try_shut,
  .close = leftover_close,
  .fd = leftover_fd,
};

/**
 * nj_leftover_new:
 * @below: (transfer full): a stream
 * @bytes: what was read of it too early; copied
 *
 * Returns: (transfer full): a stream that gives @bytes first, or @below itself when there are none
 */
NjStream *
nj_leftover_new (NjStream *below, NjBytes bytes)
{
  NjLeftover *self;

  if (bytes.len == 0)
    return below;

  self = g_new0 (NjLeftover, 1);
  self->stream.class = &leftover_class;
  self->stream.worker = below->worker;
  self->stream.ready = below->ready;
  self->below = below;
  self->bytes = g_memdup2 (bytes.data, bytes.len);
  self->len = bytes.len;
  below->ready->readable = TRUE;
  return &self->stream;
}
