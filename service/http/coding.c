/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Content codings: a packed body is unpacked as it passes through, by the libraries that browsers use, too. Nothing is packed
 * again: what was changed goes to a program on this machine, and packing a page of 100 KiB even cheaply costs more than all
 * that is done to it. Who rewrites bodies asks, on any thread.
 */
#include "http/coding.h"
#include "http/coding-window.h"

#include <brotli/decode.h>
#include <zlib.h>
#include <zstd.h>

/* Pages unpack to five or ten times their size; what unpacks to more than this many times and this much is a bomb. */
#define RATIO_MAX 200
#define FREE_SIZE (G_GUINT64_CONSTANT (32) << 20)

/* Of a body whose coding has no mark: enough to tell. */
#define PROBE_SIZE 4096

struct NjDecoder
{
  NjCoding            coding;
  guint64             n_in;
  guint64             n_out;
  gboolean            has_ended;
  z_stream            inflate;
  gboolean            is_inflating; /* inflate was set up */
  guint8              first;        /* of a deflated body whose second byte is still to come */
  gboolean            has_first;
  BrotliDecoderState *brotli; /* (nullable) owned */
  ZSTD_DStream       *zstd;   /* (nullable) owned */
  gboolean            is_within; /* a frame of zstd */
  guint8              head[NJ_CODING_ZSTD_HEAD]; /* of the next frame, until it was looked at */
  guint               n_head;
  NjCodingMemory      memory; /* of brotli */
};

/**
 * nj_coding_parse:
 * @content_encoding: the value of the field; empty when there is none
 *
 * Any thread. Source: RFC 9110 §8.4.1, RFC 7932, RFC 8878.
 *
 * Returns: how the body is packed
 */
NjCoding
nj_coding_parse (NjBytes content_encoding)
{
  static const struct
  {
    NjBytes  name;
    NjCoding coding;
  } names[] = {
    { { "gzip", 4 }, NJ_CODING_GZIP },     { { "br", 2 }, NJ_CODING_BROTLI },   { { "zstd", 4 }, NJ_CODING_ZSTD },
    { { "x-gzip", 6 }, NJ_CODING_GZIP },   { { "deflate", 7 }, NJ_CODING_DEFLATE }, { { "identity", 8 }, NJ_CODING_IDENTITY },
  };

  if (content_encoding.len == 0)
    return NJ_CODING_IDENTITY;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (nj_bytes_equal_nocase (content_encoding, names[i].name))
      return names[i].coding;
  return NJ_CODING_OTHER;
}

/* Some servers mean the bare format by "deflate", some that of RFC 1950, as the specification has it. */
static gboolean
is_zlib (guint8 first, guint8 second)
{
  return (first & 0x0f) == 8 && ((first << 8) | second) % 31 == 0;
}

/* Unpacks the start to nowhere. */
static gboolean
can_be_unpacked (NjCoding coding, NjBytes start)
{
  g_autoptr (NjDecoder) decoder = nj_decoder_new (coding);
  char                  room[PROBE_SIZE];
  gsize                 n;

  start.len = MIN (start.len, PROBE_SIZE);
  return nj_decoder_next (decoder, &start, room, sizeof room, &n) != NJ_DECODE_BAD;
}

/**
 * nj_coding_looks_right:
 * @coding: how a body is said to be packed
 * @start: its first bytes, as many as have come
 *
 * Some servers say that a body is packed which is not; browsers then show an error, and so they shall see it as it came.
 * Any thread.
 *
 * Returns: whether @start can be that of such a body
 */
gboolean
nj_coding_looks_right (NjCoding coding, NjBytes start)
{
  static const struct
  {
    NjCoding coding;
    NjBytes  magic;
  } magics[] = { { NJ_CODING_GZIP, { "\x1f\x8b\x08", 3 } }, { NJ_CODING_ZSTD, { "\x28\xb5\x2f\xfd", 4 } } };

  if (coding == NJ_CODING_OTHER)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (magics); i++)
    if (magics[i].coding == coding)
      return memcmp (start.data, magics[i].magic.data, MIN (start.len, magics[i].magic.len)) == 0;
  return coding == NJ_CODING_IDENTITY || can_be_unpacked (coding, start);
}

/**
 * nj_decoder_new:
 * @coding: how the body is packed, not %NJ_CODING_OTHER
 *
 * Any thread.
 *
 * Returns: (transfer full): a decoder at the body's start
 */
NjDecoder *
nj_decoder_new (NjCoding coding)
{
  NjDecoder *self = g_new0 (NjDecoder, 1);

  g_assert (coding != NJ_CODING_OTHER);
  self->coding = coding;
  if (coding == NJ_CODING_BROTLI)
    self->brotli = BrotliDecoderCreateInstance (nj_coding_window_alloc, nj_coding_window_free, &self->memory);
  if (coding == NJ_CODING_ZSTD)
    {
      self->zstd = ZSTD_createDStream ();
      ZSTD_DCtx_setParameter (self->zstd, ZSTD_d_windowLogMax, g_bit_storage (NJ_CODING_WINDOW_ZSTD) - 1);
    }
  return self;
}

/**
 * nj_decoder_free:
 * @decoder: (nullable) (transfer full): a decoder
 */
void
nj_decoder_free (NjDecoder *decoder)
{
  if (decoder == NULL)
    return;

  if (decoder->is_inflating)
    inflateEnd (&decoder->inflate);
  if (decoder->brotli != NULL)
    BrotliDecoderDestroyInstance (decoder->brotli);
  ZSTD_freeDStream (decoder->zstd);
  g_free (decoder);
}

/**
 * nj_decoder_peak:
 * @decoder: a decoder
 *
 * Returns: bytes that it took at most, so far; that of brotli only, else 0
 */
gsize
nj_decoder_peak (const NjDecoder *decoder)
{
  return decoder->memory.peak;
}

/**
 * nj_decoder_was_refused:
 * @decoder: a decoder
 *
 * Returns: whether it could not go on for want of memory; of brotli only
 */
gboolean
nj_decoder_was_refused (const NjDecoder *decoder)
{
  return decoder->memory.was_refused;
}

/* Browsers do not look at a checksum, so a wrong one must not take the page away. */
static gboolean
start_inflating (NjDecoder *self, int window)
{
  self->is_inflating = inflateInit2 (&self->inflate, window) == Z_OK;
  if (self->is_inflating && window > 0)
    inflateValidate (&self->inflate, 0);
  return self->is_inflating;
}

static NjDecodeResult
run_inflate (NjDecoder *self, NjBytes *bytes, char *room, gsize size, gsize *ret_n)
{
  int result;

  self->inflate.next_in = (Bytef *) bytes->data;
  self->inflate.avail_in = (uInt) MIN (bytes->len, G_MAXINT);
  self->inflate.next_out = (Bytef *) room;
  self->inflate.avail_out = (uInt) MIN (size, G_MAXINT);
  result = inflate (&self->inflate, Z_NO_FLUSH);
  *ret_n = (gsize) ((char *) self->inflate.next_out - room);
  *bytes = nj_bytes ((const char *) self->inflate.next_in, bytes->len - (gsize) ((const char *) self->inflate.next_in - bytes->data));

  if (result == Z_STREAM_END)
    return NJ_DECODE_END;
  return result == Z_OK || result == Z_BUF_ERROR ? NJ_DECODE_MORE : NJ_DECODE_BAD;
}

/* The byte that was kept back until the second told what it begins. */
static NjDecodeResult
next_deflate (NjDecoder *self, NjBytes *bytes, char *room, gsize size, gsize *ret_n)
{
  NjBytes        first = nj_bytes ((const char *) &self->first, 1);
  NjDecodeResult result;
  gsize          n;

  if (self->is_inflating)
    return run_inflate (self, bytes, room, size, ret_n);
  if (!self->has_first && bytes->len == 1)
    {
      self->first = (guint8) bytes->data[0];
      self->has_first = TRUE;
      *bytes = nj_bytes (bytes->data + 1, 0);
      return NJ_DECODE_MORE;
    }

  if (!self->has_first)
    return start_inflating (self, is_zlib ((guint8) bytes->data[0], (guint8) bytes->data[1]) ? MAX_WBITS : -MAX_WBITS)
               ? run_inflate (self, bytes, room, size, ret_n)
               : NJ_DECODE_BAD;
  if (!start_inflating (self, is_zlib (self->first, (guint8) bytes->data[0]) ? MAX_WBITS : -MAX_WBITS))
    return NJ_DECODE_BAD;
  /* One byte gives nothing out. */
  result = run_inflate (self, &first, room, size, &n);
  return result == NJ_DECODE_MORE ? run_inflate (self, bytes, room, size, ret_n) : result;
}

static NjDecodeResult
next_gzip (NjDecoder *self, NjBytes *bytes, char *room, gsize size, gsize *ret_n)
{
  if (!self->is_inflating && !start_inflating (self, MAX_WBITS + 16))
    return NJ_DECODE_BAD;
  return run_inflate (self, bytes, room, size, ret_n);
}

static NjDecodeResult
next_brotli (NjDecoder *self, NjBytes *bytes, char *room, gsize size, gsize *ret_n)
{
  const guint8       *in = (const guint8 *) bytes->data;
  guint8             *out = (guint8 *) room;
  size_t              left = size;
  BrotliDecoderResult result = BrotliDecoderDecompressStream (self->brotli, &bytes->len, &in, &left, &out, NULL);

  bytes->data = (const char *) in;
  *ret_n = size - left;
  if (result == BROTLI_DECODER_RESULT_SUCCESS)
    return NJ_DECODE_END;
  return result == BROTLI_DECODER_RESULT_ERROR ? NJ_DECODE_BAD : NJ_DECODE_MORE;
}

/* The library also reads what was called so before there was a standard, by code of that time. RFC 8878 §3.1.1, §3.1.2. */
static gboolean
begins_frame (guint8 first)
{
  return first == 0x28 || (first & 0xf0) == 0x50;
}

static NjDecodeResult
run_zstd (NjDecoder *self, NjBytes *bytes, char *room, gsize size, gsize *ret_n)
{
  ZSTD_inBuffer  in = { bytes->data, bytes->len, 0 };
  ZSTD_outBuffer out = { room, size, 0 };
  size_t         result = ZSTD_decompressStream (self->zstd, &out, &in);

  self->is_within = result != 0;
  *bytes = nj_bytes (bytes->data + in.pos, bytes->len - in.pos);
  *ret_n = out.pos;
  if (ZSTD_isError (result))
    return NJ_DECODE_BAD;
  /* Frame may follow frame, RFC 8878 §3. */
  return result == 0 && bytes->len == 0 ? NJ_DECODE_END : NJ_DECODE_MORE;
}

/* Moves what says how much a frame takes out of @bytes; FALSE: more is to come. Behind what is skipped there is no window. */
static gboolean
take_head (NjDecoder *self, NjBytes *bytes, gsize *ret_need)
{
  *ret_need = 0;
  while (bytes->len > 0)
    {
      self->head[self->n_head++] = (guint8) bytes->data[0];
      *bytes = nj_bytes (bytes->data + 1, bytes->len - 1);
      if (self->head[0] != 0x28 || nj_coding_window_zstd (self->head, self->n_head, ret_need))
        return TRUE;
    }
  return FALSE;
}

/* The library sees of a frame only what was looked at: each may say anew how far one has to look back. */
static NjDecodeResult
begin_zstd (NjDecoder *self, NjBytes *bytes, char *room, gsize size, gsize *ret_n)
{
  NjBytes head;
  gsize   need;

  if (self->n_head == 0 && !begins_frame ((guint8) bytes->data[0]))
    return NJ_DECODE_BAD;
  if (!take_head (self, bytes, &need))
    return NJ_DECODE_MORE;

  head = nj_bytes ((char *) self->head, self->n_head);
  self->n_head = 0;
  if (need > NJ_CODING_MEMORY_MAX || run_zstd (self, &head, room, size, ret_n) == NJ_DECODE_BAD)
    return NJ_DECODE_BAD;
  self->is_within = TRUE;
  return NJ_DECODE_MORE;
}

static NjDecodeResult
next_zstd (NjDecoder *self, NjBytes *bytes, char *room, gsize size, gsize *ret_n)
{
  if (self->is_within)
    return run_zstd (self, bytes, room, size, ret_n);
  return bytes->len > 0 ? begin_zstd (self, bytes, room, size, ret_n) : NJ_DECODE_MORE;
}

static NjDecodeResult
next_identity (NjBytes *bytes, char *room, gsize size, gsize *ret_n)
{
  *ret_n = MIN (bytes->len, size);
  memcpy (room, bytes->data, *ret_n);
  *bytes = nj_bytes (bytes->data + *ret_n, bytes->len - *ret_n);
  return NJ_DECODE_MORE;
}

static NjDecodeResult
run_step (NjDecoder *self, NjBytes *bytes, char *room, gsize size, gsize *ret_n)
{
  switch (self->coding)
    {
    case NJ_CODING_GZIP:
      return next_gzip (self, bytes, room, size, ret_n);
    case NJ_CODING_DEFLATE:
      return bytes->len > 0 || self->is_inflating ? next_deflate (self, bytes, room, size, ret_n) : NJ_DECODE_MORE;
    case NJ_CODING_BROTLI:
      return next_brotli (self, bytes, room, size, ret_n);
    case NJ_CODING_ZSTD:
      return next_zstd (self, bytes, room, size, ret_n);
    default:
      return bytes->len > 0 ? next_identity (bytes, room, size, ret_n) : NJ_DECODE_MORE;
    }
}

/**
 * nj_decoder_next:
 * @decoder: a decoder
 * @bytes: (inout): what has come and was not taken yet
 * @room: where unpacked bytes go
 * @size: how many, at least 1
 * @ret_n: (out): how many there are
 *
 * To be called until @bytes is empty and nothing came out. After the end more bytes are dropped, as browsers do. Any thread.
 *
 * Returns: how far it came; with %NJ_DECODE_BAD what came out before is still sound
 */
NjDecodeResult
nj_decoder_next (NjDecoder *decoder, NjBytes *bytes, char *room, gsize size, gsize *ret_n)
{
  gsize          before = bytes->len;
  NjDecodeResult result;

  *ret_n = 0;
  if (decoder->has_ended && (decoder->coding != NJ_CODING_ZSTD || bytes->len == 0))
    {
      bytes->len = 0;
      return NJ_DECODE_END;
    }

  result = run_step (decoder, bytes, room, size, ret_n);
  decoder->n_in += before - bytes->len;
  decoder->n_out += *ret_n;
  decoder->has_ended = result == NJ_DECODE_END;
  if (decoder->n_out > FREE_SIZE && decoder->n_out / RATIO_MAX > decoder->n_in)
    return NJ_DECODE_BAD;
  /* One that takes nothing and gives nothing would be asked for ever. */
  return result == NJ_DECODE_MORE && *ret_n == 0 && before > 0 && before == bytes->len ? NJ_DECODE_BAD : result;
}
