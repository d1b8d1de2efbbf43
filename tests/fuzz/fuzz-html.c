/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The source of a page: its pieces put together are the source, and whole or in pieces of any size it comes to the same tags.
 */
#include "filter/html-scan.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
walk_attributes (NjBytes tag)
{
  gsize           at = nj_html_attribute_start (tag), before = 0;
  NjHtmlAttribute attribute;
  g_auto (NjArena) arena;
  _Alignas (8) char lent[256];

  nj_arena_init (&arena, lent, sizeof lent);
  while (nj_html_attribute_next (tag, &at, &attribute))
    {
      g_assert_cmpuint (at, >, before);
      g_assert_cmpuint (at, <=, tag.len);
      g_assert_true (attribute.name.len > 0 && attribute.name.data >= tag.data);
      g_assert_true (attribute.value.data + attribute.value.len <= tag.data + tag.len);
      nj_html_attribute_text (attribute.value, &arena);
      before = at;
    }
}

/* Tags as they stand, all else as runs of its kind. */
static void
note (GString *tokens, const NjHtmlToken *token, NjBytes text)
{
  static const char marks[] = "?to<>";

  if (token->kind != NJ_HTML_START && token->kind != NJ_HTML_END)
    {
      for (gsize i = 0; i < text.len; i++)
        g_string_append_c (tokens, marks[token->kind]);
      return;
    }
  g_assert_true (text.data[0] == '<' && text.data[text.len - 1] == '>');
  g_string_append_printf (tokens, "%c%s ", marks[token->kind], token->name);
  g_string_append_len (tokens, text.data, (gssize) text.len);
  walk_attributes (text);
}

static void
scan (NjBytes source, gsize step, gboolean is_xml, GString *tokens)
{
  NjHtmlScan scan;
  gsize      at = 0, come = 0;

  nj_html_scan_init (&scan, is_xml);
  do
    {
      NjHtmlToken token;

      come = MIN (come + step, source.len);
      do
        {
          g_autofree char *given = g_memdup2 (source.data + at, come - at);

          nj_html_scan_next (&scan, nj_bytes (given, come - at), come == source.len, &token);
          g_assert_cmpuint (token.length, <=, come - at);
          g_assert_true (token.kind == NJ_HTML_MORE || token.length > 0);
          if (token.kind != NJ_HTML_MORE)
            note (tokens, &token, nj_bytes (given, token.length));
          at += token.length;
        }
      while (token.kind != NJ_HTML_MORE && at < come);
    }
  while (come < source.len);
  g_assert_cmpuint (at, ==, source.len);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GString) whole = g_string_new (NULL);
  g_autoptr (GString) pieces = g_string_new (NULL);
  NjBytes             source = nj_bytes ((const char *) data, size);

  if (size == 0 || size > 20000)
    return 0;
  scan (source, size, data[0] == 'X', whole);
  scan (source, 1 + size % 11, data[0] == 'X', pieces);
  g_assert_cmpstr (whole->str, ==, pieces->str);
  return 0;
}
