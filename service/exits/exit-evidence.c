/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What open connections and probes tell of an exit, beside the dials of exit-health.c: a link that
 * was given up, one that lives, bytes that came. Told by link.c and by those who dial. Any thread; nothing is locked.
 */
#include "exits/exit-private.h"

#include "base/clock.h"

/**
 * nj_exit_link_lost:
 * @exit: an exit
 * @since: since when nothing came over the link; monotonic µs
 * @problem: what is wrong, for people
 *
 * A connection that was open was given up. That counts as one dial that failed, however many of them die together,
 * unless one got through since then. Any thread.
 */
void
nj_exit_link_lost (NjExit *exit, gint64 since, const char *problem)
{
  gint64 last = atomic_load (&exit->health.lost);
  gint64 succeeded = atomic_load (&exit->health.succeeded);

  if (succeeded > since || last > succeeded)
    return;
  if (atomic_compare_exchange_strong (&exit->health.lost, &last, nj_clock_monotonic ()))
    nj_exit_dial_failed (exit, problem);
}

/**
 * nj_exit_may_probe:
 * @exit: an exit in doubt
 * @now: monotonic µs
 * @patience: how long the probe may take; µs
 *
 * Any thread.
 *
 * Returns: whether no other is on its way
 */
gboolean
nj_exit_may_probe (NjExit *exit, gint64 now, gint64 patience)
{
  gint64 until = atomic_load (&exit->health.probing);

  if (now < until || nj_exit_state (exit) == NJ_EXIT_STATE_DEAD)
    return FALSE;
  return atomic_compare_exchange_strong (&exit->health.probing, &until, now + patience);
}

/**
 * nj_exit_note_reached:
 * @exit: an exit in doubt
 * @took_us: what connecting to it took just now; µs
 *
 * Its link lives; whether it serves is not said. Any thread.
 */
void
nj_exit_note_reached (NjExit *exit, gint64 took_us)
{
  atomic_store (&exit->health.latency_ms, (guint) MIN ((took_us + 999) / 1000, G_MAXUINT));
  atomic_store (&exit->health.reached, nj_clock_monotonic ());
}

/**
 * nj_exit_was_reached:
 * @exit: an exit
 * @since: monotonic µs
 *
 * Any thread.
 *
 * Returns: whether a probe connected to it since then
 */
gboolean
nj_exit_was_reached (const NjExit *exit, gint64 since)
{
  return atomic_load (&((NjExit *) exit)->health.reached) > since;
}

/**
 * nj_exit_note_heard:
 * @exit: an exit
 * @when: when something came from it over any connection; monotonic µs
 *
 * Any thread.
 */
void
nj_exit_note_heard (NjExit *exit, gint64 when)
{
  gint64 last = atomic_load_explicit (&exit->health.heard, memory_order_relaxed);

  while (when > last && !atomic_compare_exchange_weak (&exit->health.heard, &last, when))
    ;
}

/**
 * nj_exit_note_others:
 * @exit: an exit that is dialled
 * @has_others: whether others stand in for it
 *
 * Any thread.
 */
void
nj_exit_note_others (NjExit *exit, gboolean has_others)
{
  atomic_store_explicit (&exit->health.has_others, has_others, memory_order_relaxed);
}

/**
 * nj_exit_has_others:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: whether others stood by when it was dialled last
 */
gboolean
nj_exit_has_others (const NjExit *exit)
{
  return atomic_load_explicit (&((NjExit *) exit)->health.has_others, memory_order_relaxed);
}
