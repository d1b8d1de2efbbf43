/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How nightjard ends, and what it says then: usage, a taken port, bad settings, no bus, a signal.
 */
#include "tests/bus/bus-fixture.h"

#include <signal.h>
#include <string.h>

static int
run (BusFixture *f, char **ret_err, const char *first, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *err = NULL;
  va_list     list;
  const char *argument;

  g_ptr_array_add (arguments, (char *) g_getenv ("NIGHTJARD"));
  g_ptr_array_add (arguments, "--profile");
  g_ptr_array_add (arguments, f->profile);
  va_start (list, first);
  for (argument = first; argument != NULL; argument = va_arg (list, const char *))
    g_ptr_array_add (arguments, (char *) argument);
  va_end (list);
  g_ptr_array_add (arguments, NULL);

  process = g_subprocess_newv ((const char *const *) arguments->pdata,
                               G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, NULL, &err, &error);
  g_assert_no_error (error);
  g_test_message ("nightjard %s …: %s", first, err);
  if (ret_err != NULL)
    *ret_err = g_steal_pointer (&err);
  g_assert_true (g_subprocess_get_if_exited (process));
  return g_subprocess_get_exit_status (process);
}

static void
test_usage (BusFixture *f, gconstpointer unused)
{
  g_assert_cmpint (run (f, NULL, "--nonsense", NULL), ==, 64);
  g_assert_cmpint (run (f, NULL, "file", NULL), ==, 64);
  g_assert_cmpint (run (f, NULL, "--listen", "0.0.0.0:8642", NULL), ==, 64);
  g_assert_cmpint (run (f, NULL, "--listen", "192.0.2.1:8642", NULL), ==, 64);
  g_assert_cmpint (run (f, NULL, "--listen", "8642", NULL), ==, 64);
  g_assert_cmpint (run (f, NULL, "--workers", "many", NULL), ==, 64);
  g_assert_cmpint (run (f, NULL, "--workers", "-1", NULL), ==, 64);
  g_assert_cmpint (run (f, NULL, "--bus", "omnibus", NULL), ==, 64);
}

static void
test_port_taken (BusFixture *f, gconstpointer unused)
{
  g_autofree char *err = NULL;

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (run (f, &err, "--bus", "none", "--listen", f->address, NULL), ==, 69);
  g_assert_nonnull (strstr (err, strchr (f->address, ':') + 1));
}

static void
test_name_taken (BusFixture *f, gconstpointer unused)
{
  g_autofree char *err = NULL;

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (run (f, &err, "--bus", g_test_dbus_get_bus_address (f->bus), "--listen", "127.0.0.1:0", NULL), ==, 69);
  g_assert_nonnull (strstr (err, f->name));
}

static void
test_no_bus (BusFixture *f, gconstpointer unused)
{
  g_assert_cmpint (run (f, NULL, "--bus", "unix:path=/nowhere/bus", "--listen", "127.0.0.1:0", NULL), ==, 69);
}

static void
test_bad_settings (BusFixture *f, gconstpointer unused)
{
  g_autofree char *err = NULL;
  g_autofree char *path = bus_fixture_path (f, "settings.ini");
  g_autofree char *after = NULL;

  bus_fixture_write (f, "settings.ini", "this is no settings file\n");
  g_assert_cmpint (run (f, &err, "--bus", "none", "--listen", "127.0.0.1:0", NULL), ==, 78);
  g_assert_cmpstr (strchr (err, '\n'), ==, "\n");
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, "this is no settings file\n");
}

static void
test_bad_value_starts (BusFixture *f, gconstpointer unused)
{
  bus_fixture_write (f, "settings.ini", "[timeouts]\nconnect=soon\n[colours]\nsky=blue\n");
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpstr (nj_dbus_nightjar1_get_state (f->proxy), ==, "protected");
}

static void
test_signals (BusFixture *f, gconstpointer unused)
{
  static const int signals[] = { SIGTERM, SIGINT, SIGHUP };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      gint64 began;

      bus_fixture_start (f, "--no-desktop");
      began = g_get_monotonic_time ();
      g_subprocess_send_signal (f->service, signals[i]);
      g_assert_true (g_subprocess_wait (f->service, NULL, NULL));
      g_assert_cmpint (g_subprocess_get_exit_status (f->service), ==, 0);
      g_assert_cmpint (g_get_monotonic_time () - began, <, 5 * G_USEC_PER_SEC);
      g_clear_object (&f->service);
    }
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/statuses/usage", test_usage);
  BUS_CASE ("/bus/statuses/port-taken", test_port_taken);
  BUS_CASE ("/bus/statuses/name-taken", test_name_taken);
  BUS_CASE ("/bus/statuses/no-bus", test_no_bus);
  BUS_CASE ("/bus/statuses/bad-settings", test_bad_settings);
  BUS_CASE ("/bus/statuses/bad-value-starts", test_bad_value_starts);
  BUS_CASE ("/bus/statuses/signals", test_signals);
  return bus_fixture_run ();
}
