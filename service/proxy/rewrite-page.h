/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/html-scan.h"
#include "filter/page-sheet.h"
#include "proxy/rewrite-cut.h"

G_BEGIN_DECLS

/* Hex digits of a nonce: 128 bits, that no page can guess. */
#define NJ_REWRITE_NONCE 32

/* What was done to a page. */
typedef struct
{
  char  sample[NJ_REWRITE_SAMPLE]; /* the first of them, for people */
  guint n_hidden;     /* cosmetic rules put into it */
  guint n_scriptlets; /* scriptlets and procedural rules */
  guint n_policies;   /* policies in the page that let ours in */
  guint n_hints;      /* orders for client hints that are gone */
} NjRewriteCounts;

/* Classes and ids that were looked up, so that none is looked up twice. */
typedef struct
{
  guint32 *slots; /* owned: a hash, 0 free */
  guint    n;
  guint    room;  /* a power of two */
} NjRewriteSeen;

/* The source of a page on its way through: style and script go in where the head begins, the rest stays byte for byte. */
typedef struct
{
  NjHtmlScan      scan;
  NjPageLookup   *lookup;   /* (nullable) borrowed: NULL when no rule waits for a class or id */
  const char     *nonce;    /* borrowed */
  NjBytes         program;  /* borrowed: script of ours */
  NjBuffer        sheet;    /* rules that are not in the page yet */
  NjBytes         common;   /* borrowed: style that every page gets, empty once it is in */
  NjBytes         run;      /* passed and not put out yet: what lies together goes out together */
  NjBuffer        meta;     /* a meta element that was changed */
  NjBuffer        held;     /* what is not a whole tag yet */
  NjRewriteSeen   seen;
  NjRewriteCut    cut;
  NjRewriteCounts counts;
  gsize           hole;     /* where in what goes out style and script belong */
  guint8          phase;
  gboolean        has_hole;
  gboolean        drops_hints; /* orders for client hints go */
  gboolean        has_charset; /* said, or to be said no more: something may stand before it */
  gboolean        in_title;
  gboolean        in_program;    /* a script that is looked at */
  guint           program_left;  /* of it; bytes */
  guint           programs_seen; /* bytes of all */
  gboolean        has_root; /* of XML */
  gboolean        in_body;
  gboolean        is_placed;
  gboolean        is_blind;    /* an encoding in which tags cannot be told: all passes */
  guint64         n_seen;      /* bytes of the source so far */
  char            token[130];  /* scratch: ".class" or "#id" */
} NjRewritePage;

void nj_rewrite_page_init  (NjRewritePage *self, const char *nonce, gboolean is_xml, gboolean has_charset);
void nj_rewrite_page_clear (NjRewritePage *self);
void nj_rewrite_page_push  (NjRewritePage *self, NjBytes bytes, gboolean is_last, NjBuffer *out);

/* rewrite-tokens.c */
void nj_rewrite_tokens_take (NjRewritePage *self, const NjHtmlToken *token, NjBytes text);

/* rewrite-meta.c */
gboolean nj_rewrite_meta_change (NjRewritePage *self, NjBytes tag, NjBytes *ret_tag);

/* rewrite-place.c: where the head begins. */
typedef enum
{
  NJ_REWRITE_PASS,
  NJ_REWRITE_BEFORE, /* ours goes in before this piece */
  NJ_REWRITE_AFTER
} NjRewritePlace;

NjRewritePlace nj_rewrite_place (NjRewritePage *self, const NjHtmlToken *token, NjBytes text);
gboolean       nj_rewrite_place_is_readable (NjBytes charset);

G_END_DECLS
