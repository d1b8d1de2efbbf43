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

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char       *text = g_memdup2 (data, size);
  NjBytes                body = nj_bytes (text, size);
  g_autoptr (NjHtmlRule) rule = size < 2000 ? nj_html_rule_new (body) : NULL;
  const NjBytes          tag = NJ_BYTES ("<script id=a class='b c' d=\"e&amp;f\" src=x>");

  write_sheet (NJ_PAGE_LINE_HIDE, body);
  write_sheet (NJ_PAGE_LINE_STYLE, body);
  if (rule == NULL)
    return 0;
  nj_html_rule_wants_text (rule);
  if (nj_html_rule_matches_text (rule, "script", tag, NJ_BYTES ("text (ad)")))
    g_assert_true (nj_html_rule_matches_tag (rule, "script", tag));
  return 0;
}
