/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/modifier.h"

G_BEGIN_DECLS

/* "/pattern/replacement/flags" taken apart; texts unescaped into the arena. */
typedef struct
{
  NjBytes  pattern; /* empty: the pattern of the rule itself */
  NjBytes  replacement;
  guint    flags;   /* NJ_REGEX_CASELESS, NJ_REGEX_GLOBAL */
} NjUrlTransform;

gboolean nj_url_transform_apply          (NjMatch *match, NjArena *arena, NjBytes *ret_url, guint32 *ret_rule);
gboolean nj_url_transform_parse          (NjBytes value, NjArena *arena, NjUrlTransform *ret_transform);
gboolean nj_url_transform_is_valid       (NjBytes value);
gboolean nj_url_transform_is_replacement (NjBytes value);

G_END_DECLS
