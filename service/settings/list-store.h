/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/filter-list.h"
#include "settings/folders.h"

G_BEGIN_DECLS

/* Where the copies of fetched lists lie, and what is known of each. */
typedef struct NjListStore NjListStore;

NjListStore *nj_list_store_new       (const NjFolders *folders) G_GNUC_WARN_UNUSED_RESULT;
void         nj_list_store_free      (NjListStore *store);
char        *nj_list_store_copy_path (NjListStore *store, const NjList *list) G_GNUC_WARN_UNUSED_RESULT;
char        *nj_list_store_part_path (NjListStore *store, const NjList *list) G_GNUC_WARN_UNUSED_RESULT;
char        *nj_list_store_folder    (NjListStore *store, const NjList *list) G_GNUC_WARN_UNUSED_RESULT;
void         nj_list_store_load      (NjListStore *store, NjList *list);
gboolean     nj_list_store_save      (NjListStore *store, const NjList *list, GError **error);
void         nj_list_store_remove    (NjListStore *store, const NjList *list);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjListStore, nj_list_store_free)

G_END_DECLS
