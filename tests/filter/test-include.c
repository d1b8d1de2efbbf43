/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists that include lists: in memory and in a folder, and all that must not be reached that way.
 */
#include "filter-fixture.h"
#include "filter/list-folder.h"

#include <glib/gstdio.h>

/* path, text, path, text…, NULL */
static gboolean
include (NjBytes path, gpointer user_data, NjBytes *ret_text)
{
  for (const char *const *at = user_data; *at != NULL; at += 2)
    if (nj_bytes_equal (path, nj_bytes_from_string (*at)))
      {
        *ret_text = nj_bytes_from_string (at[1]);
        return TRUE;
      }
  return FALSE;
}

static NjEngine *
compile (const char *text, NjListInclude from, gconstpointer user_data)
{
  NjListSource source = { "test", "Test", nj_bytes_from_string (text), TRUE, from, (gpointer) user_data };
  NjEngine    *engine = nj_compiler_compile (&source, 1, NULL);

  g_assert_nonnull (engine);
  g_assert_cmpuint (nj_engine_fingerprint (engine), ==, nj_compiler_fingerprint (&source, 1));
  return engine;
}

static void
assert_verdict (const NjEngine *engine, const char *url, const char *wanted)
{
  g_autofree char *verdict = filter_fixture_ask (engine, url, "https://news.example/", "script");

  g_assert_cmpstr (verdict, ==, wanted);
}

static guint
n_missing (const NjEngine *engine)
{
  return nj_engine_list (engine, 0)->refused[NJ_REFUSAL_INCLUDE];
}

static void
note_rule (guint32 rule, const char *role, gpointer user_data)
{
  *(guint32 *) user_data = rule;
}

static void
test_nested (void)
{
  static const char *const parts[] = { "sub/one.txt", "! Title: One\n||one.example^\n!#include two.txt\n||four.example^\n",
                                       "sub/two.txt", "||two.example^\n!#if env_mobile\n!#include none.txt\n!#endif\n",
                                       "last.txt", "||five.example^$badfilter\n", NULL };
  g_autoptr (NjEngine)  engine = compile ("! Title: Top\n||zero.example^\n!#include sub/one.txt\n||five.example^\n"
                                          "!#include last.txt\n", include, parts);
  g_auto (NjRuleOrigin) origin = { 0 };
  NjFilterRequest       request = { .type = NJ_TYPE_SCRIPT, .url = NJ_BYTES ("https://two.example/") };
  guint32               rule = NJ_RULE_NONE;

  assert_verdict (engine, "https://zero.example/", "block");
  assert_verdict (engine, "https://one.example/", "block");
  assert_verdict (engine, "https://two.example/", "block");
  assert_verdict (engine, "https://four.example/", "block");
  assert_verdict (engine, "https://five.example/", "allow");
  g_assert_cmpuint (n_missing (engine), ==, 0);
  g_assert_cmpstr (nj_engine_list (engine, 0)->title, ==, "Top");
  g_assert_cmpuint (nj_engine_n_lists (engine), ==, 1);

  request.host = nj_bytes (request.url.data + 8, 11);
  nj_engine_explain (engine, &request, note_rule, &rule);
  g_assert_true (nj_engine_describe (engine, rule, &origin));
  g_assert_cmpstr (origin.text, ==, "||two.example^");
  g_assert_cmpuint (origin.line, ==, 3);
}

static void
test_refused (void)
{
  static const char *const parts[] = { "a.txt", "||a.example^\n", "self.txt", "||self.example^\n!#include self.txt\n", NULL };
  static const char *const bad[] = { "../a.txt", "x/../a.txt", "/a.txt", "https://a.example/a.txt", "//a.txt", "a.txt/", "..\\a.txt",
                                     "./a.txt", "none.txt", "c:a.txt", "", "data:,x" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char     *text = g_strdup_printf ("!#include %s\n||b.example^\n", bad[i]);
      g_autoptr (NjEngine) engine = compile (text, include, parts);

      g_assert_cmpuint (n_missing (engine), ==, bad[i][0] != '\0');
      assert_verdict (engine, "https://a.example/", "allow");
      assert_verdict (engine, "https://b.example/", "block");
    }

  {
    g_autoptr (NjEngine) engine = compile ("!#include self.txt\n||b.example^\n", include, parts);
    g_autoptr (NjEngine) alone = compile ("!#include a.txt\n", NULL, NULL);

    assert_verdict (engine, "https://self.example/", "block");
    assert_verdict (engine, "https://b.example/", "block");
    g_assert_cmpuint (n_missing (engine), ==, 1);
    g_assert_cmpuint (n_missing (alone), ==, 1);
    g_assert_cmpstr (nj_refusal_name (NJ_REFUSAL_INCLUDE), ==, "missing-include");
  }
}

static void
test_many (void)
{
  static const char *const parts[] = { "a", "||a.example^\n", NULL };
  g_autoptr (GString)      text = g_string_new (NULL);
  g_autoptr (NjEngine)     engine = NULL;

  for (guint i = 0; i < NJ_LIST_WALK_PARTS + 5; i++)
    g_string_append (text, "!#include a\n");
  engine = compile (text->str, include, parts);
  g_assert_cmpuint (n_missing (engine), ==, 5);
}

static void
test_fingerprint (void)
{
  static const char *const parts[] = { "a", "||a.example^\n", NULL }, *const others[] = { "a", "||b.example^\n", NULL };
  g_autoptr (NjEngine)     one = compile ("!#include a\n", include, parts);
  g_autoptr (NjEngine)     other = compile ("!#include a\n", include, others);
  g_autoptr (NjEngine)     none = compile ("!#include a\n", NULL, NULL);

  g_assert_cmpuint (nj_engine_fingerprint (one), !=, nj_engine_fingerprint (other));
  g_assert_cmpuint (nj_engine_fingerprint (one), !=, nj_engine_fingerprint (none));
}

static void
test_folder (void)
{
  g_autofree char          *folder = g_dir_make_tmp ("nightjar-XXXXXX", NULL);
  g_autofree char          *list = g_build_filename (folder, "list.txt", NULL);
  g_autofree char          *below = g_build_filename (folder, "below", NULL);
  g_autofree char          *part = g_build_filename (below, "part.txt", NULL);
  g_autofree char          *binary = g_build_filename (folder, "binary", NULL);
  g_autoptr (NjListFolder)  from = nj_list_folder_new (list);
  g_autoptr (NjEngine)      engine = NULL;

  g_assert_cmpint (g_mkdir (below, 0700), ==, 0);
  g_assert_true (g_file_set_contents (part, "\xef\xbb\xbf||part.example^\r\n", -1, NULL));
  g_assert_true (g_file_set_contents (binary, "||b.example^\n\0", 14, NULL));
  engine = compile ("!#include below/part.txt\n!#include below\n!#include gone\n!#include binary\n", nj_list_folder_include, from);
  assert_verdict (engine, "https://part.example/", "block");
  assert_verdict (engine, "https://b.example/", "allow");
  g_assert_cmpuint (n_missing (engine), ==, 3);

  g_unlink (part);
  g_unlink (binary);
  g_rmdir (below);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/include/nested", test_nested);
  g_test_add_func ("/filter/include/refused", test_refused);
  g_test_add_func ("/filter/include/many", test_many);
  g_test_add_func ("/filter/include/fingerprint", test_fingerprint);
  g_test_add_func ("/filter/include/folder", test_folder);
  return g_test_run ();
}
