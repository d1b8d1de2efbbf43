/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"

G_BEGIN_DECLS

#define NJ_REBINDING_SLOTS 2048

/* Which names led to the Internet lately. All zeros is none; shared by all lanes, without a lock. */
typedef struct
{
  guint64 slots[NJ_REBINDING_SLOTS]; /* atomic: 32 bits of the name's hash, 32 of the second it was seen */
} NjRebinding;

void     nj_rebinding_note       (NjRebinding *self, NjBytes host);
gboolean nj_rebinding_was_global (NjRebinding *self, NjBytes host);

G_END_DECLS
