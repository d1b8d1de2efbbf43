/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filter lists over the bus, and what they make of a URL.
 */
#include "tests/bus/bus-fixture.h"

#include <glib/gstdio.h>

static NjDBusNightjar1List *
list_of (BusFixture *f, const char *id)
{
  g_autofree char *path = g_strconcat ("lists/", id, NULL);

  return (NjDBusNightjar1List *) bus_fixture_interface (f, g_strdelimit (path, "-", '_'), "List");
}

static char *
check (BusFixture *f, const char *url)
{
  g_autoptr (GVariant) verdict = NULL;
  g_autoptr (GError) error = NULL;
  char *action = NULL;

  nj_dbus_nightjar1_call_check_url_sync (f->proxy, url, "http://page.example/", "script", &verdict, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_lookup (verdict, "action", "s", &action));
  return action;
}

static void
assert_check (BusFixture *f, const char *url, const char *expected)
{
  g_autofree char *action = check (f, url);

  g_assert_cmpstr (action, ==, expected);
}

static char *
add_list (BusFixture *f, const char *name, const char *text)
{
  g_autofree char *path = bus_fixture_path (f, name);
  g_autoptr (GError) error = NULL;
  char *id = NULL;

  bus_fixture_write (f, name, text);
  nj_dbus_nightjar1_call_add_list_sync (f->proxy, path, &id, NULL, &error);
  g_assert_no_error (error);
  return id;
}

static void
test_starter (BusFixture *f, gconstpointer unused)
{
  g_autoptr (NjDBusNightjar1List) list = NULL;

  bus_fixture_start (f, "--no-desktop");
  list = list_of (f, "starter");
  g_assert_nonnull (list);
  g_assert_true (nj_dbus_nightjar1_list_get_enabled (list));
  g_assert_true (nj_dbus_nightjar1_list_get_built_in (list));
  g_assert_cmpuint (nj_dbus_nightjar1_list_get_rules_used (list), >=, 400);
  assert_check (f, "http://doubleclick.net/ad.js", "block");
}

static void
test_add_remove (BusFixture *f, gconstpointer unused)
{
  g_autofree char *id = NULL;
  GError *error = NULL;

  bus_fixture_start (f, "--no-desktop");
  assert_check (f, "http://mine.example/x.js", "allow");
  id = add_list (f, "mine.txt", "||mine.example^\n##.cosmetic\nthis$is,not=understood\n");
  assert_check (f, "http://mine.example/x.js", "block");

  nj_dbus_nightjar1_call_set_list_enabled_sync (f->proxy, id, FALSE, NULL, NULL);
  assert_check (f, "http://mine.example/x.js", "allow");
  nj_dbus_nightjar1_call_set_list_enabled_sync (f->proxy, id, TRUE, NULL, NULL);
  assert_check (f, "http://mine.example/x.js", "block");
  g_assert_true (nj_dbus_nightjar1_call_remove_list_sync (f->proxy, id, NULL, NULL));
  assert_check (f, "http://mine.example/x.js", "allow");

  nj_dbus_nightjar1_call_remove_list_sync (f->proxy, "starter", NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadValue");
  nj_dbus_nightjar1_call_set_list_enabled_sync (f->proxy, "nothing", TRUE, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "NoSuchList");
  nj_dbus_nightjar1_call_add_list_sync (f->proxy, "/", NULL, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "Failed");
  nj_dbus_nightjar1_call_add_list_sync (f->proxy, "/nowhere/list.txt", NULL, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "Failed");
}

static void
test_kept (BusFixture *f, gconstpointer unused)
{
  g_autofree char *id = NULL;

  bus_fixture_start (f, "--no-desktop");
  id = add_list (f, "mine.txt", "||mine.example^\n");
  g_assert_true (nj_dbus_nightjar1_call_set_list_enabled_sync (f->proxy, "starter", FALSE, NULL, NULL));
  bus_fixture_end (f);
  bus_fixture_start (f, "--no-desktop");
  assert_check (f, "http://mine.example/x.js", "block");

  /* A list that changed while the service was away is read anew. */
  bus_fixture_end (f);
  bus_fixture_write (f, "mine.txt", "||other.example^\n! and longer\n");
  bus_fixture_start (f, "--no-desktop");
  assert_check (f, "http://mine.example/x.js", "allow");
  assert_check (f, "http://other.example/x.js", "block");
}

static void
test_unreadable (BusFixture *f, gconstpointer unused)
{
  g_autofree char *gone = NULL;
  g_autofree char *good = NULL;
  g_autofree char *binary = NULL;
  g_autofree char *path = bus_fixture_path (f, "gone.txt");
  g_autoptr (NjDBusNightjar1List) failed = NULL;
  g_autoptr (NjDBusNightjar1List) works = NULL;

  bus_fixture_start (f, "--no-desktop");
  good = add_list (f, "good.txt", "||good.example^\n");
  gone = add_list (f, "gone.txt", "||gone.example^\n");
  g_remove (path);
  g_assert_true (nj_dbus_nightjar1_call_update_lists_sync (f->proxy, (const char *const[]){ NULL }, NULL, NULL));

  failed = list_of (f, gone);
  works = list_of (f, good);
  g_assert_cmpstr (nj_dbus_nightjar1_list_get_problem (failed), !=, "");
  g_assert_cmpstr (nj_dbus_nightjar1_list_get_problem (works), ==, "");
  assert_check (f, "http://good.example/x.js", "block");
  assert_check (f, "http://doubleclick.net/ad.js", "block");

  /* It comes back with its file. */
  bus_fixture_write (f, "gone.txt", "||gone.example^\n");
  g_assert_true (nj_dbus_nightjar1_call_update_lists_sync (f->proxy, (const char *const[]){ NULL }, NULL, NULL));
  assert_check (f, "http://gone.example/x.js", "block");
}

static void
test_check_bad (BusFixture *f, gconstpointer unused)
{
  GError *error = NULL;

  bus_fixture_start (f, "--no-desktop");
  nj_dbus_nightjar1_call_check_url_sync (f->proxy, "not a url", "", "", NULL, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadUrl");
  nj_dbus_nightjar1_call_check_url_sync (f->proxy, "http://a.example/", "", "nonsense", NULL, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadValue");
}

static void
test_log_empty (BusFixture *f, gconstpointer unused)
{
  g_autoptr (GVariant) entries = NULL;
  GError *error = NULL;

  bus_fixture_start (f, "--no-desktop");
  g_assert_true (nj_dbus_nightjar1_call_read_log_sync (f->proxy, 0, 100, "", &entries, NULL, NULL));
  g_assert_cmpuint (g_variant_n_children (entries), ==, 0);
  nj_dbus_nightjar1_call_read_log_sync (f->proxy, 0, 0, "", &entries, NULL, &error);
  bus_fixture_assert_error (error, "BadValue");
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/lists/starter", test_starter);
  BUS_CASE ("/bus/lists/add-remove", test_add_remove);
  BUS_CASE ("/bus/lists/kept", test_kept);
  BUS_CASE ("/bus/lists/unreadable", test_unreadable);
  BUS_CASE ("/bus/lists/check-bad", test_check_bad);
  BUS_CASE ("/bus/lists/log-empty", test_log_empty);
  return bus_fixture_run ();
}
