/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One walk over a URL: lower case, and the words that any rule asks for. Sixteen bytes at a time, since
 * a branch at each end of each word costs more than all the looking up that follows. Any thread.
 */
#include "filter/url-scan.h"

#ifdef __SSE2__
#include <emmintrin.h>

static inline __m128i
in_range (__m128i bytes, char first, char last)
{
  __m128i from_first = _mm_sub_epi8 (bytes, _mm_set1_epi8 (first));

  return _mm_cmpeq_epi8 (_mm_min_epu8 (from_first, _mm_set1_epi8 (last - first)), from_first);
}

/* Puts 16 bytes into lower case. Returns a bit for each that belongs to a token. */
static inline guint32
lower_16 (const char *from, char *to)
{
  __m128i bytes = _mm_loadu_si128 ((const __m128i *) from);
  __m128i token;

  bytes = _mm_or_si128 (bytes, _mm_and_si128 (in_range (bytes, 'A', 'Z'), _mm_set1_epi8 (0x20)));
  _mm_storeu_si128 ((__m128i *) to, bytes);
  token = _mm_or_si128 (_mm_or_si128 (in_range (bytes, 'a', 'z'), in_range (bytes, '0', '9')),
                        _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('%')));
  return (guint32) _mm_movemask_epi8 (token);
}
#else
static inline guint32
lower_16 (const char *from, char *to)
{
  guint32 bits = 0;

  for (guint i = 0; i < 16; i++)
    {
      to[i] = nj_ascii_lower (from[i]);
      bits |= (guint32) nj_token_is (to[i], NJ_CLASS_TOKEN) << i;
    }
  return bits;
}
#endif

/* The bits of the last, fewer than 16 bytes of a URL, from @at on: it is not read past its end. */
static guint32
lower_rest (NjBytes url, gsize at, char *lower)
{
  gsize left = url.len - at;
  char  rest[16] = { 0 };

  /* What overlaps is put into lower case twice, which is cheaper than a copy. */
  if (url.len >= sizeof rest)
    return lower_16 (url.data + url.len - sizeof rest, lower + url.len - sizeof rest) >> (sizeof rest - left);

  memcpy (rest, url.data + at, left);
  return lower_16 (rest, lower + at);
}

/* The bits of up to 64 bytes at @at; fewer at the end of the URL. */
static guint64
lower_64 (NjBytes url, gsize at, char *lower)
{
  gsize   left = url.len - at;
  guint64 bits = 0;
  guint   i = 0;

  for (; i < 64 && left >= 16; i += 16, left -= 16)
    bits |= (guint64) lower_16 (url.data + at + i, lower + at + i) << i;
  return i < 64 && left > 0 ? bits | (guint64) lower_rest (url, at + i, lower) << i : bits;
}

static inline guint
put_token (const char *lower, gsize start, gsize end, const guint64 *map, NjToken *tokens, guint n)
{
  guint64 bytes = nj_hash_load64 (lower + start);
  guint   len = MIN (end - start, NJ_TOKEN_MAX);
  guint32 hash;

  bytes &= (G_GUINT64_CONSTANT (1) << (8 * len)) - 1;
  hash = nj_token_hash_number (bytes);
  /* Written in any case and counted only if wanted: that takes no branch. */
  tokens[n] = (NjToken){ hash, (guint32) start };
  return n + nj_token_map_has (map, hash);
}

/**
 * nj_url_scan:
 * @url: a URL
 * @map: which tokens any rule asks for
 * @ret_lower: (out): room for @url and NJ_TOKEN_SLACK bytes; gets it in lower case, zeros behind
 * @ret_tokens: (out): room for half as many tokens as @url has bytes, and two
 *
 * Any thread.
 *
 * Returns: the number of tokens of @url that are in @map
 */
guint
nj_url_scan (NjBytes url, const guint64 *map, char *ret_lower, NjToken *ret_tokens)
{
  guint    n = 0;
  gsize    start = 0;
  gboolean is_open = FALSE; /* a token began in the block before */

  memset (ret_lower + url.len, 0, NJ_TOKEN_SLACK);
  for (gsize at = 0; at < url.len; at += 64)
    {
      guint64 bits = lower_64 (url, at, ret_lower);

      if (is_open)
        {
          if (bits == G_MAXUINT64)
            continue;
          n = put_token (ret_lower, start, at + __builtin_ctzll (~bits), map, ret_tokens, n);
          bits &= bits + 1;
          is_open = FALSE;
        }
      while (bits != 0)
        {
          /* Adding to the first run of ones carries to the place after it, and clears the run. */
          guint64 after = bits + (bits & -bits);

          start = at + __builtin_ctzll (bits);
          is_open = after == 0;
          if (is_open)
            break;
          n = put_token (ret_lower, start, at + __builtin_ctzll (after), map, ret_tokens, n);
          bits &= after;
        }
    }
  if (is_open)
    n = put_token (ret_lower, start, url.len, map, ret_tokens, n);
  return n;
}
