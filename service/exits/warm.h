/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/reach.h"

G_BEGIN_DECLS

/* Exits to which one connection each is made ahead. */
#define NJ_WARM_MAX 5

/* From now on these are kept warm, and no others. The worker's thread. */
void nj_warm_set (NjWorker *worker, NjExit *const *exits, guint n);

/* Somebody dials: they are wanted. The worker's thread. */
void nj_warm_note_active (NjWorker *worker);

/* The network is another one: what was made over the old one goes. The worker's thread. */
void nj_warm_renew (NjWorker *worker);

/* A dead exit's connection goes. The worker's thread. */
void nj_warm_leave (NjWorker *worker, const NjExit *exit);

/* A connection that is ready to be asked for a target: NJ_OK; NJ_AGAIN when there is none. A fiber's call. */
NjIo nj_warm_take (NjWorker *worker, NjExit *exit, gint64 deadline, NjReached *ret_reached, NjDialFailure *ret_failure);

G_END_DECLS
