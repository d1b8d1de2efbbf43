/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one response takes of memory while it is changed: every allocation from its first byte to its last is counted, also
 * those of the libraries that unpack it. The libc's own functions are called through names of ours; where they cannot be,
 * as beneath a sanitizer, nothing is measured.
 */
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
pack_gzip (const GString *page)
{
  z_stream z = { 0 };
  GString *packed = g_string_sized_new (page->len + 1000);

  g_assert_cmpint (deflateInit2 (&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
  z.next_in = (Bytef *) page->str;
  z.avail_in = (uInt) page->len;
  z.next_out = (Bytef *) packed->str;
  z.avail_out = (uInt) packed->allocated_len - 1;
  g_assert_cmpint (deflate (&z, Z_FINISH), ==, Z_STREAM_END);
  packed->len = z.total_out;
  deflateEnd (&z);
  return packed;
}

typedef struct
{
  const char *name;
  NjCoding    coding;
  guint       window;  /* of brotli and zstd, log2 */
  gsize       size;    /* of the page */
  const char *rules;
  const char *replace; /* (nullable) */
  gsize       bound;   /* what it may take */
} Case;

static GString *
pack (const Case *row, const GString *page)
{
  if (row->coding == NJ_CODING_GZIP)
    return pack_gzip (page);
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
run (NjRewrite *rewrite, const GString *body, gint64 *ret_window)
{
  gsize n = 0;

  *ret_window = 0;

  for (gsize at = 0; at < body->len; at += STEP)
    {
      NjBytes span = nj_bytes (body->str + at, MIN (STEP, body->len - at)), out;

      do
        {
          g_assert_true (rewrite->change.next (&rewrite->change, &span, at + STEP >= body->len, &out));
          n += out.len;
          *ret_window = MAX (*ret_window, nj_coding_window_in_use ());
        }
      while (span.len > 0 || out.len > 0);
    }
  return n;
}

/* The most that changing @page took. */
static gint64
measure (const Case *row, NjPageRules *rules, const GString *body, char *room, gsize *ret_n, gint64 *ret_window)
{
  NjResponseChange  item = { nj_bytes_from_string (row->replace != NULL ? row->replace : ""), 0 };
  NjResponseChanges replace = { &item, 1 };
  gint64            before = now;
  NjRewrite        *rewrite;
  NjArena           arena;
  NjPageLookup      lookup;
  NjRewriteRules    found;

  peak = before;
  nj_arena_init (&arena, NULL, 0);
  rewrite = nj_rewrite_new (row->coding, room);
  nj_rewrite_rules_init (&found, &lookup, rules, NJ_BYTES ("www.site.example"), 0, &arena);
  rewrite->text.rules = row->replace != NULL ? &replace : NULL;
  nj_rewrite_take_page (rewrite, &found, FALSE, TRUE, &arena);
  *ret_n = run (rewrite, body, ret_window);
  nj_rewrite_free (rewrite);
  nj_rewrite_rules_clear (&found);
  nj_arena_clear (&arena);
  return peak - before;
}

static const Case cases[] = {
  { "plain", NJ_CODING_IDENTITY, 0, 8 << 20, "site.example##.own\n", NULL, BOUND },
  { "gzip", NJ_CODING_GZIP, 0, 8 << 20, "site.example##.own\n", NULL, BOUND },
  { "gzip, scriptlets", NJ_CODING_GZIP, 0, 8 << 20, "site.example##+js(set, a, 1)\nsite.example##.a:has-text(x)\n", NULL, BOUND },
  { "gzip, an element without an end", NJ_CODING_GZIP, 0, 8 << 20, "site.example##^body:has-text(zzz)\nsite.example##^#item-5\n", NULL,
    BOUND },
  { "gzip, replaced, 500 KiB", NJ_CODING_GZIP, 0, 500 << 10, "site.example##.own\n", "/Words of/Letters about/g", BOUND },
  { "gzip, replaced, too long", NJ_CODING_GZIP, 0, 8 << 20, "site.example##.own\n", "/Words/Letters/g", BOUND },
  { "br 22, 100 KiB", NJ_CODING_BROTLI, 22, 100 << 10, "site.example##.own\n", NULL, BOUND },
  { "br 22, 500 KiB", NJ_CODING_BROTLI, 22, 500 << 10, "site.example##.own\n", NULL, BOUND },
  { "br 22, 1 MiB", NJ_CODING_BROTLI, 22, 1 << 20, "site.example##.own\n", NULL, BOUND },
  { "br 18, 8 MiB", NJ_CODING_BROTLI, 18, 8 << 20, "site.example##.own\n", NULL, BOUND },
  { "br 22, 8 MiB", NJ_CODING_BROTLI, 22, 8 << 20, "site.example##.own\n", NULL, BOUND },
  { "br 24, 8 MiB", NJ_CODING_BROTLI, 24, 8 << 20, "site.example##.own\n", NULL, BOUND },
  { "br 22, replaced, 250 KiB", NJ_CODING_BROTLI, 22, 250 << 10, "site.example##.own\n", "/Words of/Letters about/g", BOUND },
  /* What it has, not what it uses: its window is taken as pages of the system, none of which is there before it is written to. */
  { "zstd 17, 8 MiB", NJ_CODING_ZSTD, 17, 8 << 20, "site.example##.own\n", NULL, BOUND },
  { "zstd 21, 100 KiB", NJ_CODING_ZSTD, 21, 100 << 10, "site.example##.own\n", NULL, BOUND + (2 << 20) },
  { "zstd 21, 8 MiB", NJ_CODING_ZSTD, 21, 8 << 20, "site.example##.own\n", NULL, BOUND + (2 << 20) },
};

static void
test_bound (void)
{
  g_autofree char *room = g_malloc (NJ_REWRITE_ROOM);

  if (!is_counted ())
    return;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (NjPageRules) rules = make_rules (cases[i].rules);
      g_autoptr (GString)     page = make_page (cases[i].size);
      g_autoptr (GString)     body = pack (&cases[i], page);
      gsize                   n;
      gint64                  window, most = measure (&cases[i], rules, body, room, &n, &window);

      g_test_message ("%-34s %8" G_GSIZE_FORMAT " KiB out of %8" G_GSIZE_FORMAT ": %5" G_GINT64_FORMAT
                      " KiB, and %5" G_GINT64_FORMAT " of the store for all",
                      cases[i].name, page->len >> 10, body->len >> 10, most >> 10, window >> 10);
      g_assert_cmpuint (n, >, page->len / 2);
      g_assert_cmpint (most, <=, (gint64) cases[i].bound);
      /* What a short page looks back at is part of it; a long one's is what it says, and a little that is written past it. */
      g_assert_cmpint (window, <=, page->len <= NJ_CODING_SMALL ? 0 : (2 << cases[i].window));
      g_assert_cmpint (nj_coding_window_in_use (), ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proxy/rewrite-memory/bound", test_bound);
  return g_test_run ();
}
