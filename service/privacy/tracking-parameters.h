/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

gboolean nj_tracking_parameters_strip (NjBytes url, NjArena *arena, NjBytes *ret_url);

G_END_DECLS
