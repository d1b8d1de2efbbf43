/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/filter-lists-compile.h"

G_BEGIN_DECLS

char    *nj_filter_lists_kept_key    (GPtrArray *sources) G_GNUC_WARN_UNUSED_RESULT;
gboolean nj_filter_lists_kept_find   (const char *path, const char *key, guint64 *ret_fingerprint);
void     nj_filter_lists_kept_forget (const char *path);
gboolean nj_filter_lists_kept_note   (const char *path, const char *key, guint64 fingerprint, GPtrArray *folders);

G_END_DECLS
