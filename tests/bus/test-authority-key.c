/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The key of the authority for HTTPS in the user's keyring: the real service and the real keyring on a bus of the test's
 * own. Once it is there it is in no file; a locked keyring is waited for and never answered by a second authority; a
 * keyring that lost it is said to have lost it, and another authority is made when the user says so.
 */
#include "tests/bus/keyring.h"

#include <glib/gstdio.h>
#include <string.h>

/* Longer than anything may take on a loaded machine, and than a locked keyring is left alone; µs. */
#define PATIENCE (90 * G_USEC_PER_SEC)

static NjDBusNightjar1Inspection *
start (BusFixture *f)
{
  GError *error = NULL;
  NjDBusNightjar1Inspection *inspection;

  bus_fixture_start (f, "--no-desktop");
  inspection = nj_dbus_nightjar1_inspection_proxy_new_sync (f->connection, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, f->name,
                                                            "/org/nightjar/Nightjar1", NULL, &error);
  g_assert_no_error (error);
  return inspection;
}

static void
await_key (NjDBusNightjar1Inspection *inspection, const char *wanted)
{
  gint64 until = g_get_monotonic_time () + PATIENCE;

  while (g_strcmp0 (nj_dbus_nightjar1_inspection_get_certificate_key (inspection), wanted) != 0 && g_get_monotonic_time () < until)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
  g_assert_cmpstr (nj_dbus_nightjar1_inspection_get_certificate_key (inspection), ==, wanted);
}

static gboolean
has_file (BusFixture *f, const char *ending)
{
  g_autofree char *name = g_strconcat ("data/authority/authority", ending, NULL);
  g_autofree char *path = bus_fixture_path (f, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* What browsers were told to trust. */
static char *
certificate (BusFixture *f)
{
  g_autofree char *path = bus_fixture_path (f, "data/authority/authority.pem");
  char *pem = NULL;

  g_assert_true (g_file_get_contents (path, &pem, NULL, NULL));
  return pem;
}

static void
assert_same (BusFixture *f, const char *pem, gboolean is_wanted)
{
  g_autofree char *now = certificate (f);

  g_assert_true (g_str_equal (now, pem) == is_wanted);
}

static void
turn_on (NjDBusNightjar1Inspection *inspection)
{
  GError *error = NULL;

  nj_dbus_nightjar1_inspection_call_set_enabled_sync (inspection, TRUE, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_problem (NjDBusNightjar1Inspection *inspection, gboolean is_wanted)
{
  g_assert_true ((nj_dbus_nightjar1_inspection_get_problem (inspection)[0] != '\0') == is_wanted);
  g_assert_true (nj_dbus_nightjar1_inspection_get_enabled (inspection));
}

static void
end (BusFixture *f, NjDBusNightjar1Inspection **inspection)
{
  g_clear_object (inspection);
  g_assert_cmpint (bus_fixture_end (f), ==, 0);
}

/* From file to keyring, through a lock, and home again. */
static void
test_moved (BusFixture *f, gconstpointer unused)
{
  NjDBusNightjar1Inspection *inspection = start (f);
  g_autofree char *pem = NULL;
  g_autofree char *given = NULL;
  GSubprocess     *keyring;

  /* Without a keyring: a file. */
  turn_on (inspection);
  await_key (inspection, "file");
  g_assert_true (has_file (f, ".key"));
  pem = certificate (f);
  end (f, &inspection);

  /* The file is moved, and the key comes back from there. */
  keyring = keyring_new (f, "word");
  inspection = start (f);
  await_key (inspection, "keyring");
  g_assert_false (has_file (f, ".key"));
  g_clear_object (&inspection);
  bus_fixture_kill (f);
  inspection = start (f);
  await_key (inspection, "keyring");
  assert_problem (inspection, FALSE);
  assert_same (f, pem, TRUE);
  end (f, &inspection);
  keyring_end (keyring);

  /* Locked: said, waited for, and then it goes on by itself. */
  keyring = keyring_new (f, NULL);
  inspection = start (f);
  await_key (inspection, "locked");
  assert_problem (inspection, TRUE);
  turn_on (inspection);
  assert_same (f, pem, TRUE);
  g_assert_cmpint (bus_fixture_ctl (f, &given, "ca", "export", NULL), ==, 0);
  g_assert_cmpstr (given, ==, pem);
  keyring_unlock (f, "word");
  await_key (inspection, "keyring");
  assert_problem (inspection, FALSE);
  assert_same (f, pem, TRUE);
  g_assert_false (has_file (f, ".key"));
  end (f, &inspection);
  keyring_end (keyring);
}

/* One that is made while there is a keyring never sees a file. */
static void
test_made (BusFixture *f, gconstpointer unused)
{
  GSubprocess *keyring = keyring_new (f, "word");
  NjDBusNightjar1Inspection *inspection = start (f);
  g_autofree char *pem = NULL;

  turn_on (inspection);
  await_key (inspection, "keyring");
  g_assert_false (has_file (f, ".key"));
  pem = certificate (f);
  end (f, &inspection);

  inspection = start (f);
  await_key (inspection, "keyring");
  assert_same (f, pem, TRUE);
  end (f, &inspection);
  keyring_end (keyring);
}

static void
test_lost (BusFixture *f, gconstpointer unused)
{
  GSubprocess *keyring = keyring_new (f, "word");
  NjDBusNightjar1Inspection *inspection = start (f);
  g_autofree char *pem = NULL;
  g_autofree char *out = NULL;
  g_autofree char *lost = bus_fixture_path (f, "keyring/keyrings");
  g_autofree char *elsewhere = bus_fixture_path (f, "keyring/elsewhere");
  GError *error = NULL;

  turn_on (inspection);
  await_key (inspection, "keyring");
  pem = certificate (f);
  end (f, &inspection);
  keyring_end (keyring);
  g_assert_cmpint (g_rename (lost, elsewhere), ==, 0);

  /* Said, and nothing made in its place; turning it on does not help. */
  keyring = keyring_new (f, "word");
  inspection = start (f);
  await_key (inspection, "missing");
  assert_problem (inspection, TRUE);
  g_assert_false (nj_dbus_nightjar1_inspection_call_set_enabled_sync (inspection, TRUE, NULL, &error));
  g_assert_nonnull (strstr (error->message, "keyring"));
  g_clear_error (&error);
  assert_same (f, pem, TRUE);
  g_assert_cmpint (bus_fixture_ctl (f, &out, "inspect", "status", NULL), ==, 0);
  g_assert_nonnull (strstr (out, "keyring"));

  /* The user wants another one. */
  g_assert_cmpint (bus_fixture_ctl (f, NULL, "ca", "replace", NULL), ==, 0);
  await_key (inspection, "keyring");
  assert_problem (inspection, FALSE);
  assert_same (f, pem, FALSE);
  g_assert_false (has_file (f, ".key"));
  end (f, &inspection);

  inspection = start (f);
  await_key (inspection, "keyring");
  end (f, &inspection);
  keyring_end (keyring);
}

/* The user's keyring is on his session's bus; where there is none the key is not to be had, and says so. */
static void
test_no_keyring_any_more (BusFixture *f, gconstpointer unused)
{
  GSubprocess *keyring = keyring_new (f, "word");
  NjDBusNightjar1Inspection *inspection = start (f);
  g_autofree char *pem = NULL;

  turn_on (inspection);
  await_key (inspection, "keyring");
  pem = certificate (f);
  end (f, &inspection);
  keyring_end (keyring);

  inspection = start (f);
  await_key (inspection, "missing");
  assert_problem (inspection, TRUE);
  assert_same (f, pem, TRUE);
  end (f, &inspection);
}

int
main (int argc, char **argv)
{
  g_autofree char *home = g_dir_make_tmp ("nightjar-home-XXXXXX", NULL);
  g_autofree char *clean = g_strdup_printf ("rm -rf '%s'", home);
  int status;

  /* Browsers of whoever runs this stay as they are. */
  g_setenv ("HOME", home, TRUE);
  bus_fixture_init (&argc, &argv);
  if (!keyring_is_installed ())
    return 0;
  BUS_CASE ("/bus/authority-key/moved", test_moved);
  BUS_CASE ("/bus/authority-key/made", test_made);
  BUS_CASE ("/bus/authority-key/lost", test_lost);
  BUS_CASE ("/bus/authority-key/no-keyring-any-more", test_no_keyring_any_more);
  status = bus_fixture_run ();
  g_spawn_command_line_sync (clean, NULL, NULL, NULL, NULL);
  return status;
}
