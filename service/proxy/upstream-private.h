/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What upstream.c and upstream-h2.c share. */

#include "http/h2.h"
#include "proxy/upstream.h"

G_BEGIN_DECLS

#define NJ_UPSTREAM_BUCKETS 256

/* Places whose way of speaking is remembered. */
#define NJ_UPSTREAM_PLACES 64

/* An HTTP/2 connection that many exchanges use at a time. */
typedef struct NjUpstreamShared NjUpstreamShared;

/* One is being dialled; others that want the same wait for it rather than dial as well. */
typedef struct NjUpstreamMaking NjUpstreamMaking;

struct NjUpstreamPool
{
  NjWorker         *worker; /* borrowed */
  guint             n_kept;
  NjTimer           trim; /* set while a burst may have left more to a host than are kept for long */
  NjUpstream       *buckets[NJ_UPSTREAM_BUCKETS];
  NjUpstreamShared *shared[NJ_UPSTREAM_BUCKETS];
  guint             n_shared;
  NjUpstreamMaking *making; /* list */
  guint32           h2_places[NJ_UPSTREAM_PLACES]; /* hashes of those that spoke HTTP/2, the oldest overwritten */
  guint32           h1_places[NJ_UPSTREAM_PLACES]; /* and of those that want HTTP/1.1 though they offered 2 */
  guint             n_h2_places;
  guint             n_h1_places;
};

/* Where a key leads, as a number. */
guint32  nj_upstream_hash        (const NjExit *exit, NjBytes host, guint16 port, gboolean is_secure);
gboolean nj_upstream_is_alike    (const NjUpstream *upstream, const NjUpstreamKey *key);
gboolean nj_upstream_is_on_route (const NjUpstream *upstream, const NjExitChoice *choice);

/* upstream-h2.c */
NjUpstream *nj_upstream_h2_adopt (NjUpstream *upstream);
void        nj_upstream_h2_leave (NjUpstreamPool *pool, const NjExitChoice *except);
void        nj_upstream_h2_leave_exit (NjUpstreamPool *pool, const NjExit *exit);
void        nj_upstream_h2_end   (NjUpstreamPool *pool);
NjIo        nj_upstream_h2_dial  (NjUpstreamPool *pool, const NjUpstreamKey *key, gint64 deadline, NjUpstream **ret_upstream,
                                  NjDialFailure *ret_failure);

G_END_DECLS
