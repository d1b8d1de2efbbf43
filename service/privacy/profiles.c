/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The privacy profiles by name, as settings, D-Bus and the command line write them. What a profile
 * does is in request-scrub.c, response-scrub.c and cookies.c. Called from any thread.
 */
#include "privacy/profiles.h"

static const char *const names[] = {
  [NJ_PROFILE_OFF] = "off",
  [NJ_PROFILE_STANDARD] = "standard",
  [NJ_PROFILE_STRICT] = "strict",
};

/**
 * nj_profile_from_name:
 * @name: (nullable): "off", "standard" or "strict"
 * @ret_profile: (out): the profile; untouched on failure
 *
 * Any thread.
 *
 * Returns: whether there is a profile of that name
 */
gboolean
nj_profile_from_name (const char *name, NjProfile *ret_profile)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (name, names[i]) == 0)
      {
        *ret_profile = (NjProfile) i;
        return TRUE;
      }

  return FALSE;
}

/**
 * nj_profile_to_name:
 * @profile: a profile
 *
 * Any thread.
 *
 * Returns: its name
 */
const char *
nj_profile_to_name (NjProfile profile)
{
  return names[MIN ((gsize) profile, G_N_ELEMENTS (names) - 1)];
}
