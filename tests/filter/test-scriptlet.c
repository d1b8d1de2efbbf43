/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scriptlet rules: how arguments are taken apart, that nothing in them can end the program or the element it stands in,
 * what is refused and why, and what a page's program consists of. What the scriptlets do is for the browser to show.
 */
#include "filter-fixture.h"
#include "filter/list-parser.h"
#include "filter/redirect-table.h"
#include "filter/scriptlet-arguments.h"
#include "filter/scriptlet-table.h"
#include "filter/scriptlet.h"

static char *
take_apart (const char *body)
{
  g_auto (NjArena)     arena;
  g_autoptr (GString)  text = g_string_new (NULL);
  NjScriptletArguments arguments;

  nj_arena_init (&arena, NULL, 0);
  if (!nj_scriptlet_arguments_parse (nj_bytes_from_string (body), &arena, &arguments))
    return g_strdup ("no");
  g_string_append_printf (text, "%.*s", NJ_BYTES_ARGS (arguments.name));
  for (guint i = 0; i < arguments.n; i++)
    g_string_append_printf (text, "|%.*s", NJ_BYTES_ARGS (arguments.items[i]));
  return g_strdup (text->str);
}

static void
test_arguments (void)
{
  static const struct
  {
    const char *body, *parts;
  } cases[] = {
    { "aopr", "aopr" },
    { " set , a.b ,  true ", "set|a.b|true" },
    { "aeld, , blur", "aeld||blur" },
    { "set, a, ''", "set|a|" },
    { "nostif, a\\, b, 10", "nostif|a, b|10" },
    { "nostif, /a{1\\,2}\\d/", "nostif|/a{1,2}\\d/" },
    { "rmnt, script, 'a, \\'b\\' \\d'", "rmnt|script|a, 'b' \\d" },
    { "rmnt, script, \"a, b\" , c", "rmnt|script|a, b|c" },
    { "rmnt, script, \"}};, x", "rmnt|script|\"}};|x" },
    { "rmnt, script, 'a'b, c", "rmnt|script|'a'b|c" },
    { "x, `a, b`", "x|a, b" },
    { "x, a,", "x|a|" },
    { "//scriptlet('set-constant', 'a.b', \"tr'ue\")", "set-constant|a.b|tr'ue" },
    { "//scriptlet(\"x\")", "x" },
    { "//scriptlet(", "no" },
    { "//scriptlet()", "no" },
    { "", "no" },
    { ", a", "no" },
    { "x,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5", "no" },
    { "x, ends in \\", "x|ends in \\" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *parts = take_apart (cases[i].body);

      g_assert_cmpstr (parts, ==, cases[i].parts);
    }
}

static void
test_escapes (void)
{
  static const struct
  {
    const char *text, *printed;
  } cases[] = {
    { "plain 'text'", "\"plain 'text'\"" },
    { "</script><!--", "\"\\u003c/script\\u003e\\u003c!--\"" },
    { "a\"b\\c\n", "\"a\\u0022b\\u005cc\\u000a\"" },
    { "\xe2\x80\xa8\xe2\x80\xa9", "\"\\u2028\\u2029\"" },
    { "ä\xf0\x9f\x98\x80", "\"\\u00e4\\ud83d\\ude00\"" },
    { "\xff\xc3", "\"\\ufffd\\ufffd\"" },
    { "]]>&amp;", "\"]]\\u003e\\u0026amp;\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      NjBuffer buffer = { 0 };

      nj_scriptlet_arguments_print (nj_bytes_from_string (cases[i].text), &buffer);
      nj_buffer_append (&buffer, "", 1);
      g_assert_cmpstr ((const char *) buffer.data, ==, cases[i].printed);
      nj_buffer_clear (&buffer);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char       *body;
    gboolean          is_trusted;
    NjScriptletResult result;
  } cases[] = {
    { "set, a, 1", FALSE, NJ_SCRIPTLET_TAKEN },
    { "set.js, a, 1", FALSE, NJ_SCRIPTLET_TAKEN },
    { "//scriptlet('ubo-aopr.js', 'a')", FALSE, NJ_SCRIPTLET_TAKEN },
    { "nobab", FALSE, NJ_SCRIPTLET_TAKEN },
    { "1x1.gif", TRUE, NJ_SCRIPTLET_UNKNOWN },
    { "sett, a, 1", TRUE, NJ_SCRIPTLET_UNKNOWN },
    { "se, a, 1", TRUE, NJ_SCRIPTLET_UNKNOWN },
    { "procedural, a", TRUE, NJ_SCRIPTLET_UNKNOWN },
    { "own-frames", TRUE, NJ_SCRIPTLET_UNKNOWN },
    { "core-run", TRUE, NJ_SCRIPTLET_UNKNOWN },
    { "trusted-set, a, 1", FALSE, NJ_SCRIPTLET_UNTRUSTED },
    { "trusted-set, a, 1", TRUE, NJ_SCRIPTLET_TAKEN },
    { "rpnt, script, a, b", FALSE, NJ_SCRIPTLET_UNTRUSTED },
    { "//scriptlet('trusted-click-element', 'a')", FALSE, NJ_SCRIPTLET_UNTRUSTED },
    { "//scriptlet('set'", TRUE, NJ_SCRIPTLET_MALFORMED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (NjArena) arena;
      NjBytes          name;

      nj_arena_init (&arena, NULL, 0);
      g_assert_cmpstr (nj_scriptlet_result_name (
                           nj_scriptlet_check (nj_bytes_from_string (cases[i].body), cases[i].is_trusted, &arena, &name)),
                       ==, nj_scriptlet_result_name (cases[i].result));
    }
}

static void
test_procedural (void)
{
  static const struct
  {
    const char *body, *operator_;
  } cases[] = {
    { "p:has-text(a)", "taken " },
    { "p:has-text(/\\)x(/)", "malformed " },
    { "p:has-text(don't) > b:upward(2)", "taken " },
    { "p:not(:has-text(a):upward(b[title=\")\"]))", "taken " },
    { "p:shadow(b)", "taken " },
    { "p:nosuch(b)", "unknown nosuch" },
    { "p:is(b:-abp-properties(x))", "taken " },
    { "p:is(b:nosuch(x))", "unknown nosuch" },
    { "p[title=\":nosuch(x)\"]:remove()", "taken " },
    { "p:has-text(:nosuch(x))", "taken " },
    { "p::before:nth-child(2n + 1):contains(a)", "taken " },
    { "p:has(b", "malformed " },
    { "p)", "malformed " },
    { "p[title=\"x", "malformed " },
    { "p\\", "taken " },
    { "", "malformed " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      NjBytes           name;
      NjScriptletResult result = nj_scriptlet_check_procedural (nj_bytes_from_string (cases[i].body), &name);
      g_autofree char  *text = g_strdup_printf ("%s %.*s", nj_scriptlet_result_name (result), NJ_BYTES_ARGS (name));

      g_assert_cmpstr (text, ==, cases[i].operator_);
    }
}

static guint
count (NjBytes text, const char *part)
{
  guint n = 0;

  for (gssize at; (at = nj_bytes_find (text, nj_bytes_from_string (part))) >= 0; n++)
    text = nj_bytes (text.data + at + 1, text.len - at - 1);
  return n;
}

/* Each function and part once, whatever calls it; the same rule of two lists once. */
static void
test_page (void)
{
  static const char *const rules[] = { "aopr, a.b", "set, c, true", "aopr, d", "aopr, a.b", "set, </script>, \xe2\x80\xa8", "nofab" };
  g_auto (NjArena)         arena;
  NjScriptletPage          page;
  NjBytes                  text;

  nj_arena_init (&arena, NULL, 0);
  nj_scriptlet_page_init (&page, &arena);
  g_assert_true (nj_scriptlet_page_is_empty (&page));
  g_assert_cmpuint (nj_scriptlet_page_print (&page).len, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    g_assert_cmpint (nj_scriptlet_page_add (&page, nj_bytes_from_string (rules[i]), FALSE), ==, NJ_SCRIPTLET_TAKEN);
  g_assert_cmpint (nj_scriptlet_page_add (&page, NJ_BYTES ("nosuch"), TRUE), ==, NJ_SCRIPTLET_UNKNOWN);
  g_assert_cmpint (nj_scriptlet_page_add_procedural (&page, NJ_BYTES ("p:has-text(</script>)")), ==, NJ_SCRIPTLET_TAKEN);

  text = nj_scriptlet_page_print (&page);
  g_assert_cmpuint (count (text, "[\"a.b\"],"), ==, 1);
  g_assert_cmpuint (count (text, "[\"a.b\"],[\"d\"],"), ==, 1);
  g_assert_cmpuint (count (text, "const whenOwned"), ==, 1);
  g_assert_cmpuint (count (text, "[\"set-constant\",\"c\",\"true\"],"), ==, 1);
  g_assert_cmpuint (count (text, "const readChains"), ==, 1);
  g_assert_cmpuint (count (text, "FuckAdBlock"), >, 0);
  g_assert_cmpuint (count (text, "</"), ==, 0);
  for (gsize i = 0; i < text.len; i++)
    g_assert_true (text.data[i] == '\n' || (text.data[i] >= ' ' && text.data[i] < 0x7f));
  g_assert_true (nj_bytes_equal (text, nj_scriptlet_page_print (&page)));
}

static void
test_resources (void)
{
  g_auto (NjArena) arena;
  NjScriptletPage  page;

  nj_arena_init (&arena, NULL, 0);
  nj_scriptlet_page_init (&page, &arena);
  nj_scriptlet_page_add (&page, NJ_BYTES ("no-fetch-if, a, war:noop-vast2.xml"), FALSE);
  nj_scriptlet_page_add (&page, NJ_BYTES ("no-fetch-if, b, war:nosuch"), FALSE);
  g_assert_cmpuint (count (nj_scriptlet_page_print (&page), "war:\\u003c"), ==, 1);
  g_assert_cmpuint (count (nj_scriptlet_page_print (&page), "\"b\",\"\""), ==, 1);
}

/* What stands in for blocked programs can be named as well: each can stand in any page. */
static void
test_programs (void)
{
  g_auto (NjArena) arena;
  NjScriptletPage  page;
  NjBytes          text;

  nj_arena_init (&arena, NULL, 0);
  nj_scriptlet_page_init (&page, &arena);
  for (guint i = 0; nj_redirect_table_names[i].name != NULL; i++)
    nj_scriptlet_page_add (&page, nj_bytes_from_string (nj_redirect_table_names[i].name), FALSE);
  g_assert_cmpuint (page.n_calls, >, 20);
  text = nj_scriptlet_page_print (&page);
  g_assert_cmpuint (count (text, "</") + count (text, "<!--") + count (text, "]]>"), ==, 0);
  for (gsize i = 0; i < text.len; i++)
    g_assert_true (text.data[i] == '\n' || (text.data[i] >= ' ' && text.data[i] < 0x7f));
}

static void
count_line (NjBytes line, guint *n, guint *n_taken)
{
  g_auto (NjArena) arena;
  NjPageLine       page;
  NjBytes          name;

  nj_arena_init (&arena, NULL, 0);
  if (line.len == 0 || line.data[0] == '!' || !nj_page_line_parse (line, &page) || page.kind != NJ_PAGE_LINE_SCRIPTLET
      || page.is_exception)
    return;
  (*n)++;
  *n_taken += nj_scriptlet_check (page.body, TRUE, &arena, &name) == NJ_SCRIPTLET_TAKEN;
}

/* Of the rules that people have, where Debian's package of uBlock Origin is installed. */
static void
test_lists (void)
{
  static const char *const names[] = { "filters", "privacy", "quick-fixes", "unbreak", "badware" };
  guint                    n = 0, n_taken = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_strdup_printf ("/usr/share/chromium/extensions/ublock-origin/assets/ublock/%s.min.txt", names[i]);
      g_autofree char *text = NULL;
      g_auto (GStrv)   lines = NULL;

      if (!g_file_get_contents (path, &text, NULL, NULL))
        continue;
      lines = g_strsplit (text, "\n", -1);
      for (guint j = 0; lines[j] != NULL; j++)
        count_line (nj_bytes_from_string (lines[j]), &n, &n_taken);
    }
  if (n == 0)
    {
      g_test_skip ("uBlock Origin's lists are not installed");
      return;
    }
  g_test_message ("%u of %u scriptlet rules can be applied", n_taken, n);
  g_assert_cmpuint (n_taken * 100, >=, n * 99);
}

/* A list cannot make pages arbitrarily large. */
static void
test_limits (void)
{
  g_auto (NjArena)  arena;
  NjScriptletPage   page;
  NjScriptletResult result = NJ_SCRIPTLET_TAKEN;
  guint             n = 0;

  nj_arena_init (&arena, NULL, 0);
  nj_scriptlet_page_init (&page, &arena);
  for (; n < 5000 && result == NJ_SCRIPTLET_TAKEN; n++)
    result = nj_scriptlet_page_add (&page, nj_arena_printf (&arena, "aopr, a%u", n), FALSE);
  g_assert_cmpint (result, ==, NJ_SCRIPTLET_TOO_MUCH);
  g_assert_cmpuint (nj_scriptlet_page_print (&page).len, <, 64 * 1024);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/scriptlet/arguments", test_arguments);
  g_test_add_func ("/filter/scriptlet/escapes", test_escapes);
  g_test_add_func ("/filter/scriptlet/refused", test_refused);
  g_test_add_func ("/filter/scriptlet/procedural", test_procedural);
  g_test_add_func ("/filter/scriptlet/page", test_page);
  g_test_add_func ("/filter/scriptlet/resources", test_resources);
  g_test_add_func ("/filter/scriptlet/programs", test_programs);
  g_test_add_func ("/filter/scriptlet/lists", test_lists);
  g_test_add_func ("/filter/scriptlet/limits", test_limits);
  return g_test_run ();
}
