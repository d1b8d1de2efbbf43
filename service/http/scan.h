/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

#if defined __SSE2__
#include <emmintrin.h>
#endif

G_BEGIN_DECLS

/* RFC 9110 §5.6.2 token bytes, by byte. */
extern const guint8 nj_scan_token_table[256];

static inline gboolean
nj_scan_is_token (char c)
{
  return nj_scan_token_table[(guchar) c];
}

/* A byte that may stand in a field value: HTAB, SP, VCHAR, obs-text (RFC 9110 §5.5). */
static inline gboolean
nj_scan_is_value (char c)
{
  guchar u = (guchar) c;

  return (u >= 0x20 && u != 0x7f) || u == '\t';
}

/* A byte that may stand in a request target: VCHAR. RFC 3986 takes fewer, but browsers send | [ ] " and { as they are. */
static inline gboolean
nj_scan_is_target (char c)
{
  guchar u = (guchar) c;

  return u > 0x20 && u < 0x7f;
}

#if defined __SSE2__
/* A bit for each byte that is neither a letter nor a hyphen, of which nearly every field name is made. */
static inline unsigned
nj_scan_odd_name_bytes (__m128i bytes)
{
  __m128i lower = _mm_or_si128 (bytes, _mm_set1_epi8 (0x20));
  /* The comparison is signed: 'a' becomes the lowest there is. */
  __m128i letter = _mm_cmplt_epi8 (_mm_sub_epi8 (lower, _mm_set1_epi8 ((char) ('a' + 128))), _mm_set1_epi8 (26 - 128));

  return (unsigned) _mm_movemask_epi8 (_mm_or_si128 (letter, _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('-')))) ^ 0xffff;
}

/* A bit for each byte that may not stand in a field value. */
static inline unsigned
nj_scan_controls (__m128i bytes)
{
  __m128i control = _mm_andnot_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('\t')),
                                      _mm_cmpeq_epi8 (_mm_min_epu8 (bytes, _mm_set1_epi8 (0x1f)), bytes));

  return (unsigned) _mm_movemask_epi8 (_mm_or_si128 (control, _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 (0x7f))));
}

/* A bit for each byte that is no blank and no printable ASCII; signed, as below. */
static inline unsigned
nj_scan_unprintable (__m128i bytes)
{
  return (unsigned) _mm_movemask_epi8 (_mm_or_si128 (_mm_cmplt_epi8 (bytes, _mm_set1_epi8 (0x20)),
                                                     _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 (0x7f))));
}

/* A bit for each byte that may not stand in a request target. The comparison is signed, so bytes from 0x80 on are
 * below as well. */
static inline unsigned
nj_scan_no_targets (__m128i bytes)
{
  return (unsigned) _mm_movemask_epi8 (_mm_or_si128 (_mm_cmplt_epi8 (bytes, _mm_set1_epi8 (0x21)),
                                                     _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 (0x7f))));
}

/* A bit for each byte that may not stand in a path: it ends one, is taken for a slash by browsers, or is no VCHAR. */
static inline unsigned
nj_scan_no_paths (__m128i bytes)
{
  __m128i ends = _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('?')), _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('#')));

  return nj_scan_no_targets (bytes) |
         (unsigned) _mm_movemask_epi8 (_mm_or_si128 (ends, _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('\\'))));
}
#endif

/* The first byte in [p, end) that may not stand in a token, or end. */
static inline const char *
nj_scan_token (const char *p, const char *end)
{
#if defined __SSE2__
  for (; end - p >= 16; p += 16)
    {
      unsigned mask = nj_scan_odd_name_bytes (_mm_loadu_si128 ((const __m128i *) p));

      if (mask == 0)
        continue;
      p += __builtin_ctz (mask);
      if (*p == ':')
        return p;
      break;
    }
#endif
  while (p < end && nj_scan_is_token (*p))
    p++;
  return p;
}

/* The first byte in [p, end) that may not stand in a field value, or end. Sixteen at a time, looking for what is no
 * printable ASCII; a tab, and what is above it, is gone over one by one. */
static inline const char *
nj_scan_value (const char *p, const char *end)
{
#if defined __SSE2__
  while (end - p >= 16)
    {
      unsigned mask = nj_scan_unprintable (_mm_loadu_si128 ((const __m128i *) p));

      if (G_LIKELY (mask == 0))
        {
          p += 16;
          continue;
        }
      p += __builtin_ctz (mask);
      if (*p == '\r' || !nj_scan_is_value (*p))
        return p;
      p++;
    }
  if (end - p >= 8)
    {
      unsigned mask = nj_scan_unprintable (_mm_loadl_epi64 ((const __m128i *) p)) & 0xff;

      p += mask != 0 ? __builtin_ctz (mask) : 8;
    }
#endif
  while (p < end && nj_scan_is_value (*p))
    p++;
  return p;
}

/* Whether all of it may stand in a field value. Nothing beyond it is looked at, so the last bytes are looked at twice. */
static inline gboolean
nj_scan_is_all_value (NjBytes text)
{
  const char *p = text.data;
  gsize       len = text.len;

#if defined __SSE2__
  for (; len > 16; p += 16, len -= 16)
    if (nj_scan_controls (_mm_loadu_si128 ((const __m128i *) p)) != 0)
      return FALSE;
  if (text.len >= 16)
    return nj_scan_controls (_mm_loadu_si128 ((const __m128i *) (p + len - 16))) == 0;
  if (len >= 8)
    return nj_scan_controls (_mm_unpacklo_epi64 (_mm_loadl_epi64 ((const __m128i *) p),
                                                 _mm_loadl_epi64 ((const __m128i *) (p + len - 8)))) == 0;
#endif
  for (; len > 0; p++, len--)
    if (!nj_scan_is_value (*p))
      return FALSE;
  return TRUE;
}

/* The first byte in [p, end) that may not stand in a request target, or end. */
static inline const char *
nj_scan_target (const char *p, const char *end)
{
#if defined __SSE2__
  for (; end - p >= 16; p += 16)
    {
      unsigned mask = nj_scan_no_targets (_mm_loadu_si128 ((const __m128i *) p));

      if (mask != 0)
        return p + __builtin_ctz (mask);
    }
#endif
  while (p < end && nj_scan_is_target (*p))
    p++;
  return p;
}

/* Whether all of it may stand in a request target. As above, the last bytes are looked at twice. */
static inline gboolean
nj_scan_is_all_target (NjBytes text)
{
  const char *p = text.data;
  gsize       len = text.len;

#if defined __SSE2__
  for (; len > 16; p += 16, len -= 16)
    if (nj_scan_no_targets (_mm_loadu_si128 ((const __m128i *) p)) != 0)
      return FALSE;
  if (text.len >= 16)
    return nj_scan_no_targets (_mm_loadu_si128 ((const __m128i *) (p + len - 16))) == 0;
#endif
  return nj_scan_target (p, p + len) == p + len;
}

/* Whether all of it may stand in a path. */
static inline gboolean
nj_scan_is_all_path (NjBytes text)
{
  const char *p = text.data;
  gsize       len = text.len;

#if defined __SSE2__
  for (; len > 16; p += 16, len -= 16)
    if (nj_scan_no_paths (_mm_loadu_si128 ((const __m128i *) p)) != 0)
      return FALSE;
  if (text.len >= 16)
    return nj_scan_no_paths (_mm_loadu_si128 ((const __m128i *) (p + len - 16))) == 0;
#endif
  for (; len > 0; p++, len--)
    if (!nj_scan_is_target (*p) || *p == '?' || *p == '#' || *p == '\\')
      return FALSE;
  return TRUE;
}

/* The first byte in [p, end) that may end an authority or be wrong in it, of / ? # @ and the backslash; or end. */
static inline const char *
nj_scan_authority (const char *p, const char *end)
{
#if defined __SSE2__
  for (; end - p >= 16; p += 16)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i *) p);
      __m128i ends = _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('/')),
                                   _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('?')),
                                                 _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('#'))));
      __m128i wrong = _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('@')),
                                    _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('\\')));
      int     mask = _mm_movemask_epi8 (_mm_or_si128 (ends, wrong));

      if (mask != 0)
        return p + __builtin_ctz ((unsigned) mask);
    }
#endif
  while (p < end && *p != '/' && *p != '?' && *p != '#' && *p != '@' && *p != '\\')
    p++;
  return p;
}

/* The first CR LF CR LF in [p, end), or NULL. */
static inline const char *
nj_scan_blank_line (const char *p, const char *end)
{
#if defined __SSE2__
  const __m128i cr = _mm_set1_epi8 ('\r');

  for (; end - p >= 18; p += 16)
    {
      __m128i  here = _mm_cmpeq_epi8 (_mm_loadu_si128 ((const __m128i *) p), cr);
      __m128i  there = _mm_cmpeq_epi8 (_mm_loadu_si128 ((const __m128i *) (p + 2)), cr);
      unsigned mask = (unsigned) _mm_movemask_epi8 (_mm_and_si128 (here, there));

      for (; mask != 0; mask &= mask - 1)
        {
          const char *hit = p + __builtin_ctz (mask);

          if (end - hit >= 4 && hit[1] == '\n' && hit[3] == '\n')
            return hit;
        }
    }
#endif
  for (; end - p >= 4; p++)
    if (p[0] == '\r' && p[1] == '\n' && p[2] == '\r' && p[3] == '\n')
      return p;
  return NULL;
}

G_END_DECLS
