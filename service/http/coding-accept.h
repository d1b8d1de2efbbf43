/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

gboolean nj_coding_accept_narrow (NjBytes accept, NjArena *arena, NjBytes *ret_accept);

G_END_DECLS
