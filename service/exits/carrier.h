/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"
#include "net/stream.h"

G_BEGIN_DECLS

/* One HTTP/2 connection that carries many tunnels, either side of it. Belongs to one worker; it ends with
 * its connection, and its memory goes with the last strand. */
typedef struct NjCarrier NjCarrier;

/* One tunnel in a carrier: an NjStream. */
typedef struct NjStrand NjStrand;

/* A carrier is of no more use for new strands: its connection ended, or the other side wants no more. Once. */
typedef void (*NjCarrierEnded) (NjCarrier *carrier, gpointer user_data);

/* A request came (server): answer it, in a fiber of its own if that takes time. The strand is the callee's. */
typedef void (*NjCarrierRequested) (NjCarrier *carrier, NjStrand *strand, gpointer user_data);

NjCarrier *nj_carrier_new_client (NjStream *below, NjCarrierEnded ended, gpointer user_data);
NjCarrier *nj_carrier_new_server (NjStream *below, NjCarrierRequested requested, NjCarrierEnded ended, gpointer user_data);
gboolean   nj_carrier_has_room   (const NjCarrier *carrier);
guint      nj_carrier_load       (const NjCarrier *carrier);
void       nj_carrier_end        (NjCarrier *carrier);
void       nj_carrier_set_link   (NjCarrier *carrier, int link);
gint64     nj_carrier_round_trip (const NjCarrier *carrier); /* µs, 0 unknown */
void       nj_carrier_ping       (NjCarrier *carrier); /* the other side shall say something */
gboolean   nj_carrier_was_heard  (const NjCarrier *carrier, gint64 since);
void       nj_carrier_doubt      (NjCarrier *carrier); /* no new strands until it is heard again */

/* What a request or an answer says, as far as tunnels need it. */
typedef struct
{
  NjBytes method;        /* request */
  NjBytes authority;     /* request: "host:port" of a CONNECT */
  NjBytes path;          /* request: of anything but a CONNECT */
  NjBytes authorization; /* request: Proxy-Authorization, empty for none */
  guint   status;        /* answer, 0 while there is none */
} NjStrandHead;

/* Client: asks for a tunnel. The answer is there once the strand can be read. */
NjStrand *nj_strand_new        (NjCarrier *carrier, NjBytes authority, NjBytes authorization);
NjStream *nj_strand_stream     (NjStrand *strand);
void      nj_strand_head       (const NjStrand *strand, NjStrandHead *ret_head);
gboolean  nj_strand_is_refused (const NjStrand *strand); /* nothing of it was done: another carrier may be asked */
gboolean  nj_strand_is_cut     (const NjStrand *strand); /* its connection ended */
/* Server: answers; fields are name, value, name, value, …, NULL. */
void      nj_strand_answer     (NjStrand *strand, guint status, const char *const *fields);

G_END_DECLS
