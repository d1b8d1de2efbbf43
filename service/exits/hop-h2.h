/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/hop.h"

G_BEGIN_DECLS

/* HTTP/2 CONNECT: a strand of the warm carrier to the exit, which is made when there is none. */
NjIo nj_hop_h2_dial (NjWorker *worker, const NjHopRequest *request, gint64 *ret_took, NjStream **ret_stream, NjDialFailure *ret_failure);

/* Makes the warm carrier unless there is one. A fiber's call. */
NjIo nj_hop_h2_warm (NjWorker *worker, NjExit *exit, gint64 deadline, gint64 *ret_took, NjDialFailure *ret_failure);

G_END_DECLS
