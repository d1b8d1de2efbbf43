/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/buffer.h"
#include "filter/rule.h"

G_BEGIN_DECLS

/* The rules that badfilter rules take away. */
typedef struct
{
  NjBuffer items;   /* what to take away, by the key of a rule */
  guint64  seen[16]; /* a first look that says no for nearly all rules */
} NjBadfilter;

void     nj_badfilter_add    (NjBadfilter *self, const NjRule *rule);
gboolean nj_badfilter_leaves (const NjBadfilter *self, NjRule *rule);
void     nj_badfilter_clear  (NjBadfilter *self);

G_END_DECLS
