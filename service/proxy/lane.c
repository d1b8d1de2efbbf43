/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A lane is one worker's share of the plane: its kept connections, its way to ask who is calling,
 * its pen in the journal. Made by the plane, used on the lane's worker only.
 */
#include "proxy/lane.h"

/**
 * nj_lane_new:
 * @shared: what the lanes share, outliving them
 * @worker: (transfer none): its worker, outliving it
 * @number: from 0, its place in log and statistics
 *
 * Returns: (transfer full): a lane
 */
NjLane *
nj_lane_new (NjShared *shared, NjWorker *worker, guint number)
{
  NjLane *self = g_new0 (NjLane, 1);

  self->shared = shared;
  self->worker = worker;
  self->number = number;
  self->program = nj_program_new ();
  self->upstreams = nj_upstream_pool_new (worker);
  return self;
}

/**
 * nj_lane_free:
 * @lane: (transfer full) (nullable): a lane whose worker has ended
 */
void
nj_lane_free (NjLane *lane)
{
  if (lane == NULL)
    return;

  nj_upstream_pool_free (lane->upstreams);
  nj_leaf_certificates_free (lane->leaves);
  nj_program_free (lane->program);
  g_free (lane);
}

/**
 * nj_lane_policy:
 * @lane: the calling worker's lane
 *
 * Returns: (transfer full): the policy in force, for one conversation
 */
NjPolicy *
nj_lane_policy (NjLane *lane)
{
  /* The plane drops an old policy only after each lane has run what it posted behind the swap, and
   * a lane does not run that between these two steps. */
  return nj_policy_ref (__atomic_load_n (&lane->shared->policy, __ATOMIC_ACQUIRE));
}

/**
 * nj_lane_count:
 * @lane: the calling worker's lane
 * @count: what happened
 * @n: how often
 */
void
nj_lane_count (NjLane *lane, NjCount count, gint64 n)
{
  nj_statistics_add (lane->shared->statistics, lane->number, count, n);
}

/**
 * nj_lane_log:
 * @lane: the calling worker's lane
 * @record: one line of the journal
 *
 * Writes and counts it.
 */
void
nj_lane_log (NjLane *lane, const NjLogRecord *record)
{
  nj_request_log_write (lane->shared->log, lane->number, record);
  nj_lane_count (lane, NJ_COUNT_REQUESTS, 1);
  nj_lane_count (lane, NJ_COUNT_BYTES_UP, (gint64) record->bytes_up);
  nj_lane_count (lane, NJ_COUNT_BYTES_DOWN, (gint64) record->bytes_down);

  if (record->action == NJ_LOG_BLOCKED)
    {
      gint64 told = __atomic_load_n (&lane->shared->blocked_told, __ATOMIC_RELAXED);

      nj_lane_count (lane, NJ_COUNT_BLOCKED, 1);
      if (record->time - told > G_USEC_PER_SEC || record->time < told)
        {
          __atomic_store_n (&lane->shared->blocked_told, record->time, __ATOMIC_RELAXED);
          lane->shared->tell (lane->shared->plane, NJ_PLANE_BLOCKED, record->host, record->client_port);
        }
    }
  if (record->action == NJ_LOG_REFUSED)
    nj_lane_count (lane, NJ_COUNT_MALFORMED, 1);
}
