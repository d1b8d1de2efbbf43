/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window as a user without eyes meets it: a screen reader's interface works it, and the real service is asked what
 * became of it.
 */
#include "session.h"

#include <X11/keysym.h>
#include <signal.h>

static guint32
service_pid (void)
{
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
    session.bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetConnectionUnixProcessID",
    g_variant_new ("(s)", session.desk->bus_name), NULL, 0, -1, NULL, NULL);
  guint32 pid = 0;

  if (answer != NULL)
    g_variant_get (answer, "(u)", &pid);
  return pid;
}

static void
test_switch (void)
{
  if (session_is_skipped ())
    return;

  session_begin ();
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LABEL, "Off"));
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Protection"));
  WAIT_FOR (session_is_state ("protected"));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LABEL, "Protected"));

  /* Somebody else turns it off: the window follows. */
  session_ask ("TurnOff", NULL);
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LABEL, "Off"));
  g_assert_false (hand_is_checked ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Protection"));
}

static void
test_every_widget_has_a_name (void)
{
  static const char *const pages[] = { "Exits", "Filters", "Rules", "HTTPS", "Activity", "Overview" };

  if (session_is_skipped ())
    return;

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autoptr (GPtrArray) nameless = NULL;

      session_go_to (pages[i]);
      nameless = hand_nameless ("nightjar");
      for (guint n = 0; n < nameless->len; n++)
        g_test_message ("page %s: a %s has no name", pages[i], (char *) g_ptr_array_index (nameless, n));
      g_assert_cmpuint (nameless->len, ==, 0);
    }
}

/* Tab must come to the switch, the pause, the chips and the pages, and round again. */
static void
test_keyboard_reaches_all (void)
{
  g_autoptr (GHashTable) reached = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (session_is_skipped ())
    return;

  session_begin ();
  session_ask ("TurnOn", NULL);
  session_go_to ("Overview");
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LABEL, "Protected"));
  for (int i = 0; i < 20; i++)
    {
      hand_taps (XK_Tab);
      hand_rests (60);
      g_hash_table_add (reached, hand_focused ("nightjar"));
    }

  if (!g_hash_table_contains (reached, "Protection") && g_hash_table_size (reached) <= 1)
    {
      g_test_skip ("no window manager gives the window the keyboard");
      return;
    }
  g_assert_true (g_hash_table_contains (reached, "Protection"));
  g_assert_true (g_hash_table_contains (reached, "Pause"));
  g_assert_true (g_hash_table_contains (reached, "Main menu"));
  g_assert_true (g_hash_table_contains (reached, "Exit: direct"));
}

static void
test_survives_the_service (void)
{
  guint32 before;

  if (session_is_skipped ())
    return;

  before = service_pid ();
  g_assert_cmpuint (before, !=, 0);
  kill (before, SIGKILL);
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LABEL, "Service not running"));
  g_assert_cmpuint (service_pid (), ==, 0);

  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Start the service"));
  WAIT_FOR (service_pid () != 0 && service_pid () != before);
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Protection"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_open (FALSE);
  g_test_add_func ("/desktop/switch", test_switch);
  g_test_add_func ("/desktop/every-widget-has-a-name", test_every_widget_has_a_name);
  g_test_add_func ("/desktop/keyboard-reaches-all", test_keyboard_reaches_all);
  g_test_add_func ("/desktop/survives-the-service", test_survives_the_service);
  return session_close (g_test_run ());
}
