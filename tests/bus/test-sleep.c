/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The machine slept: the chosen exit is dialled at once, without anybody asking for anything.
 */
#include "tests/bus/bus-fixture.h"
#include "tests/support/fake-exit.h"

#define PATIENCE (20 * G_USEC_PER_SEC)

/* A bus that stands for the system's, with a logind on it. */
static GTestDBus       *system_bus;
static GDBusConnection *logind;

static void
logind_start (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = NULL;

  system_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (system_bus);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (system_bus), TRUE);
  logind = g_dbus_connection_new_for_address_sync (
    g_test_dbus_get_bus_address (system_bus),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, &error);
  g_assert_no_error (error);
  reply = g_dbus_connection_call_sync (logind, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                                       g_variant_new ("(su)", "org.freedesktop.login1", 4), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                                       &error);
  g_assert_no_error (error);
}

static void
say_sleep (gboolean begins)
{
  g_assert_true (g_dbus_connection_emit_signal (logind, NULL, "/org/freedesktop/login1", "org.freedesktop.login1.Manager",
                                                "PrepareForSleep", g_variant_new ("(b)", begins), NULL));
  g_dbus_connection_flush_sync (logind, NULL, NULL);
}

static void
test_wakes (BusFixture *f, gconstpointer unused)
{
  g_autoptr (FakeExit) fake = fake_exit_new ("http", NULL);
  g_autofree char *uri = fake_exit_uri (fake, NULL, FALSE);
  g_autofree char *id = NULL;
  gint64 deadline = g_get_monotonic_time () + PATIENCE;
  gint64 said = 0;
  guint  before;

  bus_fixture_start (f, "--no-desktop");
  g_assert_true (nj_dbus_nightjar1_call_add_exit_sync (f->proxy, uri, "NO", "", &id, NULL, NULL));
  g_assert_true (nj_dbus_nightjar1_call_select_exit_sync (f->proxy, id, NULL, NULL));
  bus_fixture_await_state (f, "protected");
  /* Not those that choosing it makes. */
  do
    {
      before = fake_exit_connections (fake);
      g_usleep (300 * 1000);
    }
  while (fake_exit_connections (fake) != before);

  /* Again and again, for the service looks for the system's bus in its own time; but each is waited for. */
  while (fake_exit_connections (fake) == before)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      if (g_get_monotonic_time () - said > 2 * G_USEC_PER_SEC)
        {
          say_sleep (TRUE);
          say_sleep (FALSE);
          said = g_get_monotonic_time ();
        }
      g_usleep (5000);
    }
  g_test_message ("%.0f ms after the sleep the exit was dialled", (double) (g_get_monotonic_time () - said) / 1000);
  bus_fixture_await_state (f, "protected");
}

int
main (int argc, char **argv)
{
  int status;

  bus_fixture_init (&argc, &argv);
  logind_start ();
  BUS_CASE ("/bus/sleep/wakes", test_wakes);
  status = bus_fixture_run ();
  g_object_unref (logind);
  g_test_dbus_stop (system_bus);
  g_object_unref (system_bus);
  return status;
}
