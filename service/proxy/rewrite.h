/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/scriptlet.h"
#include "http/body.h"
#include "http/coding.h"
#include "proxy/rewrite-page.h"
#include "proxy/rewrite-text.h"

G_BEGIN_DECLS

/* What rules say of one page. */
typedef struct
{
  NjPageLookup   *lookup;   /* borrowed */
  NjScriptletPage scriptlets;
  NjBuffer        sheet;    /* the rules that are for it, whatever occurs in it */
  NjBytes         common;   /* borrowed: those that every page gets, as a style sheet */
  NjBuffer        program;  /* scripts that stand as they are */
  NjRewriteCut    cut;      /* elements to be taken out */
  guint           n_hidden;
  guint           n_scriptlets;
  gboolean        has_tokens; /* generic rules may come as classes and ids do */
} NjRewriteRules;

/* A body on its way: unpacked, changed, passed on unpacked. */
typedef struct
{
  NjBodyChange  change;
  NjDecoder    *decoder; /* (nullable) owned: NULL when it is not packed */
  NjRewriteText text;
  NjRewritePage page;
  gboolean      has_page;
  NjBuffer      out;
  NjBytes       lead;    /* what goes before all of it: borrowed; not for a page */
  NjBytes       given;   /* what goes out when it is no page: borrowed until the next call */
  char         *room;    /* borrowed: NJ_REWRITE_ROOM bytes, to unpack into */
  char          nonce[NJ_REWRITE_NONCE + 1];
  gsize         left;      /* bytes that all but unpacking may take */
  gsize         piece;     /* bytes to unpack at once */
  gboolean      is_broken; /* after what is given out, no more comes */
  gboolean      has_come;  /* all of it was unpacked */
  gboolean      has_ended;
} NjRewrite;

#define NJ_REWRITE_ROOM 65536

/* rewrite-rules.c */
void     nj_rewrite_rules_init  (NjRewriteRules *self, NjPageLookup *lookup, const NjPageRules *rules, NjBytes host, guint spared,
                                 NjArena *arena);
void     nj_rewrite_rules_init_at (NjRewriteRules *self, NjPageLookup *lookup, const NjPageRules *rules, NjBytes host, NjBytes path,
                                   guint spared, NjArena *arena);
void     nj_rewrite_rules_clear (NjRewriteRules *self);
void     nj_rewrite_rules_add_script (NjRewriteRules *self, NjBytes script);
gboolean nj_rewrite_rules_any   (const NjRewriteRules *self);

/* rewrite-body.c */
NjRewrite *nj_rewrite_new  (NjCoding coding, gsize spent, char *room) G_GNUC_WARN_UNUSED_RESULT;
void       nj_rewrite_free (NjRewrite *self);
guint      nj_rewrite_wants (const NjRewrite *self);
void       nj_rewrite_take_page (NjRewrite *self, NjRewriteRules *rules, gboolean is_xml, gboolean has_charset, NjArena *arena);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjRewrite, nj_rewrite_free)

G_END_DECLS
