/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/rule.h"

G_BEGIN_DECLS

gssize    nj_option_find_start (NjBytes text);
NjRefusal nj_option_parse      (NjBytes text, gboolean is_trusted, NjArena *arena, NjRule *rule);

G_END_DECLS
