/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What carrier.c, carrier-frames.c and strand.c share. nghttp2's types go no further. */

#include "exits/carrier.h"
#include "http/queue.h"

#include <nghttp2/nghttp2.h>

G_BEGIN_DECLS

/* What one strand may send us before its reader takes it; bytes. A strand nobody reads holds this much and
 * stops only itself: the connection's own window is opened again at once. 512 KiB fill 100 Mbit/s at 40 ms. */
#define NJ_STRAND_WINDOW (512 * 1024)

/* What a strand takes from its writer before the other side does; bytes. */
#define NJ_STRAND_OUT_MAX (64 * 1024)

/* The connection's window; bytes. */
#define NJ_CARRIER_WINDOW (16 * 1024 * 1024)

/* What goes below in one write: four records of TLS. One more frame fits behind it. */
#define NJ_CARRIER_OUT_MAX  (64 * 1024)
#define NJ_CARRIER_OUT_SIZE (NJ_CARRIER_OUT_MAX + 32 * 1024)

struct NjCarrier
{
  NjStoppable        stoppable;
  NjWorker          *worker;  /* borrowed */
  NjStream          *below;   /* (nullable) owned; NULL once ended */
  nghttp2_session   *session; /* owned */
  NjTimer            timer;
  gint64             heard;   /* when bytes last came, monotonic µs */
  gint64             doubted; /* when somebody gave it up, 0 never; of no meaning once something was heard */
  gint64             said;    /* client: when bytes were last sent, monotonic µs */
  gint64             watched; /* client: since when it is watched whether anything follows them, 0 while it is not */
  gint64             pinged;  /* when a sign of life was asked for, 0 for not */
  gint64             answer_for; /* and how long it may take; µs */
  int                link;    /* the socket at its bottom, -1 unknown */
  gint64             idle;    /* since when it carries nothing, 0 while it does */
  char              *out;     /* (nullable) owned, NJ_CARRIER_OUT_SIZE bytes while there is something in it */
  gsize              out_start;
  gsize              out_len; /* frames that below did not take yet */
  NjStrand          *strands; /* all of them, linked */
  NjStrand          *raised;  /* those whose readers or writers are to be told, linked */
  guint              n_strands;
  NjCarrierRequested requested; /* (nullable) server */
  NjCarrierEnded     ended;     /* (nullable) cleared once called */
  gpointer           user_data;
  gboolean           is_server : 1;
  gboolean           is_greeted : 1;    /* the other side's settings came */
  gboolean           is_draining : 1;   /* no new strands */
  gboolean           is_in_session : 1; /* inside nghttp2 */
  gboolean           is_deferred : 1;   /* a run is on its way */
};

struct NjStrand
{
  NjStream       stream;
  NjReadiness    ready;
  NjCarrier     *carrier; /* it lives as long as its strands */
  NjStrand      *next;
  NjStrand      *previous;
  NjStrand      *next_raised;
  gint32         id;
  guint32        error;   /* of RST_STREAM */
  NjQueue        in;
  NjQueue        out;
  guint          status;
  char          *method;        /* (nullable) owned */
  char          *authority;     /* (nullable) owned */
  char          *path;          /* (nullable) owned */
  char          *authorization; /* (nullable) owned */
  gboolean       is_raised : 1;
  gboolean       is_new : 1;      /* a request nobody was told of yet */
  gboolean       is_head_done : 1; /* the other side's */
  gboolean       is_answered : 1;  /* server: ours was submitted */
  gboolean       has_end : 1;     /* the other side says no more */
  gboolean       is_shut : 1;     /* our side says no more once out is empty */
  gboolean       is_end_sent : 1;
  gboolean       is_gone : 1;     /* nghttp2 knows it no more */
  gboolean       is_orphan : 1;   /* its owner closed it; what it still has to say goes out */
};

void     nj_carrier_out_push    (NjCarrier *carrier, const void *bytes, gsize len);
void     nj_carrier_out_pop     (NjCarrier *carrier, NjQueue *queue, gsize len);
gboolean nj_carrier_frames_init (NjCarrier *carrier);
void     nj_carrier_flush       (NjCarrier *carrier);
void     nj_carrier_raise       (NjCarrier *carrier, NjStrand *strand);
void     nj_carrier_ask_life    (NjCarrier *carrier);
void     nj_carrier_adopt       (NjCarrier *carrier, NjStrand *strand);
void     nj_carrier_release     (NjCarrier *carrier, NjStrand *strand);

NjStrand *nj_strand_make        (NjCarrier *carrier);
void      nj_strand_free        (NjStrand *strand);
void      nj_strand_break       (NjStrand *strand);
nghttp2_data_provider nj_strand_provider (NjStrand *strand);

G_END_DECLS
