/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages on their way through: where style and script go in, and that all else stays as it was, packed or not, in pieces of
 * every size.
 */
#include "proxy/rewrite.h"

#include <zlib.h>

#define HOST NJ_BYTES ("www.site.example")

static const char rules_text[] = "site.example##.own\n"
                                 "##.ad\n"
                                 "##.second\n"
                                 "###banner\n"
                                 "other.example##.other\n"
                                 "site.example#@#.second\n";

typedef struct
{
  const char *rules;
  gboolean    is_xml;
  gboolean    has_charset;
  NjCoding    coding;
  guint       spared;
} Kind;

static GString *
pack (NjBytes text)
{
  z_stream z = { 0 };
  GString *packed = g_string_sized_new (text.len + 1000);

  g_assert_cmpint (deflateInit2 (&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
  z.next_in = (Bytef *) text.data;
  z.avail_in = (uInt) text.len;
  z.next_out = (Bytef *) packed->str;
  z.avail_out = (uInt) packed->allocated_len - 1;
  g_assert_cmpint (deflate (&z, Z_FINISH), ==, Z_STREAM_END);
  packed->len = z.total_out;
  deflateEnd (&z);
  return packed;
}

/* Drives @rewrite as http/h1-body.c does; FALSE when it says that the body is broken. */
static gboolean
run (NjRewrite *rewrite, NjBytes source, gsize step, GString *said)
{
  gsize at = 0;

  do
    {
      gsize            n = MIN (step, source.len - at);
      g_autofree char *piece = g_memdup2 (source.data + at, n);
      NjBytes          span = nj_bytes (piece, n), out;

      at += n;
      do
        {
          if (!rewrite->change.next (&rewrite->change, &span, at == source.len, &out))
            return FALSE;
          g_string_append_len (said, out.data, (gssize) out.len);
        }
      while (span.len > 0 || out.len > 0);
    }
  while (at < source.len);
  return TRUE;
}

/* What becomes of @source, the nonce written as N. */
static char *
rewrite_cut (const Kind *kind, NjBytes source, gsize step, NjRewriteCounts *ret_counts, guint *ret_n_removed)
{
  NjListSource             list = { "test", "Test", nj_bytes_from_string (kind->rules), TRUE };
  g_autoptr (NjPageRules)  rules = nj_page_rules_compile (&list, 1, NULL);
  g_autofree char         *room = g_malloc (NJ_REWRITE_ROOM);
  g_autoptr (GString)      said = g_string_new (NULL);
  g_autoptr (GString)      packed = kind->coding == NJ_CODING_GZIP ? pack (source) : NULL;
  g_autoptr (NjRewrite)    rewrite = nj_rewrite_new (kind->coding, 0, room);
  g_auto (NjArena)         arena;
  NjPageLookup             lookup;
  NjRewriteRules           found;

  nj_arena_init (&arena, NULL, 0);
  nj_rewrite_rules_init (&found, &lookup, rules, HOST, kind->spared, &arena);
  nj_rewrite_take_page (rewrite, &found, kind->is_xml, kind->has_charset, &arena);
  g_assert_true (run (rewrite, packed != NULL ? nj_bytes (packed->str, packed->len) : source, step, said));
  *ret_counts = rewrite->page.counts;
  *ret_n_removed = rewrite->page.cut.n_removed;
  nj_rewrite_rules_clear (&found);
  g_string_replace (said, rewrite->nonce, "N", 0);
  return g_string_free (g_steal_pointer (&said), FALSE);
}

static char *
rewrite_page (const Kind *kind, const char *source, gsize step)
{
  NjRewriteCounts counts;
  guint           n_removed;

  return rewrite_cut (kind, nj_bytes_from_string (source), step, &counts, &n_removed);
}

#define HIDE "{display:none!important}\n"
#define OWN "<style nonce=\"N\">.own" HIDE "</style>"

static void
test_place (void)
{
  static const struct
  {
    const char *source, *wanted;
    gboolean    has_charset;
  } rows[] = {
    { "<html><head><title>x</title></head>", "<html><head>" OWN "<title>x</title></head>", TRUE },
    /* The encoding must be said in the first 1024 bytes. */
    { "<html><head><title>x</title></head>", "<html><head><title>x</title>" OWN "</head>", FALSE },
    { "<head><title>x</title><meta charset=x><script>", "<head><title>x</title><meta charset=x>" OWN "<script>", FALSE },
    { "<head><meta name=a><meta http-equiv=Content-Type content=x><script>",
      "<head><meta name=a><meta http-equiv=Content-Type content=x>" OWN "<script>", FALSE },
    { "<head><script>", "<head>" OWN "<script>", FALSE },
    /* No head is written down. */
    { "<!doctype html><!-- c -->\n<p>x", "<!doctype html><!-- c -->\n" OWN "<p>x", FALSE },
    { "<!doctype html>\ntext", "<!doctype html>\n" OWN "text", FALSE },
    { "text", OWN "text", TRUE },
    { "<body>x", OWN "<body>x", TRUE },
    { "<html></p><p>", "<html></p>" OWN "<p>", TRUE },
    { "\xef\xbb\xbf<html><head><title>x</title>", "\xef\xbb\xbf<html><head>" OWN "<title>x</title>", FALSE },
    /* Nothing to put it into. */
    { "", "", TRUE },
    { "<!doctype html>", "<!doctype html>", TRUE },
    { "\xff\xfe<\0h\0", "\xff\xfe<", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize step = 1; step <= MAX (strlen (rows[i].source), 1); step++)
      {
        Kind             kind = { .rules = rules_text, .has_charset = rows[i].has_charset };
        g_autofree char *got = rewrite_page (&kind, rows[i].source, step);

        g_assert_cmpstr (got, ==, rows[i].wanted);
      }
}

static void
test_generic (void)
{
  Kind             kind = { .rules = rules_text, .has_charset = TRUE };
  const char      *page = "<head></head><p class='x ad second'><p id=banner class=\"ad\"></body>";
  g_autofree char *whole = rewrite_page (&kind, page, 1000);
  g_autofree char *pieces = rewrite_page (&kind, page, 20);
  g_autofree char *open = rewrite_page (&kind, "<head><p><p><p><p><p class=ad>x", 10);
  g_autofree char *cut = rewrite_page (&kind, "<head><p><p><p><p><p class=ad><p", 10);
  Kind             spared = { .rules = rules_text, .has_charset = TRUE, .spared = NJ_PAGE_NO_GENERIC_HIDE };
  g_autofree char *none = rewrite_page (&spared, page, 1000);

  /* All in the head when all has come, else behind. */
  g_assert_cmpstr (whole, ==,
                   "<head><style nonce=\"N\">.own" HIDE ".ad" HIDE "#banner" HIDE
                   "</style></head><p class='x ad second'><p id=banner class=\"ad\"></body>");
  g_assert_cmpstr (pieces, ==,
                   "<head>" OWN "</head><p class='x ad second'><p id=banner class=\"ad\"><style nonce=\"N\">.ad" HIDE "#banner" HIDE
                   "</style></body>");
  g_assert_cmpstr (open, ==, "<head>" OWN "<p><p><p><p><p class=ad>x<style nonce=\"N\">.ad" HIDE "</style>");
  /* Behind half a tag it would be half of that. */
  g_assert_cmpstr (cut, ==, "<head>" OWN "<p><p><p><p><p class=ad><p");
  g_assert_cmpstr (none, ==, "<head>" OWN "</head><p class='x ad second'><p id=banner class=\"ad\"></body>");
}

static void
test_policy (void)
{
  Kind             kind = { .rules = rules_text, .has_charset = TRUE };
  g_autofree char *page = rewrite_page (
    &kind, "<head><meta content='default-src &#39;self&#39; a&amp;b' http-equiv=\"Content-Security-Policy\" x><body><meta http-equiv="
           "content-security-policy content=\"style-src 'none'\">", 1000);

  g_assert_cmpstr (page, ==,
                   "<head>" OWN "<meta content=\"default-src 'self' a&amp;b; style-src-elem 'self' a&amp;b 'nonce-N'\" "
                   "http-equiv=\"Content-Security-Policy\" x><body><meta http-equiv=content-security-policy content=\"style-src "
                   "'none'\">");
}

/* What a script of the page names in a string may come to be in the page. */
static void
test_programs (void)
{
  Kind             kind = { .rules = rules_text, .has_charset = TRUE };
  g_autofree char *named = rewrite_page (
    &kind, "<head></head><script>e.innerHTML='<i class=\"x ad-y\" id=banner>';f('second')</script>", 1000);
  g_autofree char *other = rewrite_page (
    &kind, "<head></head><script>banner()</script><p>'banner'</p><script type=text/x>'banner'</script>", 1000);
  g_autoptr (GString) page = g_string_new ("<head></head><script>");
  g_autofree char *last = NULL, *late = NULL;

  g_assert_nonnull (strstr (named, "<style nonce=\"N\">.own" HIDE "#banner" HIDE "</style>"));
  g_assert_null (strstr (other, "#banner"));

  /* Only so much of them. */
  while (page->len < 3000)
    g_string_append (page, "'a b c d e f g h i j k l m n o p q r s t';\n");
  g_string_append (page, "'banner'</script>");
  last = rewrite_page (&kind, page->str, 1 << 20);
  g_assert_nonnull (strstr (last, "#banner" HIDE));
  g_string_truncate (page, page->len - strlen ("'banner'</script>"));
  while (page->len < 5000)
    g_string_append (page, "'a b c d e f g h i j k l m n o p q r s t';\n");
  g_string_append (page, "'banner'</script>");
  late = rewrite_page (&kind, page->str, 1 << 20);
  g_assert_null (strstr (late, "#banner" HIDE));
}

/* Orders for client hints go, in the head and nowhere else, and only if the profile says so. */
static void
test_hints (void)
{
  static const char source[] = "<head><meta name=a content=b><meta http-equiv=Accept-CH content='Sec-CH-UA-Model'>"
                               "<meta http-equiv='delegate-ch' content=x>"
                               "<meta http-equiv=refresh content=1><body><meta http-equiv=accept-ch content=y>";
  static const char wanted[] = "<head><meta name=a content=b><meta http-equiv=refresh content=1><body>"
                               "<meta http-equiv=accept-ch content=y>";

  for (gsize step = 1; step < 40; step++)
    for (guint drops = 0; drops < 2; drops++)
      {
        NjRewritePage page;
        NjBuffer      out = { 0 };

        nj_rewrite_page_init (&page, "N", FALSE, TRUE);
        page.drops_hints = drops;
        for (gsize at = 0; at < strlen (source); at += step)
          nj_rewrite_page_push (&page, nj_bytes (source + at, MIN (step, strlen (source) - at)), at + step >= strlen (source), &out);
        g_assert_true (nj_bytes_equal (nj_bytes ((char *) out.data, out.len), nj_bytes_from_string (drops ? wanted : source)));
        g_assert_cmpuint (page.counts.n_hints, ==, drops ? 2 : 0);
        nj_rewrite_page_clear (&page);
        nj_buffer_clear (&out);
      }
}

static void
test_xml (void)
{
  Kind             kind = { .rules = rules_text, .is_xml = TRUE };
  g_autofree char *page = rewrite_page (
    &kind, "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>\n<head><title/></head></html>", 7);
  g_autofree char *other = rewrite_page (&kind, "<?xml version='1.0'?><svg>a</svg>", 7);

  g_assert_cmpstr (page, ==,
                   "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>\n<head>"
                   "<style xmlns=\"http://www.w3.org/1999/xhtml\" nonce=\"N\"><![CDATA[.own" HIDE "]]></style><title/></head></html>");
  g_assert_cmpstr (other, ==, "<?xml version='1.0'?><svg>a</svg>");
}

static void
test_program (void)
{
  Kind             kind = { .rules = "site.example##+js(set, a, 1)\nsite.example#%#b = '\xc3\xa9'\nsite.example#%#c = '</script>'\n",
                            .has_charset = TRUE };
  g_autofree char *page = rewrite_page (&kind, "<head><script>a</script>", 5);

  g_assert_true (g_str_has_prefix (page, "<head><script nonce=\"N\">(function ours(){"));
  g_assert_true (g_str_has_suffix (page, "try{b = '\\u00e9'\n}catch{}\n</script><script>a</script>"));
  g_assert_null (strstr (page, "c = "));
}

static void
test_cut (void)
{
  static const char rules[] = "site.example##^script:has-text(ad)\nsite.example##^.gone\nsite.example##^p:has-text(/a&b/)\n"
                              "site.example##^meta[name=\"x\"]\nsite.example##^li.x\nsite.example##^body\nsite.example##^a:upward(2)\n"
                              "site.example##^td.x\nsite.example##^svg\n";
  static const struct
  {
    const char *source, *wanted;
    guint       n;
  } rows[] = {
    { "<script>no</script><script src=x>an ad</script>x", "<script>no</script>x", 1 },
    { "<script>a</script\n><script>ad</script\n>x", "<script>a</script\n>x", 1 },
    { "<div class=gone>a<div>b</div>c</div>x", "x", 1 },
    { "<b class=gone>a<b>b</b>c<br></i></b>x", "x", 1 },
    { "<p>a&amp;b</p><p>a<b>&amp;</b>b</p><p>a b</p>", "<p>a b</p>", 2 },
    { "<p>a&amp;b<div>x</div>", "<div>x</div>", 1 },
    { "<div><p>a&amp;b</div>x", "<div></div>x", 1 },
    { "<meta name=x><meta name=y>", "<meta name=y>", 1 },
    { "<ul><li class=x>a<ul><li>b</ul><li>c</ul>", "<ul><li>c</ul>", 1 },
    { "<table><tr><td class=x>a<td>b</table>", "<table><tr><td>b</table>", 1 },
    { "<svg><style>a<g></style></svg>x", "x", 1 },
    { "<img class=gone>x", "x", 1 },
    { "<body class=gone>x", "<body class=gone>x", 0 },
    /* Its end does not come: it stays. */
    { "<div class=gone>a<p>b", "<div class=gone>a<p>b", 0 },
    { "<div class=gone>a</body>", "</body>", 1 },
    { "<script>ad", "<script>ad", 0 },
    { "<script>no<!-- ad --></script>x", "x", 1 },
    { "<a>x</a>", "<a>x</a>", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (gsize step = 1; step <= strlen (rows[i].source); step++)
      {
        Kind             kind = { .rules = rules, .has_charset = TRUE, .spared = NJ_PAGE_NO_GENERIC_HIDE };
        NjRewriteCounts  counts;
        guint            n_removed;
        g_autofree char *got = rewrite_cut (&kind, nj_bytes_from_string (rows[i].source), step, &counts, &n_removed);

        g_assert_cmpstr (got, ==, rows[i].wanted);
        g_assert_cmpuint (n_removed, ==, rows[i].n);
      }
}

static void
test_cut_long (void)
{
  g_autoptr (GString) page = g_string_new ("<div class=gone>");
  Kind                kind = { .rules = "site.example##^.gone\n", .has_charset = TRUE };
  g_autofree char    *got = NULL;

  for (int i = 0; i < 100000; i++)
    g_string_append (page, "<p>text");
  g_string_append (page, "</div>x");
  got = rewrite_page (&kind, page->str, 10000);
  g_assert_cmpstr (got, ==, page->str);
}

static const char *const words[] = {
  "<p>", "</p>", "<div class=\"ad x\">", "<div class='ad'", " id=banner>", "text ", "<", ">", "<!--", "-->", "<script>", "</script>",
  "<style>", "</style>", "<svg>", "</svg>", "<title>", "</title>", "<meta charset=utf-8>", "<head>", "</head>", "<body>", "</body>", "\n",
  "<![CDATA[", "]]>", "\"", "'", "=", "<p class=second", "/", "<textarea>", "<plaintext>", "&amp;", "\xc3\xa9", "<!doctype html>",
  "<b a=\">\">",
};

static GString *
make_page (GRand *random)
{
  GString *page = g_string_new (NULL);

  for (gint n = g_rand_int_range (random, 0, 60); n > 0; n--)
    g_string_append (page, words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))]);
  return page;
}

/* Takes what is ours out again. */
static void
take_out_ours (char *page)
{
  char *at, *end;

  while ((at = strstr (page, "<style nonce=\"N\">")) != NULL)
    {
      end = strstr (at, "</style>");
      g_assert_nonnull (end);
      memmove (at, end + 8, strlen (end + 8) + 1);
    }
}

/* Whatever the page is like and in whatever pieces it comes: without ours it is what it was. */
static void
test_property (void)
{
  GRand *random = g_rand_new_with_seed (20261124);

  for (int round = 0; round < 4000; round++)
    {
      g_autoptr (GString) page = make_page (random);
      Kind kind = { .rules = rules_text, .has_charset = g_rand_boolean (random), .is_xml = round % 16 == 0,
                    .coding = g_rand_boolean (random) ? NJ_CODING_GZIP : NJ_CODING_IDENTITY };
      Kind             none = { .rules = "other.example##.ad", .coding = kind.coding };
      gsize            step = (gsize) g_rand_int_range (random, 1, 50);
      g_autofree char *got = rewrite_page (&kind, page->str, step);
      g_autofree char *same = rewrite_page (&none, page->str, step);

      g_assert_cmpstr (same, ==, page->str);
      if (!kind.is_xml)
        take_out_ours (got);
      if (!kind.is_xml)
        g_assert_cmpstr (got, ==, page->str);
    }
  g_rand_free (random);
}

static void
test_cut_off (void)
{
  g_autoptr (GString)   page = g_string_new ("<html><head><title>x</title>");
  g_autoptr (GString)   packed = NULL, said = g_string_new (NULL);
  g_autofree char      *room = g_malloc (NJ_REWRITE_ROOM);
  g_autoptr (NjRewrite) rewrite = nj_rewrite_new (NJ_CODING_GZIP, 0, room), broken = nj_rewrite_new (NJ_CODING_GZIP, 0, room);

  for (int i = 0; i < 3000; i++)
    g_string_append_printf (page, "<p>%d", i * 7919);
  packed = pack (nj_bytes (page->str, page->len));

  /* A body that was cut off is shown as far as it goes. */
  nj_rewrite_page_init (&rewrite->page, rewrite->nonce, FALSE, TRUE);
  rewrite->has_page = TRUE;
  g_assert_true (run (rewrite, nj_bytes (packed->str, packed->len - 100), 1000, said));
  g_assert_true (g_str_has_prefix (page->str, said->str));
  g_assert_cmpuint (said->len, >, page->len / 2);

  /* One that breaks in the middle must not look whole. */
  g_string_truncate (said, 0);
  g_string_truncate (packed, 0);
  g_string_append_len (packed, "\x1f\x8b\x08\0\0\0\0\0\0\3\0\3\0\xfc\xff<p>\7", 19);
  nj_rewrite_page_init (&broken->page, broken->nonce, FALSE, TRUE);
  broken->has_page = TRUE;
  g_assert_false (run (broken, nj_bytes (packed->str, packed->len), 1000, said));
}

/* 100 MB in bounded memory. */
static void
test_huge (void)
{
  g_autoptr (NjPageRules) rules = NULL;
  NjListSource            list = { "test", "Test", nj_bytes_from_string (rules_text), TRUE };
  g_autoptr (NjRewrite)   rewrite = nj_rewrite_new (NJ_CODING_IDENTITY, 0, NULL);
  g_autofree char        *piece = g_malloc (65536 + 1);
  g_auto (NjArena)        arena;
  NjPageLookup            lookup;
  NjRewriteRules          found;
  guint64                 n = 0;
  guint32                 seed = 1;

  rules = nj_page_rules_compile (&list, 1, NULL);
  nj_arena_init (&arena, NULL, 0);
  nj_rewrite_rules_init (&found, &lookup, rules, HOST, 0, &arena);
  nj_rewrite_take_page (rewrite, &found, FALSE, TRUE, &arena);
  nj_rewrite_rules_clear (&found);
  for (int i = 0; i < 1600; i++)
    {
      NjBytes span = nj_bytes (piece, 65536), out;

      for (gsize at = 0; at < 65536; at += 32)
        {
          seed = seed * 1664525 + 1013904223;
          g_snprintf (piece + at, 33, "<p class=\"c%08x\">%08x</p>", seed, seed);
          piece[at + 31] = '\n';
        }
      g_assert_true (rewrite->change.next (&rewrite->change, &span, i == 1599, &out));
      n += out.len;
      g_assert_cmpuint (rewrite->out.room + rewrite->page.held.room + rewrite->page.sheet.room + rewrite->page.seen.room * 4, <, 1 << 20);
    }
  g_assert_cmpuint (n, >=, 100000000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proxy/rewrite/place", test_place);
  g_test_add_func ("/proxy/rewrite/generic", test_generic);
  g_test_add_func ("/proxy/rewrite/policy", test_policy);
  g_test_add_func ("/proxy/rewrite/programs", test_programs);
  g_test_add_func ("/proxy/rewrite/hints", test_hints);
  g_test_add_func ("/proxy/rewrite/xml", test_xml);
  g_test_add_func ("/proxy/rewrite/program", test_program);
  g_test_add_func ("/proxy/rewrite/cut", test_cut);
  g_test_add_func ("/proxy/rewrite/cut-long", test_cut_long);
  g_test_add_func ("/proxy/rewrite/property", test_property);
  g_test_add_func ("/proxy/rewrite/cut-off", test_cut_off);
  g_test_add_func ("/proxy/rewrite/huge", test_huge);
  return g_test_run ();
}
