/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "proxy/tunnel.h"

G_BEGIN_DECLS

gboolean nj_inspection_order_is_origin_first (NjSession *session, const NjTunnelVoice *voice, const NjPolicy *policy, NjBytes host,
                                              guint16 port, NjArena *arena, const NjTlsMirror **mirror);
gint64   nj_inspection_order_patience        (guint16 port);
gboolean nj_inspection_order_may_be_plain    (guint16 port, NjInspection reason, const NjTlsFailure *failure);
void     nj_inspection_order_learn           (NjSession *session, NjBytes host, guint16 port, NjPortSpeech speech, const NjTlsMirror *mirror);

G_END_DECLS
