/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Passwords of exits in the user's keyring: the real service and the real keyring on a bus of the test's own. What the
 * keyring holds is not in the file; without one, or with a locked one, nothing is lost and nothing hangs.
 */
#include "tests/bus/bus-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define EXIT "socks5://user:so-secret@127.0.0.1:1"

static GSubprocess *
keyring_new (BusFixture *f, const char *password)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                                                                         | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree char *folder = bus_fixture_path (f, "keyring");
  g_autoptr (GError) error = NULL;
  GSubprocess     *keyring;
  GOutputStream   *in;

  g_mkdir (folder, 0700);
  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "DBUS_SESSION_BUS_ADDRESS", g_test_dbus_get_bus_address (f->bus), TRUE);
  keyring = g_subprocess_launcher_spawn (launcher, &error, "gnome-keyring-daemon", "--foreground", "--components=secrets",
                                         password != NULL ? "--unlock" : NULL, NULL);
  g_assert_no_error (error);
  in = g_subprocess_get_stdin_pipe (keyring);
  if (password != NULL)
    g_output_stream_write_all (in, password, strlen (password), NULL, NULL, NULL);
  g_output_stream_close (in, NULL, NULL);
  return keyring;
}

static void
await_keyring (BusFixture *f)
{
  gint64 until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  for (;;)
    {
      g_autoptr (GVariant) answer
          = g_dbus_connection_call_sync (f->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                         "NameHasOwner", g_variant_new ("(s)", "org.freedesktop.secrets"), NULL,
                                         G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
      gboolean is_there = FALSE;

      g_variant_get (answer, "(b)", &is_there);
      if (is_there)
        return;
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      g_usleep (20000);
    }
}

static void
keyring_end (GSubprocess *keyring)
{
  g_subprocess_send_signal (keyring, SIGTERM);
  g_subprocess_wait (keyring, NULL, NULL);
  g_object_unref (keyring);
}

static void
await_secrets (BusFixture *f, const char *wanted)
{
  gint64 until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (g_strcmp0 (nj_dbus_nightjar1_get_secrets (f->proxy), wanted) != 0 && g_get_monotonic_time () < until)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
  g_assert_cmpstr (nj_dbus_nightjar1_get_secrets (f->proxy), ==, wanted);
}

static gboolean
is_in_file (BusFixture *f)
{
  g_autofree char *path = bus_fixture_path (f, "exits.ini");
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return strstr (text, "so-secret") != NULL;
}

static void
await_file (BusFixture *f, gboolean is_wanted)
{
  gint64 until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (is_in_file (f) != is_wanted && g_get_monotonic_time () < until)
    g_usleep (20000);
  g_assert_true (is_in_file (f) == is_wanted);
}

static void
assert_whole (BusFixture *f, gboolean is_wanted)
{
  g_autofree char *text = NULL;

  g_assert_true (nj_dbus_nightjar1_call_export_exits_sync (f->proxy, (const char *const[]){ NULL }, TRUE, &text, NULL, NULL));
  g_assert_true ((strstr (text, "so-secret") != NULL) == is_wanted);
}

static void
add (BusFixture *f)
{
  g_autofree char *id = NULL;
  g_autoptr (GError) error = NULL;

  nj_dbus_nightjar1_call_add_exit_sync (f->proxy, EXIT, "SE", "Home", &id, NULL, &error);
  g_assert_no_error (error);
}

static void
test_moved (BusFixture *f, gconstpointer unused)
{
  GSubprocess *keyring;

  /* First there is no keyring: the file holds it. */
  bus_fixture_start (f, "--no-desktop");
  add (f);
  await_secrets (f, "file");
  await_file (f, TRUE);
  bus_fixture_end (f);

  /* Then there is one: it is moved, and comes back. */
  keyring = keyring_new (f, "word");
  await_keyring (f);
  bus_fixture_start (f, "--no-desktop");
  await_secrets (f, "keyring");
  await_file (f, FALSE);
  assert_whole (f, TRUE);
  bus_fixture_kill (f);
  bus_fixture_start (f, "--no-desktop");
  await_secrets (f, "keyring");
  assert_whole (f, TRUE);
  g_assert_false (is_in_file (f));
  bus_fixture_end (f);
  keyring_end (keyring);

  /* Locked: said so at once, and nothing is lost. */
  keyring = keyring_new (f, NULL);
  await_keyring (f);
  bus_fixture_start (f, "--no-desktop");
  await_secrets (f, "locked");
  assert_whole (f, FALSE);
  g_assert_false (is_in_file (f));
  bus_fixture_end (f);
  keyring_end (keyring);

  /* Gone: the same. */
  bus_fixture_start (f, "--no-desktop");
  await_secrets (f, "missing");
  assert_whole (f, FALSE);
  bus_fixture_end (f);

  /* And back. */
  keyring = keyring_new (f, "word");
  await_keyring (f);
  bus_fixture_start (f, "--no-desktop");
  await_secrets (f, "keyring");
  assert_whole (f, TRUE);
  g_assert_false (is_in_file (f));
  bus_fixture_end (f);
  keyring_end (keyring);
}

int
main (int argc, char **argv)
{
  g_autofree char *program = g_find_program_in_path ("gnome-keyring-daemon");

  bus_fixture_init (&argc, &argv);
  if (program == NULL)
    {
      g_print ("1..0 # SKIP gnome-keyring is not installed\n");
      return 0;
    }
  BUS_CASE ("/bus/secrets/moved", test_moved);
  return bus_fixture_run ();
}
