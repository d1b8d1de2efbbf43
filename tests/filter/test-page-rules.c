/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules about pages: which kind a line is, which rules a host gets, what exceptions and trust do, and the file.
 */
#include "filter-fixture.h"
#include "filter/page-image.h"
#include "filter/page-rules.h"

#include <glib/gstdio.h>

static NjPageRules *
compile (const char *text, gboolean is_trusted)
{
  NjListSource source = { "test", "Test", nj_bytes_from_string (text), is_trusted };
  NjPageRules *rules = nj_page_rules_compile (&source, 1, NULL);

  g_assert_nonnull (rules);
  return rules;
}

static void
write_rule (const NjPageRule *rule, gpointer user_data)
{
  g_string_append_printf (user_data, "%s:%.*s%s ", nj_page_kind_name (rule->kind), NJ_BYTES_ARGS (rule->body),
                          rule->is_generic ? "*" : "");
}

static char *
find (const NjPageRules *rules, const char *host, guint spared, const char *token)
{
  g_auto (NjArena)    arena;
  g_autoptr (GString) text = g_string_new (NULL);
  NjPageLookup        lookup;

  nj_arena_init (&arena, NULL, 0);
  nj_page_lookup_init (&lookup, rules, nj_bytes_from_string (host), spared, &arena);
  if (token != NULL)
    nj_page_lookup_token (&lookup, nj_bytes_from_string (token), write_rule, text);
  else
    nj_page_lookup_visit (&lookup, write_rule, text);
  return g_strdup (text->str);
}

static void
test_kinds (void)
{
  static const struct
  {
    const char *rule, *found;
  } cases[] = {
    { "a.example##.ad", "hide:.ad " },
    { "a.example##.ad:style(color: red)", "style:.ad:style(color: red) " },
    { "a.example#$#.ad { color: red }", "style:.ad { color: red } " },
    { "a.example#$?#.ad:has-text(x) { color: red }", "procedural:.ad:has-text(x) { color: red } " },
    { "a.example##.ad:has-text(x)", "procedural:.ad:has-text(x) " },
    { "a.example##p:has(> b:has(i))", "procedural:p:has(> b:has(i)) " },
    { "a.example##p:has(b:not(:has(i)))", "procedural:p:has(b:not(:has(i))) " },
    { "a.example##p:has(b) > i:has(u)", "hide:p:has(b) > i:has(u) " },
    { "a.example##p:is(:has(b), :has(i))", "hide:p:is(:has(b), :has(i)) " },
    { "a.example##p:shadow(b)", "procedural:p:shadow(b) " },
    { "a.example#?#.ad:has(> b)", "hide:.ad:has(> b) " },
    { "a.example##+js(set, a, 1)", "scriptlet:set, a, 1 " },
    { "a.example#%#//scriptlet('set', 'a')", "scriptlet://scriptlet('set', 'a') " },
    { "a.example#%#window.a = 1", "script:window.a = 1 " },
    { "a.example##^script:has-text(x)", "html:script:has-text(x) " },
    { "a.example$$script[src]", "html:script[src] " },
    { "a.example##^responseheader(refresh)", "" },
    { "a.example#$#snippet x", "" },
    { "||a.example^", "" },
    { "! a.example##.ad", "" },
    { "[Adblock Plus 2.0]", "" },
    { "a.example##.ad{} body{color:red} b", "" },
    { "a.example##b[x=\"{}\"]", "hide:b[x=\"{}\"] " },
    { "a.example##b[x=\"", "" },
    { "a.example##.ad {color:red;}", "style:.ad {color:red;} " },
    { "a.example##.ad {remove:true;}", "procedural:.ad {remove:true;} " },
    { "[$path=/x]a.example##.ad", "" },
    { "[$app=a]a.example##.ad", "" },
    { "[$path=/x,nosuch]a.example##.ad", "" },
    { "[$domain=a.example]b.example##.ad", "" },
    { "[$domain=a.example|b.example]##[ad]", "hide:[ad] " },
    { "[$domain=~a.example]##[ad]", "" },
    { "[$domain=b.example|/^a\\./]##[ad]", "hide:[ad] " },
    { "[$domain]##.ad", "" },
    { "[$]a.example##.ad", "" },
    { "[$path=/x", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjPageRules) rules = compile (cases[i].rule, TRUE);
      g_autofree char        *found = find (rules, "a.example", 0, NULL);

      g_assert_cmpstr (found, ==, cases[i].found);
    }
}

static void
test_domains (void)
{
  static const struct
  {
    const char *rules, *host, *found;
  } cases[] = {
    { "a.example##.x", "www.a.example", "hide:.x " },
    { "a.example##.x", "ba.example", "" },
    { "a.example,www.a.example,b.example##.x", "www.a.example", "hide:.x " },
    { "a.example,~www.a.example##.x", "www.a.example", "" },
    { "a.example,~www.a.example##.x", "m.a.example", "hide:.x " },
    { "a.*##.x", "www.a.co.uk", "hide:.x " },
    { "a.*##.x", "a.b.co.uk", "" },
    { "a.*,a.co.uk##.x", "a.co.uk", "hide:.x " },
    { "/^a\\d/##.x", "a1.example", "hide:.x " },
    { "/^a\\d/,b.example##.x", "b.example", "hide:.x " },
    { "/^a\\d/##.x", "b.example", "" },
    { "/^a\\d{0,1}\\./,b.example##.x", "a1.example", "hide:.x " },
    { "~/^a\\d{0,1}\\./,a.example##.x", "a.example", "" },
    { "a.*>>, ~b.example##.x", "a.example", "hide:.x " },
    { "a.example,,b.example##.x", "b.example", "hide:.x " },
    { "a.example,a b##.x", "a.example", "" },
    { "~a.example##div > b", "a.example", "" },
    { "~a.example##div > b", "b.example", "hide:div > b* " },
    { "##.x\n##div > b", "b.example", "hide:div > b* " },
    { "a.example##.x\na.example#@#.x", "a.example", "" },
    { "a.example##.x\nwww.a.example#@#.x", "www.a.example", "" },
    { "a.example##.x\nwww.a.example#@#.x", "a.example", "hide:.x " },
    { "a.example##.x\n#@#.x", "a.example", "" },
    { "a.example##+js(aopr, a)\na.example##+js(aopr, b)\na.example#@#+js(aopr, a)", "a.example", "scriptlet:aopr, b " },
    { "a.example##+js(aopr, a)\na.example##.x\na.example#@#+js()", "a.example", "hide:.x " },
    { "a.example##+js(set-constant, x, y)\na.example#@#+js(set, x, y)", "a.example", "" },
    { "a.example##+js(set, x, y)\na.example#@#+js(set-constant.js,x,y)", "a.example", "" },
    { "a.example##+js(ubo-set.js, x, 'y')\na.example#@#+js(set,x,y)", "a.example", "" },
    { "a.example#%#//scriptlet('set-constant', 'x', 'a, b')\na.example#@#+js(set, x, a\\, b)", "a.example", "" },
    { "a.example##+js(set, x, y)\na.example#@%#//scriptlet(\"set-constant\", \"x\", \"y\")", "a.example", "" },
    { "a.example##+js(set, x, y)\na.example#@#+js(set, x)", "a.example", "scriptlet:set, x, y " },
    { "a.example##+js(set-local-storage-item, x, y)\na.example#@#+js(set-session-storage-item, x, y)", "a.example",
      "scriptlet:set-local-storage-item, x, y " },
    { "a.example##+js(trusted-set, x, y)\na.example#@#+js(set, x, y)", "a.example", "scriptlet:trusted-set, x, y " },
    { "a.example##+js(nofab)\na.example#@#+js(fuckadblock.js-3.2.0)", "a.example", "" },
    { "a.example##+js(noeval)\na.example#@#+js(noeval.js)", "a.example", "" },
    { "a.example##+js(aopr, x)\na.*#@#+js(abort-on-property-read, x)", "www.a.example", "" },
    { "a.*##+js(aopr, x)\na.example,~www.a.example#@#+js(aopr.js, x)", "www.a.example", "scriptlet:aopr, x " },
    { "a.*##+js(aopr, x)\na.example,~www.a.example#@#+js(aopr.js, x)", "m.a.example", "" },
    { "a.*##+js(aopr, x)\n~a.example#@#+js(aopr, x)", "a.example", "scriptlet:aopr, x " },
    { "a.*##+js(aopr, x)\n~a.example#@#+js(aopr, x)", "a.co.uk", "" },
    { "a.*##+js(aopr, x)\n#@#+js(aopr.js, x)", "a.co.uk", "" },
    { "a.*##+js(aopr, x)\na.*##+js(set, x, 1)\na.co.uk#@#+js( )", "a.co.uk", "" },
    { "a.*##+js(aopr, x)\n/^a\\./#@#+js()", "a.co.uk", "" },
    { "a.example##+js(aopr, x)\na.example#@#+js(nosuch, x)", "a.example", "scriptlet:aopr, x " },
    { "a.example##p:has-text(x)\na.example#@#p:contains(x)", "a.example", "" },
    { "a.example#?#p:-abp-contains(x):nth-ancestor(2)\na.example#@?#p:has-text(x):upward(2)", "a.example", "" },
    { "a.example##p:has-text(x)\na.example#@#p:has-text(y)", "a.example", "procedural:p:has-text(x) " },
    { "a.example##p:not(:if(b:contains(x)))\na.example#@#p:not(:has(b:has-text(x)))", "a.example", "" },
    { "a.example##^b\na.example#@##b", "a.example", "html:b " },
    { "a.example##+js(nosuch)\na.example##p:nosuch(b):has-text(a)\na.example##+js(aopr)", "a.example", "scriptlet:aopr " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjPageRules) rules = compile (cases[i].rules, TRUE);
      g_autofree char        *found = find (rules, cases[i].host, 0, NULL);

      g_assert_cmpstr (found, ==, cases[i].found);
    }
}

/* AdGuard's condition on the path, for rules of each kind and for exceptions. */
static void
test_paths (void)
{
  static const struct
  {
    const char *rules, *path, *found;
  } cases[] = {
    { "[$path=/news]a.example##[x]", "/news/1", "hide:[x] " },
    { "[$path=/news]a.example##[x]", "/sport/news?a", "hide:[x] " },
    { "[$path=/news]a.example##[x]", "/sport", "" },
    { "[$path=|/news|]a.example##[x]", "/news", "hide:[x] " },
    { "[$path=|/news|]a.example##[x]", "/news/1", "" },
    { "[$path=/a/*/c^]a.example##[x]", "/a/b/c?d", "hide:[x] " },
    { "[$path=/a.b]a.example##[x]", "/aXb", "" },
    { "[$path]a.example##[x]", "/?a=b", "hide:[x] " },
    { "[$path]a.example##[x]", "/a", "" },
    { "[$path=/\\/(a|b)\\/\\[0-9\\]{1\\,2}$/]a.example##[x]", "/b/12", "hide:[x] " },
    { "[$path=/\\/(a|b)\\/\\[0-9\\]{1\\,2}$/]a.example##[x]", "/b/123", "" },
    { "[$path=/(/]a.example##[x]", "/(", "" },
    { "[$path=/x]##[x]", "/x", "hide:[x]* " },
    { "[$path=/x,domain=a.example]##+js(aopr, a)", "/x", "scriptlet:aopr, a " },
    { "[$domain=a.example,path=/x]##+js(aopr, a)", "/y", "" },
    { "[$path=/x]a.example#%#//scriptlet('aopr', 'a')", "/x", "scriptlet://scriptlet('aopr', 'a') " },
    { "[$path=/x]a.example#$#b { color: red }", "/x", "style:b { color: red } " },
    { "[$path=/x]a.example#?#b:has-text(a)", "/x", "procedural:b:has-text(a) " },
    { "[$path=/x]a.example$$script[src]", "/x", "html:script[src] " },
    { "a.example##[x]\n[$path=/x]a.example#@#[x]", "/x", "" },
    { "a.example##[x]\n[$path=/x]a.example#@#[x]", "/y", "hide:[x] " },
    { "##[x]\n[$path=/x]#@#[x]", "/x", "" },
    { "##[x]\n[$path=/x]#@#[x]", "/y", "hide:[x]* " },
    { "[$path=/x]a.example##[x]", "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjPageRules) rules = compile (cases[i].rules, TRUE);
      g_autoptr (GString)     found = g_string_new (NULL);
      g_auto (NjArena)        arena;
      NjPageLookup            lookup;

      nj_arena_init (&arena, NULL, 0);
      nj_page_lookup_init_at (&lookup, rules, NJ_BYTES ("a.example"), nj_bytes_from_string (cases[i].path), 0, &arena);
      nj_page_lookup_visit (&lookup, write_rule, found);
      g_assert_cmpstr (found->str, ==, cases[i].found);
    }
}

static void
test_tokens (void)
{
  static const struct
  {
    const char *rules, *host, *token, *found;
    guint       spared;
  } cases[] = {
    { "##.ad", "a.example", ".ad", "hide:.ad* ", 0 },
    { "##.ad", "a.example", "#ad", "", 0 },
    { "##.ad", "a.example", ".ad", "", NJ_PAGE_NO_GENERIC_HIDE },
    { "*##.ad", "a.example", ".ad", "hide:.ad* ", NJ_PAGE_NO_GENERIC_HIDE },
    { "##div.ad > b#c", "a.example", ".ad", "hide:div.ad > b#c* ", 0 },
    { "##div.ad > b#c", "a.example", "#c", "", 0 },
    { "##div:not(.x) #c", "a.example", "#c", "hide:div:not(.x) #c* ", 0 },
    { "##.ad\na.example#@#.ad", "a.example", ".ad", "", 0 },
    { "##.ad\na.example#@#.ad", "b.example", ".ad", "hide:.ad* ", 0 },
    { "~a.example##.ad", "a.example", ".ad", "", 0 },
    { "##.ad, .x", "a.example", ".ad", "", 0 },
    { "##.ad, .x", "a.example", NULL, "hide:.ad, .x* ", 0 },
    { "##.a\\:d", "a.example", NULL, "hide:.a\\:d* ", 0 },
    { "##[class=\"a.b\"]", "a.example", NULL, "hide:[class=\"a.b\"]* ", 0 },
    { "a.example##.x", "a.example", NULL, "", NJ_PAGE_NO_SPECIFIC_HIDE },
    { "a.example##+js(aopr)\n##+js(acs)", "a.example", NULL, "scriptlet:aopr scriptlet:acs* ",
      NJ_PAGE_NO_SPECIFIC_HIDE | NJ_PAGE_NO_GENERIC_HIDE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjPageRules) rules = compile (cases[i].rules, TRUE);
      g_autofree char        *found = find (rules, cases[i].host, cases[i].spared, cases[i].token);

      g_assert_cmpstr (found, ==, cases[i].found);
    }
}

static void
test_trust (void)
{
  const char *text = "a.example##+js(trusted-set, y, 1)\na.example#%#//scriptlet('trusted-set', 'x')\na.example#%#alert(1)\n"
                     "a.example#$#b { background: url(x) }\na.example##+js(nofab)\n";
  g_autoptr (NjPageRules) plain = compile (text, FALSE);
  g_autoptr (NjPageRules) trusted = compile (text, TRUE);
  g_auto (NjRuleOrigin)   origin = { 0 };
  NjPageListSummary       list;

  nj_page_rules_list (plain, 0, &list);
  g_assert_cmpuint (list.n_refused, ==, 4);
  g_assert_cmpuint (list.counts[NJ_PAGE_LINE_SCRIPTLET], ==, 1);
  nj_page_rules_list (trusted, 0, &list);
  g_assert_cmpuint (list.n_refused, ==, 0);
  g_assert_cmpuint (list.counts[NJ_PAGE_LINE_SCRIPTLET], ==, 3);
  g_assert_true (nj_bytes_equal (list.title, NJ_BYTES ("Test")));

  g_assert_true (nj_page_rules_describe (plain, 0, &origin));
  g_assert_cmpstr (origin.text, ==, "nofab");
  g_assert_cmpuint (origin.line, ==, 5);
  g_assert_false (nj_page_rules_describe (plain, 1, &(NjRuleOrigin){ 0 }));
}

/* Many rules under many names: each is found, and by nobody else. */
static void
test_many (void)
{
  g_autoptr (GString)     text = g_string_new (NULL);
  g_autoptr (NjPageRules) rules = NULL;

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (text, "h%u.example,x.h%u.example##.a%u\n##.t%u\n", i, i, i % 100, i);
  rules = compile (text->str, FALSE);
  g_assert_cmpuint (nj_page_rules_n_rules (rules), ==, 10000);
  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *host = g_strdup_printf ("www.h%u.example", i), *token = g_strdup_printf (".t%u", i);
      g_autofree char *wanted = g_strdup_printf ("hide:.a%u ", i % 100), *generic = g_strdup_printf ("hide:.t%u* ", i);
      g_autofree char *found = find (rules, host, 0, NULL), *by_token = find (rules, host, 0, token);

      g_assert_cmpstr (found, ==, wanted);
      g_assert_cmpstr (by_token, ==, generic);
    }
}

static void
test_file (void)
{
  g_autofree char        *folder = g_dir_make_tmp ("nightjar-XXXXXX", NULL);
  g_autofree char        *path = g_build_filename (folder, "pages", NULL);
  g_autoptr (NjPageRules) rules = compile ("a.example,/^b/##.x\n##.y\n", FALSE);
  g_autoptr (NjPageRules) loaded = NULL;
  g_autoptr (GError)      error = NULL;
  guint64                 fingerprint = nj_page_rules_fingerprint (rules);
  g_autofree char        *found = NULL, *bytes = NULL;
  gsize                   size;

  g_assert_true (nj_page_rules_save (rules, path, NULL));
  loaded = nj_page_rules_load (path, fingerprint, NULL);
  g_assert_nonnull (loaded);
  found = find (loaded, "b.example", 0, NULL);
  g_assert_cmpstr (found, ==, "hide:.x ");

  g_assert_null (nj_page_rules_load (path, fingerprint + 1, &error));
  g_assert_error (error, NJ_FILTER_ERROR, NJ_FILTER_ERROR_FOREIGN);
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  for (gsize i = 0; i < size; i++)
    {
      bytes[i] ^= 0x40;
      g_assert_true (g_file_set_contents_full (path, bytes, size, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      g_assert_null (nj_page_rules_load (path, fingerprint, NULL));
      bytes[i] ^= 0x40;
    }
  for (gsize cut = 0; cut < size; cut += 7)
    {
      g_assert_true (g_file_set_contents_full (path, bytes, cut, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      g_assert_null (nj_page_rules_load (path, fingerprint, NULL));
    }
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_empty (void)
{
  g_autoptr (NjPageRules) rules = nj_page_rules_compile (NULL, 0, NULL);
  g_autofree char        *found = find (rules, "a.example", 0, NULL), *by_token = find (rules, "", 0, ".a");

  g_assert_cmpstr (found, ==, "");
  g_assert_cmpstr (by_token, ==, "");
}

static gboolean
wants_common (const NjPageRules *rules, const char *host, guint spared)
{
  g_auto (NjArena) arena;
  NjPageLookup     lookup;

  nj_arena_init (&arena, NULL, 0);
  nj_page_lookup_init (&lookup, rules, nj_bytes_from_string (host), spared, &arena);
  return nj_page_lookup_wants_common (&lookup);
}

/* What every page gets is the same text, unless an exception for the page lifts some of it. */
static void
test_common (void)
{
  g_autoptr (NjPageRules) rules = compile ("##a[href=\"x\"]\n##b[c]\n##.token\n#@#b[c]\n##d[e]\na.example#@#d[e]\nb.example#@#.token\n"
                                           "~c.example##f\n", FALSE);
  const NjPageSheet      *sheet = nj_page_rules_common (rules);
  g_autofree char        *text = nj_bytes_dup (sheet->text);
  g_autofree char        *found = find (rules, "a.example", 0, NULL);

  g_assert_cmpstr (text, ==, "a[href=\"x\"]{display:none!important}\nd[e]{display:none!important}\n");
  g_assert_cmpuint (sheet->n, ==, 2);
  g_assert_true (nj_page_rules_common (rules) == sheet);
  g_assert_true (wants_common (rules, "www.example", 0));
  g_assert_true (wants_common (rules, "b.example", 0));
  g_assert_false (wants_common (rules, "a.example", 0));
  g_assert_false (wants_common (rules, "www.example", NJ_PAGE_NO_GENERIC_HIDE));
  g_assert_cmpstr (found, ==, "hide:f* hide:a[href=\"x\"]* ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/page-rules/kinds", test_kinds);
  g_test_add_func ("/filter/page-rules/domains", test_domains);
  g_test_add_func ("/filter/page-rules/paths", test_paths);
  g_test_add_func ("/filter/page-rules/tokens", test_tokens);
  g_test_add_func ("/filter/page-rules/trust", test_trust);
  g_test_add_func ("/filter/page-rules/many", test_many);
  g_test_add_func ("/filter/page-rules/file", test_file);
  g_test_add_func ("/filter/page-rules/empty", test_empty);
  g_test_add_func ("/filter/page-rules/common", test_common);
  return g_test_run ();
}
