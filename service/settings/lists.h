/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/engine.h"
#include "settings/folders.h"
#include "settings/settings.h"

G_BEGIN_DECLS

#define NJ_LISTS_ERROR (nj_lists_error_quark ())

typedef enum
{
  NJ_LISTS_ERROR_NO_SUCH_LIST,
  NJ_LISTS_ERROR_UNREADABLE,  /* the file is not there or not a list */
  NJ_LISTS_ERROR_BUILT_IN     /* it cannot be removed */
} NjListsError;

/* One filter list and how it does. */
typedef struct
{
  char    *id;           /* owned */
  char    *title;        /* owned */
  char    *location;     /* owned: path, "" for the starter list */
  gboolean is_enabled;
  gboolean is_built_in;
  gboolean is_trusted;   /* may rewrite what pages get, not only block */
  guint    rules_used;
  guint    rules_refused;
  gint64   last_success; /* seconds since 1970, 0 never */
  gint64   last_attempt;
  char    *problem;      /* owned, "" for none */
} NjList;

/* All lists, and the engine they compile to. */
typedef struct NjLists NjLists;

/* The engine or the state of a list is another; on the main context. */
typedef void (*NjListsChanged) (gpointer user_data);

GQuark nj_lists_error_quark (void);

NjLists  *nj_lists_new            (NjSettings *settings, const NjFolders *folders);
void      nj_lists_free           (NjLists *lists);
void      nj_lists_watch          (NjLists *lists, NjListsChanged changed, gpointer user_data);
GPtrArray *nj_lists_all           (NjLists *lists);
NjList   *nj_lists_find           (NjLists *lists, const char *id, GError **error);
NjEngine *nj_lists_engine         (NjLists *lists);
gboolean  nj_lists_start          (NjLists *lists);
gboolean  nj_lists_set_enabled    (NjLists *lists, const char *id, gboolean is_enabled, GError **error);
char     *nj_lists_add            (NjLists *lists, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean  nj_lists_remove         (NjLists *lists, const char *id, GError **error);
void      nj_lists_compile_async  (NjLists *lists, GAsyncReadyCallback done, gpointer user_data);
gboolean  nj_lists_compile_finish (NjLists *lists, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjLists, nj_lists_free)

G_END_DECLS
