/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Subscribed lists: when they are due, what may take the place of the text in use, patches, the catalogue.
 */
#include "filter/list-catalogue.h"
#include "filter/list-patch.h"
#include "filter/subscription.h"

#include <string.h>

static void
test_due (void)
{
  g_autoptr (NjSubscription) list = nj_subscription_new ("a", "https://lists.example/a.txt");
  gint64                     first, second;

  g_assert_cmpint (nj_subscription_due (list), ==, 0);
  g_assert_cmpint (nj_subscription_judge (list, NJ_BYTES ("! Expires: 2 days\n||a.example^\n"), -1, 1000000), ==, NJ_FETCH_NEW);
  g_assert_cmpint (nj_subscription_due (list), ==, 1000000 + 2 * 86400);

  nj_subscription_note (list, NJ_FETCH_FAILED, 2000000);
  first = nj_subscription_due (list) - 2000000;
  nj_subscription_note (list, NJ_FETCH_FAILED, 2000000);
  second = nj_subscription_due (list) - 2000000;
  g_assert_cmpint (first, >=, 300);
  g_assert_cmpint (first, <=, 361);
  g_assert_cmpint (second, >, first);
  for (guint i = 0; i < 50; i++)
    nj_subscription_note (list, NJ_FETCH_FAILED, 2000000);
  g_assert_cmpint (nj_subscription_due (list) - 2000000, <=, 86400 * 6 / 5 + 1);
  g_assert_cmpint (list->last_success, ==, 1000000);

  nj_subscription_note (list, NJ_FETCH_UNCHANGED, 3000000);
  g_assert_cmpint (nj_subscription_due (list), ==, 3000000 + 2 * 86400);
}

static void
test_judge (void)
{
  static const struct
  {
    const char   *text;
    gint64        announced;
    NjFetchResult result;
  } cases[] = {
    { "||a.example^\n", 13, NJ_FETCH_NEW },
    { "||a.example^\n", 14, NJ_FETCH_TRUNCATED },
    { " \n\n", -1, NJ_FETCH_EMPTY },
    { "", 0, NJ_FETCH_EMPTY },
    { "\n<!DOCTYPE html><p>Gone", -1, NJ_FETCH_NO_LIST },
    { "<html>", -1, NJ_FETCH_NO_LIST },
    { "{\"error\":404}", -1, NJ_FETCH_NO_LIST },
    { "\x1f\x8b\x08\x01\x02\x03\x04\x05\x06garbage", -1, NJ_FETCH_NO_LIST },
    { "! Checksum: AAAAAAAAAAAAAAAAAAAAAA\n||a.example^\n", -1, NJ_FETCH_BAD_DIGEST },
    { "! Checksum: wdr1DI5xZfVJKk+CZuPwgQ\n||a.example^\n", -1, NJ_FETCH_NEW },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjSubscription) list = nj_subscription_new ("a", "https://lists.example/a.txt");
      NjFetchResult              result = nj_subscription_judge (list, nj_bytes_from_string (cases[i].text), cases[i].announced, 1);

      g_assert_cmpint (result, ==, cases[i].result);
      g_assert_cmpuint (list->n_failures, ==, result != NJ_FETCH_NEW);
      g_assert_cmpint (list->digest != NULL, ==, result == NJ_FETCH_NEW);
      g_assert_nonnull (nj_fetch_result_text (result));
    }
}

/* Kept back twice, believed the third time. */
static void
test_shrunk (void)
{
  g_autoptr (NjSubscription) list = nj_subscription_new ("a", "https://lists.example/a.txt");
  g_autofree char           *text = g_strnfill (50000, 'a');

  g_assert_cmpint (nj_subscription_judge (list, nj_bytes (text, 50000), -1, 1), ==, NJ_FETCH_NEW);
  g_assert_cmpint (nj_subscription_judge (list, nj_bytes (text, 4000), -1, 2), ==, NJ_FETCH_SHRUNK);
  g_assert_cmpuint (list->size, ==, 50000);
  g_assert_cmpint (nj_subscription_judge (list, nj_bytes (text, 4000), -1, 3), ==, NJ_FETCH_SHRUNK);
  g_assert_cmpint (nj_subscription_judge (list, nj_bytes (text, 4000), -1, 4), ==, NJ_FETCH_NEW);
  g_assert_cmpint (nj_subscription_judge (list, nj_bytes (text, 3000), -1, 5), ==, NJ_FETCH_NEW);
}

static void
test_file (void)
{
  g_autoptr (NjSubscription) list = nj_subscription_new ("a", "https://lists.example/a.txt"), back = NULL;
  g_autoptr (GKeyFile)       file = g_key_file_new ();

  list->etag = g_strdup ("\"x\"");
  nj_subscription_judge (list, NJ_BYTES ("! Expires: 3 days\n||a.example^\n"), -1, 77);
  nj_subscription_note (list, NJ_FETCH_TOO_LARGE, 88);
  nj_subscription_write (list, file);
  back = nj_subscription_read (file, "a");
  g_assert_cmpstr (back->url, ==, list->url);
  g_assert_cmpstr (back->etag, ==, "\"x\"");
  g_assert_cmpstr (back->digest, ==, list->digest);
  g_assert_cmpint (back->last_success, ==, 77);
  g_assert_cmpint (back->last_attempt, ==, 88);
  g_assert_cmpuint (back->expires_s, ==, 3 * 86400);
  g_assert_cmpint (back->result, ==, NJ_FETCH_TOO_LARGE);
  g_assert_cmpint (nj_subscription_due (back), ==, nj_subscription_due (list));
  g_assert_null (nj_subscription_read (file, "b"));
}

static char *
patch_with (const char *commands, guint n, const char *result)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA1, result, -1);

  return g_strdup_printf ("diff name:other lines:2 checksum:0123456789\na1 1\nx\ndiff name:mine lines:%u checksum:%.10s\n%s", n, sum,
                          commands);
}

static void
test_patch (void)
{
  static const struct
  {
    const char *commands;
    guint       n;
    const char *result;
    gboolean    is_applied;
  } cases[] = {
    { "a0 1\nzero\nd2 1\na3 2\nthree and\na half\n", 6, "zero\none\nthree\nthree and\na half\nfour\n", TRUE },
    { "d1 4\n", 1, "", TRUE },
    { "d1 5\n", 1, "", FALSE },
    { "a9 1\nx\n", 2, "one\ntwo\nthree\nfour\nx\n", FALSE },
    { "a4 2\nx\n", 2, "one\ntwo\nthree\nfour\nx\n", FALSE },
    { "d2 1\nd1 1\n", 2, "three\nfour\n", FALSE },
    { "nonsense\n", 1, "one\ntwo\nthree\nfour\n", FALSE },
    { "a4 1\nx\n", 2, "one\ntwo\nthree\nfour\ny\n", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *patch = patch_with (cases[i].commands, cases[i].n, cases[i].result);
      gsize            len = 0;
      g_autofree char *text = nj_list_patch_apply (NJ_BYTES ("one\ntwo\nthree\nfour\n"), nj_bytes_from_string (patch),
                                                   NJ_BYTES ("mine"), &len);

      g_assert_cmpint (text != NULL, ==, cases[i].is_applied);
      if (text != NULL)
        g_assert_cmpmem (text, len, cases[i].result, strlen (cases[i].result));
    }
  g_assert_null (nj_list_patch_apply (NJ_BYTES ("a\n"), NJ_BYTES_NONE, NJ_BYTES_NONE, &(gsize){ 0 }));
}

static void
test_catalogue (void)
{
  static const char *const german[] = { "de_DE.UTF-8", "de_DE", "de", "C", NULL };
  static const char *const purposes[] = { "ads", "privacy", "malware", "annoyances", "repair", "hosts", "regional", NULL };
  g_autoptr (GError)       error = NULL;
  g_autoptr (GPtrArray)    lists = nj_list_catalogue_load (&error);
  guint                    n_default = 0, n_german = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (lists->len, >=, 30);
  for (guint i = 0; i < lists->len; i++)
    {
      const NjOfferedList *list = lists->pdata[i];

      g_assert_nonnull (list->title);
      g_assert_nonnull (list->licence);
      g_assert_true (g_strv_contains (purposes, list->purpose));
      g_assert_true (g_str_has_prefix (list->homepage, "https://"));
      g_assert_cmpuint (g_strv_length (list->urls), >=, 1);
      for (guint k = 0; list->urls[k] != NULL; k++)
        g_assert_true (g_str_has_prefix (list->urls[k], "https://"));
      n_default += nj_list_catalogue_is_default (list, (const char *const[]){ "C", NULL });
      n_german += nj_list_catalogue_is_default (list, german);
    }
  g_assert_cmpuint (n_default, >=, 5);
  g_assert_cmpuint (n_german, ==, n_default + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/subscription/due", test_due);
  g_test_add_func ("/filter/subscription/judge", test_judge);
  g_test_add_func ("/filter/subscription/shrunk", test_shrunk);
  g_test_add_func ("/filter/subscription/file", test_file);
  g_test_add_func ("/filter/list-patch/apply", test_patch);
  g_test_add_func ("/filter/list-catalogue/whole", test_catalogue);
  return g_test_run ();
}
