/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/compiler.h"
#include "filter/page-line.h"

G_BEGIN_DECLS

/* Rules about pages of all lists: cosmetic, scriptlet, HTML. Immutable and counted; any thread may look up. */
typedef struct NjPageRules NjPageRules;

/* Which kinds of rules a page is spared: of NjResponseVerdict. */
enum
{
  NJ_PAGE_NO_GENERIC_HIDE = 1,
  NJ_PAGE_NO_SPECIFIC_HIDE = 2
};

/* Which kinds of a name rules may wait for. */
enum
{
  NJ_PAGE_LOOKUP_CLASS = 1,
  NJ_PAGE_LOOKUP_ID = 2
};

/* A rule that is for a page. */
typedef struct
{
  guint32    rule; /* for nj_page_rules_describe() */
  NjPageLineKind kind;
  NjBytes    body; /* borrowed from the rules */
  gboolean   is_generic;
  gboolean   is_trusted;
} NjPageRule;

/* Rules as the style sheet that a page gets. */
typedef struct
{
  NjBytes text;
  guint   n; /* rules in it */
  const guint32 *keys; /* where their keys lie, sorted */
  guint   n_keys;
} NjPageSheet;

typedef void (*NjPageVisit) (const NjPageRule *rule, gpointer user_data);

/* One page while its rules are looked up. */
typedef struct
{
  const NjPageRules *rules;  /* borrowed */
  NjBytes            host;
  NjBytes            path;   /* with its query; empty: not known */
  NjBytes            stem;   /* host without its public suffix; empty: none */
  guint              spared; /* NJ_PAGE_NO_ bits */
  guint32           *found;  /* in the arena: all that are for this host, exceptions first */
  guint              n_found;
  guint              n_exceptions;
  guint              room;
  NjArena           *arena;
} NjPageLookup;

/* What one list gave. */
typedef struct
{
  NjBytes id;
  NjBytes title;
  guint   n_refused;
  guint   n_exceptions;
  guint   counts[NJ_N_PAGE_LINE_KINDS];
  guint   refused[NJ_N_REFUSALS]; /* n_refused by reason */
} NjPageListSummary;

/* page-compiler.c */
NjPageRules *nj_page_rules_compile (const NjListSource *sources, guint n, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* page-file.c */
gboolean     nj_page_rules_save (const NjPageRules *rules, const char *path, GError **error);
NjPageRules *nj_page_rules_load (const char *path, guint64 fingerprint, GError **error) G_GNUC_WARN_UNUSED_RESULT;

NjPageRules *nj_page_rules_new_from_memory (guint8 *image) G_GNUC_WARN_UNUSED_RESULT;
NjPageRules *nj_page_rules_new_from_file   (GMappedFile *file) G_GNUC_WARN_UNUSED_RESULT;
NjPageRules *nj_page_rules_ref             (NjPageRules *rules);
void         nj_page_rules_unref           (NjPageRules *rules);
void         nj_page_rules_find            (const NjPageRules *rules, NjBytes host, NjPageVisit visit, gpointer user_data);
gboolean     nj_page_rules_describe        (const NjPageRules *rules, guint32 rule, NjRuleOrigin *ret_origin);
guint        nj_page_rules_n_rules         (const NjPageRules *rules);
guint        nj_page_rules_n_lists         (const NjPageRules *rules);
void         nj_page_rules_list            (const NjPageRules *rules, guint i, NjPageListSummary *ret_summary);
NjBytes      nj_page_rules_image           (const NjPageRules *rules);
guint64      nj_page_rules_fingerprint     (const NjPageRules *rules);
const NjPageSheet *nj_page_rules_common    (const NjPageRules *rules);

/* page-lookup.c */
void nj_page_lookup_init_at (NjPageLookup *self, const NjPageRules *rules, NjBytes host, NjBytes path, guint spared, NjArena *arena);
void nj_page_lookup_init  (NjPageLookup *self, const NjPageRules *rules, NjBytes host, guint spared, NjArena *arena);
void nj_page_lookup_visit (NjPageLookup *self, NjPageVisit visit, gpointer user_data);
void nj_page_lookup_token (NjPageLookup *self, NjBytes token, NjPageVisit visit, gpointer user_data);
guint    nj_page_lookup_signs    (const NjPageLookup *self, NjBytes name);
gboolean nj_page_lookup_key      (const NjPageLookup *self, NjBytes token, guint32 *ret_key);
void nj_page_lookup_visit_own    (NjPageLookup *self, NjPageVisit visit, gpointer user_data);
void nj_page_lookup_visit_common (NjPageLookup *self, NjPageVisit visit, gpointer user_data);
gboolean nj_page_lookup_wants_common (const NjPageLookup *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjPageRules, nj_page_rules_unref)

G_END_DECLS
