/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "proxy/session.h"

G_BEGIN_DECLS

NjInspection nj_inspection_verify (NjSession *session, NjStream *below, const NjUpstreamKey *key, gint64 deadline,
                                   NjUpstream **ret_upstream, NjTlsFailure *ret_failure);

G_END_DECLS
