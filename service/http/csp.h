/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* What of ours is to be let in by a page's policy. */
enum
{
  NJ_CSP_SCRIPT = 1,
  NJ_CSP_STYLE = 2
};

gboolean nj_csp_admit (NjBytes policies, NjBytes nonce, guint what, NjArena *arena, NjBytes *ret_policies);

G_END_DECLS
