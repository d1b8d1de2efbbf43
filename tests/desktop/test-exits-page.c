/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exits, as a user adds them in the window; the real service is asked what became of it.
 */
#include "session.h"

static gboolean
types (const char *entry, const char *text)
{
  return hand_types ("nightjar", entry, text);
}

static void
test_adds_an_exit (void)
{
  if (session_is_skipped ())
    return;

  session_go_to ("Exits");
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Add an exit"));

  /* What is wrong with an address, the service says. */
  WAIT_FOR (types ("Address of the exit", "rubbish"));
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Add"));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LABEL, "exit URI has no scheme, such as https:// or socks5://"));

  WAIT_FOR (types ("Address of the exit", "socks5://127.0.0.1:10"));
  WAIT_FOR (types ("Country code", "at"));
  WAIT_FOR (types ("Name of the exit", "Vienna"));
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Add"));
  WAIT_FOR (!hand_sees ("nightjar", ATSPI_ROLE_TEXT, "Address of the exit"));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LABEL, "Austria"));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LIST_ITEM, "Vienna"));
  session_go_to ("Overview");
}

static gboolean
is_level (const char *level)
{
  return g_strcmp0 (nj_dbus_nightjar1_get_level (session.service), level) == 0;
}

static gboolean
says (const char *row, const char *words)
{
  g_autofree char *description = hand_description ("nightjar", ATSPI_ROLE_LIST_ITEM, row);

  return g_strcmp0 (description, words) == 0;
}

/* Where there is no exit yet the page says what one is, and adds the first. */
static void
test_empty (void)
{
  if (session_is_skipped ())
    return;

  session_go_to ("Exits");
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LABEL, "No exits yet"));
  WAIT_FOR (hand_presses_in ("nightjar", "Nightjar", ATSPI_ROLE_PUSH_BUTTON, "Add an exit"));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_TEXT, "Address of the exit"));
  WAIT_FOR (hand_presses_in ("nightjar", "Add an Exit", ATSPI_ROLE_PUSH_BUTTON, "Cancel"));
  WAIT_FOR (!hand_sees ("nightjar", ATSPI_ROLE_TEXT, "Address of the exit"));
}

/* What an exit that is down means, in words that follow the choice. */
static void
test_level (void)
{
  static const char box[] = "When the exit is down";

  if (session_is_skipped ())
    return;

  session_go_to ("Exits");
  WAIT_FOR (is_level ("closed"));
  WAIT_FOR (hand_picks ("nightjar", box, "Go direct"));
  WAIT_FOR (is_level ("open"));
  WAIT_FOR (says (box, "While no exit answers sites see your own address"));

  /* Somebody else says otherwise: the box follows. */
  session_ask ("SetLevel", g_variant_new ("(s)", "lockdown"));
  WAIT_FOR (says (box, "Nothing leaves but through an exit, also while protection is off. "
                       "Programs that do not use Nightjar are not held back."));
  WAIT_FOR (hand_picks ("nightjar", box, "Wait"));
  WAIT_FOR (is_level ("closed"));
  session_go_to ("Overview");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_open (FALSE);
  g_test_add_func ("/desktop/no-exits-yet", test_empty);
  g_test_add_func ("/desktop/adds-an-exit", test_adds_an_exit);
  g_test_add_func ("/desktop/level", test_level);
  return session_close (g_test_run ());
}
