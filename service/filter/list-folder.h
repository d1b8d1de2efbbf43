/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/list-walk.h"

G_BEGIN_DECLS

/* Where a list file stands, with the files beside and below it that it included. */
typedef struct NjListFolder NjListFolder;

typedef void (*NjListFolderVisit) (const char *path, gpointer user_data);

NjListFolder *nj_list_folder_new_at   (const char *folder) G_GNUC_WARN_UNUSED_RESULT;
NjListFolder *nj_list_folder_new     (const char *list_path) G_GNUC_WARN_UNUSED_RESULT;
void          nj_list_folder_free    (NjListFolder *folder);
void          nj_list_folder_visit   (const NjListFolder *folder, NjListFolderVisit visit, gpointer user_data);
gboolean      nj_list_folder_include (NjBytes path, gpointer folder, NjBytes *ret_text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjListFolder, nj_list_folder_free)

G_END_DECLS
