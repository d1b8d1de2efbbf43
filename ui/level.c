/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The three levels of how much the choice of an exit weighs, and what each means, said once for window and tray. No
 * bus and no widget here. Main thread.
 */
#include "ui/level.h"

#include <glib/gi18n.h>

static const NjLevel levels[] = {
  { "open", N_ ("Go direct"), N_ ("When it is down: go direct, sites see you"), N_ ("While no exit answers sites see your own address") },
  { "closed", N_ ("Wait"), N_ ("When it is down: wait, nothing leaves"), N_ ("While no exit answers nothing leaves") },
  { "lockdown", N_ ("Lockdown"), N_ ("Lockdown: only ever through an exit"),
    N_ ("Nothing leaves but through an exit, also while protection is off. Programs that do not use Nightjar are not held back.") },
};

/**
 * nj_level:
 * @i: from 0, the weakest first
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): a level
 */
const NjLevel *
nj_level (guint i)
{
  return i < G_N_ELEMENTS (levels) ? &levels[i] : NULL;
}
