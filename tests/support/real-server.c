/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Proxies of a distribution, started on loopback with a few lines of configuration, and dials through them. One that
 * is not installed, or does not start, is skipped with the reason.
 */
#include "tests/support/real-server.h"

#include "base/clock.h"
#include "net/worker.h"
#include "tests/support/on-worker.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

TestCertificate *real_certificate;

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

void
echo_start (Echo *echo)
{
  echo->port = free_port (&echo->listener);
  echo->thread = g_thread_new ("echo", on_echo, echo);
}

void
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
gboolean
real_start (Server *server, const char *text, const char *const *arguments)
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
      g_string_replace (argument, "CERTIFICATE", real_certificate->certificate_path, 0);
      g_string_replace (argument, "KEY", real_certificate->key_path, 0);
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

void
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

/* (transfer full): an exit on loopback, pinned where it speaks inside TLS. */
NjExit *
exit_at (const char *scheme, const char *credentials, guint16 port)
{
  GString *text = g_string_new (NULL);
  NjExit  *exit;

  g_string_printf (text, "%s://%s%s127.0.0.1:%u", scheme, credentials, credentials[0] != '\0' ? "@" : "", port);
  if (g_str_has_suffix (scheme, "s") || strcmp (scheme, "h2") == 0)
    {
      g_string_append (text, "#sha256=");
      for (guint i = 0; i < 32; i++)
        g_string_append_printf (text, "%02x", real_certificate->fingerprint[i]);
    }
  exit = nj_exit_new_from_uri (text->str, NULL, NULL, NULL);
  g_string_free (text, TRUE);
  g_assert_nonnull (exit);
  return exit;
}

/* The exit's name is gone when this returns. */
Dial
dial_by (const char *scheme, const char *credentials, guint16 exit_port, const char *host, guint16 port)
{
  g_autoptr (NjExit) exit = exit_at (scheme, credentials, exit_port);
  Dial dial = { .host = host, .port = port, .route = { NJ_ROUTE_EXIT, exit, NULL } };

  on_worker_run (dial_fiber, &dial);
  dial.route.exit = NULL;
  return dial;
}

void
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

void
assert_denies (const Server *server, const char *scheme, const char *credentials)
{
  Dial dial = dial_by (scheme, credentials, server->port, "127.0.0.1", 9);

  g_test_message ("%s, wrong credentials: %s", scheme, dial.failure.detail);
  g_assert_cmpint (dial.io, ==, NJ_FAILED);
  g_assert_cmpint (dial.failure.result, ==, NJ_DIAL_EXIT_AUTH);
}

void
real_set_up (Server *server, gconstpointer data)
{
  server->port = free_port (NULL);
  server->folder = g_dir_make_tmp ("nightjar-real-XXXXXX", NULL);
  /* Servers that give up root must still read it. */
  g_chmod (server->folder, 0777);
}

static int
on_file (const char *path, const struct stat *about, int kind, struct FTW *place)
{
  return remove (path);
}

void
real_tear_down (Server *server, gconstpointer data)
{
  g_autofree char *folder = g_strdup (server->folder);

  server_stop (server);
  nftw (folder, on_file, 8, FTW_DEPTH | FTW_PHYS);
}
