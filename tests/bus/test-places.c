/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What people choose instead of an address: countries, lists of their own, what is starred and what was used last.
 */
#include "tests/bus/bus-fixture.h"

#include <string.h>

/* Nothing listens on these ports. */
#define ONE "socks5://user:secret@127.0.0.1:1"
#define TWO "socks5://127.0.0.1:2"

static char *
add (BusFixture *f, const char *uri, const char *country)
{
  g_autoptr (GError) error = NULL;
  char *id = NULL;

  nj_dbus_nightjar1_call_add_exit_sync (f->proxy, uri, country, "Home", &id, NULL, &error);
  g_assert_no_error (error);
  return id;
}

/* Properties come by signal, behind the answer. */
static void
await_places (BusFixture *f, const char *const *(*get) (NjDBusNightjar1 *), const char *wanted)
{
  gint64           until = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  g_autofree char *have = NULL;

  do
    {
      g_free (have);
      g_main_context_iteration (NULL, FALSE);
      have = g_strjoinv (" ", (char **) get (f->proxy));
    }
  while (!g_str_equal (have, wanted) && g_get_monotonic_time () < until);
  g_assert_cmpstr (have, ==, wanted);
}

static void
test_favourites (BusFixture *f, gconstpointer unused)
{
  g_autofree char *one = NULL;
  g_autofree char *both = NULL;
  g_autofree char *out = NULL;
  GError          *error = NULL;

  bus_fixture_start (f, "--no-desktop");
  one = add (f, ONE, "SE");
  nj_dbus_nightjar1_call_set_favourite_sync (f->proxy, "FR", TRUE, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "NoExit");
  nj_dbus_nightjar1_call_set_favourite_sync (f->proxy, "nonsense", TRUE, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "NoExit");

  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "favourite", "se", one, NULL), ==, 0);
  both = g_strdup_printf ("SE %s", one);
  await_places (f, nj_dbus_nightjar1_get_favourites, both);
  g_assert_true (nj_dbus_nightjar1_call_select_country_sync (f->proxy, "SE", NULL, NULL));
  await_places (f, nj_dbus_nightjar1_get_recents, "SE");
  g_assert_cmpstr (nj_dbus_nightjar1_get_choice (f->proxy), ==, "SE");
  g_assert_cmpint (bus_fixture_ctl (f, &out, "exit", "favourite", NULL), ==, 0);
  g_assert_nonnull (strstr (out, both));

  /* Also what was used just now is there again after an ordinary end. */
  g_assert_cmpint (bus_fixture_end (f), ==, 0);
  bus_fixture_start (f, "--no-desktop");
  await_places (f, nj_dbus_nightjar1_get_favourites, both);
  await_places (f, nj_dbus_nightjar1_get_recents, "SE");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "unfavourite", one, NULL), ==, 0);
  await_places (f, nj_dbus_nightjar1_get_favourites, "SE");
}

static void
test_groups (BusFixture *f, gconstpointer unused)
{
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *out = NULL;
  GError          *error = NULL;
  const char      *ids[] = { "000000000000", NULL };

  bus_fixture_start (f, "--no-desktop");
  one = add (f, ONE, "SE");
  two = add (f, TWO, "NO");
  nj_dbus_nightjar1_call_select_group_sync (f->proxy, "Work", NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "NoExit");
  nj_dbus_nightjar1_call_set_group_sync (f->proxy, "a;b", ids, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadValue");
  nj_dbus_nightjar1_call_set_group_sync (f->proxy, "Work", ids, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "NoSuchExit");

  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "group", "Work", one, two, NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "use", "@Work", NULL), ==, 0);
  bus_fixture_await_state (f, "blocked");
  g_assert_cmpstr (nj_dbus_nightjar1_get_choice (f->proxy), ==, "@Work");
  g_assert_cmpint (bus_fixture_ctl (f, &out, "exit", "group", NULL), ==, 0);
  g_assert_nonnull (strstr (out, two));

  /* Without the list nothing leaves, also not after a restart. */
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "group", "Work", NULL), ==, 0);
  bus_fixture_kill (f);
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpstr (nj_dbus_nightjar1_get_state (f->proxy), ==, "blocked");
  g_assert_cmpstr (nj_dbus_nightjar1_get_choice (f->proxy), ==, "@Work");
}

static void
test_export (BusFixture *f, gconstpointer unused)
{
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *plain = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *all = NULL;

  bus_fixture_start (f, "--no-desktop");
  one = add (f, ONE, "SE");
  two = add (f, TWO, "NO");
  g_assert_cmpint (bus_fixture_ctl (f, &plain, "exit", "export", "se", NULL), ==, 0);
  g_assert_cmpstr (plain, ==, "socks5://user@127.0.0.1:1 SE Home\n");
  g_assert_cmpint (bus_fixture_ctl (f, &whole, "exit", "export", one, "--passwords", NULL), ==, 0);
  g_assert_cmpstr (whole, ==, "socks5://user:secret@127.0.0.1:1 SE Home\n");
  g_assert_cmpint (bus_fixture_ctl (f, &all, "exit", "export", NULL), ==, 0);
  g_assert_cmpstr (all, ==, "socks5://user@127.0.0.1:1 SE Home\nsocks5://127.0.0.1:2 NO Home\n");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "export", "FR", NULL), ==, 1);
}

static void
test_levels (BusFixture *f, gconstpointer unused)
{
  g_autofree char *one = NULL;
  GError          *error = NULL;

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpstr (nj_dbus_nightjar1_get_level (f->proxy), ==, "closed");
  nj_dbus_nightjar1_call_set_level_sync (f->proxy, "wide", NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadValue");

  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "level", "lockdown", NULL), ==, 0);
  bus_fixture_await_state (f, "blocked");
  g_assert_nonnull (strstr (nj_dbus_nightjar1_get_problem (f->proxy), "lockdown"));
  nj_dbus_nightjar1_call_open_portal_sync (f->proxy, "portal.example", NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadValue");
  g_assert_true (nj_dbus_nightjar1_call_turn_off_sync (f->proxy, NULL, NULL));
  bus_fixture_kill (f);
  bus_fixture_start (f, "--no-desktop");
  bus_fixture_await_state (f, "blocked");
  g_assert_cmpstr (nj_dbus_nightjar1_get_level (f->proxy), ==, "lockdown");
  g_assert_true (nj_dbus_nightjar1_call_turn_on_sync (f->proxy, NULL, NULL));

  /* Open: down is told, and is not blocked. */
  one = add (f, ONE, "SE");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "level", "open", NULL), ==, 0);
  g_assert_true (nj_dbus_nightjar1_call_select_country_sync (f->proxy, "SE", NULL, NULL));
  bus_fixture_await_state (f, "unprotected");
  g_assert_nonnull (strstr (nj_dbus_nightjar1_get_problem (f->proxy), "directly"));
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "level", "closed", NULL), ==, 0);
  bus_fixture_await_state (f, "blocked");
}

static void
test_programs (BusFixture *f, gconstpointer unused)
{
  g_autofree char *out = NULL;
  g_autofree char *left = NULL;
  GError          *error = NULL;

  bus_fixture_start (f, "--no-desktop");
  nj_dbus_nightjar1_call_set_program_route_sync (f->proxy, "bin/curl", "direct", NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadValue");
  nj_dbus_nightjar1_call_set_program_route_sync (f->proxy, "a\nb", "direct", NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadValue");
  nj_dbus_nightjar1_call_set_program_route_sync (f->proxy, "curl", "nowhere", NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadValue");
  nj_dbus_nightjar1_call_set_program_route_sync (f->proxy, "curl", "SE", NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "NoExit");

  g_assert_cmpint (bus_fixture_ctl (f, NULL, "program", "/usr/bin/curl", "exit", "direct", NULL), ==, 0);
  bus_fixture_kill (f);
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, &out, "program", NULL), ==, 0);
  g_assert_cmpstr (out, ==, "/usr/bin/curl  direct\n");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "program", "/usr/bin/curl", "exit", "default", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, &left, "program", NULL), ==, 0);
  g_assert_null (strstr (left, "curl"));
}

/* Whoever wrote something there wanted more than the standard. */
static void
test_bad_level (BusFixture *f, gconstpointer unused)
{
  bus_fixture_write (f, "settings.ini", "[exit]\nlevel=lokdown\n");
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpstr (nj_dbus_nightjar1_get_level (f->proxy), ==, "lockdown");
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/places/favourites", test_favourites);
  BUS_CASE ("/bus/places/groups", test_groups);
  BUS_CASE ("/bus/places/export", test_export);
  BUS_CASE ("/bus/places/levels", test_levels);
  BUS_CASE ("/bus/places/programs", test_programs);
  BUS_CASE ("/bus/places/bad-level", test_bad_level);
  return bus_fixture_run ();
}
