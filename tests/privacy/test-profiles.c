/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Profiles by name: the words that settings and the command line use, and no others.
 */
#include "privacy/profiles.h"

static void
test_names (void)
{
  NjProfile profile = NJ_PROFILE_STRICT;

  for (int p = NJ_PROFILE_OFF; p <= NJ_PROFILE_STRICT; p++)
    {
      g_assert_true (nj_profile_from_name (nj_profile_to_name ((NjProfile) p), &profile));
      g_assert_cmpint (profile, ==, p);
    }

  g_assert_false (nj_profile_from_name ("Strict", &profile));
  g_assert_false (nj_profile_from_name ("", &profile));
  g_assert_false (nj_profile_from_name (NULL, &profile));
  g_assert_cmpint (profile, ==, NJ_PROFILE_STRICT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/privacy/profiles/names", test_names);
  return g_test_run ();
}
