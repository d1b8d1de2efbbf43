/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the h2 files share. nghttp2's types go no further. */

#include "http/body.h"
#include "http/h2.h"
#include "http/queue.h"
#include "net/worker.h"

#include <nghttp2/nghttp2.h>

G_BEGIN_DECLS

/* What one stream may send us before its reader takes it; bytes. A stream nobody reads holds this much and
 * stops only itself: the connection's own window is opened again at once. 512 KiB fill 100 Mbit/s at 40 ms. */
#define NJ_H2_WINDOW_DOWN (512 * 1024)
#define NJ_H2_WINDOW_UP   (256 * 1024)

/* The connection's window; bytes. */
#define NJ_H2_WINDOW_ALL (16 * 1024 * 1024)

/* What a stream takes from its writer before the other side does; bytes. */
#define NJ_H2_OUT_MAX (64 * 1024)

/* What goes below in one write; a frame and what belongs to it fit behind it. */
#define NJ_H2_FRAMES_MAX  (NJ_WORKER_LARGE - 24 * 1024)

/* Of a body that nobody wants any more, as much is heard out: curl 7.88 and others take a reset, though it
 * says that nothing is wrong, for the loss of the answer before it (RFC 9113 §8.1). */
#define NJ_H2_UNWANTED_MAX (8 * 1024 * 1024)

/* Requests at a time that we take; what ends slowly after a reset counts up to the second. */
#define NJ_H2_STREAMS     100
#define NJ_H2_STREAMS_MAX 200

/* How a body comes or goes, on the HTTP/1.1 side. */
typedef enum
{
  NJ_H2_BODY_HEAD,     /* a head is next */
  NJ_H2_BODY_LENGTH,
  NJ_H2_BODY_CHUNKED,
  NJ_H2_BODY_TRAILERS, /* out: behind the last chunk */
  NJ_H2_BODY_RAW,      /* a WebSocket: bytes until one side ends */
  NJ_H2_BODY_DONE      /* nothing more belongs to it */
} NjH2Body;

/* The header block that is coming; one at a time, held only while it comes. */
typedef struct
{
  char   *text;   /* (nullable) owned, NJ_WORKER_LARGE bytes: fields as lines */
  gsize   len;
  void   *lent;   /* (nullable) owned: the arena's first block */
  NjArena arena;
  NjBytes method, scheme, authority, path, protocol, host; /* in the arena */
  NjBytes *crumbs; /* (nullable) in the arena: values of Cookie fields */
  guint   n_crumbs;
  guint   status;
  gint64  length;  /* of Content-Length, -1 for none */
  guint   n_fields;
  gsize   size;    /* as RFC 9113 §6.5.2 counts */
  gboolean is_too_large;
  const char *problem; /* (nullable) static: it is malformed */
} NjH2Block;

/* How much a peer may still get on our nerves: RFC 9113 §10.5. */
typedef struct
{
  gint   left;
  gint64 since; /* monotonic µs, when left was right */
} NjH2Patience;

typedef struct NjH2Stream NjH2Stream;

struct NjH2
{
  NjStoppable      stoppable;
  NjWorker        *worker;  /* borrowed */
  NjStream        *below;   /* (nullable) owned; NULL once ended */
  nghttp2_session *session; /* owned */
  NjHeadLimits     limits;
  NjTimer          timer;
  gint64           idle_us; /* how long it may carry nothing */
  gint64           heard;   /* when bytes last came, monotonic µs */
  gint64           pinged;  /* when a sign of life was asked for, 0 for not */
  gint64           idle;    /* since when it carries nothing, 0 while it does */
  char            *out;     /* (nullable) owned, NJ_WORKER_LARGE bytes while there is something in it */
  gsize            out_start;
  gsize            out_len; /* frames that below did not take yet */
  NjH2Stream      *streams; /* all of them, linked */
  NjH2Stream      *raised;  /* those whose readers or writers are to be told, linked */
  guint            n_streams;
  NjH2Block        block;
  NjH2Patience     patience;
  const char      *problem; /* (nullable) static: to be told */
  NjH2Events       events;  /* ended is cleared once called */
  gpointer         user_data;
  gboolean         is_server : 1;
  gboolean         is_greeted : 1;    /* the other side's settings came */
  gboolean         is_draining : 1;   /* no new streams */
  gboolean         is_in_session : 1; /* inside nghttp2 */
  gboolean         is_deferred : 1;   /* a run is on its way */
};

struct NjH2Stream
{
  NjStream    stream;
  NjReadiness ready;
  NjH2       *h2;    /* it lives as long as its streams */
  NjH2Stream *next;
  NjH2Stream *previous;
  NjH2Stream *next_raised;
  gint32      id;    /* 0: not begun */
  guint32     error; /* of RST_STREAM */

  NjQueue     in;
  gsize       owed;  /* bytes of DATA in it, for which the window is not open again */
  NjH2Body    heard;
  NjQueue     out;
  NjH2Body    said;
  guint64     left;  /* of a length that is being said */
  NjChunked   chunked;
  GByteArray *partial; /* (nullable) owned: a head or trailers not whole yet; then the trailers */
  NjMethod    method;
  char       *key;   /* (nullable) owned: Sec-WebSocket-Key, of a request for a WebSocket */
  gint64      orphaned; /* when its owner closed it, monotonic µs */
  gsize       unwanted; /* bytes that came since */
  void (*lost) (gpointer user_data); /* (nullable) */
  gpointer    lost_data;

  gboolean is_raised : 1;
  gboolean is_new : 1;       /* a request nobody was told of yet */
  gboolean is_head_done : 1; /* the other side's final one */
  gboolean has_end : 1;      /* the other side says no more */
  gboolean is_answered : 1;  /* server: a final head was said */
  gboolean has_trailers : 1; /* partial is what goes behind the body */
  gboolean is_waiting : 1;   /* nghttp2 waits for more of our side */
  gboolean is_end_sent : 1;
  gboolean is_gone : 1;      /* nghttp2 knows it no more */
  gboolean is_lost : 1;      /* before our side was done */
  gboolean is_breaking : 1;  /* closed in the middle: what is there goes out, then a reset */
  gboolean is_orphan : 1;    /* its owner closed it; what it still has to say goes out */
};

/* h2.c */
void nj_h2_wake    (NjH2 *h2);
void nj_h2_raise   (NjH2 *h2, NjH2Stream *stream);
void nj_h2_adopt   (NjH2 *h2, NjH2Stream *stream);
void nj_h2_release (NjH2 *h2, NjH2Stream *stream);

/* h2-frames.c */
gboolean nj_h2_frames_init (NjH2 *h2);
void     nj_h2_frames_push (NjH2 *h2, const void *bytes, gsize len);

/* h2-block.c: header blocks to lines */
void nj_h2_block_begin (NjH2 *h2);
void nj_h2_block_take  (NjH2 *h2, NjBytes name, NjBytes value);
void nj_h2_block_end   (NjH2 *h2);

/* h2-heard.c: what came, as HTTP/1.1. The first three return a problem, or NULL. */
const char *nj_h2_heard_request  (NjH2Stream *stream, gboolean is_end);
const char *nj_h2_heard_response (NjH2Stream *stream, gboolean is_end);
const char *nj_h2_heard_trailers (NjH2Stream *stream);
void        nj_h2_heard_data     (NjH2Stream *stream, const guint8 *bytes, gsize len);
void        nj_h2_heard_end      (NjH2Stream *stream);

/* h2-said.c: what is written as HTTP/1.1, as frames */
gssize   nj_h2_said_take     (NjH2Stream *stream, NjBytes bytes);
gboolean nj_h2_said_trailers (NjH2Stream *stream);

/* h2-websocket.c */
NjBytes  nj_h2_websocket_accept (NjArena *arena, const char *key);
char    *nj_h2_websocket_key    (void);

/* h2-patience.c */
void nj_h2_patience_try (NjH2 *h2, gint cost, const char *problem);

/* h2-stream.c */
NjH2Stream *nj_h2_stream_make  (NjH2 *h2);
void        nj_h2_stream_free  (NjH2Stream *stream);
void        nj_h2_stream_break (NjH2Stream *stream);
nghttp2_data_provider nj_h2_stream_provider (NjH2Stream *stream);

G_END_DECLS
