/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/exit.h"
#include "net/stream.h"

G_BEGIN_DECLS

/* From now on a socket to an exit is looked after: what it carries ends soon after its link went silent. */
void   nj_link_watch      (NjStream *socket, NjExit *exit);
gint64 nj_link_round_trip (int link);

G_END_DECLS
