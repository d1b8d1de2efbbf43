/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "proxy/session.h"

G_BEGIN_DECLS

NjInspection nj_inspection_choose (NjSession *session, const NjPolicy *policy, NjBytes host, guint16 port);
NjBytes      nj_inspection_choice_place (NjBytes host, guint16 port, char buffer[NJ_INSPECTION_PLACE_MAX + 1]);

G_END_DECLS
