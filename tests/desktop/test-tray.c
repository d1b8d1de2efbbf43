/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The icon as a user meets it: a real panel under Xvfb shows it, real clicks and keys work its menu, and each time the
 * real service is asked over D-Bus what became of it.
 */
#include "session.h"
#include "panel.h"

#include <string.h>

/* A key that comes before the panel has grabbed the keyboard is lost, and on a busy machine that is late: up to three
 * attempts, and what counts is what the service says. */
#define CHOOSE(condition, ...)                                                     \
  G_STMT_START                                                                     \
  {                                                                                \
    gint64 end_ = 0;                                                               \
    for (int attempt_ = 0; attempt_ < 3 && !(condition); attempt_++)               \
      {                                                                            \
        panel_chooses (session.bus, __VA_ARGS__, NULL);                            \
        end_ = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;                      \
        while (!(condition) && g_get_monotonic_time () < end_)                     \
          hand_rests (20);                                                         \
      }                                                                            \
    g_assert_true (condition);                                                     \
    hand_rests (200);                                                              \
  }                                                                                \
  G_STMT_END

static gboolean
is_country (const char *code)
{
  return g_strcmp0 (nj_dbus_nightjar1_get_country (session.service), code) == 0;
}

static guint64
wakeups_of (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) pid);
  g_autofree char *text = NULL;
  const char      *line;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  line = strstr (text, "\nvoluntary_ctxt_switches:");
  return line != NULL ? g_ascii_strtoull (line + strlen ("\nvoluntary_ctxt_switches:"), NULL, 10) : 0;
}

static void
test_icon_appears (void)
{
  if (session_is_skipped ())
    return;

  WAIT_FOR (panel_has_icon (session.bus));
  /* Told is not yet painted, and xfce4-panel 4.18 is confused for seconds by a click between the two. */
  hand_rests (500);
  g_assert_false (hand_sees ("nightjar", ATSPI_ROLE_FRAME, "Nightjar"));
}

static void
test_menu_turns_protection_on (void)
{
  if (session_is_skipped ())
    return;

  session_begin ();
  CHOOSE (session_is_state ("protected"), "Protection");
  CHOOSE (session_is_state ("off"), "Protection");
}

static void
test_menu_pauses_and_resumes (void)
{
  if (session_is_skipped ())
    return;

  session_begin ();
  session_ask ("TurnOn", NULL);
  WAIT_FOR (session_is_state ("protected"));
  hand_rests (100);
  CHOOSE (session_is_state ("paused"), "Pause", "Only filtering");
  g_assert_cmpstr (nj_dbus_nightjar1_get_pause_scope (session.service), ==, "filter");
  CHOOSE (session_is_state ("protected"), "Pause", "Resume now");
}

static void
test_menu_chooses_a_country (void)
{
  if (session_is_skipped ())
    return;

  session_begin ();
  session_ask ("AddExit", g_variant_new ("(sss)", "socks5://127.0.0.1:9", "DE", "Frankfurt"));
  session_ask ("AddExit", g_variant_new ("(sss)", "https://user:secret@127.0.0.1:9", "NL", "Amsterdam"));
  hand_rests (300);
  CHOOSE (is_country ("NL"), "Exit: Direct", "Netherlands");
  CHOOSE (is_country ("DE"), "Exit: Netherlands", "Germany");
  CHOOSE (is_country (""), "Exit: Germany", "Direct");
}

static gboolean
is_level (const char *level)
{
  return g_strcmp0 (nj_dbus_nightjar1_get_level (session.service), level) == 0;
}

static void
test_menu_sets_the_level (void)
{
  if (session_is_skipped ())
    return;

  session_begin ();
  WAIT_FOR (is_level ("closed"));
  CHOOSE (is_level ("open"), "Exit: Direct", "When it is down: go direct");
  CHOOSE (is_level ("closed"), "Exit: Direct", "When it is down: wait");
}

static void
test_menu_toggles_a_list (void)
{
  g_autofree char *path = NULL;

  if (session_is_skipped ())
    return;

  path = g_build_filename (session.desk->folder, "aardvark.txt", NULL);
  g_file_set_contents (path, "||aardvark.example^\n", -1, NULL);
  session_ask ("AddList", g_variant_new ("(s)", path));
  WAIT_FOR (session_is_list_enabled ("aardvark.txt"));
  CHOOSE (!session_is_list_enabled ("aardvark.txt"), "Lists", "aardvark.txt");
  session_ask ("RemoveList", g_variant_new ("(s)", session_list_by_title ("aardvark.txt")->id));
  WAIT_FOR (session_list_by_title ("aardvark.txt") == NULL);
}

static void
test_middle_click_pauses (void)
{
  if (session_is_skipped ())
    return;

  session_begin ();
  session_ask ("TurnOn", NULL);
  WAIT_FOR (session_is_state ("protected"));
  hand_rests (100);
  panel_clicks ( 2);
  WAIT_FOR (session_is_state ("paused"));
  hand_rests (100);
  panel_clicks ( 2);
  WAIT_FOR (session_is_state ("protected"));
}

static void
test_left_click_opens_the_window (void)
{
  if (session_is_skipped ())
    return;

  panel_clicks ( 1);
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_FRAME, "Nightjar"));
}

/* A hidden window reads nothing and draws nothing. */
static void
test_idle_means_idle (void)
{
  guint64 woken = G_MAXUINT64;

  if (session_is_skipped ())
    return;

  session_begin ();
  /* Once to the front, once away; which of the two the first click does depends on the window manager. */
  for (int i = 0; i < 4 && hand_sees ("nightjar", ATSPI_ROLE_FRAME, "Nightjar"); i++)
    {
      panel_clicks ( 1);
      hand_rests (500);
    }
  if (hand_sees ("nightjar", ATSPI_ROLE_FRAME, "Nightjar"))
    {
      g_test_skip ("no window manager, so a click does not hide the window");
      return;
    }

  /* GTK looks once a second, for half a minute, whether the owner of a selection still answers: the editor asked for one. */
  for (int i = 0; i < 14 && woken > 2; i++)
    {
      guint64 before = wakeups_of (session.app);

      hand_rests (3000);
      woken = wakeups_of (session.app) - before;
    }
  g_assert_cmpuint (woken, <=, 2);
}

/* No panel: the window opens by itself and says why. A new panel: the icon is in it again. */
static void
test_panel_goes_and_comes (void)
{
  if (session_is_skipped ())
    return;

  desk_end (session.desk, session.desk->panel);
  WAIT_FOR (hand_sees ("nightjar", ATSPI_ROLE_LABEL,
                       "This desktop shows no tray icons. Closing the window ends it; protection goes on."));
  desk_start_panel (session.desk);
  WAIT_FOR (panel_has_icon (session.bus));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  session_open (TRUE);
  g_test_add_func ("/desktop/icon-appears", test_icon_appears);
  g_test_add_func ("/desktop/menu-turns-protection-on", test_menu_turns_protection_on);
  g_test_add_func ("/desktop/menu-pauses-and-resumes", test_menu_pauses_and_resumes);
  g_test_add_func ("/desktop/menu-chooses-a-country", test_menu_chooses_a_country);
  g_test_add_func ("/desktop/menu-sets-the-level", test_menu_sets_the_level);
  g_test_add_func ("/desktop/menu-toggles-a-list", test_menu_toggles_a_list);
  g_test_add_func ("/desktop/middle-click-pauses", test_middle_click_pauses);
  g_test_add_func ("/desktop/left-click-opens-the-window", test_left_click_opens_the_window);
  g_test_add_func ("/desktop/idle-means-idle", test_idle_means_idle);
  g_test_add_func ("/desktop/panel-goes-and-comes", test_panel_goes_and_comes);
  return session_close (g_test_run ());
}
