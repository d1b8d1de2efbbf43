/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "proxy/tunnel.h"

G_BEGIN_DECLS

/* Opens it, when it is to be looked into; FALSE when it is to be an ordinary tunnel, of which nobody heard yet. */
gboolean nj_inspection_serve (NjSession *session, const NjTunnelVoice *voice, const NjPolicy *policy,
                              const NjVerdict *verdict, NjBytes host, guint16 port, NjArena *arena, NjLogRecord *record);

void nj_inspection_learn (NjLane *lane, NjBytes host, guint16 port, guint32 client, NjInspection reason);

G_END_DECLS
