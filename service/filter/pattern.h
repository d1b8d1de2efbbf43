/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/rule.h"

G_BEGIN_DECLS

/* Longest pattern that is no regular expression; bytes, as in uBlock Origin. */
#define NJ_PATTERN_MAX 1024

NjRefusal nj_pattern_parse (NjBytes text, NjArena *arena, NjRule *rule);

G_END_DECLS
