/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/modifier.h"

G_BEGIN_DECLS

gboolean nj_url_skip_apply (NjMatch *match, gboolean is_blocked, NjArena *arena, NjBytes *ret_url, guint32 *ret_rule);
gboolean nj_url_skip_run   (NjBytes url, gboolean is_blocked, NjBytes steps, NjArena *arena, NjBytes *ret_url);

G_END_DECLS
