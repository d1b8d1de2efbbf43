/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of exits from addresses: the real service fetches them through its own port. Whatever comes, nothing is imported
 * by halves, the exits there were stay, and the reason is said in its own words.
 */
#include "exits/catalogue.h"
#include "tests/bus/bus-fixture.h"
#include "tests/bus/list-server.h"

#include <string.h>

#define OK   "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
#define GOOD "socks5://one.example:1 SE One\nhttps://user:secret@two.example NO Two\n"

static char *
subscribe (BusFixture *f, ListServer *server)
{
  g_autofree char *address = list_server_address (server, "/exits");
  g_autoptr (GError) error = NULL;
  char *id = NULL;

  nj_dbus_nightjar1_call_add_subscription_sync (f->proxy, address, "Served", &id, NULL, &error);
  g_assert_no_error (error);
  return id;
}

static NjDBusNightjar1Subscription *
shown (BusFixture *f, const char *id)
{
  g_autofree char *path = g_strconcat ("subscriptions/", id, NULL);

  return (NjDBusNightjar1Subscription *) bus_fixture_interface (f, path, "Subscription");
}

static void
update (BusFixture *f)
{
  g_autoptr (GError) error = NULL;

  nj_dbus_nightjar1_call_update_subscriptions_sync (f->proxy, (const char *const[]){ NULL }, NULL, &error);
  g_assert_no_error (error);
}

/* All exits, as text. */
static char *
exits (BusFixture *f)
{
  char *text = NULL;

  g_assert_true (nj_dbus_nightjar1_call_export_exits_sync (f->proxy, (const char *const[]){ NULL }, TRUE, &text, NULL, NULL));
  return text;
}

static void
assert_exits (BusFixture *f, const char *wanted)
{
  g_autofree char *text = exits (f);

  g_assert_cmpstr (text, ==, wanted);
}

static void
test_life (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autoptr (NjDBusNightjar1Subscription) one = NULL;
  g_autofree char *id = NULL;
  g_autofree char *out = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  list_server_give (server, "/exits", GOOD, "\"mark-1\"");
  bus_fixture_start (f, "--no-desktop");
  id = subscribe (f, server);
  assert_exits (f, "socks5://one.example:1 SE One\nhttps://user:secret@two.example:443 NO Two\n");
  one = shown (f, id);
  g_assert_cmpstr (nj_dbus_nightjar1_subscription_get_name (one), ==, "Served");
  g_assert_cmpuint (nj_dbus_nightjar1_subscription_get_exits (one), ==, 2);
  g_assert_cmpint (nj_dbus_nightjar1_subscription_get_next_update (one), >=, now + 86400);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "exit", "subscription", NULL), ==, 0);
  g_assert_nonnull (strstr (out, "2 exits"));

  /* What has not changed is not sent again, also after a new start. */
  update (f);
  g_assert_cmpuint (list_server_unchanged (server, "/exits"), ==, 1);
  bus_fixture_end (f);
  bus_fixture_start (f, "--no-desktop");
  update (f);
  g_assert_cmpuint (list_server_unchanged (server, "/exits"), ==, 2);

  /* What the list drops goes, what it changes changes. */
  list_server_give (server, "/exits", "https://user:new@two.example NO Two\nhttp://three.example DE Three\n", "\"mark-2\"");
  update (f);
  assert_exits (f, "https://user:new@two.example:443 NO Two\nhttp://three.example:80 DE Three\n");

  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "subscription", "remove", id, "--keep", NULL), ==, 0);
  assert_exits (f, "https://user:new@two.example:443 NO Two\nhttp://three.example:80 DE Three\n");
  g_assert_null (shown (f, id));
}

static void
test_chosen_stays (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *id = NULL;
  g_autoptr (NjExit) one = nj_exit_new_from_uri ("socks5://one.example:1", NULL, NULL, NULL);

  list_server_give (server, "/exits", GOOD, NULL);
  bus_fixture_start (f, "--no-desktop");
  id = subscribe (f, server);
  g_assert_true (nj_dbus_nightjar1_call_select_exit_sync (f->proxy, nj_exit_id (one), NULL, NULL));
  /* Nothing leaves through that one, and so no list comes: it is by another way that the user says he has had enough. */
  g_assert_true (nj_dbus_nightjar1_call_remove_subscription_sync (f->proxy, id, FALSE, NULL, NULL));
  assert_exits (f, "socks5://one.example:1 SE One\n");
}

/* What may be wrong, and what must be said of it. */
static const struct
{
  const char *name;
  const char *head;
  const char *body;
  const char *said;
} wrongs[] = {
  { "404", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n", "", "404" },
  { "short", OK "Content-Length: 5000\r\n", GOOD, "before it was whole" },
  { "unknown scheme", OK, GOOD "gopher://x.example DE\n", "line 3: “gopher://” is no kind of exit" },
  { "bad port", OK, GOOD "http://x.example:70000 DE\n", "line 3: port is not a number from 1 to 65535" },
  { "port zero", OK, "http://x.example:0\n", "line 1: port is not a number" },
  { "no port", OK, "http://x.example: DE\n", "line 1: port is missing" },
  { "IPv6", OK, GOOD "socks5://2001:db8::1:1080\n", "line 3: IPv6 address must stand in brackets" },
  { "control", OK, GOOD "socks5://x\x01y.example\n", "line 3: exit URI has a blank or control character" },
  { "control in a name", OK, "socks5://x.example DE a\x02z\n", "line 1: name has a control character" },
  { "control, encoded", OK, "socks5://a%0ab@x.example\n", "line 1: user name has a control character" },
  { "country", OK, "socks5://x.example#country=GER\n", "line 1: country is not two letters" },
  { "html", OK, "<!DOCTYPE html>\n<p>Please sign in</p>\n", "line 1: " },
  { "json", OK, "{\"exits\": [{\"type\": \"http\", \"server\": \"x.example\", \"port\": 99999}]}", "port" },
  { "half a json", OK, "{\"exits\": [{\"type\": \"http\"", "" },
  { "nothing", OK "Content-Length: 0\r\n", "", "holds none" },
  { "comments", OK, "# nothing else\n", "holds none" },
  { "redirect to http", "HTTP/1.1 302 Found\r\nLocation: http://exits.example/\r\nContent-Length: 0\r\n", "",
    "the server redirects: it leads to an address that is not encrypted" },
  { "redirect to a file", "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n", "", "redirects" },
  { "loop", "HTTP/1.1 302 Found\r\nLocation: /exits\r\nContent-Length: 0\r\n", "", "without end" },
};

static void
test_wrong (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *id = NULL;
  g_autofree char *before = NULL;

  list_server_give (server, "/exits", GOOD, NULL);
  bus_fixture_start (f, "--no-desktop");
  id = subscribe (f, server);
  before = exits (f);
  for (guint i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autoptr (NjDBusNightjar1Subscription) one = NULL;
      const char *problem;

      g_test_message ("%s", wrongs[i].name);
      list_server_say (server, "/exits", wrongs[i].head, wrongs[i].body, -1);
      update (f);
      one = shown (f, id);
      problem = nj_dbus_nightjar1_subscription_get_problem (one);
      g_assert_cmpstr (problem, !=, "");
      if (strstr (problem, wrongs[i].said) == NULL)
        g_error ("%s: “%s” does not say “%s”", wrongs[i].name, problem, wrongs[i].said);
      assert_exits (f, before);
    }

  /* Too large is said before it has all come. */
  list_server_flood (server, "/exits", 8);
  update (f);
  {
    g_autoptr (NjDBusNightjar1Subscription) one = shown (f, id);

    g_assert_nonnull (strstr (nj_dbus_nightjar1_subscription_get_problem (one), "longer than 2 MB"));
  }
  assert_exits (f, before);

  list_server_give (server, "/exits", GOOD, NULL);
  update (f);
  {
    g_autoptr (NjDBusNightjar1Subscription) one = shown (f, id);

    g_assert_cmpstr (nj_dbus_nightjar1_subscription_get_problem (one), ==, "");
  }
}

/* The same, of one that is not there yet: nothing is added. */
static void
test_wrong_at_first (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *address = list_server_address (server, "/exits");
  g_autofree char *id = NULL;

  bus_fixture_start (f, "--no-desktop");
  for (guint i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      GError *error = NULL;

      g_test_message ("%s", wrongs[i].name);
      list_server_say (server, "/exits", wrongs[i].head, wrongs[i].body, -1);
      nj_dbus_nightjar1_call_add_subscription_sync (f->proxy, address, "", &id, NULL, &error);
      g_assert_nonnull (error);
      if (strstr (error->message, wrongs[i].said) == NULL)
        g_error ("%s: “%s” does not say “%s”", wrongs[i].name, error->message, wrongs[i].said);
      bus_fixture_assert_error (error, "Failed");
    }
  assert_exits (f, "");
}

static void
test_addresses (BusFixture *f, gconstpointer unused)
{
  static const char *const bad[] = { "http://exits.example/list", "ftp://exits.example/", "https://", "https://user:secret@exits.example/",
                                     "gopher://127.0.0.1/", "https://exits.example/a\nb" };

  bus_fixture_start (f, "--no-desktop");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      GError *error = NULL;

      nj_dbus_nightjar1_call_add_subscription_sync (f->proxy, bad[i], "", NULL, NULL, &error);
      bus_fixture_assert_error (error, "BadValue");
    }
}

/* Through the port like everything else: with a dead exit chosen no list comes. */
static void
test_kill_switch (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *id = NULL;
  g_autofree char *dead = NULL;
  guint before;

  list_server_give (server, "/exits", GOOD, NULL);
  bus_fixture_start (f, "--no-desktop");
  id = subscribe (f, server);
  nj_dbus_nightjar1_call_add_exit_sync (f->proxy, "socks5://127.0.0.1:1", "SE", "", &dead, NULL, NULL);
  g_assert_true (nj_dbus_nightjar1_call_select_exit_sync (f->proxy, dead, NULL, NULL));
  before = list_server_requests (server, "/exits");
  update (f);
  g_assert_cmpuint (list_server_requests (server, "/exits"), ==, before);
}

/* By itself: what is due is fetched. */
static void
test_due (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *address = list_server_address (server, "/exits");
  g_autofree char *id = NULL;
  g_autofree char *catalogue = NULL;
  gint64 until = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  list_server_give (server, "/exits", GOOD, NULL);
  catalogue = g_strdup_printf ("[subscription 0]\naddress=%s\nname=Served\nnext-update=1\n", address);
  bus_fixture_write (f, "exits.ini", catalogue);
  bus_fixture_write (f, "settings.ini", "[lists]\nupdate-after-start=1\n");
  bus_fixture_start (f, "--no-desktop");
  while (list_server_requests (server, "/exits") == 0 && g_get_monotonic_time () < until)
    g_usleep (20000);
  g_assert_cmpuint (list_server_requests (server, "/exits"), ==, 1);
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/subscriptions/life", test_life);
  BUS_CASE ("/bus/subscriptions/chosen-stays", test_chosen_stays);
  BUS_CASE ("/bus/subscriptions/wrong", test_wrong);
  BUS_CASE ("/bus/subscriptions/wrong-at-first", test_wrong_at_first);
  BUS_CASE ("/bus/subscriptions/addresses", test_addresses);
  BUS_CASE ("/bus/subscriptions/kill-switch", test_kill_switch);
  BUS_CASE ("/bus/subscriptions/due", test_due);
  return bus_fixture_run ();
}
