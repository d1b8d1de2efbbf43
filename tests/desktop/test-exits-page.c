/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exits, as a user adds them in the window; the real service is asked what became of it.
 */
#include "session.h"

static void
test_adds_an_exit (void)
{
  if (session_is_skipped ())
    return;

  session_go_to ("Exits");
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Add an exit"));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_TEXT, "Address of the exit"));

  /* What is wrong with an address, the service says. */
  hand_types ("nightjar", "Address of the exit", "rubbish");
  hand_rests (100);
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Add"));
  hand_rests (500);
  g_assert_true (hand_sees ("nightjar", ATSPI_ROLE_TEXT, "Address of the exit"));

  hand_types ("nightjar", "Address of the exit", "socks5://127.0.0.1:10");
  hand_types ("nightjar", "Country code", "at");
  hand_types ("nightjar", "Name of the exit", "Vienna");
  hand_rests (100);
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Add"));
  WAIT_FOR (!hand_sees ("nightjar", ATSPI_ROLE_TEXT, "Address of the exit"));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LABEL, "Austria"));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LIST_ITEM, "Vienna"));
  session_go_to ("Overview");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_open (FALSE);
  g_test_add_func ("/desktop/adds-an-exit", test_adds_an_exit);
  return session_close (g_test_run ());
}
