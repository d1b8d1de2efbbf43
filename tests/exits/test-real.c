/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dialling through the proxies of a distribution, each started here on loopback with a few lines
 * of configuration. One that is not installed, or does not start, is skipped with the reason.
 */
#include "base/clock.h"
#include "net/worker.h"
#include "tests/support/on-worker.h"
#include "tests/support/real-server.h"

#include <glib/gstdio.h>
#include <signal.h>

static void
test_microsocks (Server *server, gconstpointer data)
{
  static const char *const arguments[] = { "microsocks", "-i", "127.0.0.1", "-p", "PORT", "-u", "user", "-P", "pass", NULL };

  if (!real_start (server, "", arguments))
    return;
  assert_serves (server, "socks5", "user:pass");
  assert_denies (server, "socks5", "user:wrong");
  assert_denies (server, "socks5", "");
}

static void
test_danted (Server *server, gconstpointer data)
{
  static const char *const arguments[] = { "danted", "-f", "CONFIG", "-p", "CONFIG.pid", NULL };
  g_autofree char *text = g_strdup_printf ("errorlog: stderr\nlogoutput: /dev/null\ninternal: 127.0.0.1 port = %u\n"
                                           "external: 127.0.0.1\nsocksmethod: none\nclientmethod: none\n"
                                           "client pass { from: 0/0 to: 0/0 }\nsocks pass { from: 0/0 to: 0/0 }\n",
                                           server->port);

  if (!real_start (server, text, arguments))
    return;
  assert_serves (server, "socks5", "");
  assert_serves (server, "socks4a", "");
}

static void
test_tinyproxy (Server *server, gconstpointer data)
{
  static const char *const arguments[] = { "tinyproxy", "-d", "-c", "CONFIG", NULL };
  g_autofree char *text = g_strdup_printf ("Port %u\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nLogLevel Critical\n"
                                           "BasicAuth user pass\n", server->port);

  if (!real_start (server, text, arguments))
    return;
  assert_serves (server, "http", "user:pass");
  assert_denies (server, "http", "user:wrong");
  assert_denies (server, "http", "");
}

static void
test_squid (Server *server, gconstpointer scheme)
{
  static const char *const arguments[] = { "squid", "-N", "-f", "CONFIG", NULL };
  gboolean         is_tls = strcmp (scheme, "https") == 0;
  g_autofree char *tls = g_strdup_printf (" tls-cert=%s tls-key=%s", real_certificate->certificate_path, real_certificate->key_path);
  g_autofree char *text = g_strdup_printf ("%s 127.0.0.1:%u%s\nhttp_access allow all\ncache deny all\ncache_mem 1 MB\n"
                                           "access_log none\ncache_log /dev/null\npid_filename none\nshutdown_lifetime 0\n"
                                           "coredump_dir %s\npinger_enable off\nmax_filedescriptors 256\n",
                                           is_tls ? "https_port" : "http_port", server->port, is_tls ? tls : "", server->folder);

  if (real_start (server, text, arguments))
    assert_serves (server, scheme, "");
}

/* squid asks by Digest: the first dial learns it, the next answers at once. */
static void
test_squid_digest (Server *server, gconstpointer data)
{
  static const char *const arguments[] = { "squid", "-N", "-f", "CONFIG", NULL };
  static const char        helper[] = "/usr/lib/squid/digest_file_auth";
  g_autofree char *users = g_build_filename (server->folder, "users", NULL);
  g_autofree char *text = g_strdup_printf ("http_port 127.0.0.1:%u\nauth_param digest program %s %s\nauth_param digest children 1\n"
                                           "auth_param digest realm squid\nacl known proxy_auth REQUIRED\nhttp_access allow known\n"
                                           "http_access deny all\ncache deny all\ncache_mem 1 MB\naccess_log none\n"
                                           "cache_log /dev/null\npid_filename none\nshutdown_lifetime 0\ncoredump_dir %s\n"
                                           "pinger_enable off\nmax_filedescriptors 256\n",
                                           server->port, helper, users, server->folder);

  if (!g_file_test (helper, G_FILE_TEST_IS_EXECUTABLE))
    {
      g_test_skip ("squid's digest_file_auth is not installed");
      return;
    }
  g_file_set_contents (users, "user:pass\n", -1, NULL);
  g_chmod (users, 0644);
  if (!real_start (server, text, arguments))
    return;
  assert_serves (server, "http", "user:pass");
  assert_denies (server, "http", "user:wrong");
  assert_denies (server, "http", "");
}

/* One of many tunnels at once. */
typedef struct
{
  Dial   *dial;
  guint  *left;
  NjFiber *waiter;
} Tunnel;

static void
tunnel_fiber (gpointer user_data)
{
  Tunnel *tunnel = user_data;

  dial_fiber (tunnel->dial);
  if (--*tunnel->left == 0)
    nj_fiber_wake (tunnel->waiter);
}

static void
many_fiber (gpointer user_data)
{
  enum { MANY = 64 };
  Dial  *first = user_data;
  Dial   dials[MANY];
  Tunnel tunnels[MANY];
  guint  left = MANY;

  for (guint i = 0; i < MANY; i++)
    {
      dials[i] = *first;
      tunnels[i] = (Tunnel){ &dials[i], &left, nj_fiber_self () };
      nj_fiber_spawn (nj_worker_current (), tunnel_fiber, &tunnels[i]);
    }
  while (left > 0)
    g_assert_cmpint (nj_fiber_park (nj_clock_monotonic () + 20 * G_USEC_PER_SEC), ==, NJ_OK);
  for (guint i = 0; i < MANY; i++)
    g_assert_cmpstr (dials[i].said, ==, "ping");
}

/* nghttpx speaks HTTP/2 to us and leaves the connecting to a tinyproxy behind it. */
static void
test_nghttpx (Server *server, gconstpointer data)
{
  static const char *const behind_arguments[] = { "tinyproxy", "-d", "-c", "CONFIG", NULL };
  static const char *const front_arguments[] = { "nghttpx", "--conf=/dev/null", "--http2-proxy", "-f127.0.0.1,PORT",
                                                 "-bBACKEND", "--no-ocsp", "--workers=1", "KEY", "CERTIFICATE", NULL };
  Server  behind = { 0 };
  Echo    echo;
  g_autofree char *text = NULL;
  g_autofree char *backend = NULL;
  const char      *arguments[G_N_ELEMENTS (front_arguments)];

  real_set_up (&behind, NULL);
  text = g_strdup_printf ("Port %u\nListen 127.0.0.1\nTimeout 60\nMaxClients 100\nLogLevel Critical\n", behind.port);
  backend = g_strdup_printf ("-b127.0.0.1,%u", behind.port);
  memcpy (arguments, front_arguments, sizeof arguments);
  arguments[4] = backend;

  if (real_start (&behind, text, behind_arguments) && real_start (server, "", arguments))
    {
      g_autofree char *uri = NULL;
      g_autoptr (NjExit) exit = NULL;
      GString *pin = g_string_new (NULL);
      Dial     dial = { .host = "127.0.0.1" };

      assert_serves (server, "h2", "");

      for (guint i = 0; i < 32; i++)
        g_string_append_printf (pin, "%02x", real_certificate->fingerprint[i]);
      uri = g_strdup_printf ("h2://127.0.0.1:%u#sha256=%s", server->port, pin->str);
      g_string_free (pin, TRUE);
      exit = nj_exit_new_from_uri (uri, NULL, NULL, NULL);
      echo_start (&echo);
      dial.port = echo.port;
      dial.route = (NjRoute){ NJ_ROUTE_EXIT, exit, NULL };
      on_worker_run (many_fiber, &dial);
      echo_stop (&echo);
    }
  real_tear_down (&behind, NULL);
}

int
main (int argc, char **argv)
{
  int status;

  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  real_certificate = test_certificate_new ("IP:127.0.0.1", 30);
  /* Servers that give up root must still read it. */
  g_chmod (real_certificate->folder, 0755);
  g_chmod (real_certificate->key_path, 0644);

  g_test_add ("/exits/real/microsocks", Server, NULL, real_set_up, test_microsocks, real_tear_down);
  g_test_add ("/exits/real/danted", Server, NULL, real_set_up, test_danted, real_tear_down);
  g_test_add ("/exits/real/tinyproxy", Server, NULL, real_set_up, test_tinyproxy, real_tear_down);
  g_test_add ("/exits/real/squid", Server, "http", real_set_up, test_squid, real_tear_down);
  g_test_add ("/exits/real/squid-tls", Server, "https", real_set_up, test_squid, real_tear_down);
  g_test_add ("/exits/real/squid-digest", Server, NULL, real_set_up, test_squid_digest, real_tear_down);
  g_test_add ("/exits/real/nghttpx", Server, NULL, real_set_up, test_nghttpx, real_tear_down);
  status = g_test_run ();
  test_certificate_free (real_certificate);
  return status;
}
