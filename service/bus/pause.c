/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a pause lets through, by name as the bus and the command line have it. How a pause goes is
 * protection.c's business. Any thread.
 */
#include "bus/pause.h"

static const char *const names[] = { "", "all", "filter", "exit" };

/**
 * nj_pause_name:
 * @scope: what a pause lets through
 *
 * Returns: (transfer none): as the bus has it
 */
const char *
nj_pause_name (NjPause scope)
{
  return names[scope];
}

/**
 * nj_pause_from_name:
 * @name: "all", "filter" or "exit"
 * @ret_scope: (out): what it lets through
 *
 * Returns: whether it is one of them
 */
gboolean
nj_pause_from_name (const char *name, NjPause *ret_scope)
{
  for (guint i = NJ_PAUSE_ALL; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], name))
      {
        *ret_scope = i;
        return TRUE;
      }

  return FALSE;
}
