/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/dial.h"

G_BEGIN_DECLS

/* Connects to an exit's host by the addresses where it was found last. A fiber's call. */
NjIo nj_exit_address_connect (NjWorker *worker, const NjExit *exit, gint64 deadline, NjStream **ret_stream, NjDialFailure *ret_failure);

/* Forgets them all: for tests. Any thread. */
void nj_exit_address_forget (void);

G_END_DECLS
