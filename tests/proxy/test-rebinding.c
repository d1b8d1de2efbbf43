/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which names led to the Internet a moment ago.
 */
#include "base/clock.h"
#include "proxy/rebinding.h"

static gint64 now;

static gint64
tell_now (void)
{
  return now;
}

static void
test_memory (void)
{
  static const NjClock      clock = { tell_now, tell_now };
  g_autofree NjRebinding *memory = g_new0 (NjRebinding, 1);

  nj_clock_replace (&clock);
  now = 5 * G_USEC_PER_SEC;
  g_assert_false (nj_rebinding_was_global (memory, NJ_BYTES ("evil.example")));
  nj_rebinding_note (memory, NJ_BYTES ("evil.example"));
  g_assert_true (nj_rebinding_was_global (memory, NJ_BYTES ("evil.example")));
  g_assert_false (nj_rebinding_was_global (memory, NJ_BYTES ("other.example")));
  g_assert_false (nj_rebinding_was_global (memory, NJ_BYTES ("")));

  now += 10 * 60 * G_USEC_PER_SEC;
  g_assert_true (nj_rebinding_was_global (memory, NJ_BYTES ("evil.example")));
  now += 6 * 60 * G_USEC_PER_SEC;
  g_assert_false (nj_rebinding_was_global (memory, NJ_BYTES ("evil.example")));
  nj_clock_replace (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proxy/rebinding/memory", test_memory);
  return g_test_run ();
}
