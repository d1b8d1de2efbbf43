/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Numbers of the engine image are little-endian, as every machine we build for has them. */
static inline guint16
nj_hash_load16 (const void *at)
{
  guint16 value;

  memcpy (&value, at, sizeof value);
  return GUINT16_FROM_LE (value);
}

static inline guint32
nj_hash_load32 (const void *at)
{
  guint32 value;

  memcpy (&value, at, sizeof value);
  return GUINT32_FROM_LE (value);
}

static inline guint64
nj_hash_load64 (const void *at)
{
  guint64 value;

  memcpy (&value, at, sizeof value);
  return GUINT64_FROM_LE (value);
}

/* Spreads every bit over all others; a bijection. */
static inline guint64
nj_hash_mix (guint64 value)
{
  value ^= value >> 32;
  value *= G_GUINT64_CONSTANT (0xd6e8feb86659fd93);
  value ^= value >> 32;
  value *= G_GUINT64_CONSTANT (0xd6e8feb86659fd93);
  value ^= value >> 32;
  return value;
}

/* Host names are hashed from their end, so that one walk gives the hash of the name and of every
 * domain above it. Start with NJ_HASH_NAME_START; nj_hash_name_end() makes the value usable. */
#define NJ_HASH_NAME_START G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)

static inline guint64
nj_hash_name_add (guint64 hash, char c)
{
  return (hash ^ (guchar) c) * G_GUINT64_CONSTANT (0x9fb21c651e98df25);
}

static inline guint64
nj_hash_name_end (guint64 hash)
{
  hash ^= hash >> 29;
  hash *= G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  return hash ^ hash >> 32;
}

static inline guint64
nj_hash_name (const char *name, gsize len)
{
  guint64 hash = NJ_HASH_NAME_START;

  while (len > 0)
    hash = nj_hash_name_add (hash, name[--len]);
  return nj_hash_name_end (hash);
}

guint64 nj_hash_bytes (const void *data, gsize len);
guint64 nj_hash_block (const void *data, gsize len);

G_END_DECLS
