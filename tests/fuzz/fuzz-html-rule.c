/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Selectors of rules that take elements out, good and bad, asked about tags; and cosmetic rules as a style sheet, none of
 * which may reach out of its own place.
 */
#include "filter/html-rule.h"
#include "filter/page-sheet.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
write_sheet (NjPageLineKind kind, NjBytes body)
{
  NjPageRule rule = { .kind = kind, .body = body };
  NjBuffer   sheet = { 0 };

  if (nj_page_sheet_add (&sheet, &rule))
    {
      NjBytes text = nj_bytes ((char *) sheet.data, sheet.len);

      g_assert_true (nj_bytes_ends_with (text, NJ_BYTES ("}\n")));
      g_assert_cmpint (nj_bytes_find (text, NJ_BYTES ("<")), ==, -1);
      g_assert_cmpint (nj_bytes_find (text, NJ_BYTES ("]]>")), ==, -1);
      for (gsize i = 0; i < text.len; i++)
        g_assert_cmpuint ((guchar) text.data[i], <, 0x80);
    }
  else
    g_assert_cmpuint (sheet.len, ==, 0);
  nj_buffer_clear (&sheet);
}

/* An answer that is no "perhaps" stays, whatever comes. */
static void
ask_page (NjHtmlRule *rule)
{
  NjBytes      page = NJ_BYTES ("<meta a><div id=a class='b c'><p d=\"e&amp;f\">text (ad)<p><a href=x></a><b>t</b></div>"
                                 "<script src=x>ad</script>");
  NjHtmlAnswer said[32];
  NjHtmlScan   scan;
  NjHtmlTree   tree;
  NjHtmlToken  token;
  guint        n_texts = 0;

  g_assert_true (nj_html_rule_number (rule, &n_texts));
  nj_html_scan_init (&scan, FALSE);
  nj_html_tree_init (&tree, FALSE, &rule, 1);
  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    said[i] = NJ_HTML_MAYBE;
  while (page.len > 0)
    {
      nj_html_scan_next (&scan, page, TRUE, &token);
      if (token.kind == NJ_HTML_START)
        nj_html_tree_start (&tree, &token, nj_bytes (page.data, token.length));
      else if (token.kind == NJ_HTML_END)
        nj_html_tree_end (&tree, token.name, NJ_BYTES_NONE);
      else
        nj_html_tree_text (&tree, nj_bytes (page.data, token.length), FALSE);
      page = nj_bytes (page.data + token.length, page.len - token.length);
      for (guint i = 0; i < MIN (tree.n, G_N_ELEMENTS (said)); i++)
        if ((tree.nodes[i].flags & NJ_HTML_NODE_WANTED) != 0)
          {
            NjHtmlAnswer now = nj_html_rule_match (rule, &tree, (guint16) i);

            g_assert_true (said[i] == NJ_HTML_MAYBE || now == said[i]);
            said[i] = now;
          }
        else
          said[i] = NJ_HTML_MAYBE;
    }
  nj_html_tree_finish (&tree);
  nj_html_tree_clear (&tree);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char       *text = g_memdup2 (data, size);
  NjBytes                body = nj_bytes (text, size);
  g_autoptr (NjHtmlRule) rule = size < 2000 ? nj_html_rule_new (body) : NULL;

  write_sheet (NJ_PAGE_LINE_HIDE, body);
  write_sheet (NJ_PAGE_LINE_STYLE, body);
  if (rule != NULL)
    ask_page (rule);
  return 0;
}
