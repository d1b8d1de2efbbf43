/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What is counted, by each worker for itself. */
typedef enum
{
  NJ_COUNT_REQUESTS,
  NJ_COUNT_BLOCKED,
  NJ_COUNT_BYTES_UP,
  NJ_COUNT_BYTES_DOWN,
  NJ_COUNT_REFUSED_PEERS, /* connections that were not the owner's */
  NJ_COUNT_MALFORMED,     /* requests answered with 400 or closed */
  NJ_COUNT_CONNECTIONS,   /* client connections open now */
  NJ_COUNT_LAST
} NjCount;

/* Counts since the service began; sums over the workers. */
typedef struct NjStatistics NjStatistics;

NjStatistics *nj_statistics_new  (guint n_writers);
void          nj_statistics_free (NjStatistics *statistics);
void          nj_statistics_add  (NjStatistics *statistics, guint writer, NjCount count, gint64 n);
guint64       nj_statistics_sum  (const NjStatistics *statistics, NjCount count);
const char   *nj_count_name      (NjCount count);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjStatistics, nj_statistics_free)

G_END_DECLS
