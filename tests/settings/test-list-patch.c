/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patches of lists: what they do to a text, and what is refused.
 */
#include "settings/list-patch.h"

#include <glib.h>
#include <string.h>

#define LIMIT 4096

static char *
patch_for (const char *commands, guint lines, const char *result)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA1, result, -1);

  return g_strdup_printf ("diff name:x lines:%u checksum:%.10s\n%s", lines, digest, commands);
}

static char *
apply (const char *old, const char *patch, const char *name, const char **ret_problem)
{
  gsize len = 0;
  char *text = nj_list_patch_apply (nj_bytes_from_string (old), nj_bytes_from_string (patch), nj_bytes_from_string (name), LIMIT, &len,
                                    ret_problem);

  g_assert_cmpuint (text != NULL ? strlen (text) : 0, ==, len);
  return text;
}

static void
assert_patched (const char *old, const char *commands, guint lines, const char *expected)
{
  g_autofree char *patch = patch_for (commands, lines, expected);
  const char      *problem = NULL;
  g_autofree char *text = apply (old, patch, "x", &problem);

  g_assert_cmpstr (problem, ==, NULL);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_good (void)
{
  assert_patched ("a\nb\nc\n", "d2 1\n", 1, "a\nc\n");
  assert_patched ("a\nb\nc\n", "a0 1\nz\n", 2, "z\na\nb\nc\n");
  assert_patched ("a\nb\nc\n", "a3 2\nd\ne\n", 3, "a\nb\nc\nd\ne\n");
  assert_patched ("a\nb\nc\n", "d1 2\na2 1\nx\n", 3, "x\nc\n");
  assert_patched ("a\nb\nc\n", "d1 1\nd3 1\na3 1\nd\n", 4, "b\nd\n");
  assert_patched ("a\nb", "a2 1\nc\n", 2, "a\nb\nc");
  assert_patched ("a\r\nb\r\n", "d1 1\n", 1, "b\r\n");
  assert_patched ("a\n", "", 0, "a\n");
}

static void
test_bad (void)
{
  static const char *const bad[] = { "d4 9\n",      "a9 1\nx\n",        "d2 1\nd1 1\n", "a1 5\nx\n",  "x1 1\n", "d0 1\n",
                                     "d1 0\n",      "d1\n",             "d-1 1\n",      "dd 1\n",     "\n\nd1 1\n",
                                     "a2 1\nx\na1 1\ny\n", "d1 99999999999999999999\n" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *patch = patch_for (bad[i], 2, "a\nb\nc\n");
      const char      *problem = NULL;

      g_assert_null (apply ("a\nb\nc\n", patch, "x", &problem));
      g_assert_nonnull (problem);
    }
}

static void
test_checksum (void)
{
  const char *problem = NULL;

  g_assert_null (apply ("a\nb\n", "diff name:x lines:1 checksum:0123456789\nd1 1\n", "x", &problem));
  g_assert_nonnull (strstr (problem, "another text"));
  /* Without one, or with one too short, nothing tells whether it is right. */
  g_assert_null (apply ("a\nb\n", "diff name:x lines:1\nd1 1\n", "x", &problem));
  g_assert_null (apply ("a\nb\n", "d1 1\n", "x", &problem));
}

static void
test_parts (void)
{
  g_autofree char *part = patch_for ("d1 1\n", 1, "b\n");
  g_autofree char *whole = g_strconcat ("diff name:y lines:2 checksum:0123456789\nd1 1\nd2 1\n", part, NULL);
  const char      *problem = NULL;
  g_autofree char *text = apply ("a\nb\n", whole, "x", &problem);

  g_assert_cmpstr (text, ==, "b\n");
  g_assert_null (apply ("a\nb\n", whole, "z", &problem));
  g_assert_nonnull (strstr (problem, "not about this list"));
}

static void
test_limit (void)
{
  g_autoptr (GString) commands = g_string_new ("a1 100\n");
  g_autofree char *patch = NULL;
  const char      *problem = NULL;

  for (guint i = 0; i < 100; i++)
    g_string_append (commands, "||a-rather-long-host-name-that-fills-the-text.example^\n");
  patch = patch_for (commands->str, 101, "");
  g_assert_null (apply ("a\n", patch, "x", &problem));
  g_assert_nonnull (problem);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/list-patch/good", test_good);
  g_test_add_func ("/settings/list-patch/bad", test_bad);
  g_test_add_func ("/settings/list-patch/checksum", test_checksum);
  g_test_add_func ("/settings/list-patch/parts", test_parts);
  g_test_add_func ("/settings/list-patch/limit", test_limit);
  return g_test_run ();
}
