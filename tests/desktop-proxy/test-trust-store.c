/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Browsers' databases in a home of the test's own, changed by the real certutil: found where they are,
 * installed into, and cleaned by fingerprint with everything else left alone.
 */
#include "desktop/trust-store.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *home;
  char *pem;         /* of an authority of ours */
  char *fingerprint;
} Fixture;

G_GNUC_PRINTF (1, 2)
static char *
shell (const char *format, ...)
{
  g_autofree char *script = NULL;
  g_autofree char *quoted = NULL;
  g_autofree char *command = NULL;
  char            *output = NULL;
  int              status = 0;
  va_list          args;

  va_start (args, format);
  script = g_strdup_vprintf (format, args);
  va_end (args);
  quoted = g_shell_quote (script);
  command = g_strconcat ("sh -c ", quoted, NULL);
  g_assert_true (g_spawn_command_line_sync (command, &output, NULL, &status, NULL));
  g_assert_cmpint (status, ==, 0);
  return output;
}

static char *
certificate_new (const char *name)
{
  return shell ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout /dev/null -days 30 "
                "-subj '/CN=%s' 2>/dev/null",
                name);
}

static void
make_database (Fixture *fixture, const char *path)
{
  g_free (shell ("mkdir -p '%s/%s' && certutil -N --empty-password -d 'sql:%s/%s'", fixture->home, path, fixture->home, path));
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  fixture->home = g_dir_make_tmp ("nightjar-home-XXXXXX", NULL);
  fixture->pem = certificate_new ("Nightjar on here (me)");
  fixture->fingerprint = nj_trust_store_fingerprint (fixture->pem);
  g_assert_cmpuint (strlen (fixture->fingerprint), ==, 64);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_free (shell ("rm -rf '%s'", fixture->home));
  g_free (fixture->home);
  g_free (fixture->pem);
  g_free (fixture->fingerprint);
}

static NjTrustPlace *
place_at (GPtrArray *places, const char *ending)
{
  for (guint i = 0; i < places->len; i++)
    {
      NjTrustPlace *place = g_ptr_array_index (places, i);

      if (g_str_has_suffix (place->folder, ending))
        return place;
    }
  return NULL;
}

static void
test_finds (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GPtrArray) places = NULL;
  static const char *const paths[] = {
    ".local/share/pki/nssdb", "snap/chromium/current/.pki/nssdb", ".var/app/com.brave.Browser/data/pki/nssdb",
    ".mozilla/firefox/abcd.default-release", "snap/firefox/common/.mozilla/firefox/x.default",
    ".var/app/org.mozilla.firefox/.mozilla/firefox/y.default", ".librewolf/z.default", ".thunderbird/t.default",
    "elsewhere/profile",
  };
  g_autofree char *ini = g_strdup_printf ("[Profile0]\nName=far\nIsRelative=0\nPath=%s/elsewhere/profile\n", fixture->home);
  g_autofree char *ini_path = g_build_filename (fixture->home, ".mozilla/firefox/profiles.ini", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    make_database (fixture, paths[i]);
  g_assert_true (g_file_set_contents (ini_path, ini, -1, NULL));

  places = nj_trust_store_find (fixture->home);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_assert_nonnull (place_at (places, paths[i]));
  g_assert_cmpuint (places->len, ==, G_N_ELEMENTS (paths) + 1);
  g_assert_cmpstr (place_at (places, "default-release")->name, ==, "Firefox (default-release)");
}

static void
test_installs_and_removes (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GPtrArray) places = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *listed = NULL;

  make_database (fixture, ".mozilla/firefox/a.default");
  places = nj_trust_store_find (fixture->home);
  g_assert_cmpuint (places->len, ==, 2);

  nj_trust_store_look (places, fixture->fingerprint, &error);
  g_assert_no_error (error);
  g_assert_cmpint (place_at (places, "a.default")->state, ==, NJ_TRUST_STATE_ABSENT);

  /* Twice is once. */
  g_assert_true (nj_trust_store_install (places, fixture->pem, &error));
  g_assert_true (nj_trust_store_install (places, fixture->pem, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < places->len; i++)
    g_assert_cmpint (((NjTrustPlace *) g_ptr_array_index (places, i))->state, ==, NJ_TRUST_STATE_PRESENT);
  listed = shell ("certutil -L -d sql:%s/.pki/nssdb", fixture->home);
  g_assert_nonnull (strstr (listed, "C,,"));

  g_assert_true (nj_trust_store_remove (places, fixture->fingerprint, &error));
  g_assert_no_error (error);
  nj_trust_store_look (places, fixture->fingerprint, &error);
  g_assert_cmpint (place_at (places, "a.default")->state, ==, NJ_TRUST_STATE_ABSENT);
  g_assert_cmpint (place_at (places, "nssdb")->state, ==, NJ_TRUST_STATE_ABSENT);
}

/* Another authority, ours of another time and one that only bears our name all stay. */
static void
test_leaves_others_alone (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *other = certificate_new ("Somebody else");
  g_autofree char *older = certificate_new ("Nightjar on here (me) before");
  g_autofree char *listed = NULL;
  g_autoptr (GPtrArray) places = NULL;
  g_autoptr (GError) error = NULL;

  make_database (fixture, ".pki/nssdb");
  g_free (shell ("echo '%s' | certutil -A -a -t C,, -n 'Somebody' -d sql:%s/.pki/nssdb", other, fixture->home));
  places = nj_trust_store_find (fixture->home);
  g_assert_true (nj_trust_store_install (places, older, &error));
  g_assert_true (nj_trust_store_install (places, fixture->pem, &error));
  g_assert_no_error (error);
  g_assert_true (nj_trust_store_remove (places, fixture->fingerprint, &error));
  g_assert_no_error (error);

  listed = shell ("certutil -L -d sql:%s/.pki/nssdb", fixture->home);
  g_assert_nonnull (strstr (listed, "Somebody"));
  g_assert_nonnull (strstr (listed, "Nightjar authority"));

  /* All of ours, when nothing is known of them any more. */
  g_assert_true (nj_trust_store_remove (places, "", &error));
  g_free (listed);
  listed = shell ("certutil -L -d sql:%s/.pki/nssdb", fixture->home);
  g_assert_nonnull (strstr (listed, "Somebody"));
  g_assert_null (strstr (listed, "Nightjar authority"));
}

/* All that a profile ever had, by the certificates that it kept. */
static void
test_forgets_all_of_a_profile (Fixture *fixture, gconstpointer unused)
{
  g_autofree char *before = certificate_new ("Nightjar on here (me) before");
  g_autofree char *other = certificate_new ("Nightjar on here (me) of another profile");
  g_autofree char *folder = g_build_filename (fixture->home, "authority", NULL);
  g_autofree char *now_path = g_build_filename (folder, "authority.pem", NULL);
  g_autofree char *before_path = g_build_filename (folder, "authority.replaced-1700000000.pem", NULL);
  g_autofree char *listed = NULL;
  g_autoptr (GPtrArray) places = NULL;
  g_autoptr (GError) error = NULL;

  make_database (fixture, ".pki/nssdb");
  places = nj_trust_store_find (fixture->home);
  g_assert_true (nj_trust_store_install (places, before, &error));
  g_assert_true (nj_trust_store_install (places, other, &error));
  g_assert_true (nj_trust_store_install (places, fixture->pem, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (now_path, fixture->pem, -1, NULL));
  g_assert_true (g_file_set_contents (before_path, before, -1, NULL));

  g_assert_true (nj_trust_store_forget (places, folder, &error));
  g_assert_no_error (error);
  listed = shell ("certutil -L -d sql:%s/.pki/nssdb | grep -c 'Nightjar authority'", fixture->home);
  g_assert_cmpstr (listed, ==, "1\n");

  /* Of a profile that is gone nothing is known. */
  g_free (shell ("rm -r '%s'", folder));
  g_assert_true (nj_trust_store_forget (places, folder, &error));
  g_free (listed);
  listed = shell ("certutil -L -d sql:%s/.pki/nssdb", fixture->home);
  g_assert_null (strstr (listed, "Nightjar authority"));
}

static void
test_says_what_failed (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GPtrArray) places = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->home, ".mozilla/firefox/a.default/cert9.db", NULL);

  make_database (fixture, ".mozilla/firefox/a.default");
  g_assert_true (g_file_set_contents (path, "no database", -1, NULL));
  places = nj_trust_store_find (fixture->home);
  g_assert_false (nj_trust_store_install (places, fixture->pem, &error));
  g_assert_error (error, NJ_TRUST_STORE_ERROR, NJ_TRUST_STORE_ERROR_FAILED);
  g_assert_cmpint (place_at (places, "nssdb")->state, ==, NJ_TRUST_STATE_PRESENT);
  g_assert_cmpstr (place_at (places, "a.default")->problem, !=, "");
  g_assert_null (strstr (place_at (places, "a.default")->problem, "pipe")); /* its reason, not that it gave up before it was told all */

  g_clear_error (&error);
  g_assert_false (nj_trust_store_install (places, "nothing", &error));
  g_assert_error (error, NJ_TRUST_STORE_ERROR, NJ_TRUST_STORE_ERROR_NO_CERTIFICATE);
}

int
main (int argc, char **argv)
{
  g_autofree char *certutil = g_find_program_in_path ("certutil");
  g_autofree char *openssl = g_find_program_in_path ("openssl");

  g_test_init (&argc, &argv, NULL);
  if (certutil == NULL || openssl == NULL)
    {
      g_print ("1..0 # SKIP certutil (libnss3-tools) or openssl is not installed\n");
      return 0;
    }
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/desktop/trust-store/finds", test_finds);
  ADD ("/desktop/trust-store/installs-and-removes", test_installs_and_removes);
  ADD ("/desktop/trust-store/leaves-others-alone", test_leaves_others_alone);
  ADD ("/desktop/trust-store/forgets-all-of-a-profile", test_forgets_all_of_a_profile);
  ADD ("/desktop/trust-store/says-what-failed", test_says_what_failed);
  return g_test_run ();
}
