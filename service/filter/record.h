/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/builder.h"

G_BEGIN_DECLS

void nj_record_add  (NjBuilder *builder, const NjRule *rule, guint line, guint32 realms);
void nj_record_read (const NjBuilder *builder, guint32 at, NjRule *ret_rule);

G_END_DECLS
