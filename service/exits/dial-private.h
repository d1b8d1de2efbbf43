/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What dial.c, dial-race.c, exit-address.c and warm.c share. */

#include "exits/hop.h"

G_BEGIN_DECLS

NjDialResult nj_dial_result_of   (NjIo io, NjResolveResult resolve, int code);
void         nj_dial_tell_health (NjExit *exit, NjIo io, gint64 begun, gint64 took, const NjDialFailure *failure);
NjIo         nj_dial_exit        (NjWorker *worker, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure);
NjIo         nj_dial_race        (NjWorker *worker, const NjRoute *route, const NjHopRequest *request, NjStream **ret_stream, NjDialFailure *ret_failure);

G_END_DECLS
