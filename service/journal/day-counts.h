/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "journal/statistics.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Counts of a day that is not over, as they are kept from one run of the service to the next. Main thread. */
typedef struct
{
  char   *day; /* owned: "2026-01-31", by the clock on the wall */
  guint64 counts[NJ_COUNT_LAST];
} NjDayCounts;

char    *nj_day_counts_today (void) G_GNUC_WARN_UNUSED_RESULT;
gboolean nj_day_counts_load  (NjDayCounts *counts, const char *path, GError **error);
gboolean nj_day_counts_save  (const NjDayCounts *counts, const char *path, GError **error);
void     nj_day_counts_turn  (NjDayCounts *counts, const char *day); /* another day: all nought */
void     nj_day_counts_clear (NjDayCounts *counts);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NjDayCounts, nj_day_counts_clear)

G_END_DECLS
