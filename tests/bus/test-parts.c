/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filter lists from addresses that are made of others ("!#include"), or have moved ("! Redirect:"): the real service
 * fetches from a server what belongs to a list, that and nothing else. Whatever a part does, its last good copy stays.
 */
#include "tests/bus/bus-fixture.h"
#include "tests/bus/list-server.h"

#include <string.h>

/* Lists that the machine may have would be compiled each time. */
#define OFF "off=easylist;easyprivacy;ublock-filters;ublock-privacy;ublock-badware;ublock-quick-fixes;ublock-unbreak;peter-lowe;urlhaus;\n"

#define GONE "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"

static void
start (BusFixture *f)
{
  bus_fixture_write (f, "settings.ini", "[lists]\n" OFF);
  bus_fixture_start (f, "--no-desktop");
  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (f->proxy), 120000);
}

static NjDBusNightjar1List *
list_of (BusFixture *f, const char *id)
{
  g_autofree char *path = g_strconcat ("lists/", id, NULL);

  return (NjDBusNightjar1List *) bus_fixture_interface (f, g_strdelimit (path, "-", '_'), "List");
}

static gboolean
blocks (BusFixture *f, const char *host)
{
  g_autofree char *url = g_strdup_printf ("http://%s/x.js", host);
  g_autoptr (GVariant) verdict = NULL;
  g_autofree char *action = NULL;

  g_assert_true (nj_dbus_nightjar1_call_check_url_sync (f->proxy, url, "http://page.example/", "script", &verdict, NULL, NULL));
  g_assert_true (g_variant_lookup (verdict, "action", "s", &action));
  return g_str_equal (action, "block");
}

static char *
add (BusFixture *f, ListServer *server, const char *path)
{
  g_autofree char *address = list_server_address (server, path);
  g_autoptr (GError) error = NULL;
  char *id = NULL;

  nj_dbus_nightjar1_call_add_list_sync (f->proxy, address, &id, NULL, &error);
  g_assert_no_error (error);
  return id;
}

static void
update (BusFixture *f, const char *id)
{
  g_autoptr (GError) error = NULL;

  nj_dbus_nightjar1_call_update_lists_sync (f->proxy, (const char *const[]){ id, NULL }, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_problem (BusFixture *f, const char *id, const char *expected)
{
  g_autoptr (NjDBusNightjar1List) list = list_of (f, id);
  const char *problem = nj_dbus_nightjar1_list_get_problem (list);

  if (expected == NULL)
    g_assert_cmpstr (problem, ==, "");
  else if (strstr (problem, expected) == NULL)
    g_error ("“%s” does not say “%s”", problem, expected);
}

static void
give_family (ListServer *server)
{
  list_server_give (server, "/dir/list.txt", "||one.example^\n!#include more/part.txt\n!#include extra.txt\n", "\"list-1\"");
  list_server_give (server, "/dir/more/part.txt", "||part.example^\n!#include deep.txt\n", "\"part-1\"");
  list_server_give (server, "/dir/more/deep.txt", "||deep.example^\n", "\"deep-1\"");
  list_server_give (server, "/dir/extra.txt", "! nothing in it yet\n", NULL);
}

static void
test_include (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autoptr (NjDBusNightjar1List) list = NULL;
  g_autofree char *id = NULL;

  give_family (server);
  start (f);
  id = add (f, server, "/dir/list.txt");
  g_assert_true (blocks (f, "one.example"));
  g_assert_true (blocks (f, "part.example"));
  g_assert_true (blocks (f, "deep.example"));
  assert_problem (f, id, NULL);
  list = list_of (f, id);
  g_assert_cmpuint (nj_dbus_nightjar1_list_get_rules_used (list), ==, 3);

  /* They outlive the service, and so does what the server said of them. */
  bus_fixture_end (f);
  bus_fixture_start (f, "--no-desktop");
  g_assert_true (blocks (f, "deep.example"));
  update (f, id);
  g_assert_cmpuint (list_server_unchanged (server, "/dir/list.txt"), ==, 1);
  g_assert_cmpuint (list_server_unchanged (server, "/dir/more/part.txt"), ==, 1);
  g_assert_cmpuint (list_server_unchanged (server, "/dir/more/deep.txt"), ==, 1);

  /* A part changes, though the list does not. */
  list_server_give (server, "/dir/more/deep.txt", "||deeper.example^\n", "\"deep-2\"");
  update (f, id);
  g_assert_true (blocks (f, "deeper.example"));
  g_assert_false (blocks (f, "deep.example"));
}

static void
test_wrong_part (BusFixture *f, gconstpointer unused)
{
  static const struct
  {
    const char *head;
    const char *body;
    const char *said;
  } wrongs[] = {
    { GONE, "", "404" },
    { "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n", "||b.example^\n", "before it was whole" },
    { "HTTP/1.1 200 OK\r\n", "<!doctype html><p>Sign in", "web page" },
    { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", "", "empty" },
    { "HTTP/1.1 302 Found\r\nLocation: http://lists.example/\r\nContent-Length: 0\r\n", "", "not encrypted" },
  };
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *id = NULL;

  give_family (server);
  start (f);
  id = add (f, server, "/dir/list.txt");
  for (guint i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      list_server_say (server, "/dir/more/part.txt", wrongs[i].head, wrongs[i].body, -1);
      update (f, id);
      assert_problem (f, id, "more/part.txt");
      assert_problem (f, id, wrongs[i].said);
      g_assert_true (blocks (f, "part.example"));
      g_assert_true (blocks (f, "deep.example"));
    }

  give_family (server);
  update (f, id);
  assert_problem (f, id, NULL);
}

/* A part that was never there: the rest works. */
static void
test_missing_part (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *id = NULL;

  list_server_give (server, "/dir/list.txt", "!#include nowhere.txt\n!#include only.txt\n", NULL);
  list_server_give (server, "/dir/only.txt", "||only.example^\n", NULL);
  start (f);
  id = add (f, server, "/dir/list.txt");
  g_assert_true (blocks (f, "only.example"));
  assert_problem (f, id, "“nowhere.txt”");
}

/* No list reaches out of its folder, neither on its server nor on this machine. */
static void
test_outside (BusFixture *f, gconstpointer unused)
{
  static const char *const outside[] = { "/up.txt", "/dir/%2e%2e/up.txt", "/dir/%2E./up.txt", "/dir/a/..%2f../up.txt" };
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *up = list_server_address (server, "/up.txt");
  g_autofree char *id = NULL;
  g_autofree char *text = g_strdup_printf ("||one.example^\n!#include ../up.txt\n!#include /up.txt\n!#include %s\n"
                                           "!#include //127.0.0.1/up.txt\n!#include %%2e%%2e/up.txt\n!#include %%2E./up.txt\n"
                                           "!#include a/..%%2f../up.txt\n!#include file:///etc/hosts\n", up);

  list_server_give (server, "/dir/list.txt", text, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (outside); i++)
    list_server_give (server, outside[i], "||up.example^\n", NULL);
  start (f);
  id = add (f, server, "/dir/list.txt");
  g_assert_true (blocks (f, "one.example"));
  g_assert_false (blocks (f, "up.example"));
  for (guint i = 0; i < G_N_ELEMENTS (outside); i++)
    g_assert_cmpuint (list_server_requests (server, outside[i]), ==, 0);
}

/* Lists that include one another end, and each is asked for once. */
static void
test_loop (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *id = NULL;

  list_server_give (server, "/list.txt", "||one.example^\n!#include a.txt\n!#include list.txt\n", NULL);
  list_server_give (server, "/a.txt", "||a.example^\n!#include b.txt\n", NULL);
  list_server_give (server, "/b.txt", "||b.example^\n!#include a.txt\n", NULL);
  start (f);
  id = add (f, server, "/list.txt");
  g_assert_true (blocks (f, "b.example"));
  g_assert_cmpuint (list_server_requests (server, "/a.txt"), ==, 1);
  g_assert_cmpuint (list_server_requests (server, "/b.txt"), ==, 1);
  g_assert_cmpuint (list_server_requests (server, "/list.txt"), ==, 2);
}

static char *
find_parts (BusFixture *f, const char *id, const char *path)
{
  g_autofree char *folder = g_strconcat (id, ".parts", NULL);

  return g_build_filename (f->profile, "data", "lists", folder, path, NULL);
}

/* What is not included any more goes from the disk, and all of it with the list. */
static void
test_forgotten (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *id = NULL;
  g_autofree char *deep = NULL;
  g_autofree char *extra = NULL;
  g_autofree char *folder = NULL;

  give_family (server);
  start (f);
  id = add (f, server, "/dir/list.txt");
  deep = find_parts (f, id, "more/deep.txt");
  extra = find_parts (f, id, "extra.txt");
  folder = find_parts (f, id, NULL);
  g_assert_true (g_file_test (deep, G_FILE_TEST_EXISTS));

  list_server_give (server, "/dir/list.txt", "||one.example^\n!#include extra.txt\n", NULL);
  update (f, id);
  g_assert_false (blocks (f, "part.example"));
  g_assert_false (g_file_test (deep, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (extra, G_FILE_TEST_EXISTS));
  g_assert_true (nj_dbus_nightjar1_call_remove_list_sync (f->proxy, id, NULL, NULL));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

static void
test_moved (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *new = list_server_address (server, "/new/list.txt");
  g_autofree char *text = g_strdup_printf ("! Redirect: %s\n||old.example^\n", new);
  g_autoptr (NjDBusNightjar1List) list = NULL;
  g_autofree char *id = NULL;

  list_server_give (server, "/list.txt", text, NULL);
  list_server_give (server, "/new/list.txt", "||new.example^\n!#include part.txt\n", NULL);
  list_server_give (server, "/new/part.txt", "||part.example^\n", NULL);
  start (f);
  id = add (f, server, "/list.txt");
  g_assert_true (blocks (f, "new.example"));
  g_assert_true (blocks (f, "part.example"));
  g_assert_false (blocks (f, "old.example"));
  list = list_of (f, id);
  g_assert_cmpstr (nj_dbus_nightjar1_list_get_moved_to (list), ==, new);

  /* It is remembered; the old address is asked when the new one fails. */
  bus_fixture_end (f);
  bus_fixture_start (f, "--no-desktop");
  update (f, id);
  g_assert_cmpuint (list_server_requests (server, "/list.txt"), ==, 1);
  list_server_say (server, "/new/list.txt", GONE, "", 0);
  update (f, id);
  g_assert_true (blocks (f, "old.example"));
  assert_problem (f, id, NULL);
}

/* Where a list says it moved to must be a place where lists may be, and a list must be there. */
static void
test_moved_nowhere (BusFixture *f, gconstpointer unused)
{
  static const char *const places[] = { "http://lists.example/list.txt", "file:///etc/hosts", "list.txt",
                                        "https://u:p@lists.example/", "" };
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *nothing = list_server_address (server, "/nothing");
  g_autofree char *id = NULL;

  for (guint i = 0; i <= G_N_ELEMENTS (places); i++)
    {
      g_autofree char *text = g_strdup_printf ("! Redirect: %s\n||old-%u.example^\n", i < G_N_ELEMENTS (places) ? places[i] : nothing, i);
      g_autofree char *host = g_strdup_printf ("old-%u.example", i);

      list_server_give (server, "/list.txt", text, NULL);
      if (i == 0)
        start (f);
      g_free (id);
      id = add (f, server, "/list.txt");
      update (f, id);
      g_assert_true (blocks (f, host));
      assert_problem (f, id, NULL);
    }
}

/* Two that send us to one another come to an end. */
static void
test_moved_in_a_circle (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *here = list_server_address (server, "/here.txt");
  g_autofree char *there = list_server_address (server, "/there.txt");
  g_autofree char *from_here = g_strdup_printf ("! Redirect: %s\n||here.example^\n", there);
  g_autofree char *from_there = g_strdup_printf ("! Redirect: %s\n||there.example^\n", here);
  g_autofree char *id = NULL;

  list_server_give (server, "/here.txt", from_here, NULL);
  list_server_give (server, "/there.txt", from_there, NULL);
  start (f);
  id = add (f, server, "/here.txt");
  g_assert_cmpuint (list_server_requests (server, "/here.txt"), ==, 2);
  g_assert_cmpuint (list_server_requests (server, "/there.txt"), ==, 2);
  g_assert_true (blocks (f, "here.example") || blocks (f, "there.example"));
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/parts/include", test_include);
  BUS_CASE ("/bus/parts/wrong-part", test_wrong_part);
  BUS_CASE ("/bus/parts/missing-part", test_missing_part);
  BUS_CASE ("/bus/parts/outside", test_outside);
  BUS_CASE ("/bus/parts/loop", test_loop);
  BUS_CASE ("/bus/parts/forgotten", test_forgotten);
  BUS_CASE ("/bus/parts/moved", test_moved);
  BUS_CASE ("/bus/parts/moved-nowhere", test_moved_nowhere);
  BUS_CASE ("/bus/parts/moved-in-a-circle", test_moved_in_a_circle);
  return bus_fixture_run ();
}
