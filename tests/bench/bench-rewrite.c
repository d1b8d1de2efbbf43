/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What it costs to change a page on its way, packed and not, against unpacking it only; and what packing it again would cost.
 * With a path as argument the rules of that list, else 13,000 generic ones made up. CPU of this thread.
 */
#include "proxy/rewrite.h"

#include <brotli/encode.h>
#include <stdio.h>
#include <time.h>
#include <zlib.h>

typedef struct
{
  NjPageRules *rules;
  NjCoding     coding;
  GString     *body; /* as it comes */
  char        *room;
  guint64      n_out;
  guint        n_hidden;
} Job;

static gint64
cpu_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

static GString *
make_page (gsize size)
{
  GString *page = g_string_new ("<!doctype html><html lang=en><head><meta charset=utf-8><title>News</title>"
                                "<link rel=stylesheet href=/a.css>"
                                "<script>var a = {b: 1}; if (a.b < 2) document.title = 'x';</script></head><body>\n");
  guint32  seed = 5;

  for (guint i = 0; page->len + 20 < size; i++)
    {
      seed = seed * 1664525 + 1013904223;
      g_string_append_printf (page,
                              "<div class=\"card card-%u teaser\" id=item-%u><a href=\"/news/%x?page=%u\" class='link'><img src=/i/%x.jpg "
                              "alt=\"\" width=320 height=180></a><p class=text>Words of article %u, and some more of them that say %x."
                              "</p></div>\n",
                              seed >> 26, i, seed, i, seed >> 8, i, seed * 7);
    }
  g_string_append (page, "</body></html>\n");
  return page;
}

static GString *
pack (const GString *page, NjCoding coding)
{
  GString *packed = g_string_sized_new (page->len + 1000);
  z_stream z = { 0 };
  gsize    n = packed->allocated_len - 1;

  if (coding == NJ_CODING_BROTLI)
    {
      BrotliEncoderCompress (5, 22, BROTLI_MODE_TEXT, page->len, (const guint8 *) page->str, &n, (guint8 *) packed->str);
      packed->len = n;
      return packed;
    }
  if (coding == NJ_CODING_IDENTITY)
    return g_string_append_len (packed, page->str, (gssize) page->len);
  deflateInit2 (&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  z.next_in = (Bytef *) page->str;
  z.avail_in = (uInt) page->len;
  z.next_out = (Bytef *) packed->str;
  z.avail_out = (uInt) n;
  deflate (&z, Z_FINISH);
  packed->len = z.total_out;
  deflateEnd (&z);
  return packed;
}

static void
change (Job *job)
{
  _Alignas (8) char     lent[16384];
  g_auto (NjArena)      arena;
  g_autoptr (NjRewrite) rewrite = nj_rewrite_new (job->coding, 0, job->room);
  NjPageLookup          lookup;
  NjRewriteRules        found;

  nj_arena_init (&arena, lent, sizeof lent);
  nj_rewrite_rules_init (&found, &lookup, job->rules, NJ_BYTES ("www.news.example"), 0, &arena);
  nj_rewrite_take_page (rewrite, &found, FALSE, TRUE, &arena);
  for (gsize at = 0; at < job->body->len; at += 16384)
    {
      NjBytes span = nj_bytes (job->body->str + at, MIN (16384, job->body->len - at)), out;

      do
        {
          rewrite->change.next (&rewrite->change, &span, at + 16384 >= job->body->len, &out);
          job->n_out += out.len;
        }
      while (span.len > 0 || out.len > 0);
    }
  job->n_hidden = rewrite->page.counts.n_hidden;
  nj_rewrite_rules_clear (&found);
}

static void
unpack (Job *job)
{
  g_autoptr (NjDecoder) decoder = nj_decoder_new (job->coding);
  NjBytes               bytes = nj_bytes (job->body->str, job->body->len);
  gsize                 n;

  do
    {
      nj_decoder_next (decoder, &bytes, job->room, NJ_REWRITE_ROOM, &n);
      job->n_out += n;
    }
  while (bytes.len > 0 || n > 0);
}

static void
look_up (Job *job)
{
  _Alignas (8) char lent[16384];
  g_auto (NjArena)  arena;
  NjPageLookup      lookup;
  NjRewriteRules    found;

  nj_arena_init (&arena, lent, sizeof lent);
  nj_rewrite_rules_init (&found, &lookup, job->rules, NJ_BYTES ("www.news.example"), 0, &arena);
  job->n_out += found.sheet.len;
  nj_rewrite_rules_clear (&found);
}

static void
pack_fast (Job *job)
{
  z_stream         z = { 0 };
  g_autofree char *out = g_malloc (job->body->len + 1000);

  deflateInit2 (&z, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  z.next_in = (Bytef *) job->body->str;
  z.avail_in = (uInt) job->body->len;
  z.next_out = (Bytef *) out;
  z.avail_out = (uInt) job->body->len + 1000;
  deflate (&z, Z_FINISH);
  job->n_out += z.total_out;
  deflateEnd (&z);
}

/* µs of CPU a run: the best of five, as others run beside us. */
static double
measure (Job *job, void (*run) (Job *job))
{
  double best = 1e12;
  guint  rounds = (guint) CLAMP (30000000 / (job->body->len * 10 + 20000), 20, 1000);

  for (int turn = 0; turn < 5; turn++)
    {
      gint64 start = cpu_ns ();

      for (guint i = 0; i < rounds; i++)
        run (job);
      best = MIN (best, (double) (cpu_ns () - start) / 1000 / rounds);
    }
  return best;
}

static NjPageRules *
make_rules (const char *path)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char    *content = NULL;
  gsize               len = 0;
  NjListSource        list = { "bench", "Bench", { 0 }, TRUE };

  if (path != NULL && g_file_get_contents (path, &content, &len, NULL))
    g_string_append_len (text, content, (gssize) len);
  for (guint i = 0; path == NULL && i < 13000; i++)
    g_string_append_printf (text, "##.ad-%u-box\n", i);
  g_string_append (text, "news.example##.sponsored\n##.card-7\n##.card-9\n");
  list.text = nj_bytes (text->str, text->len);
  return nj_page_rules_compile (&list, 1, NULL);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    gsize       size;
    NjCoding    coding;
  } rows[] = { { "1k", 1024, NJ_CODING_IDENTITY },         { "1k-gzip", 1024, NJ_CODING_GZIP },
               { "1k-br", 1024, NJ_CODING_BROTLI },        { "100k", 102400, NJ_CODING_IDENTITY },
               { "100k-gzip", 102400, NJ_CODING_GZIP },    { "100k-br", 102400, NJ_CODING_BROTLI } };
  NjPageRules    *rules = make_rules (argc > 1 ? argv[1] : NULL);
  g_autofree char *room = g_malloc (NJ_REWRITE_ROOM);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GString) page = make_page (rows[i].size);
      g_autoptr (GString) body = pack (page, rows[i].coding);
      Job                 job = { rules, rows[i].coding, body, room, 0, 0 };
      double              changed = measure (&job, change), unpacked = measure (&job, unpack), found = measure (&job, look_up);
      Job                 again = { rules, NJ_CODING_IDENTITY, page, room, 0, 0 };

      printf ("rewrite-%s\t%.1f\tus\tunpacking alone\t%.2f\n", rows[i].name, changed, changed / MAX (unpacked, 0.01));
      printf ("rewrite-%s-packed-again\t%.1f\tus\tchanging it\t%.2f\n", rows[i].name, measure (&again, pack_fast),
              measure (&again, pack_fast) / changed);
      if (i == 0)
        printf ("rewrite-look-up\t%.1f\tus\tchanging a page of 1 KiB\t%.2f\n", found, found / changed);
      if (job.n_hidden == 0)
        return 1;
    }
  nj_page_rules_unref (rules);
  return 0;
}
