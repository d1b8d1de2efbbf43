/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/engine.h"
#include "filter/page-rules.h"
#include "settings/filter-list.h"
#include "settings/folders.h"
#include "settings/list-store.h"
#include "settings/settings.h"

G_BEGIN_DECLS

#define NJ_FILTER_LISTS_ERROR (nj_filter_lists_error_quark ())

typedef enum
{
  NJ_FILTER_LISTS_ERROR_NO_SUCH_LIST,
  NJ_FILTER_LISTS_ERROR_UNREADABLE,  /* the file is not there or not a list */
  NJ_FILTER_LISTS_ERROR_BAD_ADDRESS, /* nothing is fetched from there */
  NJ_FILTER_LISTS_ERROR_BUILT_IN     /* it cannot be removed */
} NjFilterListsError;

/* All lists, and the engine they compile to. */
typedef struct NjFilterLists NjFilterLists;

/* The engine or the state of a list is another; on the main context. */
typedef void (*NjFilterListsChanged) (gpointer user_data);

GQuark nj_filter_lists_error_quark (void);

NjFilterLists  *nj_filter_lists_new            (NjSettings *settings, const NjFolders *folders);
void      nj_filter_lists_free           (NjFilterLists *lists);
void      nj_filter_lists_watch          (NjFilterLists *lists, NjFilterListsChanged changed, gpointer user_data);
GPtrArray *nj_filter_lists_all           (NjFilterLists *lists);
NjList   *nj_filter_lists_find           (NjFilterLists *lists, const char *id, GError **error);
NjEngine *nj_filter_lists_engine         (NjFilterLists *lists);
NjPageRules *nj_filter_lists_pages       (NjFilterLists *lists);
NjSettings  *nj_filter_lists_settings (NjFilterLists *lists);
NjListStore *nj_filter_lists_store    (NjFilterLists *lists);
const char  *nj_filter_lists_own_path (NjFilterLists *lists);
void      nj_filter_lists_tell           (NjFilterLists *lists);
gboolean  nj_filter_lists_start          (NjFilterLists *lists);
gboolean  nj_filter_lists_set_enabled    (NjFilterLists *lists, const char *id, gboolean is_enabled, GError **error);
gboolean  nj_filter_lists_set_trusted    (NjFilterLists *lists, const char *id, gboolean is_trusted, GError **error);
char     *nj_filter_lists_add            (NjFilterLists *lists, const char *location, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean  nj_filter_lists_remove         (NjFilterLists *lists, const char *id, GError **error);
void      nj_filter_lists_compile_async  (NjFilterLists *lists, GAsyncReadyCallback done, gpointer user_data);
gboolean  nj_filter_lists_compile_finish (NjFilterLists *lists, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjFilterLists, nj_filter_lists_free)

G_END_DECLS
