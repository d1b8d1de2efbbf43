/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/body.h"
#include "http/head.h"
#include "net/stream.h"
#include "net/transfer.h"

G_BEGIN_DECLS

/* One HTTP/1.1 connection, either side: a stream and what was read of it ahead. */
typedef struct
{
  NjStream *stream; /* owned */
  char     *buffer; /* (nullable) owned: held only while bytes are in it or awaited */
  gsize     size;
  gsize     start;  /* first byte not used yet */
  gsize     end;
  gboolean  is_large; /* reads in large blocks: an origin's side */
} NjH1;

void nj_h1_init    (NjH1 *h1, NjStream *stream);
void nj_h1_clear   (NjH1 *h1, gboolean abort);
void nj_h1_release (NjH1 *h1);

static inline NjBytes
nj_h1_ahead (const NjH1 *h1)
{
  return nj_bytes (h1->buffer + h1->start, h1->end - h1->start);
}

static inline void
nj_h1_consume (NjH1 *h1, gsize n)
{
  h1->start += n;
}

NjIo     nj_h1_fill     (NjH1 *h1, gsize most, gint64 deadline);
gboolean nj_h1_has_come (NjH1 *h1);

/* A head, and how it came: io tells when the bytes gave out. */
NjHeadResult nj_h1_read_request  (NjH1 *h1, NjHead *head, NjArena *arena, const NjHeadLimits *limits, gint64 deadline, NjIo *ret_io);
NjHeadResult nj_h1_read_response (NjH1 *h1, NjHead *head, NjArena *arena, const NjHeadLimits *limits, gint64 deadline, NjIo *ret_io);

G_END_DECLS
