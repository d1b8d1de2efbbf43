/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stream for tests that keeps the letter of a stream's promises and no more: a few bytes at a
 * time, and often nothing at all. On the stream's worker; from a fixed seed.
 */
#include "tests/support/choppy-stream.h"

typedef struct
{
  NjStream  stream;
  NjStream *below;
  GRand    *rand;
  guint    *writes; /* (nullable) counts what goes below */
  gboolean  is_choppy;
} Choppy;

static NjIo
choppy_try_read (NjStream *stream, void *buffer, gsize len, gsize *ret_n)
{
  Choppy *self = (Choppy *) stream;
  gsize   most = (gsize) g_rand_int_range (self->rand, 1, 999);

  if (self->is_choppy && g_rand_boolean (self->rand))
    return NJ_AGAIN;
  return nj_stream_try_read (self->below, buffer, self->is_choppy ? MIN (len, most) : len, ret_n);
}

static NjIo
choppy_try_write (NjStream *stream, const struct iovec *vector, int n, gsize *ret_n)
{
  Choppy      *self = (Choppy *) stream;
  struct iovec piece = vector[0];
  gsize        most = (gsize) g_rand_int_range (self->rand, 1, 3000);

  if (self->writes != NULL)
    ++*self->writes;
  if (!self->is_choppy)
    return nj_stream_try_write (self->below, vector, n, ret_n);
  if (g_rand_boolean (self->rand))
    return NJ_AGAIN;
  piece.iov_len = MIN (piece.iov_len, most);
  return nj_stream_try_write (self->below, &piece, 1, ret_n);
}

static NjIo
choppy_try_shut (NjStream *stream)
{
  NjStream *below = ((Choppy *) stream)->below;

  return below->class->try_shut (below);
}

static void
choppy_close (NjStream *stream)
{
  Choppy *self = (Choppy *) stream;

  nj_stream_close (self->below);
  g_rand_free (self->rand);
  g_free (self);
}

static const NjStreamClass choppy_class = {
  .name = "choppy", .try_read = choppy_try_read, .try_write = choppy_try_write, .try_shut = choppy_try_shut, .close = choppy_close,
};

NjStream *
choppy_stream_new (NjStream *below, gboolean is_choppy, guint *writes)
{
  Choppy *self = g_new0 (Choppy, 1);

  self->stream.class = &choppy_class;
  self->stream.worker = below->worker;
  self->stream.ready = below->ready;
  self->below = below;
  self->rand = g_rand_new_with_seed (1);
  self->is_choppy = is_choppy;
  self->writes = writes;
  return &self->stream;
}
