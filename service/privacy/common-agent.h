/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/head.h"

G_BEGIN_DECLS

gboolean nj_common_agent_set        (NjHead *request, NjArena *arena);
gboolean nj_common_agent_is         (NjBytes agent, NjArena *arena);
gboolean nj_common_agent_is_firefox (NjBytes agent);

G_END_DECLS
