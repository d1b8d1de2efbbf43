/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A real keyring on a test's own bus, with its files in the test's own profile: open or locked, and unlocked while it runs.
 */
#include "tests/bus/keyring.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define SECRETS "org.freedesktop.secrets"

static void
await_keyring (BusFixture *f)
{
  gint64 until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  for (;;)
    {
      g_autoptr (GVariant) answer
          = g_dbus_connection_call_sync (f->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                         "NameHasOwner", g_variant_new ("(s)", SECRETS), NULL,
                                         G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL);
      gboolean is_there = FALSE;

      g_variant_get (answer, "(b)", &is_there);
      if (is_there)
        return;
      g_assert_cmpint (g_get_monotonic_time (), <, until);
      g_usleep (20000);
    }
}

/**
 * keyring_new:
 * @f: a fixture; the keyring's files are in its profile
 * @password: (nullable): opens it, %NULL leaves it locked
 *
 * Starts the real keyring on the fixture's bus and waits for it.
 *
 * Returns: (transfer full): for keyring_end()
 */
GSubprocess *
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
  await_keyring (f);
  return keyring;
}

/**
 * keyring_end:
 * @keyring: (transfer full): one that runs
 */
void
keyring_end (GSubprocess *keyring)
{
  g_subprocess_send_signal (keyring, SIGTERM);
  g_subprocess_wait (keyring, NULL, NULL);
  g_object_unref (keyring);
}

/* Secrets of a test go over the bus as they are. */
static char *
open_session (BusFixture *f)
{
  char *session = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer
      = g_dbus_connection_call_sync (f->connection, SECRETS, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "OpenSession",
                                     g_variant_new ("(sv)", "plain", g_variant_new_string ("")), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL,
                                     &error);

  g_assert_no_error (error);
  g_variant_get (answer, "(vo)", NULL, &session);
  return session;
}

/**
 * keyring_unlock:
 * @f: a fixture with a locked keyring
 * @password: its password
 *
 * As its own prompt would do.
 */
void
keyring_unlock (BusFixture *f, const char *password)
{
  g_autofree char *session = open_session (f);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = NULL;
  GVariant *secret = g_variant_new ("(o@ay@ays)", session, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "", 0, 1),
                                    g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, password, strlen (password), 1), "text/plain");

  answer = g_dbus_connection_call_sync (f->connection, SECRETS, "/org/freedesktop/secrets",
                                        "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface", "UnlockWithMasterPassword",
                                        g_variant_new ("(o@(oayays))", "/org/freedesktop/secrets/collection/login", secret), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
}

/**
 * keyring_is_installed:
 *
 * Returns: whether there is a keyring to test with; else the test is said to be skipped
 */
gboolean
keyring_is_installed (void)
{
  g_autofree char *program = g_find_program_in_path ("gnome-keyring-daemon");

  if (program == NULL)
    g_print ("1..0 # SKIP gnome-keyring is not installed\n");
  return program != NULL;
}
