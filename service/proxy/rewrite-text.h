/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/buffer.h"
#include "filter/response.h"

G_BEGIN_DECLS

/* A longer text is passed as it is; bytes. */
#define NJ_REWRITE_TEXT_MAX (1 << 20)

/* A text in which rules replace something: it is kept until it is whole. */
typedef struct
{
  const NjResponseChanges *rules; /* borrowed; NULL: none */
  NjBuffer                 text;
  gboolean                 is_too_long;
  guint                    n_replaced; /* rules that changed something */
} NjRewriteText;

gboolean nj_rewrite_text_is_any (const NjResponseChanges *rules);
void     nj_rewrite_text_clear  (NjRewriteText *self);
gboolean nj_rewrite_text_push   (NjRewriteText *self, NjBytes *bytes, gboolean is_last);

G_END_DECLS
