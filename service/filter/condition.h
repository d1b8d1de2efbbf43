/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/match.h"

G_BEGIN_DECLS

gboolean       nj_condition_holds (NjMatch *match, const guint32 *words, gsize *ret_regex_end);
const guint32 *nj_condition_find  (const guint32 *words, NjConditionTag tag);
void           nj_condition_names (NjMatch *match, NjMatchNames *names);

G_END_DECLS
