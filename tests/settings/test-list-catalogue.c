/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The catalogue says of each list all that is promised, and nothing that could not be fetched.
 */
#include "settings/list-catalogue.h"
#include "settings/list-fetch.h"

#include <string.h>

static NjList *
find (GPtrArray *lists, const char *id)
{
  for (guint i = 0; i < lists->len; i++)
    if (g_str_equal (((NjList *) g_ptr_array_index (lists, i))->id, id))
      return g_ptr_array_index (lists, i);

  g_error ("no list %s", id);
  return NULL;
}

static void
check_list (const NjList *list)
{
  static const char *const purposes[] = { "ads", "privacy", "security", "cookies", "annoyances", "social", "regional", NULL };
  const char *reason = NULL;

  g_test_message ("%s", list->id);
  /* Ids become names of files, and paths on the bus with "_" for "-". */
  g_assert_cmpuint (strspn (list->id, "abcdefghijklmnopqrstuvwxyz0123456789-"), ==, strlen (list->id));
  g_assert_cmpstr (list->title, !=, "");
  g_assert_cmpstr (list->licence, !=, "");
  g_assert_true (g_strv_contains (purposes, list->purpose));
  g_assert_true (nj_list_fetch_may (list->homepage, &reason));
  g_assert_true (nj_list_is_fetched (list));
  for (guint i = 0; list->addresses[i] != NULL; i++)
    {
      g_assert_true (nj_list_fetch_may (list->addresses[i], &reason));
      g_assert_true (g_str_has_prefix (list->addresses[i], "https://"));
    }
  g_assert_cmpint (g_str_equal (list->purpose, "regional"), ==, list->languages[0] != NULL);
}

static void
test_whole (void)
{
  g_autoptr (GPtrArray) lists = nj_list_catalogue_read ((const char *const[]){ "C", NULL });
  guint n_on = 0;

  g_assert_cmpuint (lists->len, >=, 30);
  for (guint i = 0; i < lists->len; i++)
    {
      const NjList *list = g_ptr_array_index (lists, i);

      check_list (list);
      n_on += list->is_default;
      g_assert_true (find (lists, list->id) == list);
    }
  g_assert_cmpuint (n_on, ==, 9);
  g_assert_false (find (lists, "easylist")->is_trusted_default);
}

static void
test_locale (void)
{
  g_autoptr (GPtrArray) lists = nj_list_catalogue_read ((const char *const[]){ "de_AT.UTF-8", "de_AT", "de", "C", NULL });

  g_assert_true (find (lists, "easylist-germany")->is_default);
  g_assert_true (find (lists, "easylist")->is_default);
  g_assert_false (find (lists, "easylist-italy")->is_default);
}

static void
test_addresses (void)
{
  static const char *const good[] = { "https://lists.example/a.txt", "https://lists.example:8443/", "http://127.0.0.1:80/x",
                                      "http://localhost/x", "http://[::1]:1/" };
  static const char *const bad[] = { "http://lists.example/", "http://127.0.0.1.lists.example/",
                                     "http://localhost.example/", "lists.example", "https:///x", "file:///etc/passwd",
                                     "https://a:b@lists.example/",
                                     "data:text/plain,x", "" };
  const char *reason = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (nj_list_fetch_may (good[i], &reason));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (nj_list_fetch_may (bad[i], &reason));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/list-catalogue/whole", test_whole);
  g_test_add_func ("/settings/list-catalogue/locale", test_locale);
  g_test_add_func ("/settings/list-catalogue/addresses", test_addresses);
  return g_test_run ();
}
