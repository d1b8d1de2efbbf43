/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/head.h"
#include "net/stream.h"

G_BEGIN_DECLS

/* One HTTP/2 connection, either side of it. Belongs to one worker; it ends with its connection, and its
 * memory goes with its last stream. Each of its streams is an NjStream on which one request and its
 * response are spoken as HTTP/1.1, so that nobody above need know the difference. */
typedef struct NjH2 NjH2;

/* Whom a connection tells what happens. From the worker's loop, never from within a call on a stream. */
typedef struct
{
  /* Server: a request came, its head can be read. The stream is the callee's. */
  void (*requested) (NjH2 *h2, NjStream *stream, gpointer user_data);
  /* (nullable) The other side broke the protocol or our bounds; static text, for the journal. */
  void (*troubled) (NjH2 *h2, const char *problem, gpointer user_data);
  /* No more streams can be had, once. After it the connection is not to be asked of. */
  void (*ended) (NjH2 *h2, gpointer user_data);
} NjH2Events;

NjH2    *nj_h2_new_server (NjStream *below, const NjHeadLimits *limits, gint64 idle_us, const NjH2Events *events, gpointer user_data);
NjH2    *nj_h2_new_client (NjStream *below, const NjHeadLimits *limits, gint64 idle_us, const NjH2Events *events, gpointer user_data);
void     nj_h2_drain      (NjH2 *h2); /* no more streams; ends with the last one */
void     nj_h2_end        (NjH2 *h2); /* now: what is open is broken */
gboolean nj_h2_has_room   (const NjH2 *h2);
gboolean nj_h2_takes_websocket (const NjH2 *h2); /* RFC 8441 */
gboolean nj_h2_is_silent  (const NjH2 *h2); /* so long that it may be dead */
void     nj_h2_ask_life   (NjH2 *h2); /* it ends soon unless the other side says something */

/* Client: a stream to write a request to. It is begun when the request's head was written. */
NjStream *nj_h2_open (NjH2 *h2);

/* A head that was read already, its body to be written behind it as HTTP/1.1. FALSE when it does not go out. */
gboolean nj_h2_stream_say_request  (NjStream *stream, const NjHead *head, NjBytes target, NjBytes host);
gboolean nj_h2_stream_say_response (NjStream *stream, const NjHead *head);

/* Of a stream of either side. */
void     nj_h2_stream_on_lost    (NjStream *stream, void (*lost) (gpointer user_data), gpointer user_data);
gboolean nj_h2_stream_is_refused (const NjStream *stream); /* nothing was done with the request: it may be sent elsewhere */
gboolean nj_h2_stream_wants_h1   (const NjStream *stream); /* and only by HTTP/1.1 */

G_END_DECLS
