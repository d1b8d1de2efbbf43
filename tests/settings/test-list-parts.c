/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a part of a fetched list is: on the list's server, below its folder, or nowhere.
 */
#include "settings/list-parts.h"

#include <glib/gstdio.h>

static void
test_address (void)
{
  static const struct
  {
    const char *list, *path, *address; /* NULL: it may not be fetched */
  } cases[] = {
    { "https://lists.example/a/list.txt", "part.txt", "https://lists.example/a/part.txt" },
    { "https://lists.example/a/list.txt", "b/c.txt", "https://lists.example/a/b/c.txt" },
    { "https://lists.example:8443/list.txt?x=/y/z", "part.txt", "https://lists.example:8443/part.txt" },
    { "https://lists.example", "part.txt", "https://lists.example/part.txt" },
    { "https://[2001:db8::1]/a/l", "p", "https://[2001:db8::1]/a/p" },
    { "https://lists.example/a/", "two words", "https://lists.example/a/two%20words" },
    { "https://lists.example/a/", "caf\xc3\xa9", "https://lists.example/a/caf%C3%A9" },
    { "https://lists.example/a/", "caf\xe9", NULL },
    { "https://lists.example/a/", "p#x", "https://lists.example/a/p%23x" },
    { "https://lists.example/a/", "p.txt?v=1", "https://lists.example/a/p.txt?v=1" },
    { "https://lists.example/a/", "b%20c", "https://lists.example/a/b%20c" },
    { "https://lists.example/a/", "../p", NULL },
    { "https://lists.example/a/", "b/..", NULL },
    { "https://lists.example/a/", "%2e%2e/p", NULL },
    { "https://lists.example/a/", ".%2E/p", NULL },
    { "https://lists.example/a/", "b%2f..%2fp", NULL },
    { "https://lists.example/a/", "b%5c..%5cp", NULL },
    { "https://lists.example/a/", "p%00", NULL },
    { "http://lists.example/a/", "p", NULL },
    { "nonsense", "p", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *address = nj_list_parts_address (cases[i].list, cases[i].path);

      g_assert_cmpstr (address, ==, cases[i].address);
    }
}

/* What the file of states names goes, and nothing above the folder, whoever wrote that file. */
static void
test_remove (void)
{
  g_autofree char *top = g_dir_make_tmp ("nightjar-XXXXXX", NULL);
  g_autofree char *folder = g_build_filename (top, "x.parts", NULL);
  g_autofree char *deep = g_build_filename (folder, "b", NULL);
  g_autofree char *part = g_build_filename (deep, "p.txt", NULL);
  g_autofree char *outside = g_build_filename (top, "outside", NULL);
  g_autofree char *states = g_strconcat (folder, ".ini", NULL);

  g_assert_cmpint (g_mkdir_with_parents (deep, 0700), ==, 0);
  g_assert_true (g_file_set_contents (part, "||a.example^\n", -1, NULL));
  g_assert_true (g_file_set_contents (outside, "x", -1, NULL));
  g_assert_true (g_file_set_contents (states, "[b/p.txt]\nfetched=1\n[../outside]\nfetched=1\n[%2e%2e/outside]\nfetched=1\n", -1, NULL));
  nj_list_parts_remove (folder);
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (states, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (outside, G_FILE_TEST_EXISTS));
  g_unlink (outside);
  g_assert_cmpint (g_rmdir (top), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/list-parts/address", test_address);
  g_test_add_func ("/settings/list-parts/remove", test_remove);
  return g_test_run ();
}
