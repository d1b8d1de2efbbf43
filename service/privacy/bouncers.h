/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/url.h"

G_BEGIN_DECLS

gboolean nj_bouncers_find      (const NjUrl *url, NjBytes *ret_target);
gboolean nj_bouncers_find_amp  (const NjUrl *url, NjArena *arena, NjBytes *ret_target);
gboolean nj_bouncers_guess     (const NjUrl *url, NjBytes *ret_target);

G_END_DECLS
