/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/h1.h"

G_BEGIN_DECLS

/* How the receiver is told where the body ends. */
typedef enum
{
  NJ_H1_SINK_LENGTH,  /* as the head says, or no body at all */
  NJ_H1_SINK_CHUNKED,
  NJ_H1_SINK_RAW      /* by the end of the connection: an HTTP/1.0 client and a body without a length */
} NjH1Sink;

/* What moving a body came to. */
typedef enum
{
  NJ_H1_BODY_DONE,
  NJ_H1_BODY_ANSWERED,      /* the watched one said something first: call again to go on */
  NJ_H1_BODY_SOURCE_END,    /* closed before the end */
  NJ_H1_BODY_SOURCE_FAILED, /* reset, or silent for too long */
  NJ_H1_BODY_SOURCE_BAD,    /* broke the protocol */
  NJ_H1_BODY_SINK_FAILED,   /* the receiver is gone */
  NJ_H1_BODY_CANCELLED
} NjH1BodyResult;

/* A body on its way from one connection to another, with the head that goes before it. */
typedef struct
{
  NjH1         *from;    /* borrowed */
  NjStream     *to;      /* borrowed */
  NjH1         *watch;   /* (nullable) borrowed: stop when it has said something */
  NjArena      *arena;   /* borrowed: for trailers */
  NjBodyChange *change;  /* (nullable) borrowed: what changes it; then the sink is not told a length */
  NjFraming     framing;
  NjH1Sink      sink;
  NjBytes       head;    /* printed, not yet written; empty when it was */
  gint64        idle_us;
  guint64       left;    /* of a length */
  guint64       moved;   /* body bytes written */
  NjChunked     chunked;
  gboolean      at_trailers;
  gboolean      has_begun; /* something reached the receiver */
  gboolean      has_closed; /* the last chunk went out with the bytes before it */
  const char   *problem; /* static text after NJ_H1_BODY_SOURCE_BAD */
} NjH1Body;

void           nj_h1_body_init (NjH1Body *body, NjH1 *from, NjStream *to, const NjFraming *framing, NjH1Sink sink,
                                NjBytes head, NjArena *arena, gint64 idle_us);
NjH1BodyResult nj_h1_body_run  (NjH1Body *body);

G_END_DECLS
