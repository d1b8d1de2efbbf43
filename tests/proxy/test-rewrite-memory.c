/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one response takes of memory while it is changed: every allocation from its first byte to its last is counted, also
 * those of the libraries that unpack it. The libc's own functions are called through names of ours; where they cannot be,
 * as beneath a sanitizer, nothing is measured.
 */
#include "http/coding-trial.h"
#include "net/worker.h"
#include "proxy/rewrite.h"

#include <brotli/encode.h>
#include <errno.h>
#include <malloc.h>
#include <zlib.h>
#include <zstd.h>

#define BOUND (1 << 20)
#define STEP 16384

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__GLIBC__)

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *memory, size_t size);
void *__libc_memalign (size_t alignment, size_t size);
void  __libc_free (void *memory);

static _Thread_local gint64 now, peak;

static void *
count (void *memory)
{
  now += memory != NULL ? (gint64) malloc_usable_size (memory) : 0;
  peak = MAX (peak, now);
  return memory;
}

static void
discount (void *memory)
{
  now -= memory != NULL ? (gint64) malloc_usable_size (memory) : 0;
}

void *
malloc (size_t size)
{
  return count (__libc_malloc (size));
}

void *
calloc (size_t n, size_t size)
{
  return count (__libc_calloc (n, size));
}

void *
realloc (void *memory, size_t size)
{
  discount (memory);
  return count (__libc_realloc (memory, size));
}

void
free (void *memory)
{
  discount (memory);
  __libc_free (memory);
}

void *
aligned_alloc (size_t alignment, size_t size)
{
  return count (__libc_memalign (alignment, size));
}

int
posix_memalign (void **ret_memory, size_t alignment, size_t size)
{
  *ret_memory = count (__libc_memalign (alignment, size));
  return *ret_memory != NULL ? 0 : ENOMEM;
}

#else

static gint64 now, peak;

#endif

static gboolean
is_counted (void)
{
  gint64   before = now;
  gpointer block = g_malloc (100000);
  gboolean is_so = now > before;

  g_free (block);
  if (!is_so)
    g_test_skip ("allocations cannot be counted here");
  return is_so;
}

static GString *
make_page (gsize size)
{
  GString *page = g_string_sized_new (size + 1000);
  guint32  seed = 7;

  g_string_append (page, "<!doctype html><head><meta charset=utf-8><title>x</title></head><body>\n");
  for (guint i = 0; page->len + 20 < size; i++)
    {
      seed = seed * 1664525 + 1013904223;
      g_string_append_printf (page, "<div class=\"card card-%u ad-%u\" id=item-%u><a href=\"/%x\">Words of %u and %x</a></div>\n",
                              seed >> 26, i % 20000, i, seed, i, seed * 7);
    }
  g_string_append (page, "</body></html>\n");
  return page;
}

/* Attributes just short enough to be looked at, of elements that never end. */
static GString *
make_attributes (gsize size)
{
  GString        *page = g_string_new ("<head></head><body>");
  g_autofree char *value = g_strnfill (65000, 'x');

  for (guint i = 0; page->len < size; i++)
    g_string_append_printf (page, "<div class=\"card ad-%u\" title=\"%u%s\">", i % 13000, i, value);
  return page;
}

static GString *
make_endless_tag (gsize size)
{
  GString *page = g_string_new ("<head></head><body><div title=\"");

  while (page->len < size)
    g_string_append_printf (page, "%" G_GSIZE_FORMAT " > ", page->len);
  return page;
}

static GString *
make_script (gsize size)
{
  GString *page = g_string_new ("<head></head><body><script>x = [");

  while (page->len < size)
    g_string_append_printf (page, "\"ad-%" G_GSIZE_FORMAT "\",", page->len);
  return g_string_append (page, "];</script><p>end");
}

static GString *
make_comment (gsize size)
{
  GString *page = g_string_new ("<head></head><body><div><!-- ");

  while (page->len < size)
    g_string_append_printf (page, "%" G_GSIZE_FORMAT " --x> ", page->len);
  return page;
}

/* Each is to let ours in. */
static GString *
make_policies (gsize size)
{
  GString         *page = g_string_new ("<head>");
  g_autofree char *hosts = g_strnfill (60000, '"' - 1);

  while (page->len < size)
    g_string_append_printf (page, "<meta http-equiv=content-security-policy content='script-src a.example %s'>", hosts);
  return page;
}

/* Elements of many names, nested and open, so that all that is kept of a page is kept. */
static GString *
make_names (gsize size)
{
  GString *page = g_string_new ("<head></head><body>");

  for (guint i = 0; page->len < size; i++)
    g_string_append_printf (page, "<div id=\"item-%u\" class=\"ad-%u ad-%u\">w<p class=\"ad-%u\">%u</p>", i, i % 13000, (i * 7) % 13000,
                            (i * 11) % 13000, i);
  return page;
}

static GString *
pack_brotli (const GString *page, guint window)
{
  BrotliEncoderState *state = BrotliEncoderCreateInstance (NULL, NULL, NULL);
  GString            *packed = g_string_sized_new (page->len + 1000);
  size_t              in = page->len, out = packed->allocated_len - 1;
  const uint8_t      *from = (const uint8_t *) page->str;
  uint8_t            *to = (uint8_t *) packed->str;

  BrotliEncoderSetParameter (state, BROTLI_PARAM_QUALITY, 4);
  BrotliEncoderSetParameter (state, BROTLI_PARAM_LGWIN, window);
  g_assert_true (BrotliEncoderCompressStream (state, BROTLI_OPERATION_FINISH, &in, &from, &out, &to, NULL));
  g_assert_true (BrotliEncoderIsFinished (state));
  packed->len = packed->allocated_len - 1 - out;
  BrotliEncoderDestroyInstance (state);
  return packed;
}

static GString *
pack_zstd (const GString *page, guint window)
{
  ZSTD_CCtx     *context = ZSTD_createCCtx ();
  GString       *packed = g_string_sized_new (ZSTD_compressBound (page->len) + 1000);
  ZSTD_outBuffer out = { packed->str, packed->allocated_len, 0 };
  ZSTD_inBuffer  in = { page->str, page->len, 0 };

  ZSTD_CCtx_setParameter (context, ZSTD_c_windowLog, (int) window);
  /* As servers do that do not know how long it gets. */
  ZSTD_CCtx_setParameter (context, ZSTD_c_contentSizeFlag, 0);
  ZSTD_compressStream2 (context, &out, &in, ZSTD_e_flush);
  while (ZSTD_compressStream2 (context, &out, &in, ZSTD_e_end) != 0)
    ;
  packed->len = out.pos;
  ZSTD_freeCCtx (context);
  return packed;
}

static GString *
pack_gzip (const GString *page, int window)
{
  z_stream z = { 0 };
  GString *packed = g_string_sized_new (page->len + 1000);

  g_assert_cmpint (deflateInit2 (&z, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
  z.next_in = (Bytef *) page->str;
  z.avail_in = (uInt) page->len;
  z.next_out = (Bytef *) packed->str;
  z.avail_out = (uInt) packed->allocated_len - 1;
  g_assert_cmpint (deflate (&z, Z_FINISH), ==, Z_STREAM_END);
  packed->len = z.total_out;
  deflateEnd (&z);
  return packed;
}

/* What a page is made of. */
typedef GString *(*Make) (gsize size);

typedef struct
{
  const char *name;
  NjCoding    coding;
  guint       window;  /* of brotli and zstd, log2 */
  gsize       size;    /* of the page */
  const char *rules;
  const char *replace; /* (nullable) */
  Make        make;    /* (nullable) */
  gboolean    is_left; /* it is not changed, for unpacking it takes too much */
} Case;

static GString *
pack (const Case *row, const GString *page)
{
  if (row->coding == NJ_CODING_GZIP || row->coding == NJ_CODING_DEFLATE)
    return pack_gzip (page, row->coding == NJ_CODING_GZIP ? MAX_WBITS + 16 : MAX_WBITS);
  if (row->coding == NJ_CODING_BROTLI)
    return pack_brotli (page, row->window);
  if (row->coding == NJ_CODING_ZSTD)
    return pack_zstd (page, row->window);
  return g_string_new_len (page->str, (gssize) page->len);
}

static NjPageRules *
make_rules (const char *text)
{
  g_autoptr (GString) list = g_string_new (text);
  NjListSource        source = { "test", "Test", { 0 }, TRUE };
  NjPageRules        *rules;

  for (guint i = 0; i < 13000; i++)
    g_string_append_printf (list, "##.ad-%u\n", i);
  source.text = nj_bytes (list->str, list->len);
  rules = nj_page_rules_compile (&source, 1, NULL);
  nj_page_rules_common (rules);
  return rules;
}

/* As http/h1-body.c does. Returns how much came out. */
static gsize
run (NjRewrite *rewrite, const GString *body)
{
  gsize n = 0;

  for (gsize at = 0; at < body->len; at += STEP)
    {
      NjBytes span = nj_bytes (body->str + at, MIN (STEP, body->len - at)), out;

      do
        {
          g_assert_true (rewrite->change.next (&rewrite->change, &span, at + STEP >= body->len, &out));
          n += out.len;
        }
      while (span.len > 0 || out.len > 0);
    }
  return n;
}

/* As proxy/exchange-packed.c does. */
static gboolean
fits (NjCoding coding, const GString *body, char *room, gsize *ret_spent)
{
  NjCodingTrial       trial;
  NjCodingTrialResult result = NJ_CODING_TRIAL_TOO_LARGE;

  nj_coding_trial_init (&trial, coding);
  if (coding != NJ_CODING_BROTLI || body->len <= NJ_CODING_TRIAL_HELD)
    result = nj_coding_trial_push (&trial, nj_bytes (body->str, body->len), room, NJ_REWRITE_ROOM);
  *ret_spent = trial.need;
  nj_coding_trial_clear (&trial);
  return result == NJ_CODING_TRIAL_FITS;
}

/* The most that changing @page took; what its connection has read ahead is part of it. 0: it is not changed at all. */
static gint64
measure (const Case *row, NjPageRules *rules, const GString *body, char *room, gsize *ret_n)
{
  NjResponseChange  item = { nj_bytes_from_string (row->replace != NULL ? row->replace : ""), 0 };
  NjResponseChanges replace = { &item, 1 };
  gint64            before = now;
  NjRewrite        *rewrite;
  NjArena           arena;
  NjPageLookup      lookup;
  NjRewriteRules    found;
  gsize             spent;
  gboolean          is_changed;

  peak = before;
  is_changed = fits (row->coding, body, room, &spent);
  g_assert_cmpint (peak - before + NJ_WORKER_LARGE, <=, BOUND);
  *ret_n = 0;
  if (!is_changed)
    return 0;

  peak = before;
  nj_arena_init (&arena, NULL, 0);
  rewrite = nj_rewrite_new (row->coding, spent, room);
  nj_rewrite_rules_init (&found, &lookup, rules, NJ_BYTES ("www.site.example"), 0, &arena);
  rewrite->text.rules = row->replace != NULL ? &replace : NULL;
  nj_rewrite_take_page (rewrite, &found, FALSE, TRUE, &arena);
  *ret_n = run (rewrite, body);
  nj_rewrite_free (rewrite);
  nj_rewrite_rules_clear (&found);
  nj_arena_clear (&arena);
  return peak - before + NJ_WORKER_LARGE;
}

#define OWN "site.example##.own\n"
#define CUTS "site.example##^body:has-text(zzz)\nsite.example##^#item-5\nsite.example##^div:has-text(zzz)\n"

static const Case cases[] = {
  { "plain", NJ_CODING_IDENTITY, 0, 20 << 20, OWN },
  { "gzip", NJ_CODING_GZIP, 0, 20 << 20, OWN },
  { "deflate", NJ_CODING_DEFLATE, 0, 20 << 20, OWN },
  { "gzip, scriptlets", NJ_CODING_GZIP, 0, 8 << 20, "site.example##+js(set, a, 1)\nsite.example##.a:has-text(x)\n" },
  { "gzip, elements without an end", NJ_CODING_GZIP, 0, 8 << 20, CUTS },
  { "gzip, replaced, 500 KiB", NJ_CODING_GZIP, 0, 500 << 10, OWN, "/Words of/Letters about/g" },
  { "gzip, replaced, too long", NJ_CODING_GZIP, 0, 8 << 20, OWN, "/Words/Letters/g" },
  { "br 22, 100 KiB", NJ_CODING_BROTLI, 22, 100 << 10, OWN },
  { "br 22, 100 KiB, elements", NJ_CODING_BROTLI, 22, 100 << 10, CUTS },
  { "br 22, 300 KiB", NJ_CODING_BROTLI, 22, 300 << 10, OWN },
  { "br 22, 300 KiB, elements", NJ_CODING_BROTLI, 22, 300 << 10, CUTS },
  { "br 22, 300 KiB, replaced", NJ_CODING_BROTLI, 22, 300 << 10, OWN, "/Words of/Letters about/g" },
  { "br 22, 500 KiB", NJ_CODING_BROTLI, 22, 500 << 10, OWN, .is_left = TRUE },
  { "br 16, 300 KiB", NJ_CODING_BROTLI, 16, 300 << 10, OWN },
  { "br 22, names that rules are for", NJ_CODING_BROTLI, 22, 400 << 10, CUTS, .make = make_names },
  { "br 22, long attributes", NJ_CODING_BROTLI, 22, 2 << 20, CUTS, .make = make_attributes, .is_left = TRUE },
  { "br 18, long attributes", NJ_CODING_BROTLI, 18, 2 << 20, CUTS, .make = make_attributes },
  { "zstd 10", NJ_CODING_ZSTD, 10, 20 << 20, OWN },
  { "zstd 17", NJ_CODING_ZSTD, 17, 20 << 20, OWN },
  { "zstd 17, elements", NJ_CODING_ZSTD, 17, 20 << 20, CUTS },
  { "zstd 17, replaced", NJ_CODING_ZSTD, 17, 20 << 20, OWN, "/Words of/Letters about/g" },
  { "zstd 18", NJ_CODING_ZSTD, 18, 20 << 20, OWN, .is_left = TRUE },
  { "zstd 21, 100 KiB", NJ_CODING_ZSTD, 21, 100 << 10, OWN, .is_left = TRUE },
  { "zstd 23", NJ_CODING_ZSTD, 23, 20 << 20, OWN, .is_left = TRUE },
  { "plain, long attributes", NJ_CODING_IDENTITY, 0, 20 << 20, OWN, .make = make_attributes },
  { "gzip, long attributes", NJ_CODING_GZIP, 0, 20 << 20, OWN, .make = make_attributes },
  { "gzip, long attributes, elements", NJ_CODING_GZIP, 0, 20 << 20, CUTS, .make = make_attributes },
  { "zstd 17, long attributes", NJ_CODING_ZSTD, 17, 20 << 20, OWN, .make = make_attributes },
  { "zstd 17, long attributes, elements", NJ_CODING_ZSTD, 17, 20 << 20, CUTS, .make = make_attributes },
  { "gzip, a tag without an end", NJ_CODING_GZIP, 0, 20 << 20, CUTS, .make = make_endless_tag },
  { "gzip, a long script", NJ_CODING_GZIP, 0, 20 << 20, "site.example##^script:has-text(zzz)\n", .make = make_script },
  { "zstd 17, a long script", NJ_CODING_ZSTD, 17, 20 << 20, "site.example##^script:has-text(zzz)\n", .make = make_script },
  { "gzip, a comment without an end", NJ_CODING_GZIP, 0, 20 << 20, CUTS, .make = make_comment },
  { "gzip, many policies", NJ_CODING_GZIP, 0, 20 << 20, OWN, .make = make_policies },
  { "gzip, names that rules are for", NJ_CODING_GZIP, 0, 20 << 20, CUTS, .make = make_names },
  { "zstd 17, names that rules are for", NJ_CODING_ZSTD, 17, 20 << 20, CUTS, .make = make_names },
  { "zstd 15, names that rules are for", NJ_CODING_ZSTD, 15, 20 << 20, CUTS, .make = make_names },
  { "zstd 10, names that rules are for", NJ_CODING_ZSTD, 10, 20 << 20, CUTS, .make = make_names },
  { "gzip, names and a text, 200 KiB", NJ_CODING_GZIP, 0, 200 << 10, CUTS, "/^x/y/m", .make = make_names },
  { "gzip, names and a text, 500 KiB", NJ_CODING_GZIP, 0, 500 << 10, CUTS, "/ad-/ad-/g", .make = make_names },
  { "gzip, names and a text", NJ_CODING_GZIP, 0, 20 << 20, CUTS, "/ad-/ab-/g", .make = make_names },
  { "gzip, names and a text, no elements", NJ_CODING_GZIP, 0, 560 << 10, OWN, "/ad-/ad-1/g", .make = make_names },
  { "gzip, attributes and a text", NJ_CODING_GZIP, 0, 560 << 10, OWN, "/xy/z/g", .make = make_attributes },
  { "zstd 15, replaced", NJ_CODING_ZSTD, 15, 20 << 20, OWN, "/Words of/Letters about/g" },
};

/* All codings and how far they look back: changed or left, it never takes more. */
static void
test_windows (void)
{
  g_autofree char        *room = g_malloc (NJ_REWRITE_ROOM);
  g_autoptr (NjPageRules) rules = make_rules (OWN);
  g_autoptr (GString)     page = make_page (20 << 20), small = make_page (400 << 10);

  if (!is_counted ())
    return;
  for (guint window = 10; window <= 24; window++)
    for (guint i = 0; i < 4; i++)
      {
        Case                row = { "", i % 2 == 0 ? NJ_CODING_BROTLI : NJ_CODING_ZSTD, window };
        g_autoptr (GString) body = NULL;
        gsize               n;
        gint64              most;

        if (row.coding == NJ_CODING_ZSTD && window > 23)
          continue;
        body = pack (&row, i < 2 ? page : small);
        most = measure (&row, rules, body, room, &n);
        g_test_message ("%s %u, %s: %" G_GINT64_FORMAT " KiB", i % 2 == 0 ? "br" : "zstd", window, i < 2 ? "20 MiB" : "400 KiB",
                        most >> 10);
        g_assert_cmpint (most, <=, BOUND);
      }
}

static void
test_bound (void)
{
  g_autofree char *room = g_malloc (NJ_REWRITE_ROOM);

  if (!is_counted ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjPageRules) rules = make_rules (cases[i].rules);
      g_autoptr (GString)     page = cases[i].make != NULL ? cases[i].make (cases[i].size) : make_page (cases[i].size);
      g_autoptr (GString)     body = pack (&cases[i], page);
      gsize                   n;
      gint64                  most = measure (&cases[i], rules, body, room, &n);

      g_test_message ("%-36s %8" G_GSIZE_FORMAT " KiB out of %8" G_GSIZE_FORMAT ": %5" G_GINT64_FORMAT " KiB", cases[i].name,
                      page->len >> 10, body->len >> 10, most >> 10);
      g_assert_cmpint (most, <=, BOUND);
      g_assert_cmpint (n == 0, ==, cases[i].is_left);
      if (!cases[i].is_left)
        g_assert_cmpuint (n, >, page->len / 2);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proxy/rewrite-memory/bound", test_bound);
  g_test_add_func ("/proxy/rewrite-memory/windows", test_windows);
  return g_test_run ();
}
