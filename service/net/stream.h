/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/readiness.h"

#include <sys/uio.h>

G_BEGIN_DECLS

typedef struct NjStream NjStream;
typedef struct NjWorker NjWorker;

/* What lies below a byte stream. Nothing here waits: a call that cannot go on clears the flag of
 * the readiness and says NJ_AGAIN. Called on the stream's worker only. */
typedef struct
{
  const char *name; /* "socket", "tls", … */

  /* Reads up to len bytes; NJ_OK with *ret_n > 0, NJ_EOF, NJ_AGAIN or NJ_FAILED. */
  NjIo (*try_read) (NjStream *stream, void *buffer, gsize len, gsize *ret_n);

  /* Writes what it can of the vector; NJ_OK with *ret_n > 0 (perhaps less than all), NJ_AGAIN or NJ_FAILED. */
  NjIo (*try_write) (NjStream *stream, const struct iovec *vector, int n, gsize *ret_n);

  /* Closes the sending side (FIN, close_notify); NJ_OK, NJ_AGAIN to be called again, or NJ_FAILED. */
  NjIo (*try_shut) (NjStream *stream);

  /* Ends both directions and frees the stream with all that lies below it. Never blocks. */
  void (*close) (NjStream *stream);

  /* (nullable) The descriptor when bytes pass through it unchanged (for splice), else -1. */
  int (*fd) (NjStream *stream);
} NjStreamClass;

/* A byte stream: a socket, TLS over one, a tunnel through an exit, any chain of them. Embed it as
 * the first member. */
struct NjStream
{
  const NjStreamClass *class;
  NjWorker            *worker; /* borrowed: the thread that owns it */
  NjReadiness         *ready;  /* borrowed: usually that of the socket at the bottom */
};

/* Whole calls for fibers: they park until done or until the deadline (monotonic µs; G_MAXINT64 for none). */
NjIo nj_stream_read      (NjStream *stream, void *buffer, gsize len, gint64 deadline, gsize *ret_n);
NjIo nj_stream_read_full (NjStream *stream, void *buffer, gsize len, gint64 deadline);
NjIo nj_stream_write     (NjStream *stream, const void *bytes, gsize len, gint64 deadline);
NjIo nj_stream_writev    (NjStream *stream, struct iovec *vector, int n, gint64 deadline);
NjIo nj_stream_shut      (NjStream *stream, gint64 deadline);
void nj_stream_close     (NjStream *stream);
int  nj_stream_fd        (NjStream *stream);

static inline NjIo
nj_stream_try_read (NjStream *stream, void *buffer, gsize len, gsize *ret_n)
{
  return stream->class->try_read (stream, buffer, len, ret_n);
}

static inline NjIo
nj_stream_try_write (NjStream *stream, const struct iovec *vector, int n, gsize *ret_n)
{
  return stream->class->try_write (stream, vector, n, ret_n);
}

/* Which way a fiber waits. */
typedef enum
{
  NJ_WAIT_READ = 1 << 0,
  NJ_WAIT_WRITE = 1 << 1,
  NJ_WAIT_BROKEN = 1 << 2 /* the peer is gone for good: reset, or closed both ways */
} NjWait;

NjIo nj_stream_wait     (NjStream *stream, NjWait wait, gint64 deadline);
NjIo nj_stream_wait_any (NjStream *a, NjWait wait_a, NjStream *b, NjWait wait_b, gint64 deadline);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjStream, nj_stream_close)

G_END_DECLS
