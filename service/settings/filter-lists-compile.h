/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/engine.h"
#include "filter/page-rules.h"
#include "settings/filter-list.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* One list that goes into the engine, and what came of it. */
typedef struct
{
  char    *id;         /* owned */
  char    *title;      /* owned */
  char    *path;       /* (nullable) owned; NULL: the starter list */
  char    *folder;     /* (nullable) owned: where what it includes lies; NULL: beside it */
  gboolean is_trusted;
  NjListCounts rules;  /* results below: about requests */
  NjListCounts pages;  /* about pages */
  char    *problem;    /* (nullable) owned: why it is not in the engine */
} NjFilterListsSource;

/* What lists compile to; both are of the same texts. */
typedef struct
{
  NjEngine    *engine; /* (nullable) counted */
  NjPageRules *pages;  /* (nullable) counted */
} NjFilterListsRules;

NjFilterListsSource *nj_filter_lists_compile_source_new  (const char *id, const char *title, const char *path, gboolean is_trusted);
void                 nj_filter_lists_compile_source_free (NjFilterListsSource *source);
gboolean             nj_filter_lists_compile_run         (GPtrArray *sources, const char *cache_path, NjFilterListsRules *ret_rules,
                                                          GError **error);
gboolean             nj_filter_lists_compile_load        (GPtrArray *sources, const char *cache_path, NjFilterListsRules *ret_rules);
void                 nj_filter_lists_compile_rules_clear (NjFilterListsRules *rules);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NjFilterListsRules, nj_filter_lists_compile_rules_clear)

G_END_DECLS
