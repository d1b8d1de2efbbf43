/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/h2.h"
#include "proxy/session.h"

G_BEGIN_DECLS

gboolean nj_h2_session_start (NjSession *session, gint64 idle_us);
void     nj_h2_session_drain (NjLane *lane);

G_END_DECLS
