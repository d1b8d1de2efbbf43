/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/hop.h"

G_BEGIN_DECLS

/* A stream to an exit itself: nothing was asked of it yet. */
typedef struct
{
  NjStream *stream; /* owned by whoever has this */
  int       link;   /* the socket at its bottom; -1 where it lies over another exit */
  gint64    took;   /* what the connect took; µs */
} NjReached;

/* Connects to an exit, over those before it in its chain, TLS and all. A fiber's call. */
NjIo nj_reach_exit (NjWorker *worker, NjExit *exit, gint64 deadline, NjReached *ret_reached, NjDialFailure *ret_failure);

/* The same, and greets it where that does not depend on the target. A fiber's call. */
NjIo nj_reach_ready (NjWorker *worker, NjExit *exit, gint64 deadline, NjReached *ret_reached, NjDialFailure *ret_failure);

/* A stream through request's exit to request's target. A fiber's call. */
NjIo nj_reach_target (NjWorker *worker, const NjHopRequest *request, gint64 *ret_took, NjStream **ret_stream, NjDialFailure *ret_failure);

G_END_DECLS
