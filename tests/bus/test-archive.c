/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The request log as an HTTP Archive: JSON that another program reads, with what Nightjar did beside each request.
 */
#include "tests/bus/bus-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

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
  bus_fixture_visit (f, "http://127.0.0.1:1/page?q=1&e");
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
