/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The switch and the desktop's proxy with the real service: on, off, ended, killed, changed by others.
 */
#include "tests/bus/bus-fixture.h"

#define SCHEMA "org.gnome.system.proxy"

/* A keyfile that another process wrote is seen when the file monitor says so. */
static void
await_mode (const char *mode)
{
  g_autoptr (GSettings) settings = g_settings_new (SCHEMA);
  gint64 deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  for (;;)
    {
      g_autofree char *now = g_settings_get_string (settings, "mode");

      if (g_str_equal (now, mode))
        return;
      if (g_get_monotonic_time () > deadline)
        g_error ("the mode is %s and not %s", now, mode);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (2000);
    }
}

static void
set_up (BusFixture *f, gconstpointer unused)
{
  g_autoptr (GSettings) settings = g_settings_new (SCHEMA);

  g_settings_reset (settings, "mode");
  g_settings_sync ();
  bus_fixture_set_up (f, NULL);
}

static void
turn_on (BusFixture *f)
{
  g_autoptr (GError) error = NULL;

  nj_dbus_nightjar1_call_turn_on_sync (f->proxy, NULL, &error);
  g_assert_no_error (error);
  bus_fixture_await_state (f, "protected");
  await_mode ("manual");
}

static void
test_on_off (BusFixture *f, gconstpointer unused)
{
  g_autoptr (GVariant) status = NULL;
  const char *http = NULL;
  gboolean    is_applied = FALSE;

  bus_fixture_start (f, NULL);
  turn_on (f);
  g_assert_true (nj_dbus_nightjar1_call_proxy_status_sync (f->proxy, &status, NULL, NULL));
  g_assert_true (g_variant_lookup (status, "http", "&s", &http));
  g_assert_cmpstr (http, ==, f->address);
  g_assert_true (g_variant_lookup (status, "applied", "b", &is_applied));
  g_assert_true (is_applied);

  g_assert_true (nj_dbus_nightjar1_call_turn_off_sync (f->proxy, NULL, NULL));
  bus_fixture_await_state (f, "off");
  await_mode ("none");
}

static void
test_ended (BusFixture *f, gconstpointer unused)
{
  bus_fixture_start (f, NULL);
  turn_on (f);
  g_assert_cmpint (bus_fixture_end (f), ==, 0);
  await_mode ("none");

  /* What the user wants is remembered. */
  bus_fixture_start (f, NULL);
  bus_fixture_await_state (f, "protected");
  await_mode ("manual");
}

static void
test_killed_and_restored (BusFixture *f, gconstpointer unused)
{
  bus_fixture_start (f, NULL);
  turn_on (f);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "proxy", "restore", "--if-owner-dead", NULL), ==, 0);
  await_mode ("manual");

  bus_fixture_kill (f);
  await_mode ("manual");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "proxy", "restore", "--if-owner-dead", NULL), ==, 0);
  await_mode ("none");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "proxy", "restore", NULL), ==, 0);
  await_mode ("none");
}

static void
test_lockdown (BusFixture *f, gconstpointer unused)
{
  GError *error = NULL;

  bus_fixture_start (f, NULL);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "level", "lockdown", NULL), ==, 0);
  await_mode ("manual");
  g_assert_true (nj_dbus_nightjar1_call_turn_off_sync (f->proxy, NULL, NULL));
  nj_dbus_nightjar1_call_restore_proxy_sync (f->proxy, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "ProxyNotApplied");

  /* A closed door stays behind, and whoever looks after the dead leaves it so. */
  g_assert_cmpint (bus_fixture_end (f), ==, 0);
  await_mode ("manual");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "proxy", "restore", "--if-owner-dead", NULL), ==, 0);
  await_mode ("manual");

  bus_fixture_start (f, NULL);
  bus_fixture_await_state (f, "blocked");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "level", "closed", NULL), ==, 0);
  bus_fixture_await_state (f, "off");
  await_mode ("none");
}

static void
test_killed_and_back (BusFixture *f, gconstpointer unused)
{
  bus_fixture_start (f, NULL);
  turn_on (f);
  bus_fixture_kill (f);
  bus_fixture_start (f, NULL);
  bus_fixture_await_state (f, "protected");

  /* On another port, and still with what was before us. */
  g_assert_true (nj_dbus_nightjar1_call_turn_off_sync (f->proxy, NULL, NULL));
  await_mode ("none");
}

static void
test_changed_by_others (BusFixture *f, gconstpointer unused)
{
  g_autoptr (GSettings) settings = g_settings_new (SCHEMA);

  bus_fixture_start (f, NULL);
  turn_on (f);
  g_settings_set_string (settings, "mode", "auto");
  g_settings_sync ();
  bus_fixture_await_state (f, "unprotected");
  g_assert_cmpstr (nj_dbus_nightjar1_get_problem (f->proxy), !=, "");

  /* What is not ours any more stays. */
  g_assert_cmpint (bus_fixture_end (f), ==, 0);
  await_mode ("auto");
}

static void
test_no_desktop (BusFixture *f, gconstpointer unused)
{
  GError *error = NULL;

  bus_fixture_start (f, "--no-desktop");
  g_assert_true (nj_dbus_nightjar1_call_turn_on_sync (f->proxy, NULL, NULL));
  nj_dbus_nightjar1_call_apply_proxy_sync (f->proxy, NULL, &error);
  bus_fixture_assert_error (error, "ProxyNotApplied");
  await_mode ("none");
}

static void
test_bus_lost (BusFixture *f, gconstpointer unused)
{
  bus_fixture_start (f, NULL);
  turn_on (f);
  g_dbus_connection_set_exit_on_close (f->connection, FALSE);
  g_test_dbus_stop (f->bus);
  g_clear_object (&f->bus);
  g_subprocess_wait (f->service, NULL, NULL);
  g_assert_cmpint (g_subprocess_get_exit_status (f->service), ==, 69);
  g_clear_object (&f->service);
  await_mode ("none");
}

#define CASE(name, function) g_test_add ("/bus/desktop/" name, BusFixture, NULL, set_up, function, bus_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_autoptr (GSettingsSchema) schema = NULL;

  bus_fixture_init (&argc, &argv);
  schema = g_settings_schema_source_lookup (g_settings_schema_source_get_default (), SCHEMA, TRUE);
  if (schema == NULL)
    {
      g_print ("1..0 # SKIP schema " SCHEMA " is not installed\n");
      return 0;
    }

  CASE ("on-off", test_on_off);
  CASE ("ended", test_ended);
  CASE ("killed-and-restored", test_killed_and_restored);
  CASE ("killed-and-back", test_killed_and_back);
  CASE ("lockdown", test_lockdown);
  CASE ("changed-by-others", test_changed_by_others);
  CASE ("no-desktop", test_no_desktop);
  CASE ("bus-lost", test_bus_lost);
  return bus_fixture_run ();
}
