/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/rule.h"

G_BEGIN_DECLS

NjRefusal nj_page_condition_take (NjBytes *domains, NjArena *arena, NjBytes *ret_path);

G_END_DECLS
