/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking into HTTPS, by bus and command line: off until asked for, an authority on first use, kept over
 * a restart, its certificate given out and its key never; browsers of a home of the test's own told and untold.
 */
#include "tests/bus/bus-fixture.h"

#include <string.h>

static NjDBusNightjar1Inspection *
inspection_of (BusFixture *f)
{
  GError *error = NULL;
  NjDBusNightjar1Inspection *inspection =
      nj_dbus_nightjar1_inspection_proxy_new_sync (f->connection, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, f->name,
                                                   "/org/nightjar/Nightjar1", NULL, &error);

  g_assert_no_error (error);
  return inspection;
}

static gboolean
has_authority (BusFixture *f)
{
  g_autofree char *path = bus_fixture_path (f, "data/authority/authority.key");

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_switch (BusFixture *f, gconstpointer unused)
{
  g_autoptr (NjDBusNightjar1Inspection) inspection = NULL;
  g_autoptr (NjDBusNightjar1Inspection) again = NULL;
  g_autofree char *out = NULL;
  g_autofree char *name = NULL;

  bus_fixture_start (f, "--no-desktop");
  inspection = inspection_of (f);
  g_assert_false (nj_dbus_nightjar1_inspection_get_enabled (inspection));
  g_assert_cmpstr (nj_dbus_nightjar1_inspection_get_certificate_name (inspection), ==, "");
  g_assert_false (has_authority (f));

  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", "on", NULL), ==, 0);
  g_assert_true (has_authority (f));
  g_assert_cmpint (bus_fixture_ctl (f, &out, "inspect", "status", "--json", NULL), ==, 0);
  g_assert_cmpstr (out, ==, "{\"enabled\": true, \"programs\": \"browsers\", \"key\": \"file\", \"problem\": \"\"}\n");

  g_assert_cmpint (bus_fixture_end (f), ==, 0);
  bus_fixture_start (f, "--no-desktop");
  again = inspection_of (f);
  g_assert_true (nj_dbus_nightjar1_inspection_get_enabled (again));
  name = nj_dbus_nightjar1_inspection_dup_certificate_name (again);
  g_assert_true (g_str_has_prefix (name, "Nightjar on "));
  g_assert_cmpint (nj_dbus_nightjar1_inspection_get_certificate_ends (again), >, g_get_real_time () / G_USEC_PER_SEC);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", "off", NULL), ==, 0);
}

static void
test_certificate (BusFixture *f, gconstpointer unused)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, &first, "ca", "export", NULL), ==, 0);
  g_assert_nonnull (strstr (first, "-----BEGIN CERTIFICATE-----"));
  g_assert_null (strstr (first, "PRIVATE"));

  /* Without the service too, and the same. */
  g_assert_cmpint (bus_fixture_end (f), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, &second, "ca", "export", NULL), ==, 0);
  g_assert_cmpstr (first, ==, second);
}

static void
test_browsers (BusFixture *f, gconstpointer unused)
{
  g_autofree char *certutil = g_find_program_in_path ("certutil");
  g_autofree char *out = NULL;
  g_autoptr (NjDBusNightjar1Inspection) inspection = NULL;
  g_autoptr (GVariant) places = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *printed = NULL;

  if (certutil == NULL)
    {
      g_test_skip ("certutil (libnss3-tools) is not installed");
      return;
    }

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, &out, "ca", "install", NULL), ==, 0);
  g_assert_nonnull (strstr (out, "trusted"));
  inspection = inspection_of (f);
  nj_dbus_nightjar1_inspection_call_list_trust_sync (inspection, &places, NULL, &error);
  g_assert_no_error (error);
  printed = g_variant_print (places, FALSE);
  g_assert_nonnull (strstr (printed, "'trusted'"));

  g_assert_true (nj_dbus_nightjar1_inspection_call_remove_certificate_sync (inspection, NULL, &error));
  g_assert_true (nj_dbus_nightjar1_inspection_call_install_certificate_sync (inspection, NULL, &error));
  g_assert_no_error (error);

  /* The key is gone, the service as well. */
  g_assert_cmpint (bus_fixture_end (f), ==, 0);
  g_clear_pointer (&out, g_free);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "ca", "remove", NULL), ==, 0);
  g_assert_null (strstr (out, "trusted"));
}

/* Who trusted the one before trusts the other one, and nobody else; and all of them can be told to forget. */
static void
test_replaced (BusFixture *f, gconstpointer unused)
{
  g_autofree char *certutil = g_find_program_in_path ("certutil");
  g_autoptr (NjDBusNightjar1Inspection) inspection = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *status = NULL;
  g_autofree char *removed = NULL;

  if (certutil == NULL)
    {
      g_test_skip ("certutil (libnss3-tools) is not installed");
      return;
    }

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "ca", "install", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, &first, "ca", "export", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "ca", "replace", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, &second, "ca", "export", NULL), ==, 0);
  g_assert_cmpstr (first, !=, second);
  g_assert_cmpint (bus_fixture_ctl (f, &status, "ca", "status", NULL), ==, 0);
  g_assert_nonnull (strstr (status, "trusted"));

  /* One that was trusted before, and is not in use, goes as well. */
  inspection = inspection_of (f);
  g_assert_true (nj_dbus_nightjar1_inspection_call_remove_certificate_sync (inspection, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (bus_fixture_ctl (f, &removed, "ca", "status", NULL), ==, 0);
  g_assert_null (strstr (removed, "trusted"));
}

static void
test_excluded (BusFixture *f, gconstpointer unused)
{
  g_autofree char *out = NULL;
  g_autofree char *folder = bus_fixture_path (f, "state");

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  bus_fixture_write (f, "state/not-inspected.ini", "[0]\nplace=pinned.example\nreason=refused\nclient=7\nwhen=1700000000\n"
                                                   "[1]\nplace=x.example:8443\nreason=nonsense\n");
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, &out, "inspect", "excluded", "--json", NULL), ==, 0);
  g_assert_cmpstr (out, ==, "[{\"host\": \"pinned.example\", \"reason\": \"refused\", \"since\": 1700000000}]\n");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", "retry", "other.example", NULL), ==, 1);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", "retry", "pinned.example", NULL), ==, 0);
  g_clear_pointer (&out, g_free);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "inspect", "excluded", "--json", NULL), ==, 0);
  g_assert_cmpstr (out, ==, "[]\n");
}

static void
test_wishes (BusFixture *f, gconstpointer unused)
{
  g_autofree char *out = NULL;
  g_autofree char *after = NULL;
  g_autofree char *status = NULL;

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", "programs", "all", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", "never", "https://Bank.example/login", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "site", "shop.example", "inspect", "on", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", "program", "mailer", "never", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", "program", "/usr/bin/mailer", "never", NULL), !=, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", "never", "not a site", NULL), !=, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", "programs", "some", NULL), !=, 0);

  /* Kept over a restart, and taken back. */
  g_assert_cmpint (bus_fixture_end (f), ==, 0);
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, &out, "inspect", "list", NULL), ==, 0);
  g_assert_cmpstr (out, ==, "site     always shop.example\nsite     never  bank.example\nprogram  never  mailer\n");
  g_assert_cmpint (bus_fixture_ctl (f, &status, "inspect", "status", "--json", NULL), ==, 0);
  g_assert_cmpstr (status, ==, "{\"enabled\": false, \"programs\": \"all\", \"key\": \"\", \"problem\": \"\"}\n");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", "default", "bank.example", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "site", "shop.example", "inspect", "default", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, &after, "inspect", "list", NULL), ==, 0);
  g_assert_cmpstr (after, ==, "program  never  mailer\n");
}

static void
test_misused (BusFixture *f, gconstpointer unused)
{
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", "perhaps", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "ca", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "ca", "status", "now", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "inspect", "on", NULL), ==, 6);
}

int
main (int argc, char **argv)
{
  g_autofree char *home = g_dir_make_tmp ("nightjar-home-XXXXXX", NULL);
  g_autofree char *clean = g_strdup_printf ("rm -rf '%s'", home);
  int status;

  /* Browsers of whoever runs this stay as they are. */
  g_setenv ("HOME", home, TRUE);
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/inspection/switch", test_switch);
  BUS_CASE ("/bus/inspection/certificate", test_certificate);
  BUS_CASE ("/bus/inspection/browsers", test_browsers);
  BUS_CASE ("/bus/inspection/replaced", test_replaced);
  BUS_CASE ("/bus/inspection/excluded", test_excluded);
  BUS_CASE ("/bus/inspection/wishes", test_wishes);
  BUS_CASE ("/bus/inspection/misused", test_misused);
  status = bus_fixture_run ();
  g_spawn_command_line_sync (clean, NULL, NULL, NULL, NULL);
  return status;
}
