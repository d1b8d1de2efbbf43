/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was counted today is there after a new start of the service; a damaged file is a warning and nought.
 */
#include "tests/bus/bus-fixture.h"

static guint64
count (BusFixture *f, const char *name)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_sync (f->connection, f->name, "/org/nightjar/Nightjar1", "org.freedesktop.DBus.Properties", "Get",
                                     g_variant_new ("(ss)", "org.nightjar.Nightjar1", "Statistics"), G_VARIANT_TYPE ("(v)"),
                                     G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  guint64 number = G_MAXUINT64;

  g_assert_no_error (error);
  g_variant_get (answer, "(v)", &value);
  g_assert_true (g_variant_lookup (value, name, "t", &number));
  return number;
}

static void
await_count (BusFixture *f, guint64 wanted)
{
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  /* It is counted once the answer is out. */
  while (count (f, "requests") != wanted && g_get_monotonic_time () < until)
    g_usleep (20000);
  g_assert_cmpuint (count (f, "requests"), ==, wanted);
}

static void
test_kept (BusFixture *f, gconstpointer unused)
{
  /* Lists would be fetched, and counted. */
  bus_fixture_write (f, "settings.ini", "[lists]\nupdate=false\n");
  bus_fixture_start (f, "--no-desktop");
  bus_fixture_visit (f, "http://127.0.0.1:1/");
  bus_fixture_visit (f, "http://127.0.0.1:1/");
  await_count (f, 2);
  g_assert_cmpint (bus_fixture_end (f), ==, 0);

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpuint (count (f, "requests"), ==, 2);
  g_assert_cmpuint (count (f, "connections"), ==, 0);
  bus_fixture_visit (f, "http://127.0.0.1:1/");
  await_count (f, 3);
  g_assert_cmpint (bus_fixture_end (f), ==, 0);

  /* What was there before is kept by a run that counts nothing. */
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpuint (count (f, "requests"), ==, 3);
  g_assert_cmpint (bus_fixture_end (f), ==, 0);
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpuint (count (f, "requests"), ==, 3);
  g_assert_cmpint (bus_fixture_end (f), ==, 0);

  bus_fixture_write (f, "state/today.ini", "[today\nrequests=");
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpuint (count (f, "requests"), ==, 0);
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/counts/kept", test_kept);
  return bus_fixture_run ();
}
