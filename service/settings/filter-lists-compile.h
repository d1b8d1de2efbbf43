/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/engine.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* One list that goes into the engine, and what came of it. */
typedef struct
{
  char    *id;         /* owned */
  char    *title;      /* owned */
  char    *path;       /* (nullable) owned; NULL: the starter list */
  gboolean is_trusted;
  guint    used;       /* results below */
  guint    refused;
  char    *problem;    /* (nullable) owned: why it is not in the engine */
} NjFilterListsSource;

NjFilterListsSource *nj_filter_lists_compile_source_new  (const char *id, const char *title, const char *path, gboolean is_trusted);
void           nj_filter_lists_compile_source_free (NjFilterListsSource *source);
NjEngine      *nj_filter_lists_compile_run         (GPtrArray *sources, const char *cache_path, GError **error);
NjEngine      *nj_filter_lists_compile_load        (GPtrArray *sources, const char *cache_path);

G_END_DECLS
