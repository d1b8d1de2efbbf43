/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packed bodies: whole, in pieces of every size, cut off, broken, mislabelled, and bombs.
 */
#include "http/coding.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#define ROOM 1000

static GString *
pack_zlib (const char *text, gsize len, int window)
{
  z_stream z = { 0 };
  GString *packed = g_string_sized_new (len + 1000);

  g_assert_cmpint (deflateInit2 (&z, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY), ==, Z_OK);
  z.next_in = (Bytef *) text;
  z.avail_in = (uInt) len;
  z.next_out = (Bytef *) packed->str;
  z.avail_out = (uInt) packed->allocated_len - 1;
  g_assert_cmpint (deflate (&z, Z_FINISH), ==, Z_STREAM_END);
  packed->len = z.total_out;
  deflateEnd (&z);
  return packed;
}

static GString *
pack_brotli (const char *text, gsize len)
{
  GString *packed = g_string_sized_new (len + 1000);
  gsize    n = packed->allocated_len - 1;

  g_assert_true (BrotliEncoderCompress (4, 18, BROTLI_MODE_TEXT, len, (const uint8_t *) text, &n, (uint8_t *) packed->str));
  packed->len = n;
  return packed;
}

static GString *
pack_zstd (const char *text, gsize len)
{
  GString *packed = g_string_sized_new (ZSTD_compressBound (len));
  gsize    n = ZSTD_compress (packed->str, packed->allocated_len, text, len, 3);

  g_assert_false (ZSTD_isError (n));
  packed->len = n;
  return packed;
}

/* The last result; what came out goes to @out. */
static NjDecodeResult
unpack (NjCoding coding, const char *packed, gsize len, gsize step, GString *out)
{
  g_autoptr (NjDecoder) decoder = nj_decoder_new (coding);
  NjDecodeResult        result = NJ_DECODE_MORE;

  g_string_truncate (out, 0);
  for (gsize at = 0; at < len && result != NJ_DECODE_BAD; at += step)
    {
      NjBytes bytes = nj_bytes (packed + at, MIN (step, len - at));
      gsize   n;

      do
        {
          char room[ROOM];

          result = nj_decoder_next (decoder, &bytes, room, sizeof room, &n);
          g_string_append_len (out, room, (gssize) n);
        }
      while (result == NJ_DECODE_MORE && (bytes.len > 0 || n > 0));
    }
  return result;
}

static GString *
make_text (gsize len)
{
  GString *text = g_string_sized_new (len);
  guint32  seed = 7;

  while (text->len < len)
    {
      seed = seed * 1664525 + 1013904223;
      g_string_append_printf (text, "<p class=\"c%u\">%x</p>\n", seed >> 28, seed);
    }
  return text;
}

static const NjCoding codings[] = { NJ_CODING_GZIP, NJ_CODING_DEFLATE, NJ_CODING_BROTLI, NJ_CODING_ZSTD };

static GString *
pack (NjCoding coding, const char *text, gsize len)
{
  switch (coding)
    {
    case NJ_CODING_GZIP:
      return pack_zlib (text, len, MAX_WBITS + 16);
    case NJ_CODING_DEFLATE:
      return pack_zlib (text, len, MAX_WBITS);
    case NJ_CODING_BROTLI:
      return pack_brotli (text, len);
    default:
      return pack_zstd (text, len);
    }
}

static void
assert_unpacks (NjCoding coding, const GString *packed, const GString *text)
{
  static const gsize  steps[] = { 1, 2, 3, 7, 100, 1 << 20 };
  g_autoptr (GString) out = g_string_new (NULL);

  g_assert_true (nj_coding_looks_right (coding, nj_bytes (packed->str, packed->len)));
  g_assert_true (nj_coding_looks_right (coding, nj_bytes (packed->str, 1)));
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_assert_cmpint (unpack (coding, packed->str, packed->len, steps[i], out), ==, NJ_DECODE_END);
      g_assert_true (g_string_equal (out, text));
    }
}

static void
test_whole (void)
{
  static const gsize sizes[] = { 0, 1, 5, 999, 1000, 1001, 60000 };

  for (guint c = 0; c < G_N_ELEMENTS (codings); c++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        g_autoptr (GString) text = make_text (sizes[i]);
        g_autoptr (GString) packed = pack (codings[c], text->str, text->len);

        assert_unpacks (codings[c], packed, text);
      }
}

static void
test_bare_deflate (void)
{
  g_autoptr (GString) text = make_text (5000);
  g_autoptr (GString) packed = pack_zlib (text->str, text->len, -MAX_WBITS);

  assert_unpacks (NJ_CODING_DEFLATE, packed, text);
}

/* What came before the cut is all there, and no end is told. */
static void
test_cut_off (void)
{
  g_autoptr (GString) text = make_text (20000);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint c = 0; c < G_N_ELEMENTS (codings); c++)
    {
      g_autoptr (GString) packed = pack (codings[c], text->str, text->len);

      g_assert_cmpint (unpack (codings[c], packed->str, packed->len - 20, 100, out), ==, NJ_DECODE_MORE);
      g_assert_true (nj_bytes_starts_with (nj_bytes (text->str, text->len), nj_bytes (out->str, out->len)));
    }
}

/* Without a checksum what is broken may still have an end; mostly it has none. */
static void
test_broken (void)
{
  g_autoptr (GString) text = make_text (20000);
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint c = 0; c < G_N_ELEMENTS (codings); c++)
    {
      g_autoptr (GString) packed = pack (codings[c], text->str, text->len);

      for (gsize i = packed->len / 4; i < packed->len / 2; i++)
        packed->str[i] = (char) 0xff;
      unpack (codings[c], packed->str, packed->len, 100, out);
      g_assert_false (g_string_equal (out, text));
      packed->str[0] ^= 0x55;
      packed->str[1] ^= 0x55;
      g_assert_cmpint (unpack (codings[c], packed->str, packed->len, 100, out), !=, NJ_DECODE_END);
    }
}

/* Browsers do not look at the checksum, and drop what follows. */
static void
test_gzip_end (void)
{
  g_autoptr (GString) text = make_text (2000);
  g_autoptr (GString) packed = pack (NJ_CODING_GZIP, text->str, text->len);
  g_autoptr (GString) out = g_string_new (NULL);

  packed->str[packed->len - 6] ^= 1;
  g_string_append (packed, "more");
  g_assert_cmpint (unpack (NJ_CODING_GZIP, packed->str, packed->len, 50, out), ==, NJ_DECODE_END);
  g_assert_true (g_string_equal (out, text));
}

static void
test_mislabelled (void)
{
  const NjBytes page = NJ_BYTES ("<!doctype html><p>not packed at all, whatever the head says");

  for (guint c = 0; c < G_N_ELEMENTS (codings); c++)
    g_assert_false (nj_coding_looks_right (codings[c], page));
  g_assert_true (nj_coding_looks_right (NJ_CODING_IDENTITY, page));
  g_assert_false (nj_coding_looks_right (NJ_CODING_OTHER, page));
}

static void
test_bomb (void)
{
  gsize               len = 100 << 20;
  g_autofree char    *nothing = g_malloc0 (len);
  g_autoptr (GString) packed = pack_zlib (nothing, len, MAX_WBITS + 16);
  g_autoptr (GString) out = g_string_new (NULL);

  g_assert_cmpint (unpack (NJ_CODING_GZIP, packed->str, packed->len, 1000, out), ==, NJ_DECODE_BAD);
  g_assert_cmpuint (out->len, <, 40 << 20);
}

static void
test_parse (void)
{
  g_assert_cmpint (nj_coding_parse (NJ_BYTES ("")), ==, NJ_CODING_IDENTITY);
  g_assert_cmpint (nj_coding_parse (NJ_BYTES ("GZip")), ==, NJ_CODING_GZIP);
  g_assert_cmpint (nj_coding_parse (NJ_BYTES ("x-gzip")), ==, NJ_CODING_GZIP);
  g_assert_cmpint (nj_coding_parse (NJ_BYTES ("br")), ==, NJ_CODING_BROTLI);
  g_assert_cmpint (nj_coding_parse (NJ_BYTES ("gzip, br")), ==, NJ_CODING_OTHER);
  g_assert_cmpint (nj_coding_parse (NJ_BYTES ("dcb")), ==, NJ_CODING_OTHER);
}

/* How far each says that one has to look back, and what it packed is unpacked. */
static void
test_window (void)
{
  static const char text[] = "text";

  for (guint bits = 10; bits <= 26; bits++)
    {
      BrotliEncoderState *state = BrotliEncoderCreateInstance (NULL, NULL, NULL);
      guint8              packed[100];
      size_t              in = 4, out = sizeof packed;
      const guint8       *from = (const guint8 *) text;
      guint8             *to = packed;
      NjBytes             start;

      BrotliEncoderSetParameter (state, BROTLI_PARAM_LARGE_WINDOW, bits > 24);
      BrotliEncoderSetParameter (state, BROTLI_PARAM_LGWIN, bits);
      g_assert_true (BrotliEncoderCompressStream (state, BROTLI_OPERATION_FINISH, &in, &from, &out, &to, NULL));
      start = nj_bytes ((char *) packed, sizeof packed - out);
      g_assert_cmpint (nj_coding_looks_right (NJ_CODING_BROTLI, start), ==, bits <= 24);
      g_assert_cmpint (nj_coding_window_fits (NJ_CODING_BROTLI, start), ==, bits <= 24);
      if (bits <= 24)
        g_assert_cmpuint (nj_coding_window (NJ_CODING_BROTLI, start), ==, 1u << bits);
      BrotliEncoderDestroyInstance (state);
    }

  for (int bits = 10; bits <= 25; bits++)
    {
      ZSTD_CCtx     *context = ZSTD_createCCtx ();
      char           packed[1000];
      ZSTD_outBuffer out = { packed, sizeof packed, 0 };
      ZSTD_inBuffer  in = { text, 4, 0 };

      ZSTD_CCtx_setParameter (context, ZSTD_c_windowLog, bits);
      ZSTD_compressStream2 (context, &out, &in, ZSTD_e_flush);
      ZSTD_compressStream2 (context, &out, &in, ZSTD_e_end);
      g_assert_cmpuint (nj_coding_window (NJ_CODING_ZSTD, nj_bytes (packed, out.pos)), ==, 1u << bits);
      g_assert_cmpint (nj_coding_window_fits (NJ_CODING_ZSTD, nj_bytes (packed, out.pos)), ==, bits <= 23);
      g_assert_cmpuint (nj_coding_window (NJ_CODING_ZSTD, nj_bytes (packed, 5)), ==, 0);
      ZSTD_freeCCtx (context);
    }

  /* One whose length is known needs no window: it is as far as one can look back. */
  for (guint n = 0; n < 5; n++)
    {
      static const gsize  sizes[] = { 0, 200, 70000, 300, 20 << 20 };
      g_autofree char    *zeros = g_malloc0 (sizes[n]);
      g_autoptr (GString) packed = pack_zstd (zeros, sizes[n]);

      if (sizes[n] < 1 << 20)
        g_assert_cmpuint (nj_coding_window (NJ_CODING_ZSTD, nj_bytes (packed->str, packed->len)), ==, sizes[n]);
      g_assert_true (nj_coding_window_fits (NJ_CODING_ZSTD, nj_bytes (packed->str, packed->len)));
    }
}

/* Many long pages at once: what they look back at is bounded, and a new one is told before it begins. */
static void
test_store (void)
{
  g_autoptr (GString)   text = make_text (3 << 20);
  g_autoptr (GString)   packed = g_string_sized_new (text->len + 1000);
  g_autoptr (GPtrArray) decoders = g_ptr_array_new_with_free_func ((GDestroyNotify) nj_decoder_free);
  g_autofree char      *room = g_malloc (65536);
  gsize                 n = packed->allocated_len - 1;
  NjDecodeResult        result = NJ_DECODE_MORE;
  gint64                most = 0;

  g_assert_true (BrotliEncoderCompress (1, 24, BROTLI_MODE_TEXT, text->len, (const uint8_t *) text->str, &n, (uint8_t *) packed->str));
  packed->len = n;
  g_assert_true (nj_coding_window_fits (NJ_CODING_BROTLI, nj_bytes (packed->str, packed->len)));
  for (guint i = 0; i < 200 && result != NJ_DECODE_BAD; i++)
    {
      NjDecoder *decoder = nj_decoder_new (NJ_CODING_BROTLI);
      NjBytes    bytes = nj_bytes (packed->str, packed->len);

      g_ptr_array_add (decoders, decoder);
      do
        result = nj_decoder_next (decoder, &bytes, room, 65536, &n);
      while (result == NJ_DECODE_MORE && (bytes.len > 0 || n > 0));
      most = MAX (most, nj_coding_window_in_use ());
    }
  g_assert_cmpint (result, ==, NJ_DECODE_BAD);
  g_assert_cmpint (most, <=, 96 << 20);
  g_assert_cmpuint (decoders->len, >=, 20);
  g_assert_false (nj_coding_window_fits (NJ_CODING_BROTLI, nj_bytes (packed->str, packed->len)));
  g_ptr_array_set_size (decoders, 0);
  g_assert_cmpint (nj_coding_window_in_use (), ==, 0);
  g_assert_true (nj_coding_window_fits (NJ_CODING_BROTLI, nj_bytes (packed->str, packed->len)));
}

/* Frames of before there was a standard are none, wherever they stand. */
static void
test_old_frames (void)
{
  g_autoptr (GString) text = make_text (1000), out = g_string_new (NULL), packed = pack_zstd (text->str, text->len);
  gsize               len = packed->len;

  g_string_append_len (packed, packed->str, (gssize) len);
  for (gsize step = 1; step < 20; step++)
    {
      g_assert_cmpint (unpack (NJ_CODING_ZSTD, packed->str, packed->len, step, out), ==, NJ_DECODE_END);
      g_assert_cmpuint (out->len, ==, 2 * text->len);
    }
  for (char first = 0x1e; first < 0x28; first++)
    {
      packed->str[len] = first;
      g_assert_cmpint (unpack (NJ_CODING_ZSTD, packed->str, packed->len, 7, out), ==, NJ_DECODE_BAD);
      g_assert_true (g_string_equal (out, text));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/coding/parse", test_parse);
  g_test_add_func ("/http/coding/whole", test_whole);
  g_test_add_func ("/http/coding/bare-deflate", test_bare_deflate);
  g_test_add_func ("/http/coding/cut-off", test_cut_off);
  g_test_add_func ("/http/coding/broken", test_broken);
  g_test_add_func ("/http/coding/gzip-end", test_gzip_end);
  g_test_add_func ("/http/coding/mislabelled", test_mislabelled);
  g_test_add_func ("/http/coding/bomb", test_bomb);
  g_test_add_func ("/http/coding/old-frames", test_old_frames);
  g_test_add_func ("/http/coding/window", test_window);
  g_test_add_func ("/http/coding/store", test_store);
  return g_test_run ();
}
