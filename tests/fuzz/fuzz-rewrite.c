/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages on their way through, packed or not, good and bad: nothing is lost. Without what is ours, and with rules that take
 * nothing out, a page is what it was; with rules that do, what is left comes in the order it had.
 */
#include "proxy/rewrite.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static const char rules_text[] = "##.a\n###b\na.example##.own\na.example##c[d=\"<\"]\n";
static const char cutting_text[] = "##.a\na.example##^script:has-text(ad)\na.example##^.x\na.example##^p:has-text(/b+/)\na.example##^li\n"
                                   "a.example##^p > b:has-text(x)\na.example##^div:not(:has(i)) script\na.example##^i + b\n"
                                   "a.example##^meta[name]:upward(1) > script\na.example##^b:upward(2)\na.example##^table:has(td ~ td)\n";

static NjPageRules *
make_rules (const char *text)
{
  NjListSource list = { "test", "Test", nj_bytes_from_string (text), TRUE };

  return nj_page_rules_compile (&list, 1, NULL);
}

static gboolean
change (NjPageRules *rules, NjCoding coding, NjBytes source, gsize step, gboolean is_xml, GString *said)
{
  g_autofree char      *room = g_malloc (NJ_REWRITE_ROOM);
  g_autoptr (NjRewrite) rewrite = nj_rewrite_new (coding, 0, room);
  g_auto (NjArena)      arena;
  NjPageLookup          lookup;
  NjRewriteRules        found;
  gboolean              is_whole = TRUE;

  nj_arena_init (&arena, NULL, 0);
  nj_rewrite_rules_init (&found, &lookup, rules, NJ_BYTES ("a.example"), 0, &arena);
  nj_rewrite_take_page (rewrite, &found, is_xml, FALSE, &arena);
  nj_rewrite_rules_clear (&found);
  for (gsize at = 0; at < source.len && is_whole; at += step)
    {
      gsize            n = MIN (step, source.len - at);
      g_autofree char *piece = g_memdup2 (source.data + at, n);
      NjBytes          span = nj_bytes (piece, n), out;

      do
        {
          is_whole = rewrite->change.next (&rewrite->change, &span, at + n == source.len, &out);
          g_string_append_len (said, out.data, is_whole ? (gssize) out.len : 0);
        }
      while (is_whole && said->len < 1 << 22 && (span.len > 0 || out.len > 0));
    }
  /* g_string_replace() ends at the first NUL. */
  for (gssize at; (at = nj_bytes_find (nj_bytes (said->str, said->len), nj_bytes (rewrite->nonce, NJ_REWRITE_NONCE))) >= 0;)
    {
      g_string_erase (said, at, NJ_REWRITE_NONCE);
      g_string_insert_c (said, at, 'N');
    }
  return is_whole;
}

static void
take_out_ours (GString *page)
{
  const NjBytes mark = NJ_BYTES ("<style nonce=\"N\">"), end = NJ_BYTES ("</style>");
  gssize        at, length;

  while ((at = nj_bytes_find (nj_bytes (page->str, page->len), mark)) >= 0)
    {
      length = nj_bytes_find (nj_bytes (page->str + at, page->len - (gsize) at), end);
      g_assert_cmpint (length, >, 0);
      g_string_erase (page, at, length + (gssize) end.len);
    }
}

static gboolean
is_in_order (const GString *part, NjBytes whole)
{
  gsize at = 0;

  for (gsize i = 0; i < part->len; i++, at++)
    {
      while (at < whole.len && whole.data[at] != part->str[i])
        at++;
      if (at == whole.len)
        return FALSE;
    }
  return TRUE;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static NjPageRules *rules, *cutting;
  g_autoptr (GString) said = g_string_new (NULL);
  g_autoptr (GString) cut = g_string_new (NULL);
  g_autoptr (GString) other = g_string_new (NULL);
  NjBytes             source = nj_bytes ((const char *) data + 1, size > 0 ? size - 1 : 0);
  gboolean            has_policy;

  if (source.len == 0 || source.len > 20000)
    return 0;
  if (rules == NULL)
    {
      rules = make_rules (rules_text);
      cutting = make_rules (cutting_text);
    }

  /* Policies within pages are changed in place: then it is only asked that nothing breaks. */
  has_policy = nj_bytes_find (source, NJ_BYTES ("http-equiv")) >= 0 || nj_bytes_find (source, NJ_BYTES ("HTTP")) >= 0 ||
               nj_bytes_find (source, NJ_BYTES ("nonce=\"N\"")) >= 0;
  change (rules, (NjCoding) (data[0] % NJ_CODING_OTHER), source, 1 + data[0] % 17, FALSE, other);
  g_assert_true (change (rules, NJ_CODING_IDENTITY, source, 1 + data[0] % 17, FALSE, said));
  g_assert_true (change (cutting, NJ_CODING_IDENTITY, source, 1 + data[0] % 17, data[0] > 200, cut));
  if (has_policy)
    return 0;
  take_out_ours (said);
  if (data[0] <= 200)
    take_out_ours (cut);
  g_assert_true (nj_bytes_equal (nj_bytes (said->str, said->len), source));
  g_assert_true (data[0] > 200 || is_in_order (cut, source));
  return 0;
}
