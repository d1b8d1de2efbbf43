/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/filter-lists.h"
#include "settings/list-update.h"

G_BEGIN_DECLS

/* Keeps fetched lists fresh. */
typedef struct NjListUpdates NjListUpdates;

NjListUpdates *nj_list_updates_new        (NjFilterLists *lists, const char *proxy) G_GNUC_WARN_UNUSED_RESULT;
void           nj_list_updates_free       (NjListUpdates *updates);
void           nj_list_updates_set_barred (NjListUpdates *updates, NjListUpdateBarred barred, gpointer user_data);
void           nj_list_updates_start      (NjListUpdates *updates);
void           nj_list_updates_plan       (NjListUpdates *updates);
void           nj_list_updates_retry      (NjListUpdates *updates);
void           nj_list_updates_run_async  (NjListUpdates *updates, const char *const *ids, gboolean is_forced, GAsyncReadyCallback done, gpointer user_data);
gboolean       nj_list_updates_run_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjListUpdates, nj_list_updates_free)

G_END_DECLS
