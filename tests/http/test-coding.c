/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packed bodies: whole, in pieces of every size, cut off, broken, mislabelled, and bombs.
 */
#include "http/coding-trial.h"

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

/* As a server that packs while it makes the page: @bits is how far it looks back. */
static GString *
pack_brotli_wide (const char *text, gsize len, guint bits, int quality)
{
  BrotliEncoderState *state = BrotliEncoderCreateInstance (NULL, NULL, NULL);
  GString            *packed = g_string_sized_new (len + len / 2 + 1000);
  size_t              in = len, out = packed->allocated_len - 1;
  const guint8       *from = (const guint8 *) text;
  guint8             *to = (guint8 *) packed->str;

  BrotliEncoderSetParameter (state, BROTLI_PARAM_QUALITY, (guint) quality);
  BrotliEncoderSetParameter (state, BROTLI_PARAM_LARGE_WINDOW, bits > 24);
  BrotliEncoderSetParameter (state, BROTLI_PARAM_LGWIN, bits);
  g_assert_true (BrotliEncoderCompressStream (state, BROTLI_OPERATION_FINISH, &in, &from, &out, &to, NULL));
  g_assert_true (BrotliEncoderIsFinished (state));
  packed->len = packed->allocated_len - 1 - out;
  BrotliEncoderDestroyInstance (state);
  return packed;
}

static GString *
pack_zstd_wide (const char *text, gsize len, int bits, gboolean says_length)
{
  ZSTD_CCtx     *context = ZSTD_createCCtx ();
  GString       *packed = g_string_sized_new (ZSTD_compressBound (len) + 1000);
  ZSTD_outBuffer out = { packed->str, packed->allocated_len - 1, 0 };
  ZSTD_inBuffer  in = { text, len, 0 };

  ZSTD_CCtx_setParameter (context, ZSTD_c_windowLog, bits);
  ZSTD_CCtx_setParameter (context, ZSTD_c_contentSizeFlag, says_length);
  if (says_length)
    ZSTD_CCtx_setPledgedSrcSize (context, len);
  else
    ZSTD_compressStream2 (context, &out, &in, ZSTD_e_flush);
  while (ZSTD_compressStream2 (context, &out, &in, ZSTD_e_end) != 0)
    ;
  packed->len = out.pos;
  ZSTD_freeCCtx (context);
  return packed;
}

/* Tries the start of a body, as it comes in pieces; @is_all: and that was all. */
static NjCodingTrialResult
try_out (NjCoding coding, const GString *packed, gsize step, gboolean is_all, gsize *ret_need)
{
  g_autofree char    *room = g_malloc (65536);
  NjCodingTrial       trial;
  NjCodingTrialResult result = NJ_CODING_TRIAL_MORE;

  nj_coding_trial_init (&trial, coding);
  for (gsize at = 0; at < packed->len && result == NJ_CODING_TRIAL_MORE; at += step)
    result = nj_coding_trial_push (&trial, nj_bytes (packed->str + at, MIN (step, packed->len - at)), room, 65536);
  if (result == NJ_CODING_TRIAL_MORE && is_all)
    result = nj_coding_trial_end (&trial);
  *ret_need = trial.need;
  nj_coding_trial_clear (&trial);
  return result;
}

/* What was found to fit is unpacked whole, whatever the pieces; what was not is refused by the decoder, too. */
static void
assert_tried (NjCoding coding, const GString *packed, const GString *text, NjCodingTrialResult expected)
{
  static const gsize  steps[] = { 1, 7, 1000, 1 << 20 };
  g_autoptr (GString) out = g_string_new (NULL);
  gsize               need;

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      NjDecodeResult result;

      g_assert_cmpint (try_out (coding, packed, steps[i], FALSE, &need), ==, expected);
      result = unpack (coding, packed->str, packed->len, steps[i], out);
      g_assert_cmpint (result == NJ_DECODE_END, ==, expected == NJ_CODING_TRIAL_FITS);
      if (expected == NJ_CODING_TRIAL_FITS)
        {
          g_assert_true (g_string_equal (out, text));
          g_assert_cmpuint (need, <=, NJ_CODING_MEMORY_MAX);
        }
    }
}

static void
test_trial_brotli (void)
{
  g_autoptr (GString) text = make_text (300000), longer = make_text (3 << 20);
  gsize               need;

  for (guint bits = 10; bits <= 26; bits++)
    {
      g_autoptr (GString) packed = pack_brotli_wide (text->str, text->len, bits, 5);
      g_autoptr (GString) much = pack_brotli_wide (longer->str, longer->len, bits, 1);

      /* Browsers take none that looks back further than 16 MiB. */
      g_assert_cmpint (nj_coding_looks_right (NJ_CODING_BROTLI, nj_bytes (packed->str, packed->len)), ==, bits <= 24);
      assert_tried (NJ_CODING_BROTLI, packed, text, bits <= 24 ? NJ_CODING_TRIAL_FITS : NJ_CODING_TRIAL_BAD);
      if (bits <= 24 && bits != 19)
        g_assert_cmpint (try_out (NJ_CODING_BROTLI, much, 1 << 20, FALSE, &need), ==,
                         bits <= 18 ? NJ_CODING_TRIAL_FITS : NJ_CODING_TRIAL_TOO_LARGE);
    }
}

static void
test_trial_zstd (void)
{
  g_autoptr (GString) text = make_text (300000), longer = make_text (3 << 20);

  for (int bits = 10; bits <= 25; bits++)
    {
      g_autoptr (GString) packed = pack_zstd_wide (text->str, text->len, bits, FALSE);
      g_autoptr (GString) told = pack_zstd_wide (text->str, text->len, bits, TRUE);
      g_autoptr (GString) longer_told = pack_zstd_wide (longer->str, longer->len, bits, TRUE);

      assert_tried (NJ_CODING_ZSTD, packed, text, bits <= 17 ? NJ_CODING_TRIAL_FITS : NJ_CODING_TRIAL_TOO_LARGE);
      assert_tried (NJ_CODING_ZSTD, told, text, NJ_CODING_TRIAL_FITS);
      assert_tried (NJ_CODING_ZSTD, longer_told, longer, bits <= 17 ? NJ_CODING_TRIAL_FITS : NJ_CODING_TRIAL_TOO_LARGE);
    }
}

/* What its decoder takes at most while it unpacks. */
static gsize
most_of_zstd (const GString *packed)
{
  ZSTD_DStream *stream = ZSTD_createDStream ();
  ZSTD_inBuffer in = { packed->str, 0, 0 };
  gsize         most = 0, n = 1;

  while (in.pos < packed->len || n > 0)
    {
      char           room[ROOM];
      ZSTD_outBuffer out = { room, sizeof room, 0 };

      in.size = MIN (in.pos + 1000, packed->len);
      g_assert_false (ZSTD_isError (ZSTD_decompressStream (stream, &out, &in)));
      most = MAX (most, ZSTD_sizeof_DStream (stream));
      n = out.pos;
    }
  ZSTD_freeDStream (stream);
  return most;
}

/* What zstd says that it takes is what it takes. */
static void
test_trial_zstd_need (void)
{
  static const gsize sizes[] = { 1, 200, 300, 70000, 200000, 400000 };

  for (int bits = 10; bits <= 17; bits++)
    for (guint i = 0; i < 2 * G_N_ELEMENTS (sizes); i++)
      {
        g_autoptr (GString) text = make_text (sizes[i / 2]), packed = pack_zstd_wide (text->str, text->len, bits, i % 2);
        gsize               need;

        g_assert_cmpint (try_out (NJ_CODING_ZSTD, packed, packed->len, FALSE, &need), ==, NJ_CODING_TRIAL_FITS);
        g_assert_cmpuint (most_of_zstd (packed), <=, need);
      }
}

/* A second frame says anew what it takes, and is not believed to be as the first. */
static void
test_second_frame (void)
{
  g_autoptr (GString) text = make_text (20000), longer = make_text (2 << 20), out = g_string_new (NULL);
  g_autoptr (GString) packed = pack_zstd_wide (text->str, text->len, 17, FALSE);
  g_autoptr (GString) wide = pack_zstd_wide (longer->str, longer->len, 21, FALSE);

  g_string_append_len (packed, wide->str, (gssize) wide->len);
  for (gsize step = 1; step < 40000; step = step * 3 + 1)
    {
      g_assert_cmpint (unpack (NJ_CODING_ZSTD, packed->str, packed->len, step, out), ==, NJ_DECODE_BAD);
      g_assert_true (g_string_equal (out, text));
    }
}

/* What was cut off fits as far as it goes. */
static void
test_trial_end (void)
{
  g_autoptr (GString) text = make_text (60000), packed = pack_brotli_wide (text->str, text->len, 22, 5);
  gsize               need;

  g_string_truncate (packed, packed->len / 2);
  g_assert_cmpint (try_out (NJ_CODING_BROTLI, packed, 100, FALSE, &need), ==, NJ_CODING_TRIAL_MORE);
  g_assert_cmpint (try_out (NJ_CODING_BROTLI, packed, 100, TRUE, &need), ==, NJ_CODING_TRIAL_FITS);
  g_string_assign (packed, "\x28\xb5\x2f\xfd");
  g_assert_cmpint (try_out (NJ_CODING_ZSTD, packed, 1, TRUE, &need), ==, NJ_CODING_TRIAL_BAD);
  g_assert_cmpint (try_out (NJ_CODING_GZIP, packed, 1, FALSE, &need), ==, NJ_CODING_TRIAL_FITS);
  g_assert_cmpuint (need, <=, 64 << 10);
}

/* Tables that want more than there is, of a page of 1.5 MiB as servers pack it: told before it begins, never while it runs. */
static void
test_refused (void)
{
  g_autoptr (GString) text = g_string_new (NULL), out = g_string_new (NULL);
  guint               n_too_large = 0;
  gsize               need;

  for (guint i = 0; text->len < 1500000; i++)
    for (guint k = 0; k < 600; k++)
      g_string_append_printf (text, "%c%c", (char) ('a' + (i * 7 + k * k * (i % 11 + 1)) % 26), (char) (' ' + (i * 13 + k) % (3 + i % 80)));
  for (guint bits = 16; bits <= 19; bits++)
    {
      g_autoptr (GString) packed = pack_brotli_wide (text->str, text->len, bits, 5);
      NjCodingTrialResult result = try_out (NJ_CODING_BROTLI, packed, 4096, FALSE, &need);

      n_too_large += result == NJ_CODING_TRIAL_TOO_LARGE;
      g_assert_cmpint (unpack (NJ_CODING_BROTLI, packed->str, packed->len, 777, out) == NJ_DECODE_END, ==, result == NJ_CODING_TRIAL_FITS);
      g_assert_cmpuint (need, <=, NJ_CODING_MEMORY_MAX);
      g_test_message ("window %u: %d, %" G_GSIZE_FORMAT " KiB", bits, result, need >> 10);
    }
  g_assert_cmpuint (n_too_large, >, 0);
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
  g_test_add_func ("/http/coding/trial-brotli", test_trial_brotli);
  g_test_add_func ("/http/coding/trial-zstd", test_trial_zstd);
  g_test_add_func ("/http/coding/trial-zstd-need", test_trial_zstd_need);
  g_test_add_func ("/http/coding/trial-end", test_trial_end);
  g_test_add_func ("/http/coding/second-frame", test_second_frame);
  g_test_add_func ("/http/coding/refused", test_refused);
  return g_test_run ();
}
