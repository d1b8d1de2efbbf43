/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules that take elements out of the source: which are understood, and which elements they are about; alone, and among
 * others, where a slow model of pages and selectors says the same.
 */
#include "filter/html-rule.h"

/* What is said of one element at its start and at the end of the page; -1 when it is not there. */
typedef struct
{
  NjHtmlAnswer first, last;
} Said;

/* What @rule says of the @wanted-th element of @page. */
static Said
ask_page (NjHtmlRule *rule, NjBytes page, guint wanted)
{
  NjHtmlScan  scan;
  NjHtmlTree  tree;
  NjHtmlToken token;
  Said        said = { NJ_HTML_NO, NJ_HTML_NO };
  guint16     node = NJ_HTML_NODE_NONE;
  guint       n_texts = 0, n = 0;

  g_assert_true (nj_html_rule_number (rule, &n_texts));
  nj_html_scan_init (&scan, FALSE);
  nj_html_tree_init (&tree, FALSE, &rule, 1);
  while (page.len > 0)
    {
      NjBytes text;

      nj_html_scan_next (&scan, page, TRUE, &token);
      text = nj_bytes (page.data, token.length);
      page = nj_bytes (page.data + token.length, page.len - token.length);
      if (token.kind == NJ_HTML_TEXT)
        nj_html_tree_text (&tree, text, FALSE);
      else if (token.kind == NJ_HTML_END)
        nj_html_tree_end (&tree, token.name, NJ_BYTES_NONE);
      if (token.kind != NJ_HTML_START)
        continue;
      if (n++ != wanted)
        {
          nj_html_tree_start (&tree, &token, text);
          continue;
        }
      node = nj_html_tree_start (&tree, &token, text);
      if (node == NJ_HTML_NODE_NONE || (tree.nodes[node].flags & NJ_HTML_NODE_WANTED) == 0)
        {
          nj_html_tree_clear (&tree);
          return said;
        }
      said.first = nj_html_rule_match (rule, &tree, node);
    }
  nj_html_tree_finish (&tree);
  g_assert_cmpuint (node, !=, NJ_HTML_NODE_NONE);
  said.last = nj_html_rule_match (rule, &tree, node);
  nj_html_tree_clear (&tree);
  return said;
}

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
  { "script:has-text(\"'').split(',')[4]\")", "script", "<script>", "x('').split(',')[4];", TRUE },
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
      g_autofree char       *page = g_strconcat (rows[i].tag, rows[i].text, "</", rows[i].name, ">", NULL);
      Said                   said;

      g_assert_nonnull (rule);
      said = ask_page (rule, nj_bytes_from_string (page), 0);
      g_assert_cmpint (said.last, ==, rows[i].matches ? NJ_HTML_YES : NJ_HTML_NO);
      g_assert_true (said.first == NJ_HTML_MAYBE || said.first == said.last);
    }
}

/* The element whose answer is asked for is written with an "x" attribute. */
static const struct
{
  const char  *rule, *page;
  NjHtmlAnswer first, last;
} among[] = {
#define NO NJ_HTML_NO
#define MAYBE NJ_HTML_MAYBE
#define YES NJ_HTML_YES
  { "div > script", "<div><script x></script></div>", YES, YES },
  { "div > script", "<div><p><script x></script></p></div>", NO, NO },
  { "div script", "<div><p><script x></script></p></div>", YES, YES },
  { "div>script:has-text(a)", "<div><script x>a</script></div>", MAYBE, YES },
  { "div>script:has-text(a)", "<div><script x>b</script></div>", MAYBE, NO },
  { "i + b", "<i>a</i> <b x>", YES, YES },
  { "i + b", "<i>a</i><u></u><b x>", NO, NO },
  { "i ~ b", "<i>a</i><u></u><b x>", YES, YES },
  { "i ~ b", "<p><i>a</i></p><b x>", NO, NO },
  { "i ~ b", "<b x></b><i></i>", NO, NO },
  { "i:has-text(a) ~ b", "<i>a</i><u></u><b x>", YES, YES },
  { "i:has-text(c) ~ b", "<i>a</i><u></u><b x>", NO, NO },
  { "div:has-text(c) > b", "<div><b x></b>c</div>", MAYBE, YES },
  { "html > head > script", "<script x></script><p>", YES, YES },
  { "html > head > script", "<title></title></head><script x></script><p>", YES, YES },
  { "html > head > script", "<p><script x></script>", NO, NO },
  { "body > script", "a<script x></script>", YES, YES },
  { "body > script", "<html><body></body></html><script x></script>", YES, YES },
  { "ul > li > b", "<ul><li><p>a<li><b x>", YES, YES },
  { "p > div", "<p>a<div x>", NO, NO },
  { "td > b", "<table><tr><td>a<td><b x>", YES, YES },
  { "td > b", "<table><tr><td>a</div></span><b x>", YES, YES },
  { "svg > b", "<svg><path/><b x>", YES, YES },
  { "div > b", "<div><img><br/><b x>", YES, YES },
  { "div:has(i)", "<div x><p><i></i></p></div>", MAYBE, YES },
  { "div:has(i)", "<div x><p></p></div><i></i>", MAYBE, NO },
  { "div:has(> i)", "<div x><p><i></i></p></div>", MAYBE, NO },
  { "div:has(+ i)", "<div x></div><i></i>", MAYBE, YES },
  { "div:has(+ i)", "<div x></div><u></u><i></i>", MAYBE, NO },
  { "div:has(~ i > b)", "<div x></div><u></u><i><b></b></i>", MAYBE, YES },
  { "div:not(:has(i))", "<div x><p><i></i></p></div>", MAYBE, NO },
  { "div:not(:has(i)) > b", "<div><b x></b></div>", MAYBE, YES },
  { "html:not(:has(video)) > head > script", "<head><script x></script></head><body><p>", MAYBE, YES },
  { "html:not(:has(video)) > head > script", "<head><script x></script></head><body><p><video>", MAYBE, NO },
  { "b:upward(1)", "<div x><b></b></div>", MAYBE, YES },
  { "b:upward(2)", "<div x><p><b></b></p></div>", MAYBE, YES },
  { "b:upward(2)", "<div x><b></b></div>", MAYBE, NO },
  { "b:upward(div)", "<div x><p><b></b></p></div>", MAYBE, YES },
  { "b:upward(div)", "<div x><div><b></b></div></div>", MAYBE, NO },
  { "b:has-text(a):upward(p)", "<p x><b>a</b></p>", MAYBE, YES },
  { "meta[name=\"t\"]:not([content=\"c\"]):upward(1) > script", "<meta name=t content=d><script x></script>", YES, YES },
  { "meta[name=\"t\"]:not([content=\"c\"]):upward(1) > script", "<script x></script><meta name=t content=d><p>", MAYBE, YES },
  { "meta[name=\"t\"]:not([content=\"c\"]):upward(1) > script", "<meta name=t content=c><script x></script><p>", MAYBE, NO },
  { "#g:upward(html) > head > script:has-text(w)", "<script x>w</script><p><i id=g>", MAYBE, YES },
  { "html > head > :is([name=\"c\"], [rel=\"c\"]):not([content*=\"/d/\"]):upward(1) > script[src]",
    "<link rel=c><script src x></script>", YES, YES },
  { "html:has(> head > :is(meta[a][b=\"1\"], meta[c]:not([d*=\".h\"]))) script:has-text(/g|s/)",
    "<meta c d=e><p><script x>g</script>", MAYBE, YES },
  { "i:not(b > i)", "<b><i x></i></b>", NO, NO },
  { "i:is(b > i, u > i)", "<u><i x></i></u>", YES, YES },
#undef NO
#undef MAYBE
#undef YES
};

static void
test_among (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (among); i++)
    {
      g_autoptr (NjHtmlRule) rule = nj_html_rule_new (nj_bytes_from_string (among[i].rule));
      const char            *end = strstr (among[i].page, " x>");
      guint                  wanted = 0;
      Said                   said;

      if (rule == NULL)
        g_error ("“%s” was refused", among[i].rule);
      for (const char *at = among[i].page; at < end; at++)
        wanted += *at == '<' && g_ascii_isalpha (at[1]);
      said = ask_page (rule, nj_bytes_from_string (among[i].page), wanted - 1);
      if (said.first != among[i].first || said.last != among[i].last)
        g_error ("“%s” of “%s”: %d, then %d", among[i].rule, among[i].page, said.first, said.last);
    }
}

static void
test_refused (void)
{
  static const char *const refused[] = {
    "", "*", ",", "a,", "a >", "> a", "a > > b", "a:has()", "a:has(>)", "a:upward(0)", "a:upward()", "a:upward(b", "a[", "a[b", "a[b=]",
    "a[b='c]", "a:has-text(b", "a:has-text()",
    "a:has-text(/(/)", "a:not(b,)", "a:not(:not(:not(:not(:not(b)))))", "a || b", "a[wildcard=\"*\"]", "a:nth-child(1)", "a{}",
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
  g_test_add_func ("/filter/html-rule/among", test_among);
  g_test_add_func ("/filter/html-rule/refused", test_refused);
  return g_test_run ();
}
