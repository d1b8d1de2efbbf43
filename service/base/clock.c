/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Monotonic and wall time behind one pointer, so that tests own it. Any thread.
 */
#include "base/clock.h"

static const NjClock system_clock = { g_get_monotonic_time, g_get_real_time };
static const NjClock *current_clock = &system_clock;

/**
 * nj_clock_monotonic:
 *
 * Any thread.
 *
 * Returns: µs since some fixed moment, never going back
 */
gint64
nj_clock_monotonic (void)
{
  return current_clock->monotonic ();
}

/**
 * nj_clock_wall:
 *
 * Any thread.
 *
 * Returns: µs since 1970
 */
gint64
nj_clock_wall (void)
{
  return current_clock->wall ();
}

/**
 * nj_clock_replace:
 * @clock: (nullable): where time comes from now on, outliving its use; %NULL for the system's
 *
 * For tests. Call it while no other thread asks for the time.
 */
void
nj_clock_replace (const NjClock *clock)
{
  current_clock = clock != NULL ? clock : &system_clock;
}
