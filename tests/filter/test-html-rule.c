/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules that take elements out of the source: which are understood, and which elements they are about.
 */
#include "filter/html-rule.h"

static const struct
{
  const char *rule, *name, *tag, *text;
  gboolean    matches;
} rows[] = {
  { "script", "script", "<script>", "x", TRUE },
  { "script", "style", "<style>", "x", FALSE },
  { "*[a]", "b", "<b A=1>", "", TRUE },
  { "#a", "b", "<b id=a>", "", TRUE },
  { "#a", "b", "<b id='a b'>", "", FALSE },
  { "b.x.y", "b", "<b class=\"y z x\">", "", TRUE },
  { ".x.y", "b", "<b class=\"y z\">", "", FALSE },
  { "[a=\"1\"]", "b", "<b a=1>", "", TRUE },
  { "[a='X' i]", "b", "<b a=x>", "", TRUE },
  { "[a=X]", "b", "<b a=x>", "", FALSE },
  { "[a~=x]", "b", "<b a='w x'>", "", TRUE },
  { "[a|=en]", "b", "<b a=en-GB>", "", TRUE },
  { "[a|=en]", "b", "<b a=end>", "", FALSE },
  { "[a^='/w?x=']", "b", "<b a=\"/w?x=&amp;\">", "", TRUE },
  { "[a*=\"&y\"]", "b", "<b a='x&amp;y'>", "", TRUE },
  { "[a$=z]", "b", "<b a=xyz>", "", TRUE },
  { "[a*='']", "b", "<b a=xyz>", "", FALSE },
  { "[a$='xyz1']", "b", "<b a=xyz>", "", FALSE },
  { "script[a]:not([b*=\"x\"])", "script", "<script a b=y>", "", TRUE },
  { "script[a]:not([b*=\"x\"], .y)", "script", "<script a b=yxz>", "", FALSE },
  { "script[a]:not([b*=\"x\"], .y)", "script", "<script a class=y>", "", FALSE },
  { "i, b", "b", "<b>", "", TRUE },
  /* Text. */
  { "script:has-text(ad)", "script", "<script>", "x ad y", TRUE },
  { "script:has-text(ad)", "script", "<script>", "x AD y", FALSE },
  { "script:has-text(/ad|b\\(/i)", "script", "<script>", "x AD y", TRUE },
  { "script:has-text(/eval\\(.+?x/)", "script", "<script>", "eval(yx)", TRUE },
  { "script:has-text(a(b(c)))", "script", "<script>", "a(b(c))", TRUE },
  { "script:has-text('a b')", "script", "<script>", "a b", TRUE },
  { "script:has-text(\\'a\\')", "script", "<script>", "'a'", TRUE },
  { "script:has-text(===):has-text(/[\\w\\W]{10}/)", "script", "<script>", "a === bcdef", TRUE },
  { "script:has-text(===):has-text(/[\\w\\W]{20}/)", "script", "<script>", "a === bcdef", FALSE },
  { "div:contains(x)", "div", "<div>", "x", TRUE },
  { "div:-abp-contains(x)", "div", "<div>", "y", FALSE },
  { "script:min-text-length(3)", "script", "<script>", "ab", FALSE },
  { "script:min-text-length(3)", "script", "<script>", "abc", TRUE },
  { "script[tag-content=\"a\"\"b\"]", "script", "<script>", "a\"b", TRUE },
  { "script[src][max-length=\"3\"]", "script", "<script src>", "abcd", FALSE },
  { "script[min-length=\"3\"]", "script", "<script>", "abcd", TRUE },
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (NjHtmlRule) rule = nj_html_rule_new (nj_bytes_from_string (rows[i].rule));
      NjBytes                tag = nj_bytes_from_string (rows[i].tag), text = nj_bytes_from_string (rows[i].text);

      g_assert_nonnull (rule);
      g_assert_cmpint (nj_html_rule_matches_text (rule, rows[i].name, tag, text), ==, rows[i].matches);
      g_assert_true (!rows[i].matches || nj_html_rule_matches_tag (rule, rows[i].name, tag));
      g_assert_cmpint (nj_html_rule_wants_text (rule), ==,
                       strstr (rows[i].rule, "text") != NULL || strstr (rows[i].rule, "contains") != NULL ||
                         strstr (rows[i].rule, "-length") != NULL || strstr (rows[i].rule, "content") != NULL);
    }
}

static void
test_refused (void)
{
  static const char *const refused[] = {
    "", "*", ",", "a,", "a b", "a > b", "a ~ b", "a:has(b)", "a:upward(1)", "a[", "a[b", "a[b=]", "a[b='c]", "a:has-text(b",
    "a:has-text()",
    "a:has-text(/(/)", "a:not(b:has-text(c))", "a:not(b c)", "a:not(b:not(c))", "a[wildcard=\"*\"]", "a:nth-child(1)", "a{}",
    "a\\61", ".", "#", "a:min-text-length(x)", "a:hover",
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (NjHtmlRule) rule = nj_html_rule_new (nj_bytes_from_string (refused[i]));

      if (rule != NULL)
        g_error ("“%s” was taken", refused[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/html-rule/rows", test_rows);
  g_test_add_func ("/filter/html-rule/refused", test_refused);
  return g_test_run ();
}
