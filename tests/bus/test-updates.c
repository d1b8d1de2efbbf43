/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Filter lists from addresses: the real service fetches them through its own port from a server that does all that
 * servers do wrong. Whatever comes, the last good copy stays in force, and the reason is said.
 */
#include "tests/bus/bus-fixture.h"
#include "tests/bus/list-server.h"
#include "tests/support/fake-exit.h"

#include <string.h>

#define OK "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
#define LIST "! Title: Served\n! Expires: 12 hours\n||one.example^\n||two.example^\n"

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

  g_dbus_proxy_set_default_timeout (G_DBUS_PROXY (f->proxy), 120000);
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
test_add (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autoptr (NjDBusNightjar1List) list = NULL;
  g_autofree char *id = NULL;
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  list_server_give (server, "/list.txt", LIST, "\"mark-1\"");
  start (f);
  assert_check (f, "http://one.example/x.js", "allow");
  id = add (f, server, "/list.txt");
  assert_check (f, "http://one.example/x.js", "block");

  list = list_of (f, id);
  g_assert_cmpstr (nj_dbus_nightjar1_list_get_title (list), ==, "Served");
  g_assert_cmpuint (nj_dbus_nightjar1_list_get_rules_used (list), ==, 2);
  g_assert_cmpint (nj_dbus_nightjar1_list_get_last_success (list), >=, now);
  /* By "Expires", and at most a tenth later. */
  g_assert_cmpint (nj_dbus_nightjar1_list_get_next_update (list), >=, now + 12 * 3600);
  g_assert_cmpint (nj_dbus_nightjar1_list_get_next_update (list), <=, now + 12 * 3600 + 4400);

  /* It is the same list when added again, and its copy goes with it. */
  g_free (id);
  id = add (f, server, "/list.txt");
  g_assert_cmpuint (list_server_requests (server, "/list.txt"), ==, 1);
  g_assert_true (nj_dbus_nightjar1_call_remove_list_sync (f->proxy, id, NULL, NULL));
  assert_check (f, "http://one.example/x.js", "allow");
}

static void
test_unchanged (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *id = NULL;

  list_server_give (server, "/list.txt", LIST, "\"mark-1\"");
  start (f);
  id = add (f, server, "/list.txt");
  update (f, id);
  assert_problem (f, id, NULL);
  g_assert_cmpuint (list_server_unchanged (server, "/list.txt"), ==, 1);

  /* The mark outlives the service. */
  bus_fixture_end (f);
  bus_fixture_start (f, "--no-desktop");
  assert_check (f, "http://one.example/x.js", "block");
  update (f, id);
  g_assert_cmpuint (list_server_unchanged (server, "/list.txt"), ==, 2);

  list_server_give (server, "/list.txt", LIST "||three.example^\n", "\"mark-2\"");
  update (f, id);
  assert_check (f, "http://three.example/x.js", "block");
}

/* What servers do wrong, and what must be said of it. */
static const struct
{
  const char *name;
  const char *head;
  const char *body;
  gssize      len;
  const char *said;
} wrongs[] = {
  { "404", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n", "", 0, "404" },
  { "500", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n", "", 0, "500" },
  { "short", OK "Content-Length: 5000\r\n", LIST, -1, "before it was whole" },
  { "chunk-cut", OK "Transfer-Encoding: chunked\r\n", "40\r\n||one.example^\n", -1, "before it was whole" },
  { "chunk-broken", OK "Transfer-Encoding: chunked\r\n", "4\r\n||on\r\nZZ\r\n||e\r\n0\r\n\r\n", -1, "" },
  { "no-last-chunk", OK "Transfer-Encoding: chunked\r\n", "4\r\n||on\r\n", -1, "before it was whole" },
  { "html", OK, "\n<!DOCTYPE html>\n<html><body>Please sign in</body></html>", -1, "web page" },
  { "json", OK, "{\"error\": \"quota\"}", -1, "JSON" },
  { "utf-16", OK, "\xff\xfe|\0|\0o\0n\0e\0.\0e\0x\0^\0\n\0", 20, "UTF-16" },
  { "latin-1", OK, "! caf\xe9\n||one.example^\n||caf\xe9.example^\n", -1, "line 3 is not in UTF-8" },
  { "binary", OK, "\x7f" "ELF\x02\x01\x01\0\0\0\0", 11, "binary" },
  { "controls", OK, "||a.example^\n\x01\x02\x03\x04\n", -1, "binary" },
  { "empty", OK "Content-Length: 0\r\n", "", 0, "empty" },
  { "blank", OK, " \n\n \r\n", -1, "empty" },
  { "comments", OK, "! Title: nothing else\n", -1, "no rule" },
  { "loop", "HTTP/1.1 302 Found\r\nLocation: /list.txt\r\nContent-Length: 0\r\n", "", 0, "without end" },
  { "downgrade", "HTTP/1.1 302 Found\r\nLocation: http://lists.example/\r\nContent-Length: 0\r\n", "", 0, "not encrypted" },
  { "nowhere", "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n", "", 0, "no address" },
  { "file", "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n", "", 0, "redirects" },
  { "shrunk", OK, "||one.example^\n", -1, "only 1 rules where there were 12" },
  { "bad-gzip", OK "Content-Encoding: gzip\r\n", "no gzip at all", -1, "" },
  { "checksum", OK, "! Checksum: AAAAAAAAAAAAAAAAAAAAAA\n||one.example^\n||b.example^\n||c.example^\n", -1, "checksum" },
  { "no-http", "SSH-2.0-OpenSSH_9.2\r\n", "", 0, "" },
};

static void
test_wrong (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autoptr (GString) text = g_string_new (LIST);
  g_autofree char *id = NULL;

  for (guint i = 0; i < 10; i++)
    g_string_append_printf (text, "||more-%u.example^\n", i);
  list_server_give (server, "/list.txt", text->str, "\"mark-1\"");
  start (f);
  id = add (f, server, "/list.txt");

  for (guint i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autoptr (NjDBusNightjar1List) list = NULL;

      g_test_message ("%s", wrongs[i].name);
      list_server_say (server, "/list.txt", wrongs[i].head, wrongs[i].body, wrongs[i].len);
      update (f, id);
      list = list_of (f, id);
      g_assert_cmpstr (nj_dbus_nightjar1_list_get_problem (list), !=, "");
      assert_problem (f, id, wrongs[i].said);
      g_assert_cmpuint (nj_dbus_nightjar1_list_get_rules_used (list), ==, 12);
      g_assert_cmpint (nj_dbus_nightjar1_list_get_held_back (list), ==, g_str_equal (wrongs[i].name, "shrunk"));
      assert_check (f, "http://more-9.example/x.js", "block");
    }

  /* It gets well again. */
  list_server_give (server, "/list.txt", text->str, "\"mark-1\"");
  update (f, id);
  assert_problem (f, id, NULL);
}

/* The same, of a list that is not there yet: nothing is added. */
static void
test_wrong_at_first (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *address = list_server_address (server, "/list.txt");
  g_autofree char *settings = bus_fixture_path (f, "settings.ini");

  start (f);
  for (guint i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      GError *error = NULL;

      if (g_str_equal (wrongs[i].name, "shrunk"))
        continue;
      g_test_message ("%s", wrongs[i].name);
      list_server_say (server, "/list.txt", wrongs[i].head, wrongs[i].body, wrongs[i].len);
      nj_dbus_nightjar1_call_add_list_sync (f->proxy, address, NULL, NULL, &error);
      g_assert_nonnull (error);
      if (strstr (error->message, wrongs[i].said) == NULL)
        g_error ("“%s” does not say “%s”", error->message, wrongs[i].said);
      bus_fixture_assert_error (error, "Failed");
    }

  if (g_file_test (settings, G_FILE_TEST_EXISTS))
    {
      g_autofree char *text = NULL;

      g_assert_true (g_file_get_contents (settings, &text, NULL, NULL));
      g_assert_null (strstr (text, address));
    }
}

static void
test_addresses (BusFixture *f, gconstpointer unused)
{
  static const char *const bad[] = { "http://lists.example/list.txt", "ftp://lists.example/list.txt", "https://",
                                     "https://user:secret@lists.example/", "gopher://127.0.0.1/" };

  start (f);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      GError *error = NULL;

      nj_dbus_nightjar1_call_add_list_sync (f->proxy, bad[i], NULL, NULL, &error);
      bus_fixture_assert_error (error, "BadValue");
    }
}

static void
test_flood (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *id = NULL;

  list_server_give (server, "/list.txt", LIST, NULL);
  start (f);
  id = add (f, server, "/list.txt");
  list_server_flood (server, "/list.txt", 100);
  update (f, id);
  assert_problem (f, id, "longer than 64 MB");
  assert_check (f, "http://one.example/x.js", "block");
}

static void
test_stall (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *id = NULL;

  list_server_give (server, "/list.txt", LIST, NULL);
  bus_fixture_write (f, "settings.ini", "[lists]\nupdate-timeout=1\n" OFF);
  bus_fixture_start (f, "--no-desktop");
  id = add (f, server, "/list.txt");
  list_server_stall (server, "/list.txt");
  update (f, id);
  assert_problem (f, id, "took too long");
  assert_check (f, "http://two.example/x.js", "block");
}

static void
test_shrunk (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *id = NULL;
  g_autofree char *out = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append_printf (text, "||n%u.example^\n", i);
  list_server_give (server, "/list.txt", text->str, NULL);
  start (f);
  id = add (f, server, "/list.txt");
  list_server_give (server, "/list.txt", "||n0.example^\n||n1.example^\n", NULL);

  g_assert_cmpint (bus_fixture_ctl (f, &out, "list", "update", id, NULL), ==, 1);
  g_assert_nonnull (strstr (out, "--force"));
  assert_check (f, "http://n99.example/x.js", "block");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "list", "update", id, "--force", NULL), ==, 0);
  assert_check (f, "http://n99.example/x.js", "allow");
  assert_check (f, "http://n1.example/x.js", "block");
  assert_problem (f, id, NULL);
}

static void
test_checksum (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *id = NULL;

  /* MD5 of "! Title: x\n||one.example^\n", base64 without its padding. */
  list_server_give (server, "/list.txt", "! Title: x\r\n! Checksum: 6SgQm6UyD8bcXe9OuIXJvQ\r\n\r\n||one.example^\r\n", NULL);
  start (f);
  id = add (f, server, "/list.txt");
  assert_check (f, "http://one.example/x.js", "block");
}

#define PATCHED_1 "! Title: P\n! Diff-Path: p/1.patch#p\n! Diff-Expires: 2 hours\n||one.example^\n||two.example^\n"
#define PATCHED_2 "! Title: P\n! Diff-Path: p/2.patch#p\n! Diff-Expires: 2 hours\n||one.example^\n||three.example^\n"

static void
test_patch (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA1, PATCHED_2, -1);
  g_autofree char *patch = g_strdup_printf ("diff name:other lines:1 checksum:0123456789\nd1 1\n"
                                            "diff name:p lines:6 checksum:%.10s\n"
                                            "d2 1\na2 1\n! Diff-Path: p/2.patch#p\nd5 1\na5 1\n||three.example^\n", digest);
  g_autofree char *bad = g_strdup_printf ("diff name:p lines:2 checksum:%.10s\nd1 1\nd2 1\n", digest);
  g_autofree char *id = NULL;

  list_server_give (server, "/list.txt", PATCHED_1, NULL);
  start (f);
  id = add (f, server, "/list.txt");

  /* There is no patch yet: nothing is newer, the whole is not asked for. */
  update (f, id);
  g_assert_cmpuint (list_server_requests (server, "/list.txt"), ==, 1);
  assert_problem (f, id, NULL);

  list_server_give (server, "/p/1.patch", patch, NULL);
  update (f, id);
  assert_check (f, "http://three.example/x.js", "block");
  assert_check (f, "http://two.example/x.js", "allow");
  g_assert_cmpuint (list_server_requests (server, "/list.txt"), ==, 1);

  /* A patch that does not fit: the whole list instead. */
  list_server_give (server, "/p/2.patch", bad, NULL);
  list_server_give (server, "/list.txt", PATCHED_2 "||four.example^\n", NULL);
  update (f, id);
  assert_check (f, "http://four.example/x.js", "block");
  g_assert_cmpuint (list_server_requests (server, "/list.txt"), ==, 2);
  assert_problem (f, id, NULL);
}

static void
test_exit (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autoptr (FakeExit) exit = fake_exit_new ("http", NULL);
  g_autofree char *uri = fake_exit_uri (exit, NULL, FALSE);
  g_autofree char *target = NULL;
  g_autofree char *exit_id = NULL;
  g_autofree char *id = NULL;
  guint before;

  list_server_give (server, "/list.txt", LIST, NULL);
  start (f);
  id = add (f, server, "/list.txt");
  g_assert_true (nj_dbus_nightjar1_call_add_exit_sync (f->proxy, uri, "SE", "", &exit_id, NULL, NULL));
  g_assert_true (nj_dbus_nightjar1_call_select_exit_sync (f->proxy, exit_id, NULL, NULL));
  bus_fixture_await_state (f, "protected");

  before = fake_exit_connections (exit);
  list_server_give (server, "/list.txt", LIST "||three.example^\n", NULL);
  update (f, id);
  assert_problem (f, id, NULL);
  assert_check (f, "http://three.example/x.js", "block");
  g_assert_cmpuint (fake_exit_connections (exit), >, before);
  target = fake_exit_target (exit);
  g_assert_true (g_str_has_prefix (target, "127.0.0.1:"));
}

static void
test_kill_switch (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *exit_id = NULL;
  g_autofree char *id = NULL;
  guint  before;
  gint64 deadline;

  list_server_give (server, "/list.txt", LIST, NULL);
  bus_fixture_write (f, "settings.ini", "[lists]\nupdate-after-start=0\n" OFF);
  bus_fixture_start (f, "--no-desktop");
  id = add (f, server, "/list.txt");
  before = list_server_connections (server);
  g_assert_true (nj_dbus_nightjar1_call_add_exit_sync (f->proxy, "http://127.0.0.1:1", "SE", "", &exit_id, NULL, NULL));
  g_assert_true (nj_dbus_nightjar1_call_select_exit_sync (f->proxy, exit_id, NULL, NULL));
  bus_fixture_await_state (f, "blocked");

  update (f, id);
  assert_problem (f, id, "nothing leaves");
  g_assert_cmpuint (list_server_connections (server), ==, before);
  assert_check (f, "http://one.example/x.js", "block");

  /* With a way out again it needs no asking. */
  g_assert_true (nj_dbus_nightjar1_call_select_direct_sync (f->proxy, NULL, NULL));
  deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  while (list_server_connections (server) == before && g_get_monotonic_time () < deadline)
    g_usleep (5000);
  g_assert_cmpuint (list_server_connections (server), >, before);
}

static void
test_own_filter (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autoptr (GVariant) faults = NULL;
  g_autofree char *id = NULL;

  list_server_give (server, "/list.txt", LIST, NULL);
  start (f);
  id = add (f, server, "/list.txt");
  g_assert_true (nj_dbus_nightjar1_call_write_own_rules_sync (f->proxy, "/list.txt$important\n", &faults, NULL, NULL));
  update (f, id);
  assert_problem (f, id, "/list.txt$important");
  assert_check (f, "http://one.example/x.js", "block");
}

static void
test_certificate (BusFixture *f, gconstpointer unused)
{
  g_autoptr (TestCertificate) certificate = test_certificate_new ("IP:127.0.0.1", 1);
  g_autoptr (ListServer) server = list_server_new (certificate);
  g_autofree char *address = list_server_address (server, "/list.txt");
  GError *error = NULL;

  list_server_give (server, "/list.txt", LIST, NULL);
  start (f);
  nj_dbus_nightjar1_call_add_list_sync (f->proxy, address, NULL, NULL, &error);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "encryption failed"));
  g_assert_cmpuint (list_server_requests (server, "/list.txt"), ==, 0);
  g_error_free (error);
}

/* A list that became due while the service was away is fetched without being asked for. */
static void
test_due (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *id = NULL;
  g_autofree char *text = NULL;
  g_autofree char *path = bus_fixture_path (f, "data/lists/state.ini");
  g_autoptr (GKeyFile) state = g_key_file_new ();
  gint64 deadline;

  bus_fixture_write (f, "settings.ini", "[lists]\nupdate-after-start=0\n" OFF);
  list_server_give (server, "/list.txt", LIST, NULL);
  bus_fixture_start (f, "--no-desktop");
  id = add (f, server, "/list.txt");
  bus_fixture_end (f);

  g_assert_true (g_key_file_load_from_file (state, path, G_KEY_FILE_NONE, NULL));
  g_key_file_set_int64 (state, id, "next-update", 1);
  g_assert_true (g_key_file_save_to_file (state, path, NULL));
  list_server_give (server, "/list.txt", LIST "||three.example^\n", NULL);
  bus_fixture_start (f, "--no-desktop");

  deadline = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;
  while (list_server_requests (server, "/list.txt") < 2 && g_get_monotonic_time () < deadline)
    g_usleep (5000);
  update (f, id);
  assert_check (f, "http://three.example/x.js", "block");
  g_assert_cmpuint (list_server_requests (server, "/list.txt"), >=, 2);
}

/* After each failure it waits longer, and all is kept over a restart. */
static void
test_back_off (BusFixture *f, gconstpointer unused)
{
  g_autoptr (ListServer) server = list_server_new (NULL);
  g_autofree char *id = NULL;
  gint64 span = 0;

  list_server_give (server, "/list.txt", LIST, NULL);
  start (f);
  id = add (f, server, "/list.txt");
  list_server_say (server, "/list.txt", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n", "", 0);
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (NjDBusNightjar1List) list = NULL;

      update (f, id);
      list = list_of (f, id);
      span = nj_dbus_nightjar1_list_get_next_update (list) - g_get_real_time () / G_USEC_PER_SEC;
      g_assert_cmpint (span, >=, (300 << i) * 3 / 4 - 2);
      g_assert_cmpint (span, <=, (300 << i) * 5 / 4 + 2);
    }

  bus_fixture_kill (f);
  bus_fixture_start (f, "--no-desktop");
  assert_problem (f, id, "503");
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/updates/add", test_add);
  BUS_CASE ("/bus/updates/unchanged", test_unchanged);
  BUS_CASE ("/bus/updates/wrong", test_wrong);
  BUS_CASE ("/bus/updates/wrong-at-first", test_wrong_at_first);
  BUS_CASE ("/bus/updates/addresses", test_addresses);
  BUS_CASE ("/bus/updates/flood", test_flood);
  BUS_CASE ("/bus/updates/stall", test_stall);
  BUS_CASE ("/bus/updates/shrunk", test_shrunk);
  BUS_CASE ("/bus/updates/checksum", test_checksum);
  BUS_CASE ("/bus/updates/patch", test_patch);
  BUS_CASE ("/bus/updates/exit", test_exit);
  BUS_CASE ("/bus/updates/kill-switch", test_kill_switch);
  BUS_CASE ("/bus/updates/own-filter", test_own_filter);
  BUS_CASE ("/bus/updates/certificate", test_certificate);
  BUS_CASE ("/bus/updates/due", test_due);
  BUS_CASE ("/bus/updates/back-off", test_back_off);
  return bus_fixture_run ();
}
