/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/buffer.h"
#include "filter/html-rule.h"

G_BEGIN_DECLS

/* What the journal is shown of a style or an element, bytes. */
#define NJ_REWRITE_SAMPLE 160

/* Rules of one page that take elements out of its source. */
#define NJ_REWRITE_CUT_RULES 64
/* Elements that may be taken out, and wait to be. */
#define NJ_REWRITE_CUT_WAITING 64
/* What is held back of a page, bytes; less where unpacking takes much. */
#define NJ_REWRITE_CUT_HELD 262144

/* An element that a rule may take out. */
typedef struct
{
  guint16  node;
  guint16  rule;
  gboolean is_sure; /* it goes, once it has ended */
  gsize    start;   /* in what is held */
  gsize    tag_end;
  gsize    end;     /* 0: it has not ended */
} NjRewriteWaiting;

/* Takes elements out as a page streams: from one that may go on, all is held back until that is known. */
typedef struct
{
  NjHtmlRule *rules[NJ_REWRITE_CUT_RULES]; /* owned */
  guint       n_rules;
  guint       n_texts; /* that they ask for */
  gboolean    is_xml;
  gboolean    has_begun;
  gsize       most;    /* bytes to hold back; 0: NJ_REWRITE_CUT_HELD */
  NjHtmlTree  tree;
  guint       version; /* of the tree, when it was last asked */
  NjRewriteWaiting waiting[NJ_REWRITE_CUT_WAITING]; /* by their starts */
  guint       n_waiting; /* 0: nothing is held */
  NjBuffer    held;
  guint       n_removed;
  char        sample[NJ_REWRITE_SAMPLE]; /* the first one that was, its start */
} NjRewriteCut;

void     nj_rewrite_cut_add    (NjRewriteCut *self, NjBytes body);
void     nj_rewrite_cut_clear  (NjRewriteCut *self);
gboolean nj_rewrite_cut_take   (NjRewriteCut *self, const NjHtmlToken *token, NjBytes text, NjBuffer *out);
void     nj_rewrite_cut_finish (NjRewriteCut *self, NjBuffer *out);

G_END_DECLS
