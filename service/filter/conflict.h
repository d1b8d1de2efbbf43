/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/rule.h"

G_BEGIN_DECLS

NjRefusal nj_conflict_check   (const NjRule *rule, gboolean is_trusted);
NjRefusal nj_conflict_resolve (NjRule *rule);

G_END_DECLS
