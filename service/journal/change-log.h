/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "journal/change-notes.h"

G_BEGIN_DECLS

/* What was changed in the last exchanges in which something was; in memory only. One ring a worker. */
typedef struct NjChangeLog NjChangeLog;

NjChangeLog *nj_change_log_new   (guint n_writers);
void         nj_change_log_free  (NjChangeLog *log);
void         nj_change_log_write (NjChangeLog *log, guint writer, guint64 serial, const NjChangeNotes *notes);
GPtrArray   *nj_change_log_read  (NjChangeLog *log, guint64 serial, gboolean *ret_is_cut) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
