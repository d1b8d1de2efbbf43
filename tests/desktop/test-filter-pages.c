/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules and lists, as a user changes them in the window; the real service is asked what became of it.
 */
#include "session.h"

#include <X11/keysym.h>
#include <string.h>

#define EDITOR "Own filter rules, one a line"

/* How the editor shows its text at the start of a line, as a screen reader asks for it. */
static gboolean
is_marked (int offset)
{
  AtspiAccessible *editor = hand_find ("nightjar", ATSPI_ROLE_TEXT, EDITOR);
  GHashTable      *attributes = NULL;
  gboolean         is_it;
  int              start, end;

  if (editor == NULL)
    return FALSE;
  attributes = atspi_text_get_attribute_run (ATSPI_TEXT (editor), offset, FALSE, &start, &end, NULL);
  is_it = attributes != NULL && g_strcmp0 (g_hash_table_lookup (attributes, "underline"), "error") == 0;
  g_clear_pointer (&attributes, g_hash_table_unref);
  g_object_unref (editor);
  return is_it;
}

static gboolean
is_blocked (const char *url)
{
  g_autoptr (GVariant) verdict = NULL;
  const char          *action = "";

  g_assert_true (nj_dbus_nightjar1_call_check_url_sync (session.service, url, "http://page.example/", "script", &verdict, NULL, NULL));
  g_assert_true (g_variant_lookup (verdict, "action", "&s", &action));
  return g_str_equal (action, "block");
}

/* A rule with a fault is marked while it is typed, its reason said, and kept all the same; put right, it works. */
static void
test_own_rules (void)
{
  static const char good[] = "||own.example^\n", bad[] = "||own.example^\n||mine.example^$no-such-thing\n";

  if (session_is_skipped ())
    return;

  session_go_to ("Rules");
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_TEXT, EDITOR));
  hand_rests (300);
  WAIT_FOR (hand_types ("nightjar", EDITOR, bad));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LIST_ITEM, "Line 2: an option that is not known"));
  g_assert_false (is_marked (3));
  g_assert_true (is_marked (strlen (good) + 3));
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Save"));
  WAIT_FOR (is_blocked ("http://own.example/x.js"));
  g_assert_false (is_blocked ("http://mine.example/x.js"));

  WAIT_FOR (hand_types ("nightjar", EDITOR, "||own.example^\n||mine.example^$script\n"));
  WAIT_FOR (!hand_sees ("nightjar", ATSPI_ROLE_LIST_ITEM, "Line 2: an option that is not known"));
  g_assert_false (is_marked (strlen (good) + 3));
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_PUSH_BUTTON, "Save"));
  WAIT_FOR (is_blocked ("http://mine.example/x.js"));
  session_go_to ("Overview");
}

/* A list may rewrite pages when the user says so, and no longer. */
static void
test_trusts_a_list (void)
{
  g_autofree char *path = NULL;

  if (session_is_skipped ())
    return;

  path = g_build_filename (session.desk->profile, "beetle.txt", NULL);
  g_assert_true (g_file_set_contents (path, "||beetle.example^\n||beetle.example^$replace=/a/b/\n", -1, NULL));
  session_ask ("AddList", g_variant_new ("(s)", path));
  WAIT_FOR (session_is_list_enabled ("beetle.txt"));
  session_go_to ("Filters");
  WAIT_FOR (hand_presses ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "Details of beetle.txt"));
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "beetle.txt may rewrite pages"));
  g_assert_false (hand_is_checked ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "beetle.txt may rewrite pages"));
  g_assert_cmpuint (session_list_by_title ("beetle.txt")->rules_refused, ==, 1);
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "beetle.txt may rewrite pages"));
  WAIT_FOR (session_list_by_title ("beetle.txt")->is_trusted && session_list_by_title ("beetle.txt")->rules_refused == 0);
  g_assert_true (hand_presses ("nightjar", ATSPI_ROLE_TOGGLE_BUTTON, "beetle.txt may rewrite pages"));
  WAIT_FOR (!session_list_by_title ("beetle.txt")->is_trusted && session_list_by_title ("beetle.txt")->rules_refused == 1);
  hand_taps (XK_Escape);
  session_ask ("RemoveList", g_variant_new ("(s)", session_list_by_title ("beetle.txt")->id));
  WAIT_FOR (session_list_by_title ("beetle.txt") == NULL);
  session_go_to ("Overview");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_open (FALSE);
  g_test_add_func ("/desktop/own-rules", test_own_rules);
  g_test_add_func ("/desktop/trusts-a-list", test_trusts_a_list);
  return session_close (g_test_run ());
}
