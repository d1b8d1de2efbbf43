/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How an exit does, told by the dials of real traffic: workers report, everybody reads. The table
 * of states stands in exit.h. Nothing is dialled here. Any thread; no lock is held over a wait.
 */
#include "exits/exit-private.h"

#include "base/clock.h"

/* A dead exit is tried by one dial in this time; µs. */
#define RETRY_AFTER (2 * G_USEC_PER_SEC)

/* Of fewer dials nobody can tell a bad line from bad luck. */
#define LOSS_LEAST 5

/* What stands in a problem; bytes. */
#define PROBLEM_MAX 200

static const char *const state_names[] = { "idle", "alive", "suspect", "dead" };

static NjExitChanged on_changed;
static gpointer      on_changed_data;

/**
 * nj_exit_health_init:
 * @health: the health of an exit being made
 *
 * Any thread.
 */
void
nj_exit_health_init (NjExitHealth *health)
{
  /* A pthread lock, not GMutex: the thread sanitizer sees it. */
  pthread_mutex_init (&health->lock, NULL);
  atomic_init (&health->state, NJ_EXIT_STATE_IDLE);
  atomic_init (&health->latency_ms, 0);
  atomic_init (&health->dials, 0);
  atomic_init (&health->tried, G_MININT64 / 2);
  atomic_init (&health->succeeded, G_MININT64 / 2);
  atomic_init (&health->doubted, G_MININT64 / 2);
  atomic_init (&health->lost, G_MININT64 / 2);
  atomic_init (&health->probing, G_MININT64 / 2);
  atomic_init (&health->reached, G_MININT64 / 2);
  atomic_init (&health->heard, G_MININT64 / 2);
  atomic_init (&health->has_others, FALSE);
}

/**
 * nj_exit_health_clear:
 * @health: the health of an exit being freed
 *
 * Any thread.
 */
void
nj_exit_health_clear (NjExitHealth *health)
{
  g_free (health->problem);
  pthread_mutex_destroy (&health->lock);
}

/**
 * nj_exit_watch:
 * @changed: (nullable): hears each change of state of any exit, on the thread that saw it
 * @user_data: for @changed
 *
 * One for the process; set it while no worker runs.
 */
void
nj_exit_watch (NjExitChanged changed, gpointer user_data)
{
  on_changed = changed;
  on_changed_data = user_data;
}

static void
set_problem (NjExitHealth *health, const char *problem)
{
  char *text = problem != NULL ? g_strndup (problem, PROBLEM_MAX) : NULL;

  pthread_mutex_lock (&health->lock);
  g_free (health->problem);
  health->problem = text;
  pthread_mutex_unlock (&health->lock);
}

static void
go (NjExit *exit, NjExitState next)
{
  NjExitState last = (NjExitState) atomic_exchange (&exit->health.state, (int) next);

  if (last != next && on_changed != NULL)
    on_changed (exit, next, on_changed_data);
}

/**
 * nj_exit_state:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: how it does
 */
NjExitState
nj_exit_state (const NjExit *exit)
{
  return (NjExitState) atomic_load (&((NjExit *) exit)->health.state);
}

/**
 * nj_exit_state_name:
 * @state: a state
 *
 * Any thread.
 *
 * Returns: (transfer none): one lower-case word, not translated
 */
const char *
nj_exit_state_name (NjExitState state)
{
  g_assert ((guint) state < G_N_ELEMENTS (state_names));
  return state_names[state];
}

/**
 * nj_exit_latency_ms:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: what the last connection to the exit itself took, in ms rounded up; 0 unknown
 */
guint
nj_exit_latency_ms (const NjExit *exit)
{
  return atomic_load (&((NjExit *) exit)->health.latency_ms);
}

static void
note_dial (NjExitHealth *health, gboolean has_failed)
{
  guint64 dials = atomic_load (&health->dials);
  guint64 next;

  do
    next = (((dials & G_MAXUINT32) << 1 | (has_failed ? 1 : 0)) & G_MAXUINT32) |
           MIN ((dials >> NJ_EXIT_DIALS) + 1, NJ_EXIT_DIALS) << NJ_EXIT_DIALS;
  while (!atomic_compare_exchange_weak (&health->dials, &dials, next));
}

/**
 * nj_exit_loss:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: how many of a hundred connections to the exit itself failed, by the last 32; 0 while there were few
 */
guint
nj_exit_loss (const NjExit *exit)
{
  guint64 dials = atomic_load (&((NjExit *) exit)->health.dials);
  guint   n = (guint) (dials >> NJ_EXIT_DIALS);

  if (n < LOSS_LEAST)
    return 0;
  return ((guint) __builtin_popcountll (dials & G_MAXUINT32) * 100 + n / 2) / n;
}

/**
 * nj_exit_problem:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: (transfer full): why the last dial failed, "" when it did not
 */
char *
nj_exit_problem (const NjExit *exit)
{
  NjExitHealth *health = &((NjExit *) exit)->health;
  char         *problem;

  pthread_mutex_lock (&health->lock);
  problem = g_strdup (health->problem != NULL ? health->problem : "");
  pthread_mutex_unlock (&health->lock);
  return problem;
}

/**
 * nj_exit_dial_succeeded:
 * @exit: an exit
 * @took_us: what connecting to the exit itself took, in µs; 0 when no new connection was made
 *
 * The exit answered as its protocol wants, whatever it said about the target. Any thread.
 */
void
nj_exit_dial_succeeded (NjExit *exit, gint64 took_us)
{
  atomic_store (&exit->health.succeeded, nj_clock_monotonic ());
  if (took_us > 0)
    {
      atomic_store (&exit->health.latency_ms, (guint) MIN ((took_us + 999) / 1000, G_MAXUINT));
      note_dial (&exit->health, FALSE);
    }

  if (nj_exit_state (exit) == NJ_EXIT_STATE_ALIVE)
    return;

  set_problem (&exit->health, NULL);
  go (exit, NJ_EXIT_STATE_ALIVE);
}

/**
 * nj_exit_dial_failed:
 * @exit: an exit
 * @problem: why, for people
 *
 * The exit itself could not be reached or broke its protocol. Any thread.
 */
void
nj_exit_dial_failed (NjExit *exit, const char *problem)
{
  NjExitState state = nj_exit_state (exit);

  note_dial (&exit->health, TRUE);
  set_problem (&exit->health, problem);
  if (state == NJ_EXIT_STATE_SUSPECT || state == NJ_EXIT_STATE_DEAD)
    {
      atomic_store (&exit->health.tried, nj_clock_monotonic ());
      go (exit, NJ_EXIT_STATE_DEAD);
    }
  else
    go (exit, NJ_EXIT_STATE_SUSPECT);
}

/**
 * nj_exit_dial_failed_since:
 * @exit: an exit
 * @begun: when the dial was begun; monotonic µs
 * @problem: why it failed, for people
 *
 * As nj_exit_dial_failed(), unless another dial got through since @begun: of two that were on their way together
 * the good news is the newer, however late the bad arrives. An exit from which something came since then on other
 * connections is not dead, and they need not end: suspect is the worst. Any thread.
 */
void
nj_exit_dial_failed_since (NjExit *exit, gint64 begun, const char *problem)
{
  if (atomic_load (&exit->health.succeeded) > begun)
    return;
  if (atomic_load (&exit->health.heard) <= begun || nj_exit_state (exit) != NJ_EXIT_STATE_SUSPECT)
    {
      nj_exit_dial_failed (exit, problem);
      return;
    }
  note_dial (&exit->health, TRUE);
  set_problem (&exit->health, problem);
  nj_exit_dial_doubted (exit);
}

/**
 * nj_exit_dial_doubted:
 * @exit: an exit
 *
 * A dial had no answer for several round trips: no failure yet, but nobody else needs to wait as long. Holds until
 * a dial gets through. Any thread.
 */
void
nj_exit_dial_doubted (NjExit *exit)
{
  atomic_store (&exit->health.doubted, nj_clock_monotonic ());
}

/**
 * nj_exit_is_doubted:
 * @exit: an exit
 *
 * Any thread.
 *
 * Returns: whether a dial had no answer for long, and none got through since
 */
gboolean
nj_exit_is_doubted (const NjExit *exit)
{
  NjExitHealth *health = &((NjExit *) exit)->health;

  return atomic_load (&health->doubted) > atomic_load (&health->succeeded);
}

/**
 * nj_exit_dial_stalled:
 * @exit: an exit
 * @problem: why, for people
 *
 * The exit took the request but said nothing in time. That may be the target's fault, so it can
 * make the exit suspect, never dead. Any thread.
 */
void
nj_exit_dial_stalled (NjExit *exit, const char *problem)
{
  if (nj_exit_state (exit) == NJ_EXIT_STATE_DEAD)
    return;

  set_problem (&exit->health, problem);
  go (exit, NJ_EXIT_STATE_SUSPECT);
}

/**
 * nj_exit_may_dial:
 * @exit: an exit
 * @now: monotonic µs
 *
 * While dead, one dial in two seconds goes through to see whether it came back; the others are
 * refused at once instead of waiting for the same failure. Any thread.
 *
 * Returns: whether this dial goes through
 */
gboolean
nj_exit_may_dial (NjExit *exit, gint64 now)
{
  gint64 tried;

  if (nj_exit_state (exit) != NJ_EXIT_STATE_DEAD)
    return TRUE;

  tried = atomic_load (&exit->health.tried);
  if (now - tried < RETRY_AFTER)
    return FALSE;

  /* Of many workers that see the time has come, one goes. */
  return atomic_compare_exchange_strong (&exit->health.tried, &tried, now);
}
