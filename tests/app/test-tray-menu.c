/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The menu's description for every state: what stands in it, what can be chosen, which action a line runs. No bus,
 * no display.
 */
#include "app/tray-menu.h"

#include <locale.h>
#include <string.h>

static NjStatus *
status_in (NjState state)
{
  NjStatus     *status = nj_status_new ();
  NjStatusExit *exit;
  NjStatusList *list;

  status->state = state;
  status->has_protection = state != NJ_STATE_OFF && state != NJ_STATE_ABSENT;
  if (state == NJ_STATE_ABSENT)
    return status;

  exit = nj_status_add_exit (status, "de1", "Frankfurt", "DE");
  exit->latency_ms = 38;
  exit->is_link_encrypted = TRUE;
  exit = nj_status_add_exit (status, "nl1", "Amsterdam", "NL");
  exit->latency_ms = 45;
  list = nj_status_add_list (status, "easylist", "EasyList");
  list->is_enabled = TRUE;
  nj_status_add_list (status, "under_score", "Under_score");
  nj_status_add_list (status, "unused", "Unused")->is_built_in = TRUE;
  g_free (status->address);
  status->address = g_strdup ("127.0.0.1:8642");
  return status;
}

static void
choose (NjStatus *status, guint row)
{
  NjStatusExit *exit = g_ptr_array_index (status->exits, row);

  exit->is_chosen = TRUE;
  g_free (status->exit);
  status->exit = g_strdup (exit->id);
}

static NjTrayLine *
menu_of (const NjStatus *status)
{
  NjTrayMoment moment = { .now_s = 1000, .blocked = 1243, .bytes = 214000000 };

  return nj_tray_menu_build (status, &moment);
}

static guint
depth_of (const NjTrayLine *line)
{
  guint depth = 0;

  for (guint i = 0; line->children != NULL && i < line->children->len; i++)
    depth = MAX (depth, 1 + depth_of (g_ptr_array_index (line->children, i)));
  return depth;
}

static void
test_shape_in_every_state (void)
{
  for (NjState state = NJ_STATE_ABSENT; state <= NJ_STATE_UNPROTECTED; state++)
    {
      g_autoptr (NjStatus)   status = status_in (state);
      g_autoptr (NjTrayLine) menu = menu_of (status);

      g_assert_cmpuint (menu->children->len, <=, 14);
      g_assert_cmpuint (depth_of (menu), <=, 2);
      g_assert_nonnull (nj_tray_menu_find (menu, "status"));
      g_assert_nonnull (nj_tray_menu_find (menu, "open"));
    }
}

static void
test_protection (void)
{
  g_autoptr (NjStatus)   off = status_in (NJ_STATE_OFF);
  g_autoptr (NjTrayLine) menu = menu_of (off);
  NjTrayLine            *line = nj_tray_menu_find (menu, "protection");

  g_assert_cmpint (line->kind, ==, NJ_TRAY_LINE_CHECK);
  g_assert_false (line->is_active);
  g_assert_cmpstr (line->action, ==, "turn");
  g_assert_true (g_variant_get_boolean (line->target));
  g_assert_false (nj_tray_menu_find (menu, "pause")->is_enabled);
}

static void
test_status_line (void)
{
  g_autoptr (NjStatus)   status = status_in (NJ_STATE_PROTECTED);
  g_autoptr (NjTrayLine) menu = NULL;

  choose (status, 0);
  menu = menu_of (status);
  g_assert_cmpstr (nj_tray_menu_find (menu, "status")->label, ==, "Protected, Germany · 38 ms");
  g_assert_cmpstr (nj_tray_menu_find (menu, "counts")->label, ==, "1\u202f243 blocked today · 214.0\u00a0MB");
  g_assert_false (nj_tray_menu_find (menu, "counts")->is_enabled);
}

static void
test_countries_are_radio_lines (void)
{
  g_autoptr (NjStatus)   status = status_in (NJ_STATE_PROTECTED);
  g_autoptr (NjTrayLine) menu = NULL;
  NjTrayLine            *line;

  choose (status, 1);
  menu = menu_of (status);
  g_assert_cmpstr (nj_tray_menu_find (menu, "exits")->label, ==, "Exit: Netherlands");
  line = nj_tray_menu_find (menu, "exits/country/NL");
  g_assert_cmpint (line->kind, ==, NJ_TRAY_LINE_RADIO);
  g_assert_true (line->is_active);
  g_assert_cmpstr (line->label, ==, "Netherlands · 45 ms · link not encrypted");
  g_assert_cmpstr (line->action, ==, "select-country");
  g_assert_cmpstr (g_variant_get_string (line->target, NULL), ==, "NL");
  g_assert_false (nj_tray_menu_find (menu, "exits/country/DE")->is_active);
  g_assert_false (nj_tray_menu_find (menu, "exits/direct")->is_active);
}

static void
test_first_places (void)
{
  g_autoptr (NjStatus)   status = status_in (NJ_STATE_PROTECTED);
  g_autoptr (NjTrayLine) menu = NULL;
  NjTrayLine            *exits;

  g_strfreev (status->favourites);
  status->favourites = g_strsplit ("nl1", " ", -1);
  choose (status, 1);
  menu = menu_of (status);
  exits = nj_tray_menu_find (menu, "exits");
  g_assert_cmpstr (((NjTrayLine *) exits->children->pdata[0])->key, ==, "exits/exit/nl1");
  g_assert_cmpstr (((NjTrayLine *) exits->children->pdata[0])->label, ==, "Amsterdam · 45 ms · link not encrypted");
  g_assert_cmpint (((NjTrayLine *) exits->children->pdata[1])->kind, ==, NJ_TRAY_LINE_SEPARATOR);
  g_assert_nonnull (nj_tray_menu_find (menu, "exits/country/NL"));
}

static void
test_level (void)
{
  g_autoptr (NjStatus)   status = status_in (NJ_STATE_PROTECTED);
  NjTrayLine            *menu = menu_of (status);
  NjTrayLine            *line;

  /* A service that does not say it has none. */
  g_assert_null (nj_tray_menu_find (menu, "exits/level/closed"));
  nj_tray_menu_free (menu);

  g_free (status->level);
  status->level = g_strdup ("closed");
  menu = menu_of (status);
  g_assert_true (nj_tray_menu_find (menu, "exits/level/closed")->is_active);
  line = nj_tray_menu_find (menu, "exits/level/lockdown");
  g_assert_false (line->is_active);
  g_assert_cmpint (line->kind, ==, NJ_TRAY_LINE_RADIO);
  g_assert_cmpstr (line->action, ==, "set-level");
  g_assert_cmpstr (g_variant_get_string (line->target, NULL), ==, "lockdown");
  nj_tray_menu_free (menu);
}

/* Only what would help can be chosen. */
static void
test_locked (void)
{
  g_autoptr (NjStatus)   status = status_in (NJ_STATE_BLOCKED);
  NjTrayLine            *menu;

  choose (status, 0);
  menu = menu_of (status);
  g_assert_true (nj_tray_menu_find (menu, "down/again")->is_enabled);
  g_assert_true (nj_tray_menu_find (menu, "down/direct")->is_enabled);
  nj_tray_menu_free (menu);

  g_free (status->level);
  status->level = g_strdup ("lockdown");
  menu = menu_of (status);
  g_assert_true (nj_tray_menu_find (menu, "down/again")->is_enabled);
  g_assert_false (nj_tray_menu_find (menu, "down/direct")->is_enabled);
  nj_tray_menu_free (menu);

  *status->exit = '\0';
  menu = menu_of (status);
  g_assert_cmpstr (nj_tray_menu_find (menu, "down")->label, ==, "No exit chosen");
  g_assert_false (nj_tray_menu_find (menu, "down/again")->is_enabled);
  g_assert_true (nj_tray_menu_find (menu, "down/other")->is_enabled);
  nj_tray_menu_free (menu);
}

static void
test_no_exits (void)
{
  g_autoptr (NjStatus)   status = status_in (NJ_STATE_PROTECTED);
  g_autoptr (NjTrayLine) menu = NULL;

  g_ptr_array_set_size (status->exits, 0);
  menu = menu_of (status);
  g_assert_true (nj_tray_menu_find (menu, "exits/direct")->is_active);
  g_assert_false (nj_tray_menu_find (menu, "exits/fastest")->is_enabled);
  g_assert_false (nj_tray_menu_find (menu, "pause/exit")->is_enabled);
}

static void
test_paused (void)
{
  g_autoptr (NjStatus)   status = status_in (NJ_STATE_PAUSED);
  g_autoptr (NjTrayLine) timed = NULL;
  g_autoptr (NjTrayLine) endless = NULL;

  status->paused_until_s = g_get_real_time () / G_USEC_PER_SEC + 300;
  timed = menu_of (status);
  g_assert_null (nj_tray_menu_find (timed, "pause/5"));
  g_assert_false (nj_tray_menu_find (timed, "pause/until")->is_enabled);
  g_assert_cmpstr (nj_tray_menu_find (timed, "pause/resume")->action, ==, "resume");
  g_assert_nonnull (nj_tray_menu_find (timed, "pause/extend"));

  status->paused_until_s = -1;
  endless = menu_of (status);
  g_assert_null (nj_tray_menu_find (endless, "pause/extend"));
}

static void
test_blocked_offers_ways_out (void)
{
  g_autoptr (NjStatus)   status = status_in (NJ_STATE_BLOCKED);
  g_autoptr (NjTrayLine) menu = NULL;
  NjTrayLine            *line;
  const char            *scope;
  guint32                seconds;

  choose (status, 0);
  menu = menu_of (status);
  g_assert_cmpstr (g_variant_get_string (nj_tray_menu_find (menu, "down/again")->target, NULL), ==, "de1");
  line = nj_tray_menu_find (menu, "down/direct");
  g_variant_get (line->target, "(u&s)", &seconds, &scope);
  g_assert_cmpuint (seconds, ==, 300);
  g_assert_cmpstr (scope, ==, "exit");
}

static void
test_lists (void)
{
  g_autoptr (NjStatus)   status = status_in (NJ_STATE_PROTECTED);
  g_autoptr (NjTrayLine) menu = menu_of (status);
  NjTrayLine            *line = nj_tray_menu_find (menu, "lists/id/easylist");
  const char            *id;
  gboolean               enabled;

  g_assert_cmpint (line->kind, ==, NJ_TRAY_LINE_CHECK);
  g_assert_true (line->is_active);
  g_variant_get (line->target, "(&sb)", &id, &enabled);
  g_assert_cmpstr (id, ==, "easylist");
  g_assert_false (enabled);
  g_assert_nonnull (nj_tray_menu_find (menu, "lists/id/under_score"));
  g_assert_null (nj_tray_menu_find (menu, "lists/id/unused"));
}

static void
test_last_blocked (void)
{
  g_autoptr (NjStatus)   status = status_in (NJ_STATE_PROTECTED);
  NjTrayMoment           moment = { .now_s = 1000, .blocked_host = "ads.example", .blocked_client = "firefox",
                                    .blocked_at_s = 950 };
  g_autoptr (NjTrayLine) fresh = nj_tray_menu_build (status, &moment);
  g_autoptr (NjTrayLine) old = NULL;

  g_assert_cmpstr (nj_tray_menu_find (fresh, "last-blocked")->label, ==, "Last blocked: ads.example (firefox)");
  g_assert_true (nj_tray_menu_find (fresh, "last-blocked")->is_enabled);
  moment.now_s = 1010;
  old = nj_tray_menu_build (status, &moment);
  g_assert_false (nj_tray_menu_find (old, "last-blocked")->is_enabled);
}

static void
test_absent (void)
{
  g_autoptr (NjStatus)   status = status_in (NJ_STATE_ABSENT);
  g_autoptr (NjTrayLine) menu = menu_of (status);

  g_assert_cmpstr (nj_tray_menu_find (menu, "status")->label, ==, "Service not running");
  g_assert_cmpstr (nj_tray_menu_find (menu, "start")->action, ==, "start");
  g_assert_null (nj_tray_menu_find (menu, "protection"));
  g_assert_null (nj_tray_menu_find (menu, "quit/all"));
  g_assert_nonnull (nj_tray_menu_find (menu, "quit-icon"));
}

int
main (int argc, char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/tray-menu/shape-in-every-state", test_shape_in_every_state);
  g_test_add_func ("/app/tray-menu/protection", test_protection);
  g_test_add_func ("/app/tray-menu/status-line", test_status_line);
  g_test_add_func ("/app/tray-menu/countries-are-radio-lines", test_countries_are_radio_lines);
  g_test_add_func ("/app/tray-menu/level", test_level);
  g_test_add_func ("/app/tray-menu/locked", test_locked);
  g_test_add_func ("/app/tray-menu/no-exits", test_no_exits);
  g_test_add_func ("/app/tray-menu/first-places", test_first_places);
  g_test_add_func ("/app/tray-menu/paused", test_paused);
  g_test_add_func ("/app/tray-menu/blocked-offers-ways-out", test_blocked_offers_ways_out);
  g_test_add_func ("/app/tray-menu/lists", test_lists);
  g_test_add_func ("/app/tray-menu/last-blocked", test_last_blocked);
  g_test_add_func ("/app/tray-menu/absent", test_absent);
  return g_test_run ();
}
