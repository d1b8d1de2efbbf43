/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names that led to an address of the Internet a moment ago: when one of them suddenly leads to the
 * user's own network, a page plays a trick on its own name (DNS rebinding). A table of hashes that
 * forgets by being overwritten. Called by exchange-rules, on any worker.
 */
#include "proxy/rebinding.h"

#include "base/clock.h"

/* Longer than any page waits for its second answer; a computer that is carried from one network to
 * another may meet a name on both sides honestly. */
#define REMEMBERED_US (15 * 60 * (gint64) G_USEC_PER_SEC)

/* Never 0, the hash of no name. */
static guint32
hash_of (NjBytes host)
{
  guint32 hash = 2166136261u;

  for (gsize i = 0; i < host.len; i++)
    hash = (hash ^ (guint8) host.data[i]) * 16777619u;
  return hash | 1;
}

static guint32
second_of (gint64 monotonic)
{
  return (guint32) (monotonic / G_USEC_PER_SEC);
}

/**
 * nj_rebinding_note:
 * @self: the table
 * @host: a name in its normal form that led to the Internet
 *
 * Any thread.
 */
void
nj_rebinding_note (NjRebinding *self, NjBytes host)
{
  guint32 hash = hash_of (host);

  __atomic_store_n (&self->slots[(hash >> 8) % NJ_REBINDING_SLOTS],
                    (guint64) hash << 32 | second_of (nj_clock_monotonic ()), __ATOMIC_RELAXED);
}

/**
 * nj_rebinding_was_global:
 * @self: the table
 * @host: a name in its normal form
 *
 * Any thread.
 *
 * Returns: whether it led to the Internet within the last quarter of an hour
 */
gboolean
nj_rebinding_was_global (NjRebinding *self, NjBytes host)
{
  guint32 hash = hash_of (host);
  guint64 slot = __atomic_load_n (&self->slots[(hash >> 8) % NJ_REBINDING_SLOTS], __ATOMIC_RELAXED);

  return (guint32) (slot >> 32) == hash &&
         second_of (nj_clock_monotonic ()) - (guint32) slot <= second_of (REMEMBERED_US);
}
