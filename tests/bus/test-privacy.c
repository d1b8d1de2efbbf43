/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The privacy profile over the bus and from the command line: for all sites and for one, kept over a
 * restart of the service.
 */
#include "tests/bus/bus-fixture.h"

static void
assert_sites (BusFixture *f, const char *expected)
{
  g_autoptr (GVariant) sites = NULL;
  g_autofree char     *text = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      f->connection, f->name, "/org/nightjar/Nightjar1", "org.freedesktop.DBus.Properties", "Get",
      g_variant_new ("(ss)", "org.nightjar.Nightjar1", "PrivacySites"), G_VARIANT_TYPE ("(v)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);

  g_assert_nonnull (answer);
  g_variant_get (answer, "(v)", &sites);
  text = g_variant_print (sites, FALSE);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_calls (BusFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpstr (nj_dbus_nightjar1_get_privacy (f->proxy), ==, "standard");
  assert_sites (f, "[]");

  g_assert_true (nj_dbus_nightjar1_call_set_site_privacy_sync (f->proxy, "https://www.shop.example/a?b", "off", NULL, NULL));
  g_assert_true (nj_dbus_nightjar1_call_set_site_privacy_sync (f->proxy, "News.Example", "strict", NULL, NULL));
  assert_sites (f, "[('news.example', 'strict'), ('shop.example', 'off')]");
  g_assert_true (nj_dbus_nightjar1_call_set_site_privacy_sync (f->proxy, "shop.example", "standard", NULL, NULL));
  g_assert_true (nj_dbus_nightjar1_call_set_privacy_sync (f->proxy, "strict", NULL, NULL));

  g_assert_false (nj_dbus_nightjar1_call_set_site_privacy_sync (f->proxy, "not a site", "off", NULL, &error));
  bus_fixture_assert_error (g_steal_pointer (&error), "BadValue");
  g_assert_false (nj_dbus_nightjar1_call_set_site_privacy_sync (f->proxy, "a.example", "most", NULL, &error));
  bus_fixture_assert_error (g_steal_pointer (&error), "BadValue");
  g_assert_false (nj_dbus_nightjar1_call_set_privacy_sync (f->proxy, "", NULL, &error));
  bus_fixture_assert_error (g_steal_pointer (&error), "BadValue");

  bus_fixture_end (f);
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpstr (nj_dbus_nightjar1_get_privacy (f->proxy), ==, "strict");
  assert_sites (f, "[('news.example', 'strict'), ('shop.example', 'standard')]");
  g_assert_true (nj_dbus_nightjar1_call_set_site_privacy_sync (f->proxy, "https://news.example/", "", NULL, NULL));
  assert_sites (f, "[('shop.example', 'standard')]");
}

static void
test_command_line (BusFixture *f, gconstpointer unused)
{
  g_autofree char *plain = NULL, *json = NULL;

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "privacy", "strict", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "privacy", "https://www.shop.example/", "off", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "privacy", "https-first", "on", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "privacy", "accept-language", "match", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "privacy", "user-agent", "strange", NULL), !=, 0);
  g_assert_cmpint (bus_fixture_ctl (f, &plain, "privacy", NULL), ==, 0);
  g_assert_cmpstr (plain, ==, "strict\nshop.example  off\nhttps-first on\nuser-agent own\naccept-language match\n");
  g_assert_cmpint (bus_fixture_ctl (f, &json, "privacy", "--json", NULL), ==, 0);
  g_assert_nonnull (strstr (json, "\"shop.example\""));
  g_assert_nonnull (strstr (json, "\"accept-language\""));
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "privacy", "shop.example", "default", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "privacy", "most", NULL), !=, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "privacy", "a.example", "most", NULL), !=, 0);
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/privacy/calls", test_calls);
  BUS_CASE ("/bus/privacy/command-line", test_command_line);
  return bus_fixture_run ();
}
