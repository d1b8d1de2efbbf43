/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/buffer.h"
#include "filter/response.h"

G_BEGIN_DECLS

/* A longer text is passed as it is, nor does it get longer; bytes. With all else that a response takes it is less than 1 MiB;
 * less of it where unpacking takes much. */
#define NJ_REWRITE_TEXT_MAX (576 << 10)

/* A text in which rules replace something: it is kept until it is whole. */
typedef struct
{
  const NjResponseChanges *rules; /* borrowed; NULL: none */
  NjBuffer                 text;
  gsize                    most;  /* how long it may be */
  gsize                    given; /* of it, so far */
  gboolean                 is_too_long;
  gboolean                 is_whole; /* or it is too long: it goes out, piece by piece */
  gboolean                 is_last;  /* nothing comes after it */
  guint                    n_replaced; /* rules that changed something */
} NjRewriteText;

gboolean nj_rewrite_text_is_any (const NjResponseChanges *rules);
void     nj_rewrite_text_clear  (NjRewriteText *self);
void     nj_rewrite_text_push   (NjRewriteText *self, NjBytes bytes, gboolean is_last);
gboolean nj_rewrite_text_next   (NjRewriteText *self, NjBytes *ret_bytes, gboolean *ret_is_last);

G_END_DECLS
