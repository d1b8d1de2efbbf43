/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SOCKS servers as people have them: tor, of which no circuit is wanted, "ssh -D", haproxy's TLS before microsocks; and
 * which of them take greeting, password and request in one packet. One that is not installed, or does not start, is
 * skipped with the reason.
 */
#include "base/clock.h"
#include "exits/exit-private.h"
#include "exits/warm.h"
#include "tests/support/on-worker.h"
#include "tests/support/real-server.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const microsocks_arguments[] = { "microsocks", "-i", "127.0.0.1", "-p", "PORT", "-u", "user", "-P", "pass", NULL };

static void
ahead_fiber (gpointer dial_pointer)
{
  Dial *dial = dial_pointer;

  nj_warm_set (nj_worker_current (), (NjExit *const *) &dial->route.exit, 1);
  for (guint i = 0; i < 200 && nj_exit_state (dial->route.exit) != NJ_EXIT_STATE_ALIVE; i++)
    nj_fiber_sleep (nj_clock_monotonic () + 20000);
  /* On the one that was made ahead, then on fresh ones. */
  for (guint i = 0; i < 3; i++)
    {
      dial_fiber (dial);
      nj_warm_set (nj_worker_current (), NULL, 0);
    }
}

/* What a connection made ahead finds out about the server, and that dials go by it. */
static void
assert_pace (const Server *server, NjExitPace pace)
{
  g_autoptr (NjExit) exit = exit_at ("socks5", "user:pass", server->port);
  Echo echo;
  Dial dial = { .host = "127.0.0.1" };

  echo_start (&echo);
  dial.port = echo.port;
  dial.route = (NjRoute){ NJ_ROUTE_EXIT, exit, NULL };
  on_worker_run (ahead_fiber, &dial);
  echo_stop (&echo);
  if (dial.io != NJ_OK)
    g_error ("dial failed: %s", dial.failure.detail);
  g_assert_cmpstr (dial.said, ==, "ping");
  g_assert_cmpint (atomic_load (&exit->pace), ==, pace);
}

static void
test_microsocks_pace (Server *server, gconstpointer data)
{
  if (real_start (server, "", microsocks_arguments))
    assert_pace (server, NJ_EXIT_PACE_IN_TURN);
}

/* dante checks a password of the system's; that there is one for "user" is not to be asked of a machine. */
static void
test_danted_none (Server *server, gconstpointer data)
{
  static const char *const arguments[] = { "danted", "-f", "CONFIG", "-p", "CONFIG.pid", NULL };
  g_autofree char *text = g_strdup_printf ("errorlog: stderr\nlogoutput: /dev/null\ninternal: 127.0.0.1 port = %u\n"
                                           "external: 127.0.0.1\nsocksmethod: none\nclientmethod: none\n"
                                           "client pass { from: 0/0 to: 0/0 }\nsocks pass { from: 0/0 to: 0/0 }\n",
                                           server->port);

  /* It takes no password, so it cannot be said together with the greeting. */
  if (real_start (server, text, arguments))
    assert_pace (server, NJ_EXIT_PACE_IN_TURN);
}

/* TLS before a plain SOCKS server, as people with stunnel or haproxy have it. */
static void
test_haproxy (Server *server, gconstpointer data)
{
  static const char *const arguments[] = { "haproxy", "-q", "-db", "-f", "CONFIG", NULL };
  Server           behind = { 0 };
  g_autofree char *pair = NULL;
  g_autofree char *key = NULL;
  g_autofree char *chain = NULL;
  g_autofree char *text = NULL;
  g_autofree char *both = NULL;

  real_set_up (&behind, NULL);
  pair = g_build_filename (server->folder, "pair.pem", NULL);
  g_assert_true (g_file_get_contents (real_certificate->certificate_path, &chain, NULL, NULL));
  g_assert_true (g_file_get_contents (real_certificate->key_path, &key, NULL, NULL));
  both = g_strconcat (chain, key, NULL);
  g_file_set_contents (pair, both, -1, NULL);
  text = g_strdup_printf ("defaults\n mode tcp\n timeout connect 5s\n timeout client 30s\n timeout server 30s\n"
                          "frontend f\n bind 127.0.0.1:%u ssl crt %s\n default_backend b\n"
                          "backend b\n server s 127.0.0.1:%u\n", server->port, pair, behind.port);
  if (real_start (&behind, "", microsocks_arguments) && real_start (server, text, arguments))
    {
      assert_serves (server, "socks5s", "user:pass");
      assert_denies (server, "socks5s", "user:wrong");
    }
  real_tear_down (&behind, NULL);
}

static char *
run_program (const char *const *command)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  int              status = 0;

  if (!g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                     &out, &status, &error))
    return g_strdup (error->message);
  return g_spawn_check_wait_status (status, &error) ? NULL : g_strdup (out != NULL ? out : error->message);
}

static char *
make_key (const Server *server, const char *name)
{
  char            *path = g_build_filename (server->folder, name, NULL);
  const char      *command[] = { "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path, NULL };
  g_autofree char *problem = run_program (command);

  if (problem == NULL)
    return path;
  g_test_skip ("ssh-keygen is not installed");
  g_free (path);
  return NULL;
}

/* A server of its own with a key of its own, and the client's listening side before it. */
static void
test_ssh (Server *server, gconstpointer data)
{
  static const char *const sshd_arguments[] = { "sshd", "-D", "-e", "-f", "CONFIG", "-p", "PORT", NULL };
  Server           sshd = { 0 };
  g_autofree char *host_key = NULL;
  g_autofree char *user_key = NULL;
  g_autofree char *text = NULL;
  g_autofree char *listen = NULL;
  g_autofree char *port = NULL;
  g_autofree char *target = g_strdup_printf ("%s@127.0.0.1", getpwuid (getuid ())->pw_name);

  real_set_up (&sshd, NULL);
  /* Where sshd gives up its rights; Debian makes it when the unit starts. */
  if (getuid () == 0)
    g_mkdir_with_parents ("/run/sshd", 0755);
  host_key = make_key (&sshd, "host");
  user_key = host_key != NULL ? make_key (&sshd, "user") : NULL;
  if (user_key != NULL)
    {
      text = g_strdup_printf ("ListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s.pub\nStrictModes no\nUsePAM no\n"
                              "PasswordAuthentication no\nKbdInteractiveAuthentication no\nPidFile none\n"
                              "PermitRootLogin prohibit-password\n",
                              host_key, user_key);
      listen = g_strdup_printf ("127.0.0.1:%u", server->port);
      port = g_strdup_printf ("%u", sshd.port);
      if (real_start (&sshd, text, sshd_arguments))
        {
          const char *const arguments[] = { "ssh", "-N", "-F", "none", "-i", user_key, "-p", port, "-D", listen, "-oBatchMode=yes",
                                            "-oStrictHostKeyChecking=no", "-oUserKnownHostsFile=/dev/null", target, NULL };

          if (real_start (server, "", arguments))
            assert_serves (server, "socks5", "");
        }
    }
  real_tear_down (&sshd, NULL);
}

/* What tor says of streams, until there are n. */
static char *
read_events (int control, guint n)
{
  GString       *said = g_string_new (NULL);
  struct timeval patience = { .tv_sec = 5 };
  char           buffer[4096];
  ssize_t        got;

  setsockopt (control, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  while (n > 0 && (got = recv (control, buffer, sizeof buffer - 1, 0)) > 0)
    {
      const char *at = said->str + said->len;
      gsize       before = said->len;

      buffer[got] = '\0';
      g_string_append (said, buffer);
      for (at = said->str + before; n > 0 && (at = strstr (at, " NEW 0 ")) != NULL; at++)
        n--;
    }
  return g_string_free (said, FALSE);
}

static int
open_control (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  static const char  words[] = "AUTHENTICATE\r\nSETEVENTS STREAM\r\n";

  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  g_assert_cmpint (send (fd, words, sizeof words - 1, MSG_NOSIGNAL), ==, sizeof words - 1);
  return fd;
}

static void
isolated_fiber (gpointer exit_pointer)
{
  static const char *const hosts[] = { "www.one.example", "two.one.example", "other.example" };
  const NjRoute route = { NJ_ROUTE_EXIT, exit_pointer, NULL };

  /* There is no circuit, so tor holds each until we have had enough. */
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      NjDialFailure failure = { 0 };
      NjStream     *stream = NULL;
      NjIo          io = nj_dial (nj_worker_current (), &route, nj_bytes_from_string (hosts[i]), 443,
                                  nj_clock_monotonic () + 500 * 1000, &stream, &failure);

      g_test_message ("%s: %s", hosts[i], failure.detail);
      g_assert_cmpint (io, !=, NJ_OK);
      g_assert_true (failure.result == NJ_DIAL_TIMEOUT || failure.result == NJ_DIAL_EXIT_REFUSED || failure.result == NJ_DIAL_UNREACHABLE);
    }
}

/* (transfer full): the credentials with which tor says it was asked for host; they decide about its circuit. */
static char *
credentials_of (const char *said, const char *host)
{
  g_autofree char *start = g_strdup_printf ("NEW 0 %s:443", host);
  const char      *line = strstr (said, start);
  const char      *user = line != NULL ? strstr (line, "SOCKS_USERNAME=") : NULL;
  const char      *end = user != NULL ? strpbrk (strstr (user, "SOCKS_PASSWORD="), " \r") : NULL;

  if (end == NULL)
    g_error ("tor was not asked for %s, or by nobody: %s", host, said);
  return g_strndup (user, (gsize) (end - user));
}

/* No circuit and no Internet: greeted, asked with the name, and each site by credentials of its own. */
static void
test_tor (Server *server, gconstpointer data)
{
  static const char *const arguments[] = { "tor", "--quiet", "-f", "CONFIG", NULL };
  Server           control = { 0 };
  g_autofree char *text = NULL;

  real_set_up (&control, NULL);
  /* Its one bridge is a port where nobody listens: it asks nobody else. */
  text = g_strdup_printf ("SocksPort 127.0.0.1:%u\nControlPort 127.0.0.1:%u\nDataDirectory %s/tor\nUseBridges 1\n"
                          "Bridge 127.0.0.1:9\nGeoIPFile /dev/null\nGeoIPv6File /dev/null\n",
                          server->port, control.port, server->folder);
  if (real_start (server, text, arguments))
    {
      g_autoptr (NjExit) exit = exit_at ("tor", "", server->port);
      g_autofree char *said = NULL;
      g_autofree char *one = NULL, *two = NULL, *other = NULL;
      int              fd = open_control (control.port);

      g_usleep (100 * 1000);
      on_worker_run (isolated_fiber, exit);
      said = read_events (fd, 3);
      close (fd);
      one = credentials_of (said, "www.one.example");
      two = credentials_of (said, "two.one.example");
      other = credentials_of (said, "other.example");
      g_test_message ("%s; %s", one, other);
      g_assert_true (g_str_has_prefix (one, "SOCKS_USERNAME=\"one.example\""));
      g_assert_cmpstr (one, ==, two);
      g_assert_cmpstr (one, !=, other);
    }
  real_tear_down (&control, NULL);
}

int
main (int argc, char **argv)
{
  int status;

  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  real_certificate = test_certificate_new ("IP:127.0.0.1", 30);
  g_chmod (real_certificate->folder, 0755);
  g_chmod (real_certificate->key_path, 0644);

#define CASE(name, func) g_test_add ("/exits/real/" name, Server, NULL, real_set_up, func, real_tear_down)
  CASE ("microsocks-pace", test_microsocks_pace);
  CASE ("danted-none", test_danted_none);
  CASE ("haproxy", test_haproxy);
  CASE ("ssh", test_ssh);
  CASE ("tor", test_tor);
  status = g_test_run ();
  test_certificate_free (real_certificate);
  return status;
}
