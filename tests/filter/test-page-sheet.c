/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cosmetic rules as a style sheet: what they become, and that none reaches out of its own place.
 */
#include "filter/page-sheet.h"

static const struct
{
  NjPageLineKind  kind;
  const char *body;
  const char *sheet; /* "": it cannot stand in one */
} rows[] = {
  { NJ_PAGE_LINE_HIDE, ".ad", ".ad{display:none!important}\n" },
  { NJ_PAGE_LINE_HIDE, "a[href*=\"x{y\"] > b:not(.c)", "a[href*=\"x{y\"] > b:not(.c){display:none!important}\n" },
  { NJ_PAGE_LINE_HIDE, "a[x=\"</style><script>\"]", "a[x=\"\\3c /style>\\3c script>\"]{display:none!important}\n" },
  { NJ_PAGE_LINE_HIDE, "a[x]>b", "a[x] >b{display:none!important}\n" },
  { NJ_PAGE_LINE_HIDE, ".\xc3\xa9t\xc3\xa9", ".\\e9 t\\e9 {display:none!important}\n" },
  { NJ_PAGE_LINE_HIDE, ".\xff", ".\\fffd {display:none!important}\n" },
  { NJ_PAGE_LINE_HIDE, ".a\\:b", ".a\\:b{display:none!important}\n" },
  { NJ_PAGE_LINE_HIDE, "a:has(> b, c)", "a:has(> b, c){display:none!important}\n" },
  { NJ_PAGE_LINE_HIDE, "", "" },
  { NJ_PAGE_LINE_HIDE, "a[x", "" },
  { NJ_PAGE_LINE_HIDE, "a[x)", "" },
  { NJ_PAGE_LINE_HIDE, "a)", "" },
  { NJ_PAGE_LINE_HIDE, "a[x=\"y]", "" },
  { NJ_PAGE_LINE_HIDE, "a\\", "" },
  { NJ_PAGE_LINE_HIDE, "a{}*", "" },
  { NJ_PAGE_LINE_HIDE, "a/*", "" },
  { NJ_PAGE_LINE_HIDE, "@import a", "" },
  { NJ_PAGE_LINE_STYLE, "body{overflow:auto!important}", "body{overflow:auto!important}\n" },
  { NJ_PAGE_LINE_STYLE, "body { overflow: auto; position: static }", "body{overflow: auto; position: static}\n" },
  { NJ_PAGE_LINE_STYLE, "a:has(b):style(top: 0 !important;)", "a:has(b){top: 0 !important;}\n" },
  { NJ_PAGE_LINE_STYLE, "a:style(b: url(x))", "a{b: url(x)}\n" },
  { NJ_PAGE_LINE_STYLE, "a{b}*{c}", "" },
  { NJ_PAGE_LINE_STYLE, "a{b:\"}", "" },
  { NJ_PAGE_LINE_STYLE, "{b}", "" },
  { NJ_PAGE_LINE_STYLE, "a:style(", "" },
  { NJ_PAGE_LINE_STYLE, "a b", "" },
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      NjPageRule       rule = { .kind = rows[i].kind, .body = nj_bytes_from_string (rows[i].body) };
      NjBuffer         sheet = { 0 };
      gboolean         is_added = nj_page_sheet_add (&sheet, &rule);
      g_autofree char *text = g_strndup (sheet.len > 0 ? (char *) sheet.data : "", sheet.len);

      g_assert_cmpint (is_added, ==, rows[i].sheet[0] != '\0');
      g_assert_cmpstr (text, ==, rows[i].sheet);
      nj_buffer_clear (&sheet);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/page-sheet/rows", test_rows);
  return g_test_run ();
}
