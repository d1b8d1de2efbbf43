/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/buffer.h"
#include "filter/html-rule.h"

G_BEGIN_DECLS

/* What the journal is shown of a style or an element, bytes. */
#define NJ_REWRITE_SAMPLE 160

/* Rules of one page that take elements out of its source. */
#define NJ_REWRITE_CUT_RULES 64
/* Elements one in the other, within one that may be taken out. */
#define NJ_REWRITE_CUT_DEPTH 64

/* Takes elements out as a page streams: one that may go is held back until its end was seen. */
typedef struct
{
  NjHtmlRule *rules[NJ_REWRITE_CUT_RULES]; /* owned */
  guint       n_rules;
  gboolean    is_xml;
  guint64     asking;  /* a bit for each rule that may take out the element held, if its text is so */
  gboolean    is_sure; /* it goes, whatever its text is */
  NjBuffer    held;
  gsize       tag_len; /* of its start tag, at the front of @held */
  gsize       end_at;  /* of its last piece */
  gboolean    is_raw;  /* a script or a style: its text is what is between its tags */
  NjBuffer    text;    /* of another */
  char        open[NJ_REWRITE_CUT_DEPTH][NJ_HTML_NAME_MAX + 1];
  guint       depth;   /* 0: none is held */
  guint       n_removed;
  char        sample[NJ_REWRITE_SAMPLE]; /* the first one that was, its start */
} NjRewriteCut;

void     nj_rewrite_cut_add    (NjRewriteCut *self, NjBytes body);
void     nj_rewrite_cut_clear  (NjRewriteCut *self);
gboolean nj_rewrite_cut_take   (NjRewriteCut *self, const NjHtmlToken *token, NjBytes text, NjBuffer *out);
void     nj_rewrite_cut_finish (NjRewriteCut *self, NjBuffer *out);

G_END_DECLS
