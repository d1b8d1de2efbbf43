/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the switch stands: the state that follows from what is, why it is not what was asked for, and what the bus
 * reads of it. Nothing is changed here. Main thread.
 */
#include "bus/protection-private.h"

static const char *const state_names[] = { "off", "protected", "connecting", "blocked", "paused", "unprotected" };

/*                         TurnOn                            Pause
 *   OFF ─────────────────────────────▶ what of the below ◀────────▶ PAUSED
 *    ▲                                   holds, first one   Resume, time over
 *    └─────────── TurnOff, any state ◀─────────┘
 *
 *   BLOCKED      first of all in lockdown: no exit is there, so nothing leaves
 *   UNPROTECTED  the desktop no longer points at us: nothing else we do matters; or the level is open and no exit answers
 *   BLOCKED      an exit is chosen, and it is gone or dead: nothing leaves
 *   CONNECTING   it was not heard of yet
 *   PROTECTED
 */

static gboolean
has_living_exit (NjProtection *self)
{
  return self->choice.exit != NULL && nj_exit_state (self->choice.exit) != NJ_EXIT_STATE_DEAD;
}

/**
 * nj_protection_is_locked:
 * @self: the switch
 *
 * Returns: whether the user wants nothing to leave but through an exit, whatever else he says
 */
gboolean
nj_protection_is_locked (NjProtection *self)
{
  return nj_exit_choice_is_locked (self->parts.settings);
}

/**
 * nj_protection_passes_by:
 * @self: the switch
 *
 * Returns: whether connections go directly because no exit answers and the user let them
 */
gboolean
nj_protection_passes_by (NjProtection *self)
{
  return self->choice.level == NJ_EXIT_LEVEL_OPEN && !self->choice.is_direct && !has_living_exit (self);
}

/**
 * nj_protection_level_name:
 * @self: the switch
 *
 * Returns: (transfer none): the level, as the bus and the settings file have it
 */
const char *
nj_protection_level_name (NjProtection *self)
{
  return nj_exit_choice_level_name ((NjExitLevel) self->parts.settings->exit_level);
}

/**
 * nj_protection_judge:
 * @self: the switch
 *
 * Returns: the state that follows from what is
 */
NjProtectionState
nj_protection_judge (NjProtection *self)
{
  if (nj_protection_is_locked (self) && !has_living_exit (self))
    return NJ_PROTECTION_BLOCKED;
  if (!nj_protection_is_on (self))
    return NJ_PROTECTION_OFF;
  if (self->pause != NJ_PAUSE_NONE)
    return NJ_PROTECTION_PAUSED;
  if (self->parts.system_proxy != NULL && !nj_system_proxy_is_applied (self->parts.system_proxy))
    return NJ_PROTECTION_UNPROTECTED;
  if (self->choice.is_direct)
    return NJ_PROTECTION_PROTECTED;
  if (nj_protection_passes_by (self))
    return NJ_PROTECTION_UNPROTECTED;
  if (self->choice.exit == NULL || nj_exit_state (self->choice.exit) == NJ_EXIT_STATE_DEAD)
    return NJ_PROTECTION_BLOCKED;
  if (nj_exit_state (self->choice.exit) == NJ_EXIT_STATE_IDLE
      || (nj_exit_state (self->choice.exit) == NJ_EXIT_STATE_SUSPECT && self->testing != NULL))
    return NJ_PROTECTION_CONNECTING;

  return NJ_PROTECTION_PROTECTED;
}

static char *
describe_passing (NjProtection *self, const char *choice_problem)
{
  g_autofree char *reason = NULL;

  if (self->choice.exit == NULL)
    return g_strdup_printf ("%s; connections go directly", choice_problem != NULL ? choice_problem : "no exit");

  reason = nj_exit_problem (self->choice.exit);
  return g_strdup_printf ("exit %s: %s; connections go directly", nj_exit_name (self->choice.exit),
                          reason[0] != '\0' ? reason : "does not answer");
}

/**
 * nj_protection_describe_problem:
 * @self: the switch
 * @state: what was judged
 * @choice_problem: (nullable): why nothing answers the choice
 *
 * Returns: (transfer full): why that is not what the user asked for, "" when it is
 */
char *
nj_protection_describe_problem (NjProtection *self, NjProtectionState state, const char *choice_problem)
{
  g_autofree char *reason = NULL;

  if (state == NJ_PROTECTION_BLOCKED && self->choice.is_direct)
    return g_strdup ("lockdown is on and no exit is chosen; nothing leaves");
  if (state == NJ_PROTECTION_UNPROTECTED && nj_protection_passes_by (self))
    return describe_passing (self, choice_problem);
  if (state == NJ_PROTECTION_UNPROTECTED)
    return g_strdup ("the desktop's proxy settings no longer point at Nightjar");
  if (state == NJ_PROTECTION_PROTECTED && self->choice.exit != NULL)
    {
      reason = nj_exit_seen_problem (self->seen, self->choice.exit);
      return reason[0] != '\0' ? g_strdup_printf ("exit %s: %s", nj_exit_name (self->choice.exit), reason) : g_strdup ("");
    }
  if (state != NJ_PROTECTION_BLOCKED)
    return g_strdup ("");
  if (self->choice.exit == NULL)
    return g_strdup_printf ("%s; nothing leaves", choice_problem != NULL ? choice_problem : "no exit");

  reason = nj_exit_problem (self->choice.exit);
  return g_strdup_printf ("exit %s: %s; nothing leaves", nj_exit_name (self->choice.exit),
                          reason[0] != '\0' ? reason : "does not answer");
}

/**
 * nj_protection_parts:
 * @self: the switch
 *
 * Returns: (transfer none): what it acts on
 */
const NjProtectionParts *
nj_protection_parts (NjProtection *self)
{
  return &self->parts;
}

/**
 * nj_protection_state:
 * @self: the switch
 *
 * Returns: its state
 */
NjProtectionState
nj_protection_state (NjProtection *self)
{
  return self->state;
}

/**
 * nj_protection_state_name:
 * @state: a state
 *
 * Returns: (transfer none): one lower-case word, as the bus has it
 */
const char *
nj_protection_state_name (NjProtectionState state)
{
  return state_names[state];
}

/**
 * nj_protection_is_on:
 * @self: the switch
 *
 * Returns: whether the user wants protection
 */
gboolean
nj_protection_is_on (NjProtection *self)
{
  /* Nobody said anything yet: where the desktop is left alone the port is all there is, and it is on. */
  if (self->parts.settings->protection == NJ_SWITCH_UNDECIDED)
    return self->parts.system_proxy == NULL;

  return self->parts.settings->protection == NJ_SWITCH_ON;
}

/**
 * nj_protection_problem:
 * @self: the switch
 *
 * Returns: (transfer none): why the state is not what the user asked for, "" when it is
 */
const char *
nj_protection_problem (NjProtection *self)
{
  return self->problem;
}

/**
 * nj_protection_paused_until:
 * @self: the switch
 *
 * Returns: seconds since 1970, 0 when not paused, -1 until the service ends
 */
gint64
nj_protection_paused_until (NjProtection *self)
{
  return self->paused_until;
}

/**
 * nj_protection_pause_scope:
 * @self: the switch
 *
 * Returns: what is let through
 */
NjPause
nj_protection_pause_scope (NjProtection *self)
{
  return self->pause;
}

/**
 * nj_protection_exit:
 * @self: the switch
 *
 * Returns: (transfer none) (nullable): the exit of the choice
 */
NjExit *
nj_protection_exit (NjProtection *self)
{
  return self->choice.exit;
}

/**
 * nj_protection_choice:
 * @self: the switch
 *
 * Returns: (transfer none): what the user chose, as it was resolved last
 */
const NjExitChoice *
nj_protection_choice (NjProtection *self)
{
  return &self->choice;
}

/**
 * nj_protection_seen:
 * @self: the switch
 *
 * Returns: (transfer none): how exits look from outside
 */
NjExitSeen *
nj_protection_seen (NjProtection *self)
{
  return self->seen;
}
