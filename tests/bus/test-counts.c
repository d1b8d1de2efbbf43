/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was counted today is there after a new start of the service; a damaged file is a warning and nought.
 */
#include "tests/bus/bus-fixture.h"

#include <string.h>

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

/* One request, whatever is answered. */
static void
ask (BusFixture *f)
{
  static const char request[] = "GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n";
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  char buffer[4096];

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, f->address, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request, strlen (request), NULL,
                                            NULL, NULL));
  while (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), buffer, sizeof buffer, NULL, NULL) > 0)
    continue;
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
  ask (f);
  ask (f);
  await_count (f, 2);
  g_assert_cmpint (bus_fixture_end (f), ==, 0);

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpuint (count (f, "requests"), ==, 2);
  g_assert_cmpuint (count (f, "connections"), ==, 0);
  ask (f);
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
