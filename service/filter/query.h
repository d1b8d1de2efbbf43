/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/modifier.h"

G_BEGIN_DECLS

gboolean nj_query_strip (NjMatch *match, NjArena *arena, NjBytes *ret_url, guint32 *ret_rule);

G_END_DECLS
