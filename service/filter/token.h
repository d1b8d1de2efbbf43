/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"
#include "filter/hash.h"
#include "filter/rule.h"

G_BEGIN_DECLS

/* A token counts by its first bytes only, as in uBlock Origin: what follows may differ. */
#define NJ_TOKEN_MAX 7
/* Bits of the map that tells which tokens any rule asks for: 16 KiB, so that it stays in the first cache. */
#define NJ_TOKEN_MAP_BITS 17
/* Room that must be readable after a text that is scanned; bytes. */
#define NJ_TOKEN_SLACK 16

/* A run of letters, digits and % in a URL. */
typedef struct
{
  guint32 hash;
  guint32 at; /* where it starts */
} NjToken;

/* Where a rule is filed, and how exactly its ends must fall on the ends of words. */
typedef struct
{
  guint32  hash;
  guint    at;             /* offset in the pattern; meaningless unless is_positional */
  gboolean is_known;       /* FALSE: the rule holds no usable token */
  gboolean is_positional;  /* the pattern matches exactly at the token */
  gboolean is_left_bound;  /* what is before the match must not be a token character */
  gboolean is_right_bound; /* what is after the match must not be a token character */
} NjTokenChoice;

extern const guint8 nj_token_classes[256];

/* Bits of nj_token_classes. */
enum
{
  NJ_CLASS_TOKEN = 1,     /* 0-9 a-z A-Z % */
  NJ_CLASS_NO_SEPARATOR = 2, /* what ^ does not match */
  NJ_CLASS_ALNUM = 4,     /* 0-9 a-z: what a label may start with */
  NJ_CLASS_UPPER = 8,
  NJ_CLASS_BLANK = 16,
  NJ_CLASS_OPTION = 32,   /* 1 3 a-z -: what uBlock Origin takes for the name of a following option */
  NJ_CLASS_PLAIN = 64,    /* 0-9 a-z %&,-./:;=?_ */
  NJ_CLASS_LOWER = 128    /* printing ASCII but A-Z */
};

static inline gboolean
nj_token_is (char c, guint classes)
{
  return (nj_token_classes[(guchar) c] & classes) != 0;
}

/* The hash of the at most NJ_TOKEN_MAX bytes kept of a token, given as the low bytes of a number. */
static inline guint32
nj_token_hash_number (guint64 bytes)
{
  return (guint32) ((bytes * G_GUINT64_CONSTANT (0x9fb21c651e98df25)) >> 32);
}

static inline guint32
nj_token_hash (const char *text, gsize len)
{
  guint64 bytes = 0;

  for (gsize i = 0; i < len && i < NJ_TOKEN_MAX; i++)
    bytes |= (guint64) (guchar) text[i] << (8 * i);
  return nj_token_hash_number (bytes);
}

static inline gboolean
nj_token_map_has (const guint64 *map, guint32 hash)
{
  guint32 bit = hash >> (32 - NJ_TOKEN_MAP_BITS);

  return (map[bit >> 6] >> (bit & 63) & 1) != 0;
}

guint         nj_token_badness (NjBytes token);
NjTokenChoice nj_token_choose  (const NjRule *rule, const guint16 *use_counts);
void          nj_token_count   (const NjRule *rule, guint16 *use_counts);

G_END_DECLS
