/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjar-exit as a program: "init" makes what it needs, the URI it prints leads through it, and
 * what is wrong on its command line is said with the right status.
 */
#include "base/clock.h"
#include "exits/dial.h"
#include "exits/users.h"
#include "net/socket.h"
#include "net/worker.h"
#include "tests/support/on-worker.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  const char *program;
  char       *folder;
  guint16     port;
  char       *uri;
} Fixture;

static guint16
free_port (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t          size = sizeof address;
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &address, size), ==, 0);
  getsockname (fd, (struct sockaddr *) &address, &size);
  close (fd);
  return ntohs (address.sin_port);
}

/* The status of "nightjar-exit arguments…", and what it said on stdout. */
static int
run (Fixture *fixture, const char *arguments, char **ret_said)
{
  g_autofree char *line = g_strdup_printf ("%s %s", fixture->program, arguments);
  g_auto (GStrv) command = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *said = NULL;

  g_shell_parse_argv (line, NULL, &command, NULL);
  process = g_subprocess_newv ((const char *const *) command, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &said, NULL, NULL);
  if (ret_said != NULL)
    *ret_said = g_steal_pointer (&said);
  return g_subprocess_get_exit_status (process);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *arguments = NULL;

  fixture->program = g_getenv ("NIGHTJAR_EXIT");
  fixture->folder = g_dir_make_tmp ("nightjar-exit-XXXXXX", NULL);
  fixture->port = free_port ();
  arguments = g_strdup_printf ("init %s --host 127.0.0.1 --listen 127.0.0.1:%u", fixture->folder, fixture->port);
  if (fixture->program != NULL)
    {
      g_assert_cmpint (run (fixture, arguments, &fixture->uri), ==, 0);
      /* Nothing that is there is overwritten. */
      g_assert_cmpint (run (fixture, arguments, NULL), ==, 73);
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "certificate.pem", "key.pem", "users" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->uri);
}

static gboolean
is_missing (const Fixture *fixture)
{
  if (fixture->program == NULL)
    g_test_skip ("NIGHTJAR_EXIT does not say where the program is");
  return fixture->program == NULL;
}

static void
test_init (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NjExit) exit = NULL;
  g_autofree char *key = g_build_filename (fixture->folder, "key.pem", NULL);
  g_autofree char *users = g_build_filename (fixture->folder, "users", NULL);
  g_autofree char *text = NULL;
  GStatBuf         status;

  if (is_missing (fixture))
    return;

  exit = nj_exit_new_from_uri (fixture->uri, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (nj_exit_kind (exit), ==, NJ_EXIT_H2);
  g_assert_nonnull (nj_exit_fingerprint (exit));
  g_assert_cmpuint (strlen (nj_exit_password (exit)), ==, 24);
  g_stat (key, &status);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_stat (users, &status);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);

  /* The password is in the URI and nowhere else. */
  g_file_get_contents (users, &text, NULL, NULL);
  g_assert_null (strstr (text, nj_exit_password (exit)));
}

static void
test_usage (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *arguments; int status; } rows[] = {
    { "--version", 0 }, { "--nonsense", 64 }, { "", 64 }, { "frob", 64 }, { "init", 64 }, { "init a b", 64 }, { "--workers 0", 64 },
    { "init /nonexistent-folder/x --host a..b", 64 }, { "--listen nowhere --certificate a --key b --users c", 64 },
    { "--listen 127.0.0.1:0 --certificate /nonexistent --key /nonexistent --users /nonexistent", 78 },
  };

  if (is_missing (fixture))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (run (fixture, rows[i].arguments, NULL), ==, rows[i].status);
}

typedef struct
{
  NjRoute route;
  guint16 port;
  NjIo    io;
  NjDialFailure failure;
} Dial;

/* The exit itself is the target: its TLS answers nothing to "x", but the connection stands. */
static void
dial_fiber (gpointer dial_pointer)
{
  Dial     *dial = dial_pointer;
  NjStream *stream = NULL;

  dial->io = nj_dial (nj_worker_current (), &dial->route, NJ_BYTES ("localhost"), dial->port,
                      nj_clock_monotonic () + 10 * G_USEC_PER_SEC, &stream, &dial->failure);
  if (dial->io == NJ_OK)
    nj_stream_close (stream);
}

static void
test_serves (Fixture *fixture, gconstpointer is_private_allowed)
{
  g_autofree char *port = g_strdup_printf ("127.0.0.1:%u", fixture->port);
  g_autofree char *certificate = g_build_filename (fixture->folder, "certificate.pem", NULL);
  g_autofree char *key = g_build_filename (fixture->folder, "key.pem", NULL);
  g_autofree char *users = g_build_filename (fixture->folder, "users", NULL);
  const char      *arguments[] = { fixture->program, "--listen", port, "--certificate", certificate, "--key", key, "--users", users,
                                   is_private_allowed != NULL ? "--allow-private" : NULL, NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (NjExit) exit = NULL;
  g_autoptr (GError) error = NULL;
  char ready[64] = "";
  Dial dial;

  if (is_missing (fixture))
    return;

  process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_input_stream_read (g_subprocess_get_stdout_pipe (process), ready, sizeof ready - 1, NULL, NULL);
  g_assert_true (g_str_has_prefix (ready, "ready port "));

  /* Taken: said with its own status. */
  {
    g_autofree char *again = g_strjoinv (" ", (char **) arguments + 1);

    g_assert_cmpint (run (fixture, again, NULL), ==, 69);
  }

  exit = nj_exit_new_from_uri (fixture->uri, NULL, NULL, NULL);
  dial = (Dial){ .route = { NJ_ROUTE_EXIT, exit, NULL }, .port = fixture->port };
  on_worker_run (dial_fiber, &dial);
  if (is_private_allowed != NULL && dial.io != NJ_OK)
    g_error ("%s", dial.failure.detail);
  if (is_private_allowed == NULL)
    g_assert_nonnull (strstr (dial.failure.detail, "403"));

  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait (process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
}

/* Reads what the program says until that stands in it. */
static void
await_words (GDataInputStream *said, const char *words)
{
  for (;;)
    {
      g_autofree char *line = g_data_input_stream_read_line (said, NULL, NULL, NULL);

      if (line == NULL)
        g_error ("it ended without saying “%s”", words);
      if (strstr (line, words) != NULL)
        return;
    }
}

static void
write_users (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
}

static NjIo
dial_as (Fixture *fixture, const char *user, const char *password)
{
  g_autoptr (GString) uri = g_string_new (fixture->uri);
  g_autofree char *credentials = g_strdup_printf ("%s:%s", user, password);
  g_autoptr (NjExit) exit = NULL;
  Dial dial;

  g_string_erase (uri, strlen ("h2://"), strchr (uri->str, '@') - uri->str - (gssize) strlen ("h2://"));
  g_string_insert (uri, strlen ("h2://"), credentials);
  g_strchomp (uri->str);
  exit = nj_exit_new_from_uri (uri->str, NULL, NULL, NULL);
  g_assert_nonnull (exit);
  dial = (Dial){ .route = { NJ_ROUTE_EXIT, exit, NULL }, .port = fixture->port };
  on_worker_run (dial_fiber, &dial);
  return dial.io;
}

/* Another list of users counts as soon as it is there, though the program gave up its files; one that is none never does. */
static void
test_read_again (Fixture *fixture, gconstpointer data)
{
  g_autofree char *port = g_strdup_printf ("127.0.0.1:%u", fixture->port);
  g_autofree char *certificate = g_build_filename (fixture->folder, "certificate.pem", NULL);
  g_autofree char *key = g_build_filename (fixture->folder, "key.pem", NULL);
  g_autofree char *users = g_build_filename (fixture->folder, "users", NULL);
  g_autofree char *one = nj_users_line ("one", "first", NJ_USERS_RANDOM);
  g_autofree char *two = nj_users_line ("two", "second", NJ_USERS_CHOSEN);
  const char      *arguments[] = { fixture->program, "--listen", port, "--certificate", certificate, "--key", key, "--users", users,
                                   "--allow-private", NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GDataInputStream) said = NULL;
  g_autoptr (GDataInputStream) complained = NULL;

  if (is_missing (fixture))
    return;
  process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, NULL);
  g_assert_nonnull (process);
  said = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  complained = g_data_input_stream_new (g_subprocess_get_stderr_pipe (process));
  await_words (said, "ready port ");
  g_assert_cmpint (dial_as (fixture, "one", "first"), ==, NJ_FAILED);

  write_users (users, one);
  await_words (complained, "there are 1");
  g_assert_cmpint (dial_as (fixture, "one", "first"), ==, NJ_OK);

  write_users (users, "one:first\n");
  await_words (complained, "line 1: not a user; those who were there before stay");
  g_assert_cmpint (dial_as (fixture, "one", "first"), ==, NJ_OK);

  write_users (users, two);
  await_words (complained, "there are 1");
  g_assert_cmpint (dial_as (fixture, "one", "first"), ==, NJ_FAILED);
  g_assert_cmpint (dial_as (fixture, "two", "second"), ==, NJ_OK);

  /* When asked; and when it is gone. */
  g_subprocess_send_signal (process, SIGHUP);
  await_words (complained, "there are 1");
  g_unlink (users);
  g_subprocess_send_signal (process, SIGHUP);
  await_words (complained, "stay");
  g_assert_cmpint (dial_as (fixture, "two", "second"), ==, NJ_OK);

  g_subprocess_send_signal (process, SIGTERM);
  g_subprocess_wait (process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
}

int
main (int argc, char **argv)
{
  signal (SIGPIPE, SIG_IGN);
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/exits/program/init", Fixture, NULL, set_up, test_init, tear_down);
  g_test_add ("/exits/program/usage", Fixture, NULL, set_up, test_usage, tear_down);
  g_test_add ("/exits/program/serves", Fixture, "private", set_up, test_serves, tear_down);
  g_test_add ("/exits/program/private", Fixture, NULL, set_up, test_serves, tear_down);
  g_test_add ("/exits/program/read-again", Fixture, NULL, set_up, test_read_again, tear_down);
  return g_test_run ();
}
