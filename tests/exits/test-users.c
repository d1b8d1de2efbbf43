/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An exit server's users whose list is read anew while it serves, and passwords of both kinds.
 */
#include "base/clock.h"
#include "exits/users.h"
#include "net/worker.h"
#include "tests/support/on-worker.h"

#include <glib/gstdio.h>
#include <time.h>
#include <unistd.h>

typedef struct
{
  NjUsers    *users;
  const char *credentials; /* name:password */
  gboolean    is_let_in;
} Check;

static void
check_fiber (gpointer user_data)
{
  Check           *check = user_data;
  g_autofree char *encoded = g_base64_encode ((const guchar *) check->credentials, strlen (check->credentials));
  g_autofree char *value = g_strconcat ("Basic ", encoded, NULL);
  NjAddress        peer = { 0 };

  nj_address_parse (NJ_BYTES ("192.0.2.1"), 1, &peer);
  check->is_let_in = nj_users_check (check->users, nj_bytes_from_string (value), &peer);
}

static gboolean
is_let_in (NjUsers *users, const char *credentials)
{
  Check check = { users, credentials, FALSE };

  on_worker_run (check_fiber, &check);
  return check.is_let_in;
}

static NjUsers *
users_from (const char *text)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  NjUsers *users;
  int      fd = g_file_open_tmp ("users-XXXXXX", &path, NULL);

  close (fd);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  users = nj_users_new (path, &error);
  g_assert_no_error (error);
  g_unlink (path);
  return users;
}

static double
cpu_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

/* No slow hash is ever made where no person chose a password, whoever asks. */
static void
test_random (void)
{
  g_autofree char *line = nj_users_line ("me", "tyyUOhMDSZa5ANjlrrLTUoYk", NJ_USERS_RANDOM);
  g_autofree char *slow = NULL;
  g_autoptr (NjUsers) users = users_from (line);
  double start = cpu_now (), one;

  g_assert_true (g_str_has_prefix (line, "me:hmac-sha256:"));
  g_assert_null (strstr (line, "tyyUOhMDSZa5"));
  slow = nj_users_line ("a", "password", NJ_USERS_CHOSEN);
  g_assert_true (g_str_has_prefix (slow, "a:scrypt:15:"));
  one = cpu_now () - start;

  start = cpu_now ();
  g_assert_true (is_let_in (users, "me:tyyUOhMDSZa5ANjlrrLTUoYk"));
  g_assert_false (is_let_in (users, "me:tyyUOhMDSZa5ANjlrrLTUoYl"));
  g_assert_false (is_let_in (users, "me:"));
  g_assert_false (is_let_in (users, "you:tyyUOhMDSZa5ANjlrrLTUoYk"));
  g_test_message ("a slow hash %.1f ms, four checks %.1f ms of CPU", one * 1000, (cpu_now () - start) * 1000);
  g_assert_cmpfloat (cpu_now () - start, <, one / 2);
}

/* With one slow user all that is wrong costs a slow hash, so that nobody learns who is who. */
static void
test_mixed (void)
{
  g_autofree char *fast = nj_users_line ("me", "tyyUOhMDSZa5ANjlrrLTUoYk", NJ_USERS_RANDOM);
  double           start = cpu_now (), one;
  g_autofree char *slow = nj_users_line ("you", "chosen", NJ_USERS_CHOSEN);
  g_autofree char *text = g_strjoin ("\n", fast, slow, "", NULL);
  g_autoptr (NjUsers) users = users_from (text);
  static const char *const wrong[] = { "me:x", "you:x", "her:x" };

  one = cpu_now () - start;
  g_assert_true (is_let_in (users, "me:tyyUOhMDSZa5ANjlrrLTUoYk"));
  g_assert_true (is_let_in (users, "you:chosen"));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      start = cpu_now ();
      g_assert_false (is_let_in (users, wrong[i]));
      g_assert_cmpfloat (cpu_now () - start, >, one / 3);
    }
}

static void
test_taken (void)
{
  static const char *const bad[] = { "", "# none\n", "me\n", "me:hmac-sha256:AAAA:AAAA\n", "me:scrypt:9:a:b\n",
                                     "x:hmac-sha256:15:UYKHxK7hE8anLmkyoT8Ybw==:SgWgIZYV54fv7Zlu49T+Zyll+m5h9inOtz0f/vwh7Qc=\n" };
  g_autofree char *one = nj_users_line ("me", "one", NJ_USERS_CHOSEN);
  g_autofree char *two = nj_users_line ("me", "two", NJ_USERS_RANDOM);
  g_autofree char *other = nj_users_line ("you", "three", NJ_USERS_RANDOM);
  g_autofree char *both = g_strjoin ("\r\n", one, other, "", NULL);
  g_autoptr (NjUsers) users = users_from (one);

  g_assert_true (is_let_in (users, "me:one"));
  g_assert_false (is_let_in (users, "you:three"));

  /* What is no list changes nothing. */
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (nj_users_take (users, bad[i], &error));
      g_assert_error (error, NJ_USERS_ERROR, NJ_USERS_ERROR_BAD_FILE);
      g_assert_true (is_let_in (users, "me:one"));
    }

  g_assert_true (nj_users_take (users, both, NULL));
  g_assert_cmpuint (nj_users_count (users), ==, 2);
  g_assert_true (is_let_in (users, "me:one"));
  g_assert_true (is_let_in (users, "you:three"));

  /* Another password, and what was known to be right is so no more; then nobody of that name. */
  g_assert_true (nj_users_take (users, two, NULL));
  g_assert_false (is_let_in (users, "me:one"));
  g_assert_true (is_let_in (users, "me:two"));
  g_assert_false (is_let_in (users, "you:three"));
  g_assert_true (nj_users_take (users, other, NULL));
  g_assert_false (is_let_in (users, "me:two"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exits/users/random", test_random);
  g_test_add_func ("/exits/users/mixed", test_mixed);
  g_test_add_func ("/exits/users/taken", test_taken);
  return g_test_run ();
}
