/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Passwords of exits in the user's keyring: the real service and the real keyring on a bus of the test's own. What the
 * keyring holds is not in the file; without one, or with a locked one, nothing is lost and nothing hangs.
 */
#include "tests/bus/keyring.h"

#include <string.h>

#define EXIT "socks5://user:so-secret@127.0.0.1:1"

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
  bus_fixture_init (&argc, &argv);
  if (!keyring_is_installed ())
    return 0;
  BUS_CASE ("/bus/secrets/moved", test_moved);
  return bus_fixture_run ();
}
