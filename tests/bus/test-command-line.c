/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl against the real service: exit statuses and what it prints.
 */
#include "tests/bus/bus-fixture.h"

#include <string.h>

static void
test_not_running (BusFixture *f, gconstpointer unused)
{
  g_autofree char *out = NULL;

  g_assert_cmpint (bus_fixture_ctl (f, NULL, "status", NULL), ==, 6);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "status", "--json", NULL), ==, 6);
  g_assert_cmpstr (out, ==, "{\"state\": \"not-running\"}\n");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "on", NULL), ==, 6);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "list", NULL), ==, 6);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "log", NULL), ==, 6);
}

static void
test_statuses (BusFixture *f, gconstpointer unused)
{
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "status", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "pause", "5m", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "status", NULL), ==, 4);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "resume", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "off", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "status", NULL), ==, 3);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "on", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "status", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "add", "http://127.0.0.1:1", "--country", "NO", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "use", "no", NULL), ==, 0);
  bus_fixture_await_state (f, "blocked");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "status", NULL), ==, 5);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "use", "FR", NULL), ==, 1);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "direct", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "status", NULL), ==, 0);
}

static void
assert_checks (BusFixture *f, const char *url, const char *route)
{
  g_autofree char *out = NULL;

  g_assert_cmpint (bus_fixture_ctl (f, &out, "check", url, NULL), ==, 0);
  g_assert_nonnull (strstr (out, route));
}

static void
test_sites (BusFixture *f, gconstpointer unused)
{
  g_autofree char *out = NULL;
  g_autofree char *kept = NULL;

  bus_fixture_write (f, "settings.ini", "[routes]\nEarlier.test=direct\nodd.test=nonsense\n");
  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "site", "example.org", "exit", "NO", NULL), ==, 1);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "add", "http://127.0.0.1:1", "--country", "NO", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "site", "https://www.example.org/page", "exit", "no", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "site", "bank.example.org", "exit", "direct", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "site", "http://[::1]/", "exit", "direct", NULL), ==, 1);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "site", "example.org", "exit", "nonsense", NULL), ==, 1);

  assert_checks (f, "https://other.test/", "direct");
  assert_checks (f, "https://bank.example.org/", "direct");
  assert_checks (f, "https://odd.test/", "refused");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "remove", "000000000000", NULL), ==, 1);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "site", NULL), ==, 0);
  g_assert_cmpstr (out, ==, "bank.example.org  direct\nearlier.test  direct\nexample.org  NO\nodd.test  nonsense\n");

  g_assert_cmpint (bus_fixture_ctl (f, NULL, "site", "bank.example.org", "exit", "default", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "site", "earlier.test", "exit", "default", NULL), ==, 0);
  g_clear_pointer (&out, g_free);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "site", "--json", NULL), ==, 0);
  g_assert_nonnull (strstr (out, "example.org"));
  g_assert_null (strstr (out, "bank"));
  g_clear_pointer (&out, g_free);
  out = bus_fixture_path (f, "settings.ini");
  g_assert_true (g_file_get_contents (out, &kept, NULL, NULL));
  g_assert_nonnull (strstr (kept, "example.org=NO"));
  g_assert_nonnull (strstr (kept, "odd.test=nonsense"));
  g_assert_null (strstr (kept, "arlier"));
}

static void
assert_not_direct (BusFixture *f, const char *url)
{
  g_autofree char *out = NULL;

  g_assert_cmpint (bus_fixture_ctl (f, &out, "check", url, NULL), ==, 0);
  g_assert_null (strstr (out, "direct"));
}

static void
test_portal (BusFixture *f, gconstpointer unused)
{
  g_autofree char *out = NULL;

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "add", "http://127.0.0.1:1", "--country", "NO", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "use", "NO", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "portal", "open", "a b", NULL), ==, 1);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "portal", "open", "login.hotel.test", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "portal", NULL), ==, 0);
  g_assert_nonnull (strstr (out, "login.hotel.test is reached directly"));
  assert_checks (f, "http://login.hotel.test/", "direct");
  assert_not_direct (f, "http://hotel.test/");

  g_assert_cmpint (bus_fixture_ctl (f, NULL, "portal", "close", NULL), ==, 0);
  assert_not_direct (f, "http://login.hotel.test/");
}

static void
assert_refused (BusFixture *f, const char *method, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_sync (G_DBUS_PROXY (f->proxy), method, NULL, 0, -1, NULL, &error);

  g_assert_null (answer);
  g_dbus_error_strip_remote_error (error);
  g_assert_cmpstr (error->message, ==, words);
}

static void
test_dns (BusFixture *f, gconstpointer unused)
{
  g_autofree char *out = NULL;

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, &out, "dns", NULL), ==, 0);
  g_assert_cmpstr (out, ==, "system\n");

  /* A name without an address: to ask for it would tell in the clear who is asked. */
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "dns", "dot", "dns.example", NULL), ==, 1);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "dns", "dot", "dns.example", "nowhere", NULL), ==, 1);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "dns", "doh", "http://dns.example/q", "192.0.2.1", NULL), ==, 1);
  g_clear_pointer (&out, g_free);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "dns", NULL), ==, 0);
  g_assert_cmpstr (out, ==, "system\n");

  /* Nobody to be tested; one that is not there; and nothing is asked while an exit is chosen. */
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "dns", "test", NULL), ==, 1);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "dns", "dot", "127.0.0.1:1", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "dns", "test", NULL), ==, 1);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "add", "http://127.0.0.1:1", "--country", "NO", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "use", "NO", NULL), ==, 0);
  assert_refused (f, "TestDns", "nothing goes direct now, so it is not asked");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "direct", NULL), ==, 0);
  assert_refused (f, "TestDns", "it cannot be reached, cannot prove who it is, or speaks otherwise");

  g_assert_cmpint (bus_fixture_ctl (f, NULL, "dns", "dot", "dns.example:8853", "192.0.2.1", "2001:db8::1", "fallback", NULL), ==, 0);
  g_clear_pointer (&out, g_free);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "dns", NULL), ==, 0);
  g_assert_cmpstr (out, ==, "dot dns.example:8853 192.0.2.1 2001:db8::1 fallback\n");

  /* Kept. */
  bus_fixture_end (f);
  bus_fixture_start (f, "--no-desktop");
  g_clear_pointer (&out, g_free);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "dns", NULL), ==, 0);
  g_assert_cmpstr (out, ==, "dot dns.example:8853 192.0.2.1 2001:db8::1 fallback\n");
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "dns", "doh", "https://192.0.2.1/dns-query", NULL), ==, 0);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "dns", "system", NULL), ==, 0);
  g_clear_pointer (&out, g_free);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "dns", NULL), ==, 0);
  g_assert_cmpstr (out, ==, "system\n");
}

static void
test_misused (BusFixture *f, gconstpointer unused)
{
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "nonsense", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "status", "now", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "--nonsense", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "pause", "long", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "pause", "--only", "all", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "exit", "fly", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "list", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "check", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "doctor", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "site", "example.org", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "portal", "open", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "dns", "dot", NULL), ==, 64);
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "log", "--since", "soon", NULL), ==, 64);
}

static void
test_json (BusFixture *f, gconstpointer unused)
{
  static const char *const commands[][2] = { { "exit", "list" }, { "list", "list" }, { "proxy", "status" } };
  g_autofree char *status = NULL;

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, &status, "status", "--json", NULL), ==, 0);
  g_assert_nonnull (strstr (status, "\"state\": \"protected\""));
  g_assert_nonnull (strstr (status, "\"requests\": 0"));
  g_assert_nonnull (strstr (status, f->address));

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *out = NULL;

      g_assert_cmpint (bus_fixture_ctl (f, &out, commands[i][0], commands[i][1], "--json", NULL), ==, 0);
      g_assert_true (out[0] == '[' || out[0] == '{');
      g_assert_true (g_str_has_suffix (out, "]\n") || g_str_has_suffix (out, "}\n"));
    }
}

static void
test_check (BusFixture *f, gconstpointer unused)
{
  g_autofree char *blocked = NULL;
  g_autofree char *allowed = NULL;

  bus_fixture_start (f, "--no-desktop");
  g_assert_cmpint (bus_fixture_ctl (f, &blocked, "check", "http://doubleclick.net/a.js", "--type", "script", "--source",
                                    "http://page.example/", NULL),
                   ==, 0);
  g_assert_true (g_str_has_prefix (blocked, "block\n"));
  g_assert_nonnull (strstr (blocked, "line "));
  g_assert_cmpint (bus_fixture_ctl (f, &allowed, "check", "http://page.example/", NULL), ==, 0);
  g_assert_true (g_str_has_prefix (allowed, "allow\n"));
  g_assert_nonnull (strstr (allowed, "direct"));
}

static void
test_batch (BusFixture *f, gconstpointer unused)
{
  g_autofree char *list = bus_fixture_path (f, "list.txt");
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;

  bus_fixture_write (f, "list.txt", "||ads.example^\n@@||ads.example/good^\n");
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error,
                              g_getenv ("NIGHTJARCTL"), "check", "--batch", "--lists", list, NULL);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process,
                                 "http://ads.example/x\thttp://page.example/\timage\n"
                                 "http://ads.example/good/x\thttp://page.example/\timage\n"
                                 "http://page.example/\thttp://page.example/\tdocument\n",
                                 NULL, &out, &err, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (out, ==, "block\nexcept\nallow\n");
  g_assert_true (g_str_has_prefix (err, "bench: compile_cpu_ms="));
}

int
main (int argc, char **argv)
{
  bus_fixture_init (&argc, &argv);
  BUS_CASE ("/bus/command-line/not-running", test_not_running);
  BUS_CASE ("/bus/command-line/statuses", test_statuses);
  BUS_CASE ("/bus/command-line/misused", test_misused);
  BUS_CASE ("/bus/command-line/sites", test_sites);
  BUS_CASE ("/bus/command-line/portal", test_portal);
  BUS_CASE ("/bus/command-line/dns", test_dns);
  BUS_CASE ("/bus/command-line/json", test_json);
  BUS_CASE ("/bus/command-line/check", test_check);
  BUS_CASE ("/bus/command-line/batch", test_batch);
  return bus_fixture_run ();
}
