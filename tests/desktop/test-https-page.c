/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is looked into, as a user says it in the window; the real service is asked what became of it.
 */
#include "session.h"

static gboolean
is_inspecting (gboolean wanted)
{
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
    session.bus, session.desk->bus_name, SESSION_ROOT, "org.freedesktop.DBus.Properties", "Get",
    g_variant_new ("(ss)", "org.nightjar.Nightjar1.Inspection", "Enabled"), G_VARIANT_TYPE ("(v)"), 0, -1, NULL, NULL);
  g_autoptr (GVariant) value = NULL;

  if (answer == NULL)
    return FALSE;
  g_variant_get (answer, "(v)", &value);
  return g_variant_get_boolean (value) == wanted;
}

/* HTTPS is looked into when the user says so, and never at a site that the user names. */
static void
test_https (void)
{
  if (session_is_skipped ())
    return;

  session_go_to ("HTTPS");
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Look into HTTPS"));
  g_assert_false (hand_is_checked ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Look into HTTPS"));
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Look into HTTPS"));
  WAIT_FOR (is_inspecting (TRUE));
  hand_types ("nightjar", "Site", "never.example");
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Add"));
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Forget what is said of never.example"));
  WAIT_FOR (!hand_sees ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Forget what is said of never.example"));
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Look into HTTPS"));
  WAIT_FOR (is_inspecting (FALSE));
  session_go_to ("Overview");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_open (FALSE);
  g_test_add_func ("/desktop/https", test_https);
  return session_close (g_test_run ());
}
