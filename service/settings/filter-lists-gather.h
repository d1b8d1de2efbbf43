/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/filter-list.h"
#include "settings/folders.h"
#include "settings/list-store.h"
#include "settings/settings.h"

G_BEGIN_DECLS

GPtrArray *nj_filter_lists_gather_all   (const NjSettings *settings, const NjFolders *folders, NjListStore *store) G_GNUC_WARN_UNUSED_RESULT;
NjList    *nj_filter_lists_gather_added (const NjSettings *settings, NjListStore *store, const char *location) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
