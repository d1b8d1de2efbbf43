/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The user's own rules over the bus, and which lists are trusted.
 */
#include "tests/bus/bus-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* Lists that the machine may have would be compiled each time. */
#define OFF "off=easylist;easyprivacy;ublock-filters;ublock-privacy;ublock-badware;ublock-quick-fixes;ublock-unbreak;peter-lowe;urlhaus;\n"

static void
start (BusFixture *f)
{
  bus_fixture_write (f, "settings.ini", "[lists]\n" OFF);
  bus_fixture_start (f, "--no-desktop");
}

static NjDBusNightjar1List *
list_of (BusFixture *f, const char *id)
{
  g_autofree char *path = g_strconcat ("lists/", id, NULL);

  return (NjDBusNightjar1List *) bus_fixture_interface (f, g_strdelimit (path, "-", '_'), "List");
}

static void
assert_check (BusFixture *f, const char *url, const char *expected)
{
  g_autoptr (GVariant) verdict = NULL;
  g_autofree char *action = NULL;

  g_assert_true (nj_dbus_nightjar1_call_check_url_sync (f->proxy, url, "http://page.example/", "script", &verdict, NULL, NULL));
  g_assert_true (g_variant_lookup (verdict, "action", "s", &action));
  g_assert_cmpstr (action, ==, expected);
}

static void
test_own_rules (BusFixture *f, gconstpointer unused)
{
  static const char rules[] = "! mine\n||own.example^\n||x.example^$no-such-option\n##.ad\n##a{b\n";
  g_autoptr (GVariant) faults = NULL;
  g_autoptr (GVariant) again = NULL;
  g_autofree char *text = NULL;
  const char *reason = NULL;
  guint       line = 0;

  start (f);
  g_assert_true (nj_dbus_nightjar1_call_write_own_rules_sync (f->proxy, rules, &faults, NULL, NULL));
  assert_check (f, "http://own.example/x.js", "block");
  assert_check (f, "http://x.example/x.js", "allow");
  g_assert_cmpuint (g_variant_n_children (faults), ==, 2);
  g_variant_get_child (faults, 0, "(u&s)", &line, &reason);
  g_assert_cmpuint (line, ==, 3);
  g_assert_cmpstr (reason, ==, "unknown-option");

  bus_fixture_end (f);
  bus_fixture_start (f, "--no-desktop");
  assert_check (f, "http://own.example/x.js", "block");
  g_assert_true (nj_dbus_nightjar1_call_read_own_rules_sync (f->proxy, &text, &again, NULL, NULL));
  g_assert_cmpstr (text, ==, rules);
  g_assert_true (g_variant_equal (faults, again));
  g_assert_true (nj_dbus_nightjar1_call_write_own_rules_sync (f->proxy, "", NULL, NULL, NULL));
  assert_check (f, "http://own.example/x.js", "allow");
}

static ino_t
engine_file (BusFixture *f)
{
  g_autofree char *path = bus_fixture_path (f, "cache/engine.bin");
  GStatBuf status;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  return status.st_ino;
}

/* They go on top of the engine, but for those that take rules of other lists away. */
static void
test_own_rules_apart (BusFixture *f, gconstpointer unused)
{
  ino_t before;

  start (f);
  before = engine_file (f);
  g_assert_true (nj_dbus_nightjar1_call_write_own_rules_sync (f->proxy, "||own.example^\n@@||doubleclick.net^\n", NULL, NULL, NULL));
  assert_check (f, "http://own.example/x.js", "block");
  assert_check (f, "http://doubleclick.net/x.js", "except");
  g_assert_cmpuint (engine_file (f), ==, before);

  g_assert_true (nj_dbus_nightjar1_call_write_own_rules_sync (f->proxy, "||doubleclick.net^$third-party,badfilter\n", NULL, NULL, NULL));
  assert_check (f, "http://doubleclick.net/x.js", "allow");
  g_assert_cmpuint (engine_file (f), !=, before);
  g_assert_true (nj_dbus_nightjar1_call_write_own_rules_sync (f->proxy, "! nothing\n", NULL, NULL, NULL));
  assert_check (f, "http://doubleclick.net/x.js", "block");
}

static void
test_trust (BusFixture *f, gconstpointer unused)
{
  g_autofree char *path = bus_fixture_path (f, "list.txt");
  g_autofree char *id = NULL;
  g_autoptr (NjDBusNightjar1List) before = NULL;
  g_autoptr (NjDBusNightjar1List) after = NULL;

  bus_fixture_write (f, "list.txt", "||one.example^\n||a.example^$removeheader=refresh\n||b.example^$replace=/a/b/\n");
  start (f);
  g_assert_true (nj_dbus_nightjar1_call_add_list_sync (f->proxy, path, &id, NULL, NULL));
  before = list_of (f, id);
  g_assert_false (nj_dbus_nightjar1_list_get_trusted (before));
  g_assert_cmpuint (nj_dbus_nightjar1_list_get_rules_used (before), ==, 1);
  g_assert_cmpuint (nj_dbus_nightjar1_list_get_rules_refused (before), ==, 2);

  g_assert_cmpint (bus_fixture_ctl (f, NULL, "list", "trust", id, "on", NULL), ==, 0);
  after = list_of (f, id);
  g_assert_true (nj_dbus_nightjar1_list_get_trusted (after));
  g_assert_cmpuint (nj_dbus_nightjar1_list_get_rules_used (after), ==, 3);
}

/* The editor gets a copy; what it leaves is in force, faults and all. */
static void
test_edit (BusFixture *f, gconstpointer unused)
{
  g_autofree char *editor = bus_fixture_path (f, "editor");
  g_autofree char *rules = bus_fixture_path (f, "rules.txt");
  g_autofree char *out = NULL;
  g_autofree char *text = NULL;

  bus_fixture_write (f, "editor", "#!/bin/sh\nprintf '||own.example^\\n||x.example^$no-such-option\\n' >\"$1\"\n");
  g_assert_cmpint (g_chmod (editor, 0700), ==, 0);
  g_setenv ("VISUAL", editor, TRUE);
  start (f);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "list", "own", "edit", NULL), ==, 1);
  g_assert_nonnull (strstr (out, ":2: unknown-option"));
  assert_check (f, "http://own.example/x.js", "block");
  g_assert_cmpint (bus_fixture_ctl (f, &text, "list", "own", "show", NULL), ==, 0);
  g_assert_cmpstr (text, ==, "||own.example^\n||x.example^$no-such-option\n");

  /* An editor that fails changes nothing. */
  g_setenv ("VISUAL", "false", TRUE);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "list", "own", "edit", NULL), ==, 1);
  assert_check (f, "http://own.example/x.js", "block");
  bus_fixture_end (f);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "list", "own", "check", rules, NULL), ==, 1);
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/rules/own", test_own_rules);
  BUS_CASE ("/bus/rules/own-apart", test_own_rules_apart);
  BUS_CASE ("/bus/rules/edit", test_edit);
  BUS_CASE ("/bus/rules/trust", test_trust);
  return bus_fixture_run ();
}
