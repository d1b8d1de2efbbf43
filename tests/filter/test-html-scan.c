/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The source of a page taken apart: what is a tag and what only looks like one, in pieces of every size.
 */
#include "filter/html-scan.h"

/* Tags and other pieces as "<name>", "</name>", "text", "[comment]"; pieces of one kind put together. */
static char *
take_apart (const char *source, gsize step, gboolean is_xml)
{
  GString   *said = g_string_new (NULL);
  NjHtmlScan scan;
  NjHtmlKind before = NJ_HTML_MORE;
  gsize      len = strlen (source), at = 0, come = 0;

  nj_html_scan_init (&scan, is_xml);
  while (at < len)
    {
      NjHtmlToken token;

      nj_html_scan_next (&scan, nj_bytes (source + at, come - at), come == len, &token);
      if (token.kind == NJ_HTML_MORE)
        {
          g_assert_cmpuint (come, <, len);
          come = MIN (come + step, len);
          continue;
        }
      if (before == NJ_HTML_OTHER && token.kind != NJ_HTML_OTHER)
        g_string_append_c (said, ']');
      if (before != NJ_HTML_OTHER && token.kind == NJ_HTML_OTHER)
        g_string_append_c (said, '[');
      if (token.kind == NJ_HTML_START || token.kind == NJ_HTML_END)
        g_string_append_printf (said, "<%s%s%s>", token.kind == NJ_HTML_END ? "/" : "", token.name, token.is_closed ? "/" : "");
      else
        g_string_append_len (said, source + at, (gssize) token.length);
      before = token.kind;
      at += token.length;
    }
  if (before == NJ_HTML_OTHER)
    g_string_append_c (said, ']');
  return g_string_free (said, FALSE);
}

static const struct
{
  const char *source;
  const char *apart;
} rows[] = {
  { "a<b>c</b>d", "a<b>c</b>d" },
  { "<!DOCTYPE html><HTML><Head>", "[<!DOCTYPE html>]<html><head>" },
  { "a < b <3 <", "a < b <3 <" },
  { "<br/><br /><a/b/>x</a/>", "<br/><br/><a/>x</a/>" },
  /* ">" in values. */
  { "<a b=\"x>y\" c='>' d=>z", "<a>z" },
  { "<a b = \"x>y\" >z", "<a>z" },
  { "<a b=x\"> y\">z", "<a> y\">z" },
  { "<a b\"='>'>z", "<a>z" },
  { "<a =\"b>z", "<a>z" },
  { "<a b=c/>z", "<a>z" },
  { "<a b=\"c\"/>z", "<a/>z" },
  /* Comments. */
  { "<!--a-->b", "[<!--a-->]b" },
  { "<!-->b", "[<!-->]b" },
  { "<!--->b", "[<!--->]b" },
  { "<!---->b", "[<!---->]b" },
  { "<!--a--!>b", "[<!--a--!>]b" },
  { "<!--!>a-->b", "[<!--!>a-->]b" },
  { "<!---!>a-->b", "[<!---!>a-->]b" },
  { "<!----!>b", "[<!----!>]b" },
  { "<!--<a>", "[<!--<a>]" },
  { "<!-a>b", "[<!-a>]b" },
  { "<?a b>c", "[<?a b>]c" },
  { "</ a>b", "[</ a>]b" },
  { "</>b", "[</>]b" },
  { "<![CDATA[a>b]]>c", "[<![CDATA[a>]b]]>c" },
  /* Text of elements in which no tags are. */
  { "<script>a</b>c</script>d", "<script>a</b>c</script>d" },
  { "<script>a</scriptx></SCRIPT >d", "<script>a</scriptx></script>d" },
  { "<script><!--</script>d", "<script><!--</script>d" },
  { "<script><!--<script></script>--></script>d<b>", "<script><!--<script></script>--></script>d<b>" },
  { "<script><!--<script></script>a</script>d<b>", "<script><!--<script></script>a</script>d<b>" },
  { "<script><!--<scriptx></script>d<b>", "<script><!--<scriptx></script>d<b>" },
  { "<script><!--><script></script>d<b>", "<script><!--><script></script>d<b>" },
  { "<title><b></title><b>", "<title><b></title><b>" },
  { "<textarea></p></textarea><p>", "<textarea></p></textarea><p>" },
  { "<noscript><p></noscript><p>", "<noscript><p></noscript><p>" },
  { "<plaintext><p></plaintext>", "<plaintext><p></plaintext>" },
  { "<style/>a<b></style><b>", "<style/>a<b></style><b>" },
  /* In SVG and MathML it is otherwise. */
  { "<svg><style>a<g></style></svg><style>a<b></style>", "<svg><style>a<g></style></svg><style>a<b></style>" },
  { "<svg><![CDATA[a>b]]>c</svg>", "<svg>[<![CDATA[a>b]]>]c</svg>" },
  { "<svg><foreignObject><style>a<b></style></foreignObject><title>", "<svg><foreignobject><style>a<b></style></foreignobject><title>" },
  { "<svg><g><p><style><b></style>", "<svg><g><p><style><b></style>" },
  { "<svg/><style><b></style>", "<svg/><style><b></style>" },
  /* Cut off. */
  { "a<b c=\"d", "a[<b c=\"d]" },
  { "a</", "a</" },
  { "<!", "[<!]" },
};

static void
test_rows (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize step = 1; step <= strlen (rows[i].source); step++)
      {
        g_autofree char *apart = take_apart (rows[i].source, step, FALSE);

        g_assert_cmpstr (apart, ==, rows[i].apart);
      }
}

/* The rows about scripts say the same as text would, so what was seen as a tag is counted apart. */
static guint
count_tags (const char *source)
{
  NjHtmlScan  scan;
  NjHtmlToken token;
  NjBytes     rest = nj_bytes_from_string (source);
  guint       n = 0;

  for (nj_html_scan_init (&scan, FALSE); rest.len > 0; rest = nj_bytes (rest.data + token.length, rest.len - token.length))
    {
      nj_html_scan_next (&scan, rest, TRUE, &token);
      n += token.kind == NJ_HTML_START || token.kind == NJ_HTML_END;
    }
  return n;
}

static void
test_text_of_elements (void)
{
  g_assert_cmpuint (count_tags ("<script>a</b>c</script>d"), ==, 2);
  g_assert_cmpuint (count_tags ("<script>a</scriptx></SCRIPT >d"), ==, 2);
  g_assert_cmpuint (count_tags ("<script><!--</script>d<b>"), ==, 3);
  g_assert_cmpuint (count_tags ("<script><!--<script></script>--></script>d<b>"), ==, 3);
  g_assert_cmpuint (count_tags ("<script><!--<script></script>a</script>d<b>"), ==, 3);
  g_assert_cmpuint (count_tags ("<script><!--<script>a</script>b--></script>d<b>"), ==, 3);
  g_assert_cmpuint (count_tags ("<script><!--<scriptx></script>d<b>"), ==, 3);
  g_assert_cmpuint (count_tags ("<script><!--><script></script>d<b>"), ==, 3);
  g_assert_cmpuint (count_tags ("<title><b></title><b>"), ==, 3);
  g_assert_cmpuint (count_tags ("<plaintext><p></plaintext>"), ==, 1);
  g_assert_cmpuint (count_tags ("<svg><style>a<g></style></svg><style>a<b></style>"), ==, 7);
  g_assert_cmpuint (count_tags ("<svg><g><p><style><b></style>"), ==, 5);
}

static void
test_xml (void)
{
  g_autofree char *apart = take_apart ("<?xml?><html><script><b/></script><![CDATA[<a>]]>", 1, TRUE);

  g_assert_cmpstr (apart, ==, "[<?xml?>]<html><script><b/></script>[<![CDATA[<a>]]>]");
}

/* What is longer than any tag passes, and what comes after it is seen again. */
static void
test_long (void)
{
  g_autoptr (GString) source = g_string_new ("<p><a href=\"");
  gsize               at, n = 0;

  for (at = 0; at < 3 * NJ_HTML_TAG_MAX; at++)
    g_string_append_c (source, 'x');
  g_string_append (source, "\"><b><script src=\"");
  for (at = 0; at < 3 * NJ_HTML_TAG_MAX; at++)
    g_string_append_c (source, '>');
  g_string_append (source, "\"></b></script><i>");

  {
    NjHtmlScan  scan;
    NjHtmlToken token;
    gsize       come = 0, most = 0;

    nj_html_scan_init (&scan, FALSE);
    for (at = 0; at < source->len; at += token.length)
      {
        nj_html_scan_next (&scan, nj_bytes (source->str + at, come - at), come == source->len, &token);
        if (token.kind == NJ_HTML_MORE)
          come = MIN (come + 1000, source->len);
        most = MAX (most, come - at);
        n += token.kind == NJ_HTML_START || token.kind == NJ_HTML_END;
      }
    g_assert_cmpuint (most, <=, NJ_HTML_TAG_MAX + 1000);
  }
  g_assert_cmpuint (n, ==, 4); /* p, b, /script, i */
}

static void
test_attributes (void)
{
  const NjBytes    tag = NJ_BYTES ("<a =x/b = 'c d' e=\"f&amp;&#65;&#x20ac;&nbsp;\"g H=i/j k>");
  g_auto (NjArena) arena;
  _Alignas (8) char lent[256];
  static const char *const wanted[][2] = { { "=x", "" }, { "b", "c d" }, { "e", "f&A\u20ac&nbsp;" }, { "g", "" }, { "H", "i/j" },
                                           { "k", "" } };
  gsize           at = nj_html_attribute_start (tag);
  NjHtmlAttribute attribute;

  nj_arena_init (&arena, lent, sizeof lent);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_assert_true (nj_html_attribute_next (tag, &at, &attribute));
      g_assert_true (nj_bytes_equal (attribute.name, nj_bytes_from_string (wanted[i][0])));
      g_assert_true (nj_bytes_equal (nj_html_attribute_text (attribute.value, &arena), nj_bytes_from_string (wanted[i][1])));
    }
  g_assert_false (nj_html_attribute_next (tag, &at, &attribute));
  g_assert_true (nj_html_attribute_find (tag, NJ_BYTES ("h"), &attribute));
  g_assert_true (nj_bytes_equal (attribute.value, nj_bytes (tag.data + attribute.value_at, 3)));
  g_assert_false (nj_html_attribute_find (tag, NJ_BYTES ("z"), &attribute));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/html-scan/rows", test_rows);
  g_test_add_func ("/filter/html-scan/text-of-elements", test_text_of_elements);
  g_test_add_func ("/filter/html-scan/xml", test_xml);
  g_test_add_func ("/filter/html-scan/long", test_long);
  g_test_add_func ("/filter/html-scan/attributes", test_attributes);
  return g_test_run ();
}
