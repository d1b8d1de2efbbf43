/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exit URIs, right and wrong, and the health of an exit under a clock of the test's own.
 */
#include "exits/program-routes.h"
#include "exits/site-routes.h"
#include "base/clock.h"
#include "exits/exit.h"
#include "exits/route.h"

static gint64 test_now;

static gint64
on_now (void)
{
  return test_now;
}

static void
assert_bad (const char *uri, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NjExit) exit = nj_exit_new_from_uri (uri, NULL, NULL, &error);

  g_assert_null (exit);
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” got “%s”, not “%s”", uri, error->message, words);
}

static void
test_bad (void)
{
  g_autofree char *long_uri = g_strnfill (3000, 'a');
  g_autofree char *long_user = g_strnfill (300, 'u');
  g_autofree char *long_user_uri = g_strdup_printf ("http://%s@h:1", long_user);

  assert_bad ("", "empty");
  assert_bad (" \n", "empty");
  assert_bad (long_uri, "longer than 2048");
  assert_bad (long_user_uri, "user name is longer");
  assert_bad ("exit.example:8080", "no scheme");
  assert_bad ("://h", "no scheme");
  assert_bad ("ftp://exit.example", "“ftp://” is no kind of exit");
  assert_bad ("http://", "host is missing");
  assert_bad ("http://:80", "host is missing");
  assert_bad ("http://u:p@", "host is missing");
  assert_bad ("http://h:", "port is missing");
  assert_bad ("http://h:0", "1 to 65535");
  assert_bad ("http://h:65536", "1 to 65535");
  assert_bad ("http://h:+80", "1 to 65535");
  assert_bad ("http://h:99999999999999999999999", "1 to 65535");
  assert_bad ("http://2001:db8::1:80", "must stand in brackets");
  assert_bad ("http://::1", "must stand in brackets");
  assert_bad ("http://[::1", "no closing bracket");
  assert_bad ("http://[::1]80", "other than a port");
  assert_bad ("http://[zz]:80", "not a host name");
  assert_bad ("http://a..b", "not a host name");
  assert_bad ("http://exa$mple", "not a host name");
  assert_bad ("http://h:80/path", "path or query");
  assert_bad ("http://h?x", "path or query");
  assert_bad ("http://a b", "blank or control character at byte 9");
  assert_bad ("http://h\r\nX: y", "control character");
  assert_bad ("http://\xff", "not UTF-8");
  assert_bad ("http://u%:p@h", "hexadecimal");
  assert_bad ("http://u%4:p@h", "hexadecimal");
  assert_bad ("http://u%zz:p@h", "hexadecimal");
  assert_bad ("http://u%0d%0a:p@h", "user name has a control character");
  assert_bad ("http://u:p%00@h", "password has a control character");
  assert_bad ("http://a%3Ab:p@h", "colon");
  assert_bad ("http://:p@h", "user name is empty");
  assert_bad ("http://u:p#q@h", "%23");
  assert_bad ("socks4a://u:p@h", "no password");
  assert_bad ("https://h#sha256=12", "64 hexadecimal");
  assert_bad ("https://h#sha256=zz", "64 hexadecimal");
  assert_bad ("http://h#sha256=00", "only for https");
  assert_bad ("http://h#country=DEU", "two letters");
  assert_bad ("http://h#country=", "two letters");
  assert_bad ("http://h#colour=red", "not known");
  assert_bad ("http://h#name=%01", "control character");
  assert_bad ("http://a,ftp://b", "no kind of exit");
  assert_bad ("http://a,http://b,http://c,http://d,http://e,http://f", "more than 5");
}

static void
test_password_stays (void)
{
  static const char *const uris[] = { "http://user:hunter2", "http://user:hunter2/@h", "http://user:hunter2%@h",
                                      "http://user:hunter2@", "http://user:hunter2@[::1", "socks5://user:hunter2#@h" };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (NjExit) exit = nj_exit_new_from_uri (uris[i], NULL, NULL, &error);

      g_assert_null (exit);
      g_assert_null (strstr (error->message, "hunter2"));
    }
}

static void
assert_good (const char *uri, NjExitKind kind, const char *host, guint port, const char *user, const char *password)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NjExit) exit = nj_exit_new_from_uri (uri, NULL, NULL, &error);
  g_autoptr (NjExit) again = NULL;
  g_autofree char *printed = NULL;
  g_autofree char *printed_again = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (nj_exit_kind (exit), ==, kind);
  g_assert_true (nj_bytes_equal (nj_exit_host (exit), nj_bytes_from_string (host)));
  g_assert_cmpuint (nj_exit_port (exit), ==, port);
  g_assert_cmpstr (nj_exit_user (exit), ==, user);
  g_assert_cmpstr (nj_exit_password (exit), ==, password);

  printed = nj_exit_to_uri (exit);
  again = nj_exit_new_from_uri (printed, NULL, NULL, &error);
  g_assert_no_error (error);
  printed_again = nj_exit_to_uri (again);
  g_assert_cmpstr (printed, ==, printed_again);
  g_assert_cmpstr (nj_exit_id (exit), ==, nj_exit_id (again));
}

static void
test_good (void)
{
  assert_good ("http://exit.example", NJ_EXIT_HTTP, "exit.example", 80, NULL, NULL);
  assert_good ("  HTTPS://Exit.Example./ \n", NJ_EXIT_HTTPS, "exit.example", 443, NULL, NULL);
  assert_good ("h2://exit.example:8443", NJ_EXIT_H2, "exit.example", 8443, NULL, NULL);
  assert_good ("socks5://192.0.2.1", NJ_EXIT_SOCKS5, "192.0.2.1", 1080, NULL, NULL);
  assert_good ("socks5h://192.0.2.1:9", NJ_EXIT_SOCKS5, "192.0.2.1", 9, NULL, NULL);
  assert_good ("socks5s://[2001:DB8:0::1]:1081", NJ_EXIT_SOCKS5S, "[2001:db8::1]", 1081, NULL, NULL);
  assert_good ("socks4a://me@h:1", NJ_EXIT_SOCKS4A, "h", 1, "me", NULL);
  assert_good ("tor://", NJ_EXIT_TOR, "127.0.0.1", 9050, NULL, NULL);
  assert_good ("tor://localhost:9150", NJ_EXIT_TOR, "localhost", 9150, NULL, NULL);
  assert_good ("http://user:pass@h:8080", NJ_EXIT_HTTP, "h", 8080, "user", "pass");
  assert_good ("http://user@h", NJ_EXIT_HTTP, "h", 80, "user", NULL);
  assert_good ("http://user:@h", NJ_EXIT_HTTP, "h", 80, "user", "");
  assert_good ("http://us%40er:p%3Aa%2Fs%2Cs%23@h", NJ_EXIT_HTTP, "h", 80, "us@er", "p:a/s,s#");
  assert_good ("http://user:p@ss:w@h", NJ_EXIT_HTTP, "h", 80, "user", "p@ss:w");
  assert_good ("http://user:a,b@h", NJ_EXIT_HTTP, "h", 80, "user", "a,b");
  assert_good ("http://bücher.example", NJ_EXIT_HTTP, "xn--bcher-kva.example", 80, NULL, NULL);
  assert_good ("http://a:1,socks5://u:p@b:2", NJ_EXIT_SOCKS5, "b", 2, "u", "p");
  assert_good ("https://h#sha256=00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF", NJ_EXIT_HTTPS, "h",
               443, NULL, NULL);
}

static void
test_words (void)
{
  g_autoptr (NjExit) a = nj_exit_new_from_uri ("http://h:1#My%20exit", NULL, NULL, NULL);
  g_autoptr (NjExit) b = nj_exit_new_from_uri ("http://h:1#country=uk&name=Home", NULL, NULL, NULL);
  g_autoptr (NjExit) c = nj_exit_new_from_uri ("http://h:1#country=uk&name=Home", "de", "Office", NULL);
  g_autoptr (NjExit) d = nj_exit_new_from_uri ("http://h:1", "", "", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (nj_exit_name (a), ==, "My exit");
  g_assert_cmpstr (nj_exit_country (a), ==, "");
  g_assert_cmpstr (nj_exit_name (b), ==, "Home");
  g_assert_cmpstr (nj_exit_country (b), ==, "GB");
  g_assert_cmpstr (nj_exit_name (c), ==, "Office");
  g_assert_cmpstr (nj_exit_country (c), ==, "DE");
  g_assert_cmpstr (nj_exit_name (d), ==, "h");
  g_assert_cmpstr (nj_exit_id (a), ==, nj_exit_id (d));
  g_assert_null (nj_exit_new_from_uri ("http://h:1", "Germany", NULL, &error));
  g_assert_error (error, NJ_EXIT_ERROR, NJ_EXIT_ERROR_BAD_URI);
}

static void
test_chain (void)
{
  g_autoptr (NjExit) chain = nj_exit_new_from_uri ("http://u:p@a:1,https://b:2,socks5://c:3", "SE", NULL, NULL);
  g_autoptr (NjExit) last = nj_exit_new_from_uri ("socks5://c:3", NULL, NULL, NULL);
  NjExit *via = nj_exit_via (chain);

  g_assert_cmpint (nj_exit_kind (chain), ==, NJ_EXIT_SOCKS5);
  g_assert_cmpint (nj_exit_kind (via), ==, NJ_EXIT_HTTPS);
  g_assert_cmpint (nj_exit_kind (nj_exit_via (via)), ==, NJ_EXIT_HTTP);
  g_assert_null (nj_exit_via (nj_exit_via (via)));
  g_assert_cmpstr (nj_exit_id (chain), !=, nj_exit_id (last));
  g_assert_cmpstr (nj_exit_country (chain), ==, "SE");
  g_assert_false (nj_exit_is_link_encrypted (chain));
  g_assert_true (nj_exit_is_link_encrypted (via) == FALSE);
}

static void
test_link (void)
{
  static const struct { const char *uri; gboolean is_encrypted; } rows[] = {
    { "http://exit.example", FALSE }, { "https://exit.example", TRUE }, { "h2://exit.example", TRUE },
    { "socks5://exit.example", FALSE }, { "socks5s://exit.example", TRUE }, { "socks4a://exit.example", FALSE },
    { "tor://127.0.0.1:9050", TRUE }, { "socks5://[::1]:1080", TRUE }, { "tor://10.0.0.1:9050", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (NjExit) exit = nj_exit_new_from_uri (rows[i].uri, NULL, NULL, NULL);

      g_assert_cmpint (nj_exit_is_link_encrypted (exit), ==, rows[i].is_encrypted);
    }
}

static guint changes;

static void
on_changed (NjExit *exit, NjExitState state, gpointer user_data)
{
  changes++;
}

static void
test_health (void)
{
  const NjClock clock = { on_now, on_now };
  g_autoptr (NjExit) exit = nj_exit_new_from_uri ("http://h:1", NULL, NULL, NULL);
  g_autofree char *problem = NULL;

  nj_clock_replace (&clock);
  nj_exit_watch (on_changed, NULL);
  test_now = 100 * G_USEC_PER_SEC;
  g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_IDLE);
  g_assert_true (nj_exit_may_dial (exit, test_now));

  nj_exit_dial_succeeded (exit, 20001);
  g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_ALIVE);
  g_assert_cmpuint (nj_exit_latency_ms (exit), ==, 21);

  nj_exit_dial_failed (exit, "refused");
  g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_SUSPECT);
  g_assert_true (nj_exit_may_dial (exit, test_now));
  nj_exit_dial_stalled (exit, "silent");
  g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_SUSPECT);
  nj_exit_dial_failed (exit, "refused again");
  g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_DEAD);
  problem = nj_exit_problem (exit);
  g_assert_cmpstr (problem, ==, "refused again");

  /* One dial in two seconds. */
  g_assert_false (nj_exit_may_dial (exit, test_now));
  test_now += 2 * G_USEC_PER_SEC;
  g_assert_true (nj_exit_may_dial (exit, test_now));
  g_assert_false (nj_exit_may_dial (exit, test_now));
  nj_exit_dial_failed (exit, "still");
  g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_DEAD);
  test_now += 2 * G_USEC_PER_SEC;
  g_assert_true (nj_exit_may_dial (exit, test_now));
  nj_exit_dial_succeeded (exit, 0);
  g_assert_cmpint (nj_exit_state (exit), ==, NJ_EXIT_STATE_ALIVE);
  g_assert_cmpuint (nj_exit_latency_ms (exit), ==, 21);
  g_assert_true (nj_exit_may_dial (exit, test_now));

  /* Of the four dials above three failed: too few to tell. */
  g_assert_cmpuint (nj_exit_loss (exit), ==, 0);
  nj_exit_dial_succeeded (exit, 5000);
  g_assert_cmpuint (nj_exit_loss (exit), ==, 60);
  for (guint i = 0; i < 29; i++)
    nj_exit_dial_succeeded (exit, 5000);
  g_assert_cmpuint (nj_exit_loss (exit), ==, 6);
  nj_exit_dial_succeeded (exit, 5000);
  nj_exit_dial_succeeded (exit, 5000);
  g_assert_cmpuint (nj_exit_loss (exit), ==, 0);

  g_assert_cmpuint (changes, ==, 4);
  nj_exit_watch (NULL, NULL);
  nj_clock_replace (NULL);
}

static void
test_route (void)
{
  g_autoptr (NjExit) exit = nj_exit_new_from_uri ("http://h:1", NULL, NULL, NULL);
  g_autoptr (NjExit) same = nj_exit_new_from_uri ("http://h:1", NULL, NULL, NULL);
  g_autoptr (NjExit) other = nj_exit_new_from_uri ("http://h:2", NULL, NULL, NULL);
  const NjExitChoice choices[] = { { TRUE, NULL }, { FALSE, exit }, { FALSE, NULL }, { TRUE, exit }, { FALSE, same },
                                   { FALSE, other } };
  const NjRouteKind kinds[] = { NJ_ROUTE_DIRECT, NJ_ROUTE_EXIT, NJ_ROUTE_REFUSED, NJ_ROUTE_EXIT, NJ_ROUTE_EXIT,
                                NJ_ROUTE_EXIT };
  NjRoute routes[G_N_ELEMENTS (choices)];

  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      nj_route_choose (&choices[i], NJ_BYTES ("localhost"), &routes[i]);
      g_assert_cmpint (routes[i].kind, ==, kinds[i]);
      g_assert_true ((routes[i].reason != NULL) == (kinds[i] == NJ_ROUTE_REFUSED));
    }
  g_assert_true (nj_route_equal (&routes[1], &routes[4]));
  g_assert_false (nj_route_equal (&routes[1], &routes[5]));
  g_assert_false (nj_route_equal (&routes[0], &routes[1]));
  g_assert_true (nj_route_equal (&routes[0], &routes[0]));

  /* Dead is no reason to go another way. */
  nj_exit_dial_failed (exit, "x");
  nj_exit_dial_failed (exit, "x");
  nj_route_choose (&choices[1], NJ_BYTES ("example.org"), &routes[1]);
  g_assert_cmpint (routes[1].kind, ==, NJ_ROUTE_EXIT);
}

static void
test_levels (void)
{
  g_autoptr (NjExit) exit = nj_exit_new_from_uri ("http://h:1", NULL, NULL, NULL);
  g_autoptr (NjExit) other = nj_exit_new_from_uri ("http://h:2", NULL, NULL, NULL);
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  NjExitChoice choice = { .is_direct = TRUE, .level = NJ_EXIT_LEVEL_LOCKDOWN };
  NjRoute      route;

#define ASSERT_ROUTE(wanted)                                             \
  G_STMT_START                                                           \
  {                                                                      \
    nj_route_choose (&choice, NJ_BYTES ("example.org"), &route);         \
    g_assert_cmpint (route.kind, ==, wanted);                            \
    g_assert_true ((route.reason != NULL) == (wanted == NJ_ROUTE_REFUSED)); \
  }                                                                      \
  G_STMT_END

  /* Lockdown: an exit or nothing. */
  ASSERT_ROUTE (NJ_ROUTE_REFUSED);
  choice.is_direct = FALSE;
  ASSERT_ROUTE (NJ_ROUTE_REFUSED);
  choice.exit = exit;
  ASSERT_ROUTE (NJ_ROUTE_EXIT);

  /* Open: directly while nobody answers, and only then. */
  choice.level = NJ_EXIT_LEVEL_OPEN;
  g_ptr_array_add (others, other);
  choice.others = others;
  ASSERT_ROUTE (NJ_ROUTE_EXIT);
  nj_exit_dial_failed (exit, "x");
  ASSERT_ROUTE (NJ_ROUTE_EXIT);
  nj_exit_dial_failed (exit, "x");
  ASSERT_ROUTE (NJ_ROUTE_EXIT);
  g_assert_true (route.exit == other);
  nj_exit_dial_failed (other, "x");
  nj_exit_dial_failed (other, "x");
  ASSERT_ROUTE (NJ_ROUTE_DIRECT);
  choice.level = NJ_EXIT_LEVEL_LOCKDOWN;
  ASSERT_ROUTE (NJ_ROUTE_EXIT);
  choice.level = NJ_EXIT_LEVEL_CLOSED;
  ASSERT_ROUTE (NJ_ROUTE_EXIT);
  choice.level = NJ_EXIT_LEVEL_OPEN;
  choice.exit = NULL;
  ASSERT_ROUTE (NJ_ROUTE_DIRECT);

  /* What holds nothing any more lets nothing out. */
  nj_exit_ref (exit);
  choice.exit = exit;
  choice.others = NULL;
  nj_route_choice_clear (&choice);
  ASSERT_ROUTE (NJ_ROUTE_REFUSED);
}

static void
test_programs (void)
{
  g_autoptr (NjExit) exit = nj_exit_new_from_uri ("http://h:1", NULL, NULL, NULL);
  g_autoptr (NjProgramRoutes) programs = nj_program_routes_new ();
  g_autoptr (NjSiteRoutes) sites = nj_site_routes_new ();
  const NjExitChoice direct = { .is_direct = TRUE }, through = { .exit = exit }, nowhere = { 0 };
  NjExitChoice choice = { .exit = exit, .programs = programs, .sites = sites };
  NjRoute      route;

  nj_program_routes_add (programs, "curl", &direct);
  nj_program_routes_add (programs, "/opt/curl", &nowhere);
  nj_program_routes_add (programs, "firefox", &through);
  nj_site_routes_add (sites, NJ_BYTES ("site.example"), &through);
  g_assert_null (nj_program_routes_find (programs, "", "wget"));
  g_assert_null (nj_program_routes_find (programs, "/usr/bin/wget", "wget"));
  g_assert_true (nj_program_routes_find (programs, "/usr/bin/curl", "curl")->is_direct);
  g_assert_false (nj_program_routes_find (programs, "/opt/curl", "curl")->is_direct);

#define ASSERT_PROGRAM(path, name, host, wanted)                                                                          \
  G_STMT_START                                                                                                            \
  {                                                                                                                       \
    nj_route_choose_for_program (&choice, nj_program_routes_find (programs, path, name), TRUE, NJ_BYTES (host), &route);   \
    g_assert_cmpint (route.kind, ==, wanted);                                                                             \
  }                                                                                                                       \
  G_STMT_END

  ASSERT_PROGRAM ("/usr/bin/curl", "curl", "example.org", NJ_ROUTE_DIRECT);
  ASSERT_PROGRAM ("/usr/bin/curl", "curl", "www.site.example", NJ_ROUTE_EXIT);
  ASSERT_PROGRAM ("/opt/curl", "curl", "example.org", NJ_ROUTE_REFUSED);
  ASSERT_PROGRAM ("", "wget", "example.org", NJ_ROUTE_EXIT);
  choice.level = NJ_EXIT_LEVEL_LOCKDOWN;
  ASSERT_PROGRAM ("/usr/bin/curl", "curl", "example.org", NJ_ROUTE_REFUSED);

  /* Its exit is dead: it goes that way or not at all, however open the rest is. */
  choice = (NjExitChoice){ .is_direct = TRUE, .programs = programs, .level = NJ_EXIT_LEVEL_OPEN };
  nj_exit_dial_failed (exit, "x");
  nj_exit_dial_failed (exit, "x");
  ASSERT_PROGRAM ("", "firefox", "example.org", NJ_ROUTE_EXIT);
  ASSERT_PROGRAM ("/opt/curl", "curl", "example.org", NJ_ROUTE_REFUSED);

  /* Nobody knows who asks. */
  nj_route_choose_for_program (&choice, NULL, FALSE, NJ_BYTES ("example.org"), &route);
  g_assert_cmpint (route.kind, ==, NJ_ROUTE_REFUSED);
  g_assert_nonnull (route.reason);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exits/exit/bad", test_bad);
  g_test_add_func ("/exits/exit/password-stays", test_password_stays);
  g_test_add_func ("/exits/exit/good", test_good);
  g_test_add_func ("/exits/exit/words", test_words);
  g_test_add_func ("/exits/exit/chain", test_chain);
  g_test_add_func ("/exits/exit/link", test_link);
  g_test_add_func ("/exits/exit/health", test_health);
  g_test_add_func ("/exits/route", test_route);
  g_test_add_func ("/exits/levels", test_levels);
  g_test_add_func ("/exits/programs", test_programs);
  return g_test_run ();
}
