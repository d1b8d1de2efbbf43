/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is looked into, as a user says it in the window; the real service is asked what became of it.
 */
#include "session.h"

#include <glib/gstdio.h>

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
  WAIT_FOR (hand_types ("nightjar", "Site", "never.example"));
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Add"));
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Forget what is said of never.example"));
  WAIT_FOR (!hand_sees ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Forget what is said of never.example"));
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Look into HTTPS"));
  WAIT_FOR (is_inspecting (FALSE));
  session_go_to ("Overview");
}

static gboolean
is_key_said (const char *words)
{
  AtspiAccessible *row = hand_find ("nightjar", ATSPI_ROLE_LIST_ITEM, "Nightjar’s certificate");
  g_autofree char *description = row != NULL ? atspi_accessible_get_description (row, NULL) : NULL;

  g_clear_object (&row);
  return description != NULL && g_str_has_prefix (description, words);
}

/* A key that is gone is said to be gone, nothing is made in its place, and another one is one button away. */
static void
test_key (void)
{
  g_autofree char *key = g_build_filename (session.desk->profile, "data", "authority", "authority.key", NULL);

  if (session_is_skipped ())
    return;

  session_go_to ("HTTPS");
  if (!is_inspecting (TRUE))
    g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Look into HTTPS"));
  WAIT_FOR (is_key_said ("Its key is in a file"));
  g_assert_false (hand_sees ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Make another certificate"));

  session_ask ("Quit", NULL);
  WAIT_FOR (nj_remote_status (session.remote)->state == NJ_STATE_ABSENT);
  g_assert_cmpint (g_unlink (key), ==, 0);
  session_ask ("org.freedesktop.DBus.Peer.Ping", NULL);
  WAIT_FOR (is_key_said ("Its key cannot be found"));
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Make another certificate"));
  WAIT_FOR (is_key_said ("Its key is in a file"));
  g_assert_true (g_file_test (key, G_FILE_TEST_EXISTS));
  g_assert_false (hand_sees ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Make another certificate"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_open (FALSE);
  g_test_add_func ("/desktop/https", test_https);
  g_test_add_func ("/desktop/https/key", test_key);
  return session_close (g_test_run ());
}
