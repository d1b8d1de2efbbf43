/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "proxy/session.h"

G_BEGIN_DECLS

void nj_program_way_take  (NjSession *session, const NjPolicy *policy, NjBytes host, NjRoute *route);
void nj_program_way_clear (NjSession *session);

G_END_DECLS
