/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exits over the bus: added, chosen, removed, and the kill switch that outlives them.
 */
#include "tests/bus/bus-fixture.h"

#include <glib/gstdio.h>

/* Nothing listens on port 1. */
#define DEAD "socks5://user:secret@127.0.0.1:1"

static char *
add (BusFixture *f, const char *uri, const char *country)
{
  g_autoptr (GError) error = NULL;
  char *id = NULL;

  nj_dbus_nightjar1_call_add_exit_sync (f->proxy, uri, country, "Home", &id, NULL, &error);
  g_assert_no_error (error);
  return id;
}

static NjDBusNightjar1Exit *
exit_of (BusFixture *f, const char *id)
{
  g_autofree char *path = g_strconcat ("exits/", id, NULL);

  return (NjDBusNightjar1Exit *) bus_fixture_interface (f, path, "Exit");
}

static void
test_add_remove (BusFixture *f, gconstpointer unused)
{
  g_autofree char *id = NULL;
  g_autoptr (NjDBusNightjar1Exit) exit = NULL;

  bus_fixture_start (f, "--no-desktop");
  id = add (f, DEAD, "SE");
  exit = exit_of (f, id);
  g_assert_cmpstr (nj_dbus_nightjar1_exit_get_name (exit), ==, "Home");
  g_assert_cmpstr (nj_dbus_nightjar1_exit_get_country (exit), ==, "SE");
  g_assert_cmpstr (nj_dbus_nightjar1_exit_get_kind (exit), ==, "socks5");
  g_assert_cmpstr (nj_dbus_nightjar1_exit_get_address (exit), ==, "127.0.0.1:1");
  g_assert_false (nj_dbus_nightjar1_exit_get_chosen (exit));

  g_assert_true (nj_dbus_nightjar1_call_remove_exit_sync (f->proxy, id, NULL, NULL));
  g_assert_null (exit_of (f, id));
}

static void
test_bad (BusFixture *f, gconstpointer unused)
{
  GError *error = NULL;
  guint   n;

  bus_fixture_start (f, "--no-desktop");
  nj_dbus_nightjar1_call_add_exit_sync (f->proxy, "gopher://x:70", "", "", NULL, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadUri");
  nj_dbus_nightjar1_call_select_exit_sync (f->proxy, "nothing", NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "NoSuchExit");
  nj_dbus_nightjar1_call_remove_exit_sync (f->proxy, "nothing", NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "NoSuchExit");
  nj_dbus_nightjar1_call_test_exit_sync (f->proxy, "nothing", NULL, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "NoSuchExit");
  nj_dbus_nightjar1_call_test_exit_sync (f->proxy, "gopher://user:word@x:70", NULL, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadUri");
  nj_dbus_nightjar1_call_test_exit_sync (f->proxy, "socks5://user:word@127.0.0.1:1", NULL, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "Failed");
  nj_dbus_nightjar1_call_select_country_sync (f->proxy, "SE", NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "NoExit");
  nj_dbus_nightjar1_call_select_fastest_sync (f->proxy, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "NoExit");
  nj_dbus_nightjar1_call_import_exits_sync (f->proxy, "http://a.example:1 DE\nnonsense\n", &n, NULL, &error);
  bus_fixture_assert_error (g_steal_pointer (&error), "BadUri");

  /* None of it changed anything. */
  g_assert_cmpstr (nj_dbus_nightjar1_get_state (f->proxy), ==, "protected");
}

static void
test_import (BusFixture *f, gconstpointer unused)
{
  guint n = 0;

  bus_fixture_start (f, "--no-desktop");
  g_assert_true (nj_dbus_nightjar1_call_import_exits_sync (f->proxy, "# mine\nhttp://a.example:1 DE\nsocks5://b.example SE Two\n", &n,
                                                           NULL, NULL));
  g_assert_cmpuint (n, ==, 2);
}

static void
test_dead_blocks (BusFixture *f, gconstpointer unused)
{
  g_autofree char *id = NULL;
  g_autoptr (NjDBusNightjar1Exit) exit = NULL;

  bus_fixture_start (f, "--no-desktop");
  id = add (f, DEAD, "SE");
  g_assert_true (nj_dbus_nightjar1_call_select_country_sync (f->proxy, "SE", NULL, NULL));
  bus_fixture_await_state (f, "blocked");
  g_assert_cmpstr (nj_dbus_nightjar1_get_exit (f->proxy), ==, id);
  g_assert_cmpstr (nj_dbus_nightjar1_get_country (f->proxy), ==, "SE");
  g_assert_nonnull (strstr (nj_dbus_nightjar1_get_problem (f->proxy), "nothing leaves"));
  exit = exit_of (f, id);
  g_assert_true (nj_dbus_nightjar1_exit_get_chosen (exit));
  g_assert_cmpstr (nj_dbus_nightjar1_exit_get_state (exit), ==, "dead");

  g_assert_true (nj_dbus_nightjar1_call_select_direct_sync (f->proxy, NULL, NULL));
  bus_fixture_await_state (f, "protected");
}

static void
test_removed_blocks (BusFixture *f, gconstpointer unused)
{
  g_autofree char *id = NULL;

  bus_fixture_start (f, "--no-desktop");
  id = add (f, DEAD, "SE");
  g_assert_true (nj_dbus_nightjar1_call_select_exit_sync (f->proxy, id, NULL, NULL));
  g_assert_true (nj_dbus_nightjar1_call_remove_exit_sync (f->proxy, id, NULL, NULL));
  bus_fixture_await_state (f, "blocked");
  g_assert_cmpstr (nj_dbus_nightjar1_get_exit (f->proxy), ==, id);
}

static void
test_blocks_after_restart (BusFixture *f, gconstpointer unused)
{
  g_autofree char *id = NULL;
  g_autofree char *exits = bus_fixture_path (f, "exits.ini");
  g_autoptr (GVariant) verdict = NULL;
  const char *route = NULL;

  bus_fixture_start (f, "--no-desktop");
  id = add (f, DEAD, "SE");
  g_assert_true (nj_dbus_nightjar1_call_select_exit_sync (f->proxy, id, NULL, NULL));
  bus_fixture_kill (f);

  /* The choice is kept, the exits are lost: never direct. */
  g_assert_cmpint (g_remove (exits), ==, 0);
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpstr (nj_dbus_nightjar1_get_state (f->proxy), ==, "blocked");
  g_assert_true (nj_dbus_nightjar1_call_check_url_sync (f->proxy, "http://example.com/", "", "", &verdict, NULL, NULL));
  g_assert_true (g_variant_lookup (verdict, "route", "&s", &route));
  g_assert_cmpstr (route, ==, "refused");
}

static void
test_secrets_are_private (BusFixture *f, gconstpointer unused)
{
  g_autofree char *id = NULL;
  g_autofree char *exits = bus_fixture_path (f, "exits.ini");
  GStatBuf status;

  bus_fixture_start (f, "--no-desktop");
  id = add (f, DEAD, "SE");
  g_assert_cmpint (g_stat (exits, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/exits/add-remove", test_add_remove);
  BUS_CASE ("/bus/exits/bad", test_bad);
  BUS_CASE ("/bus/exits/import", test_import);
  BUS_CASE ("/bus/exits/dead-blocks", test_dead_blocks);
  BUS_CASE ("/bus/exits/removed-blocks", test_removed_blocks);
  BUS_CASE ("/bus/exits/blocks-after-restart", test_blocks_after_restart);
  BUS_CASE ("/bus/exits/secrets-are-private", test_secrets_are_private);
  return bus_fixture_run ();
}
