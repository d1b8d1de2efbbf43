/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The authority: made once, kept, never readable by others, set aside when damaged, followed by the
 * next one in time; and its leaves: names, dates, cache, and what openssl says of the chain.
 */
#include "base/clock.h"
#include "tls/leaf-certificate.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

#define DAY (86400 * (gint64) G_USEC_PER_SEC)

static gint64 ahead; /* µs that the clock of a test is ahead of the machine's */

static gint64
wall (void)
{
  return g_get_real_time () + ahead;
}

static const NjClock test_clock = { g_get_monotonic_time, wall };

typedef struct
{
  char      *folder;
  GPtrArray *complaints;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  ahead = 0;
  nj_clock_replace (&test_clock);
  fixture->folder = g_dir_make_tmp ("nightjar-authority-XXXXXX", NULL);
  fixture->complaints = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_ptr_array_unref (fixture->complaints);
  nj_clock_replace (NULL);
}

static NjAuthority *
open_authority (Fixture *fixture)
{
  GError      *error = NULL;
  NjAuthority *authority = nj_authority_open (fixture->folder, NULL, FALSE, fixture->complaints, &error);

  g_assert_no_error (error);
  return authority;
}

static char *
path_in (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->folder, name, NULL);
}

static void
write_in (Fixture *fixture, const char *name, const char *text)
{
  g_autofree char *path = path_in (fixture, name);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static gboolean
has_file (Fixture *fixture, const char *prefix)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, prefix))
      return TRUE;
  return FALSE;
}

static gboolean
is_same (NjAuthority *a, NjAuthority *b)
{
  guint8 x[NJ_AUTHORITY_FINGERPRINT], y[NJ_AUTHORITY_FINGERPRINT];

  nj_authority_fingerprint (a, x);
  nj_authority_fingerprint (b, y);
  return memcmp (x, y, sizeof x) == 0;
}

/* What the openssl program says; the words are shell words. */
G_GNUC_PRINTF (2, 3)
static char *
openssl (Fixture *fixture, const char *format, ...)
{
  g_autofree char *words = NULL;
  g_autofree char *command = NULL;
  char            *output = NULL;
  va_list          args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  command = g_strdup_printf ("sh -c 'cd %s && openssl %s 2>&1'", fixture->folder, words);
  g_assert_true (g_spawn_command_line_sync (command, &output, NULL, NULL, NULL));
  return output;
}

static void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("no “%s” in: %s", part, text);
}

static void
test_made_once (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (NjAuthority) first = open_authority (fixture);
  g_autoptr (NjAuthority) second = open_authority (fixture);
  g_autofree char *key = path_in (fixture, "authority.key");
  g_autofree char *text = openssl (fixture, "x509 -in authority.pem -noout -text");
  struct stat      status;

  g_assert_true (is_same (first, second));
  g_assert_cmpuint (fixture->complaints->len, ==, 0);
  g_assert_cmpint (stat (key, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_true (g_str_has_prefix (nj_authority_name (first), "Nightjar on "));
  g_assert_null (strstr (nj_authority_certificate (first), "PRIVATE"));

  assert_has (text, "CA:TRUE, pathlen:0");
  assert_has (text, "TLS Web Server Authentication");
  assert_has (text, "NIST CURVE: P-256");
  assert_has (text, "Certificate Sign, CRL Sign");
  g_assert_cmpint (nj_authority_ends (first) - wall () / G_USEC_PER_SEC, <=, 730 * 86400);
}

static void
test_rights_are_narrowed (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (NjAuthority) first = open_authority (fixture);
  g_autoptr (NjAuthority) second = NULL;
  g_autofree char *key = path_in (fixture, "authority.key");
  struct stat      status;

  g_chmod (key, 0644);
  second = open_authority (fixture);
  g_assert_cmpint (stat (key, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
}

/* Whatever is broken: kept, told, and a new one is there. */
static void
test_damaged (Fixture *fixture, gconstpointer user_data)
{
  const char *file = user_data;
  g_autoptr (NjAuthority) first = open_authority (fixture);
  g_autoptr (NjAuthority) second = NULL;

  write_in (fixture, file, "-----BEGIN NOTHING-----\n");
  second = open_authority (fixture);
  g_assert_false (is_same (first, second));
  g_assert_cmpuint (fixture->complaints->len, ==, 1);
  g_assert_true (has_file (fixture, "authority.damaged-"));
}

static void
test_key_of_another (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (NjAuthority) first = open_authority (fixture);
  g_autoptr (NjAuthority) second = NULL;
  g_autofree char *made = openssl (fixture, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out authority.key");

  second = open_authority (fixture);
  g_assert_false (is_same (first, second));
  g_assert_cmpuint (fixture->complaints->len, ==, 1);
}

static void
test_rotation (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (NjAuthority) first = open_authority (fixture);
  g_autoptr (NjAuthority) overlapping = NULL;
  g_autoptr (NjAuthority) last = NULL;
  const char *next;

  g_assert_false (has_file (fixture, "authority-next"));
  ahead = (NJ_AUTHORITY_DAYS - NJ_AUTHORITY_OVERLAP + 1) * DAY;
  overlapping = open_authority (fixture);
  g_assert_true (is_same (first, overlapping));
  g_assert_true (has_file (fixture, "authority-next.key"));
  next = strstr (nj_authority_certificate (overlapping) + 1, "-----BEGIN CERTIFICATE-----");
  g_assert_nonnull (next);

  ahead = (NJ_AUTHORITY_DAYS - 5) * DAY;
  last = open_authority (fixture);
  g_assert_cmpstr (nj_authority_certificate (last), ==, next);
  g_assert_false (has_file (fixture, "authority-next"));
  g_assert_cmpuint (fixture->complaints->len, ==, 0);
}

/* Opens it with keys that somebody else keeps, or without any; %NULL when the key is wanted. */
static NjAuthority *
open_with (Fixture *fixture, const char *keys, gboolean is_held)
{
  g_autoptr (GError) error = NULL;
  NjAuthority *authority = nj_authority_open (fixture->folder, keys, is_held, fixture->complaints, &error);

  if (authority == NULL)
    g_assert_error (error, NJ_AUTHORITY_ERROR, NJ_AUTHORITY_ERROR_KEYLESS);
  return authority;
}

static void
test_key_elsewhere (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (NjAuthority) first = open_authority (fixture);
  g_autoptr (NjAuthority) again = NULL;
  char *keys = nj_authority_keys (first);

  g_assert_cmpint (nj_authority_keys_kept (first), ==, NJ_AUTHORITY_IN_FILE);
  g_assert_true (nj_authority_keys_elsewhere (first, fixture->folder, NULL));
  g_assert_false (has_file (fixture, "authority.key"));

  /* Nobody makes another one: not without keys, not with those of somebody else, not with rubbish. */
  g_assert_null (open_with (fixture, NULL, FALSE));
  g_assert_null (open_with (fixture, "", FALSE));
  g_assert_null (open_with (fixture, "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n", TRUE));
  g_assert_cmpuint (fixture->complaints->len, ==, 0);
  g_assert_false (has_file (fixture, "authority.damaged-"));

  again = open_with (fixture, keys, FALSE);
  g_assert_true (is_same (first, again));
  g_assert_cmpint (nj_authority_keys_kept (again), ==, NJ_AUTHORITY_ELSEWHERE);
  g_assert_false (has_file (fixture, "authority.key"));
  nj_authority_keys_free (keys);
}

/* Of what is held nothing is on the disk until it is said where it is kept. */
static void
test_key_held (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (NjAuthority) first = open_with (fixture, "", TRUE);
  g_autoptr (NjAuthority) other = NULL;
  g_autoptr (NjAuthority) again = NULL;

  g_assert_false (has_file (fixture, "authority"));
  g_assert_cmpint (nj_authority_keys_kept (first), ==, NJ_AUTHORITY_NEW);
  g_assert_true (nj_authority_keys_elsewhere (first, fixture->folder, NULL));
  g_assert_true (has_file (fixture, "authority.pem"));
  g_assert_false (has_file (fixture, "authority.key"));

  /* The user wants another one: the certificate stays for those who have to be told to forget it. */
  g_assert_true (nj_authority_set_aside (fixture->folder));
  g_assert_true (has_file (fixture, "authority.replaced-"));
  other = open_with (fixture, "", TRUE);
  g_assert_false (is_same (first, other));
  g_assert_true (nj_authority_keys_to_files (other, fixture->folder, NULL));
  again = open_with (fixture, NULL, FALSE);
  g_assert_true (is_same (other, again));
}

static void
test_rotation_elsewhere (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (NjAuthority) first = open_with (fixture, "", TRUE);
  g_autoptr (NjAuthority) overlapping = NULL;
  g_autoptr (NjAuthority) last = NULL;
  const char *next;
  char *keys;

  g_assert_true (nj_authority_keys_elsewhere (first, fixture->folder, NULL));
  keys = nj_authority_keys (first);
  ahead = (NJ_AUTHORITY_DAYS - NJ_AUTHORITY_OVERLAP + 1) * DAY;
  overlapping = open_with (fixture, keys, TRUE);
  nj_authority_keys_free (keys);
  g_assert_true (is_same (first, overlapping));
  g_assert_cmpint (nj_authority_keys_kept (overlapping), ==, NJ_AUTHORITY_NEW);
  next = strstr (nj_authority_certificate (overlapping) + 1, "-----BEGIN CERTIFICATE-----");
  g_assert_nonnull (next);
  g_assert_true (nj_authority_keys_elsewhere (overlapping, fixture->folder, NULL));
  keys = nj_authority_keys (overlapping);

  ahead = (NJ_AUTHORITY_DAYS - 5) * DAY;
  g_assert_null (open_with (fixture, NULL, TRUE));
  last = open_with (fixture, keys, TRUE);
  nj_authority_keys_free (keys);
  g_assert_cmpstr (nj_authority_certificate (last), ==, next);
  g_assert_cmpint (nj_authority_keys_kept (last), ==, NJ_AUTHORITY_ELSEWHERE);
  g_assert_false (has_file (fixture, "authority.key"));
  g_assert_false (has_file (fixture, "authority-next"));
  g_assert_cmpuint (fixture->complaints->len, ==, 0);
}

static void
test_folder_that_cannot_be (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (nj_authority_open ("/proc/nothing/here", NULL, FALSE, NULL, &error));
  g_assert_nonnull (error);
}

/* Leaf for host: is it good for name, in the eyes of openssl? */
static gboolean
is_good_for (Fixture *fixture, NjLeafCertificates *leaves, const char *host, const char *name)
{
  g_autofree char *pem = nj_leaf_certificates_print (leaves, nj_bytes_from_string (host));
  g_autofree char *answer = NULL;
  gboolean         is_address = g_ascii_isdigit (name[0]) || strchr (name, ':') != NULL;

  g_assert_nonnull (pem);
  write_in (fixture, "leaf.pem", pem);
  answer = openssl (fixture, "verify -x509_strict -purpose sslserver -CAfile authority.pem -%s %s leaf.pem",
                    is_address ? "verify_ip" : "verify_hostname", name);
  return strstr (answer, "leaf.pem: OK") != NULL;
}

static void
test_leaf_names (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (NjAuthority) authority = open_authority (fixture);
  g_autoptr (NjLeafCertificates) leaves = nj_leaf_certificates_new (authority);

  /* The site and one label below it share one. */
  g_assert_true (is_good_for (fixture, leaves, "www.example.com", "www.example.com"));
  g_assert_true (is_good_for (fixture, leaves, "www.example.com", "example.com"));
  g_assert_true (is_good_for (fixture, leaves, "example.com", "img.example.com"));
  g_assert_true (is_good_for (fixture, leaves, "www.example.co.uk", "example.co.uk"));
  g_assert_cmpuint (nj_leaf_certificates_n_made (leaves), ==, 2);

  /* Deeper ones do not. */
  g_assert_true (is_good_for (fixture, leaves, "a.b.example.com", "a.b.example.com"));
  g_assert_false (is_good_for (fixture, leaves, "a.b.example.com", "b.example.com"));
  g_assert_false (is_good_for (fixture, leaves, "www.example.com", "a.b.example.com"));

  /* Never one for all that is below a public suffix, nor for another's page on a shared domain. */
  g_assert_true (is_good_for (fixture, leaves, "co.uk", "co.uk"));
  g_assert_false (is_good_for (fixture, leaves, "co.uk", "example.co.uk"));
  g_assert_false (is_good_for (fixture, leaves, "me.github.io", "you.github.io"));

  g_assert_true (is_good_for (fixture, leaves, "localhost", "localhost"));
  g_assert_true (is_good_for (fixture, leaves, "127.0.0.1", "127.0.0.1"));
  g_assert_true (is_good_for (fixture, leaves, "[::1]", "::1"));
}

static void
test_leaf_long_name (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (NjAuthority) authority = open_authority (fixture);
  g_autoptr (NjLeafCertificates) leaves = nj_leaf_certificates_new (authority);
  const char *host = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz.abcdefghijklmnopqrstuvwxyzabcdefghij.example.com";
  g_autofree char *text = NULL;

  g_assert_true (is_good_for (fixture, leaves, host, host));
  text = openssl (fixture, "x509 -in leaf.pem -noout -text");
  assert_has (text, "Subject Alternative Name: critical");
}

static void
test_leaf_form (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (NjAuthority) authority = open_authority (fixture);
  g_autoptr (NjLeafCertificates) leaves = nj_leaf_certificates_new (authority);
  g_autofree char *text = NULL;

  g_assert_true (is_good_for (fixture, leaves, "example.com", "example.com"));
  text = openssl (fixture, "x509 -in leaf.pem -noout -text");
  assert_has (text, "CA:FALSE");
  assert_has (text, "TLS Web Server Authentication");
  assert_has (text, "ecdsa-with-SHA256");
}

static void
test_leaf_dates (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (NjAuthority) authority = open_authority (fixture);
  g_autoptr (NjLeafCertificates) leaves = nj_leaf_certificates_new (authority);
  g_autofree char *first = nj_leaf_certificates_print (leaves, NJ_BYTES ("example.com"));
  g_autofree char *same = NULL;
  g_autofree char *later = NULL;

  ahead = 2 * DAY;
  same = nj_leaf_certificates_print (leaves, NJ_BYTES ("example.com"));
  g_assert_cmpstr (first, ==, same);
  ahead = 5 * DAY;
  later = nj_leaf_certificates_print (leaves, NJ_BYTES ("example.com"));
  g_assert_cmpstr (first, !=, later);
  g_assert_cmpuint (nj_leaf_certificates_n_made (leaves), ==, 2);
}

static void
test_leaf_cache_is_bounded (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (NjAuthority) authority = open_authority (fixture);
  g_autoptr (NjLeafCertificates) leaves = nj_leaf_certificates_new (authority);
  gint64 start = g_get_monotonic_time ();
  guint  n = NJ_LEAF_CERTIFICATES_MAX + 50;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *host = g_strdup_printf ("site%u.example", i);

      g_free (nj_leaf_certificates_print (leaves, nj_bytes_from_string (host)));
    }
  g_test_message ("%.3f ms for each leaf", (double) (g_get_monotonic_time () - start) / 1000 / n);

  g_free (nj_leaf_certificates_print (leaves, NJ_BYTES ("site561.example")));
  g_assert_cmpuint (nj_leaf_certificates_n_made (leaves), ==, n);
  g_free (nj_leaf_certificates_print (leaves, NJ_BYTES ("site0.example")));
  g_assert_cmpuint (nj_leaf_certificates_n_made (leaves), ==, n + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, data, func) g_test_add (path, Fixture, data, set_up, func, tear_down)
  ADD ("/tls/authority/made-once", NULL, test_made_once);
  ADD ("/tls/authority/rights-are-narrowed", NULL, test_rights_are_narrowed);
  ADD ("/tls/authority/damaged-key", "authority.key", test_damaged);
  ADD ("/tls/authority/damaged-certificate", "authority.pem", test_damaged);
  ADD ("/tls/authority/key-of-another", NULL, test_key_of_another);
  ADD ("/tls/authority/rotation", NULL, test_rotation);
  ADD ("/tls/authority/key-elsewhere", NULL, test_key_elsewhere);
  ADD ("/tls/authority/key-held", NULL, test_key_held);
  ADD ("/tls/authority/rotation-elsewhere", NULL, test_rotation_elsewhere);
  ADD ("/tls/authority/folder-that-cannot-be", NULL, test_folder_that_cannot_be);
  ADD ("/tls/leaf-certificate/names", NULL, test_leaf_names);
  ADD ("/tls/leaf-certificate/long-name", NULL, test_leaf_long_name);
  ADD ("/tls/leaf-certificate/form", NULL, test_leaf_form);
  ADD ("/tls/leaf-certificate/dates", NULL, test_leaf_dates);
  ADD ("/tls/leaf-certificate/cache-is-bounded", NULL, test_leaf_cache_is_bounded);
  return g_test_run ();
}
