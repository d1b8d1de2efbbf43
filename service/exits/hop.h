/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/carrier.h"
#include "exits/dial.h"

G_BEGIN_DECLS

/* How long an exit may take for what does not depend on the target: its connection, its TLS, its greeting; µs. */
#define NJ_HOP_PATIENCE (8 * (gint64) G_USEC_PER_SEC)

/* What a dial tells the race that it is part of, and hears from it. */
typedef struct
{
  gboolean is_reached;  /* the exit is; what is waited for is its answer */
  gboolean is_unwanted; /* nobody waits any more: the target must not be asked for */
  int      link;        /* the socket to the exit while its answer is waited for, else -1 … */
  NjCarrier *carrier;   /* (nullable) … or what carries it, which was asked for a sign of life */
  gint64   asked;       /* then; monotonic µs */
} NjHopRace;

/* What is asked of an exit. Borrowed for the call. */
typedef struct
{
  const NjExit *exit;
  NjBytes       host;     /* the target in its normal form: names go to the exit as names */
  guint16       port;
  gint64        deadline; /* monotonic µs */
  gint64        reach_by; /* monotonic µs: by when the exit itself must be reached */
  gboolean     *may_retry; /* (nullable) set when the exit said what it wants, so that a new connection may do better */
  NjHopRace    *race;      /* (nullable) there while other exits stand by */
} NjHopRequest;

/* Speaks an exit's handshake over below (taken; closed on failure) and leaves a stream on which the
 * target's bytes come next, none of them lost. A fiber's call. */
typedef NjIo (*NjHopOpen) (NjStream *below, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure);

/* The part of it that does not depend on the target, on a connection made ahead: below is closed on failure. */
typedef NjIo (*NjHopPrepare) (NjStream *below, const NjExit *exit, gint64 deadline, gboolean *ret_may_retry, NjDialFailure *ret_failure);

NjIo nj_hop_http_open    (NjStream *below, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure);
NjIo nj_hop_socks5_open  (NjStream *below, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure);
NjIo nj_hop_socks5_prepare (NjStream *below, const NjExit *exit, gint64 deadline, gboolean *ret_may_retry, NjDialFailure *ret_failure);
NjIo nj_hop_socks5_ask   (NjStream *below, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure);
NjIo nj_hop_socks4a_open (NjStream *below, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure);
NjIo nj_hop_tor_open     (NjStream *below, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure);

/* For the hops: fills in why and closes the stream; returns what io says, NJ_FAILED for NJ_OK and NJ_EOF. */
NjIo   nj_hop_fail     (NjStream *below, NjIo io, NjDialResult result, NjDialFailure *ret_failure, const char *format, ...) G_GNUC_PRINTF (5, 6);
NjIo   nj_hop_refused  (NjStream *below, guint status, NjBytes reason, NjDialFailure *ret_failure);
NjIo   nj_hop_cut      (NjStream *below, NjIo io, NjDialFailure *ret_failure, const char *where);
gint64 nj_hop_patience (NjWorker *worker, gint64 deadline);

G_END_DECLS
