/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dialling through the proxies of a distribution, each started here on loopback with a few lines
 * of configuration. One that is not installed, or does not start, is skipped with the reason.
 */
#include "base/clock.h"
#include "exits/dial.h"
#include "net/worker.h"
#include "tests/support/fake-exit.h"
#include "tests/support/on-worker.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static TestCertificate *certificate;

/* A target: whoever connects gets back what it says. */
typedef struct
{
  int      listener;
  guint16  port;
  GThread *thread;
} Echo;

typedef struct
{
  GSubprocess *process;
  guint16      port;
  char        *folder;
} Server;

static guint16
free_port (int *ret_listener)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          size = sizeof address;
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (fd, 16), ==, 0);
  getsockname (fd, (struct sockaddr *) &address, &size);
  if (ret_listener != NULL)
    *ret_listener = fd;
  else
    close (fd);
  return ntohs (address.sin_port);
}

static gpointer
on_echo (gpointer user_data)
{
  Echo *echo = user_data;
  int   fd;

  while ((fd = accept4 (echo->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0)
    {
      char   buffer[4096];
      gssize n;

      while ((n = recv (fd, buffer, sizeof buffer, 0)) > 0 && send (fd, buffer, (gsize) n, MSG_NOSIGNAL) == n)
        ;
      close (fd);
    }
  return NULL;
}

static void
echo_start (Echo *echo)
{
  echo->port = free_port (&echo->listener);
  echo->thread = g_thread_new ("echo", on_echo, echo);
}

static void
echo_stop (Echo *echo)
{
  shutdown (echo->listener, SHUT_RDWR);
  g_thread_join (echo->thread);
  close (echo->listener);
}

static gboolean
is_listening (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  gboolean           is_open = connect (fd, (struct sockaddr *) &address, sizeof address) == 0;

  close (fd);
  return is_open;
}

static char *
find_server (const char *name)
{
  g_autofree char *path = g_find_program_in_path (name);
  g_autofree char *system = g_strconcat ("/usr/sbin/", name, NULL);

  if (path == NULL && g_file_test (system, G_FILE_TEST_IS_EXECUTABLE))
    path = g_steal_pointer (&system);
  return g_steal_pointer (&path);
}

/* Starts "name arguments…" where CONFIG is a file with text and PORT is where it shall listen. */
static gboolean
server_start (Server *server, const char *text, const char *const *arguments)
{
  g_autofree char *program = find_server (arguments[0]);
  g_autofree char *config = NULL;
  g_autoptr (GPtrArray) command = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  if (program == NULL)
    {
      g_autofree char *reason = g_strconcat (arguments[0], " is not installed", NULL);

      g_test_skip (reason);
      return FALSE;
    }

  config = g_build_filename (server->folder, "config", NULL);
  g_file_set_contents (config, text, -1, NULL);
  g_ptr_array_add (command, g_steal_pointer (&program));
  for (guint i = 1; arguments[i] != NULL; i++)
    {
      GString *argument = g_string_new (arguments[i]);
      char     port[8];

      g_snprintf (port, sizeof port, "%u", server->port);
      g_string_replace (argument, "CONFIG", config, 0);
      g_string_replace (argument, "PORT", port, 0);
      g_string_replace (argument, "CERTIFICATE", certificate->certificate_path, 0);
      g_string_replace (argument, "KEY", certificate->key_path, 0);
      g_ptr_array_add (command, g_string_free (argument, FALSE));
    }
  g_ptr_array_add (command, NULL);

  server->process = g_subprocess_newv ((const char *const *) command->pdata,
                                       G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 1500 && !is_listening (server->port); i++)
    g_usleep (10000);
  if (is_listening (server->port))
    return TRUE;
  g_test_skip ("the server did not start");
  return FALSE;
}

static void
server_stop (Server *server)
{
  if (server->process != NULL)
    {
      g_subprocess_send_signal (server->process, SIGTERM);
      for (guint i = 0; i < 100 && is_listening (server->port); i++)
        g_usleep (10000);
      g_subprocess_force_exit (server->process);
      g_subprocess_wait (server->process, NULL, NULL);
      g_object_unref (server->process);
    }
  g_free (server->folder);
}

typedef struct
{
  NjRoute       route;
  const char   *host;
  guint16       port;
  NjIo          io;
  NjDialFailure failure;
  char          said[8];
} Dial;

static void
dial_fiber (gpointer user_data)
{
  Dial     *dial = user_data;
  gint64    deadline = nj_clock_monotonic () + 10 * G_USEC_PER_SEC;
  NjStream *stream = NULL;

  dial->io = nj_dial (nj_worker_current (), &dial->route, nj_bytes_from_string (dial->host), dial->port, deadline, &stream,
                      &dial->failure);
  if (dial->io != NJ_OK)
    return;

  g_assert_cmpint (nj_stream_write (stream, "ping", 4, deadline), ==, NJ_OK);
  g_assert_cmpint (nj_stream_read_full (stream, dial->said, 4, deadline), ==, NJ_OK);
  nj_stream_close (stream);
}

static Dial
dial_by (const char *scheme, const char *credentials, guint16 exit_port, const char *host, guint16 port)
{
  g_autofree char *uri = g_strdup_printf ("%s://%s%s127.0.0.1:%u", scheme, credentials, credentials[0] != '\0' ? "@" : "", exit_port);
  GString *text = g_string_new (uri);
  g_autoptr (NjExit) exit = NULL;
  Dial dial = { .host = host, .port = port };

  if (g_str_has_suffix (scheme, "s") || strcmp (scheme, "h2") == 0)
    {
      g_string_append (text, "#sha256=");
      for (guint i = 0; i < 32; i++)
        g_string_append_printf (text, "%02x", certificate->fingerprint[i]);
    }
  exit = nj_exit_new_from_uri (text->str, NULL, NULL, NULL);
  g_string_free (text, TRUE);
  dial.route = (NjRoute){ NJ_ROUTE_EXIT, exit, NULL };
  on_worker_run (dial_fiber, &dial);
  dial.route.exit = NULL;
  return dial;
}

static void
assert_serves (const Server *server, const char *scheme, const char *credentials)
{
  static const char *const hosts[] = { "127.0.0.1", "localhost" };
  Echo echo;

  echo_start (&echo);
  /* dante knows SOCKS4 but not its names. */
  for (guint i = 0; i < (strcmp (scheme, "socks4a") == 0 ? 1 : G_N_ELEMENTS (hosts)); i++)
    {
      Dial dial = dial_by (scheme, credentials, server->port, hosts[i], echo.port);

      if (dial.io != NJ_OK)
        g_error ("%s to %s: %s", scheme, hosts[i], dial.failure.detail);
      g_assert_cmpstr (dial.said, ==, "ping");
    }
  echo_stop (&echo);

  /* Now nobody listens there. */
  if (strcmp (scheme, "tor") != 0)
    {
      Dial dial = dial_by (scheme, credentials, server->port, "127.0.0.1", echo.port);

      g_test_message ("%s, target refused: %s", scheme, dial.failure.detail);
      g_assert_cmpint (dial.io, !=, NJ_OK);
      g_assert_true (dial.failure.result == NJ_DIAL_CONNECTION_REFUSED || dial.failure.result == NJ_DIAL_EXIT_REFUSED);
    }
}

static void
assert_denies (const Server *server, const char *scheme, const char *credentials)
{
  Dial dial = dial_by (scheme, credentials, server->port, "127.0.0.1", 9);

  g_test_message ("%s, wrong credentials: %s", scheme, dial.failure.detail);
  g_assert_cmpint (dial.io, ==, NJ_FAILED);
  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_EXIT_AUTH);
}

static void
set_up (Server *server, gconstpointer data)
{
  server->port = free_port (NULL);
  server->folder = g_dir_make_tmp ("nightjar-real-XXXXXX", NULL);
  /* Servers that give up root must still read it. */
  g_chmod (server->folder, 0777);
}

static void
tear_down (Server *server, gconstpointer data)
{
  g_autofree char *folder = g_strdup (server->folder);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  server_stop (server);
  dir = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}

static void
test_microsocks (Server *server, gconstpointer data)
{
  static const char *const arguments[] = { "microsocks", "-i", "127.0.0.1", "-p", "PORT", "-u", "user", "-P", "pass", NULL };

  if (!server_start (server, "", arguments))
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

  if (!server_start (server, text, arguments))
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

  if (!server_start (server, text, arguments))
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
  g_autofree char *tls = g_strdup_printf (" tls-cert=%s tls-key=%s", certificate->certificate_path, certificate->key_path);
  g_autofree char *text = g_strdup_printf ("%s 127.0.0.1:%u%s\nhttp_access allow all\ncache deny all\ncache_mem 1 MB\n"
                                           "access_log none\ncache_log /dev/null\npid_filename none\nshutdown_lifetime 0\n"
                                           "coredump_dir %s\npinger_enable off\nmax_filedescriptors 256\n",
                                           is_tls ? "https_port" : "http_port", server->port, is_tls ? tls : "", server->folder);

  if (server_start (server, text, arguments))
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
  if (!server_start (server, text, arguments))
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

  set_up (&behind, NULL);
  text = g_strdup_printf ("Port %u\nListen 127.0.0.1\nTimeout 60\nMaxClients 100\nLogLevel Critical\n", behind.port);
  backend = g_strdup_printf ("-b127.0.0.1,%u", behind.port);
  memcpy (arguments, front_arguments, sizeof arguments);
  arguments[4] = backend;

  if (server_start (&behind, text, behind_arguments) && server_start (server, "", arguments))
    {
      g_autofree char *uri = NULL;
      g_autoptr (NjExit) exit = NULL;
      GString *pin = g_string_new (NULL);
      Dial     dial = { .host = "127.0.0.1" };

      assert_serves (server, "h2", "");

      for (guint i = 0; i < 32; i++)
        g_string_append_printf (pin, "%02x", certificate->fingerprint[i]);
      uri = g_strdup_printf ("h2://127.0.0.1:%u#sha256=%s", server->port, pin->str);
      g_string_free (pin, TRUE);
      exit = nj_exit_new_from_uri (uri, NULL, NULL, NULL);
      echo_start (&echo);
      dial.port = echo.port;
      dial.route = (NjRoute){ NJ_ROUTE_EXIT, exit, NULL };
      on_worker_run (many_fiber, &dial);
      echo_stop (&echo);
    }
  tear_down (&behind, NULL);
}

int
main (int argc, char **argv)
{
  int status;

  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  certificate = test_certificate_new ("IP:127.0.0.1", 30);
  /* Servers that give up root must still read it. */
  g_chmod (certificate->folder, 0755);
  g_chmod (certificate->key_path, 0644);

  g_test_add ("/exits/real/microsocks", Server, NULL, set_up, test_microsocks, tear_down);
  g_test_add ("/exits/real/danted", Server, NULL, set_up, test_danted, tear_down);
  g_test_add ("/exits/real/tinyproxy", Server, NULL, set_up, test_tinyproxy, tear_down);
  g_test_add ("/exits/real/squid", Server, "http", set_up, test_squid, tear_down);
  g_test_add ("/exits/real/squid-tls", Server, "https", set_up, test_squid, tear_down);
  g_test_add ("/exits/real/squid-digest", Server, NULL, set_up, test_squid_digest, tear_down);
  g_test_add ("/exits/real/nghttpx", Server, NULL, set_up, test_nghttpx, tear_down);
  status = g_test_run ();
  test_certificate_free (certificate);
  return status;
}
