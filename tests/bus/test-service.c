/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The switch, the pause and what is said about them, over the bus.
 */
#include "tests/bus/bus-fixture.h"

static void
test_fresh (BusFixture *f, gconstpointer unused)
{
  g_autofree char *address = NULL;

  bus_fixture_start (f, NULL);
  g_assert_cmpstr (nj_dbus_nightjar1_get_state (f->proxy), ==, "off");
  g_assert_false (nj_dbus_nightjar1_get_protection (f->proxy));
  g_assert_cmpstr (nj_dbus_nightjar1_get_address (f->proxy), ==, f->address);
  g_assert_cmpstr (nj_dbus_nightjar1_get_exit (f->proxy), ==, "");
  g_assert_cmpint (nj_dbus_nightjar1_get_paused_until (f->proxy), ==, 0);
  g_assert_cmpstr (nj_dbus_nightjar1_get_problem (f->proxy), ==, "");
  address = g_strdup_printf ("http://%s/", f->address);
  g_assert_true (g_str_has_prefix (nj_dbus_nightjar1_get_pac_url (f->proxy), address));
}

static void
test_no_desktop_is_on (BusFixture *f, gconstpointer unused)
{
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpstr (nj_dbus_nightjar1_get_state (f->proxy), ==, "protected");
  g_assert_true (nj_dbus_nightjar1_get_protection (f->proxy));
}

static void
test_on_off (BusFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  bus_fixture_start (f, "--no-desktop");
  nj_dbus_nightjar1_call_turn_off_sync (f->proxy, NULL, &error);
  g_assert_no_error (error);
  bus_fixture_await_state (f, "off");
  nj_dbus_nightjar1_call_turn_on_sync (f->proxy, NULL, &error);
  g_assert_no_error (error);
  bus_fixture_await_state (f, "protected");
}

static void
test_off_is_kept (BusFixture *f, gconstpointer unused)
{
  bus_fixture_start (f, "--no-desktop");
  g_assert_true (nj_dbus_nightjar1_call_turn_off_sync (f->proxy, NULL, NULL));
  bus_fixture_kill (f);
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpstr (nj_dbus_nightjar1_get_state (f->proxy), ==, "off");
}

static void
test_pause (BusFixture *f, gconstpointer unused)
{
  bus_fixture_start (f, "--no-desktop");
  g_assert_true (nj_dbus_nightjar1_call_pause_sync (f->proxy, 300, "filter", NULL, NULL));
  bus_fixture_await_state (f, "paused");
  g_assert_cmpstr (nj_dbus_nightjar1_get_pause_scope (f->proxy), ==, "filter");
  g_assert_cmpint (nj_dbus_nightjar1_get_paused_until (f->proxy), >, g_get_real_time () / G_USEC_PER_SEC + 200);

  g_assert_true (nj_dbus_nightjar1_call_resume_sync (f->proxy, NULL, NULL));
  bus_fixture_await_state (f, "protected");
  g_assert_cmpstr (nj_dbus_nightjar1_get_pause_scope (f->proxy), ==, "");
}

static void
test_pause_without_end (BusFixture *f, gconstpointer unused)
{
  bus_fixture_start (f, "--no-desktop");
  g_assert_true (nj_dbus_nightjar1_call_pause_sync (f->proxy, 0, "all", NULL, NULL));
  bus_fixture_await_state (f, "paused");
  g_assert_cmpint (nj_dbus_nightjar1_get_paused_until (f->proxy), ==, -1);

  /* The service ends, and so does the pause. */
  bus_fixture_end (f);
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpstr (nj_dbus_nightjar1_get_state (f->proxy), ==, "protected");
}

static void
test_pause_ends (BusFixture *f, gconstpointer unused)
{
  bus_fixture_start (f, "--no-desktop");
  g_assert_true (nj_dbus_nightjar1_call_pause_sync (f->proxy, 1, "all", NULL, NULL));
  bus_fixture_await_state (f, "paused");
  bus_fixture_await_state (f, "protected");
}

static void
test_pause_bad (BusFixture *f, gconstpointer unused)
{
  GError *error = NULL;

  bus_fixture_start (f, "--no-desktop");
  nj_dbus_nightjar1_call_pause_sync (f->proxy, 60, "everything", NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadValue");
  nj_dbus_nightjar1_call_pause_sync (f->proxy, 86401, "all", NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadValue");
  g_assert_cmpstr (nj_dbus_nightjar1_get_state (f->proxy), ==, "protected");
}

static void
test_statistics (BusFixture *f, gconstpointer unused)
{
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariant) statistics = NULL;
  guint64 requests = 1;

  bus_fixture_start (f, NULL);
  answer = g_dbus_connection_call_sync (f->connection, f->name, "/org/nightjar/Nightjar1", "org.freedesktop.DBus.Properties", "Get",
                                        g_variant_new ("(ss)", "org.nightjar.Nightjar1", "Statistics"), G_VARIANT_TYPE ("(v)"),
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
  g_assert_nonnull (answer);
  g_variant_get (answer, "(v)", &statistics);
  g_assert_true (g_variant_lookup (statistics, "requests", "t", &requests));
  g_assert_cmpuint (requests, ==, 0);
  g_assert_true (g_variant_lookup (statistics, "refused-peers", "t", &requests));
}

static void
test_quit (BusFixture *f, gconstpointer unused)
{
  bus_fixture_start (f, NULL);
  g_assert_true (nj_dbus_nightjar1_call_quit_sync (f->proxy, NULL, NULL));
  g_assert_true (g_subprocess_wait_check (f->service, NULL, NULL));
  g_clear_object (&f->service);
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/service/fresh", test_fresh);
  BUS_CASE ("/bus/service/no-desktop-is-on", test_no_desktop_is_on);
  BUS_CASE ("/bus/service/on-off", test_on_off);
  BUS_CASE ("/bus/service/off-is-kept", test_off_is_kept);
  BUS_CASE ("/bus/service/pause", test_pause);
  BUS_CASE ("/bus/service/pause-without-end", test_pause_without_end);
  BUS_CASE ("/bus/service/pause-ends", test_pause_ends);
  BUS_CASE ("/bus/service/pause-bad", test_pause_bad);
  BUS_CASE ("/bus/service/statistics", test_statistics);
  BUS_CASE ("/bus/service/quit", test_quit);
  return bus_fixture_run ();
}
