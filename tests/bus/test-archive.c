/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request log as an HTTP Archive: JSON that another program reads, with what Nightjar did beside each request.
 */
#include "tests/bus/bus-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static void
ask (BusFixture *f, const char *target)
{
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: 127.0.0.1:1\r\nConnection: close\r\n\r\n", target);
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

/* Until the line is in the log, which is a moment after the answer. */
static char *
archive_with (BusFixture *f, const char *path, const char *text)
{
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  for (;;)
    {
      g_autofree char *archive = NULL;

      g_assert_cmpint (bus_fixture_ctl (f, NULL, "log", "--har", path, NULL), ==, 0);
      g_assert_true (g_file_get_contents (path, &archive, NULL, NULL));
      if (strstr (archive, text) != NULL)
        return g_steal_pointer (&archive);
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      g_usleep (20000);
    }
}

static void
assert_json (const char *path)
{
  g_autofree char *command = g_strdup_printf ("python3 -c 'import json, sys; a = json.load (open (sys.argv[1])); "
                                              "e = a[\"log\"][\"entries\"][-1]; assert e[\"request\"][\"method\"] == \"GET\"; "
                                              "assert e[\"request\"][\"queryString\"] == [{\"name\": \"q\", \"value\": \"1\"}, "
                                              "{\"name\": \"e\", \"value\": \"\"}], e; assert e[\"time\"] >= 0' '%s'",
                                              path);
  int status = -1;

  g_assert_true (g_spawn_command_line_sync (command, NULL, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
}

static void
test_archive (BusFixture *f, gconstpointer unused)
{
  g_autofree char *path = bus_fixture_path (f, "log.har");
  g_autofree char *archive = NULL;
  g_autofree char *none = NULL;
  struct stat      status;

  bus_fixture_write (f, "settings.ini", "[lists]\nupdate=false\n");
  bus_fixture_start (f, "--no-desktop");
  ask (f, "http://127.0.0.1:1/page?q=1&e");
  archive = archive_with (f, path, "/page?q=1");
  g_assert_nonnull (strstr (archive, "\"_action\": \"failed\""));
  assert_json (path);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);

  /* None is an archive, too. */
  g_assert_cmpint (bus_fixture_ctl (f, &none, "log", "--filter", "nowhere", "--har", "-", NULL), ==, 0);
  g_assert_nonnull (strstr (none, "\"entries\": [\n]}}"));
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "log", "--follow", "--har", path, NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "log", "--har", "/proc/nothing/here", NULL), ==, 1);
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/archive", test_archive);
  return bus_fixture_run ();
}
