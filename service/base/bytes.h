/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Borrowed text: never owned, never NUL-terminated by promise. */
typedef struct
{
  const char *data; /* borrowed, may be NULL when len is 0 */
  gsize       len;  /* bytes */
} NjBytes;

#define NJ_BYTES(literal) ((NjBytes){ (literal), sizeof (literal) - 1 })
#define NJ_BYTES_NONE     ((NjBytes){ NULL, 0 })
/* For printf: "%.*s", NJ_BYTES_ARGS (bytes) */
#define NJ_BYTES_ARGS(b) (int) (b).len, (b).data

static inline NjBytes
nj_bytes (const char *data, gsize len)
{
  return (NjBytes){ data, len };
}

static inline NjBytes
nj_bytes_from_string (const char *text)
{
  return (NjBytes){ text, text != NULL ? strlen (text) : 0 };
}

static inline gboolean
nj_bytes_equal (NjBytes a, NjBytes b)
{
  return a.len == b.len && (a.len == 0 || memcmp (a.data, b.data, a.len) == 0);
}

/* Whether text begins with prefix, case and all. */
static inline gboolean
nj_bytes_starts_with (NjBytes text, NjBytes prefix)
{
  return text.len >= prefix.len && (prefix.len == 0 || memcmp (text.data, prefix.data, prefix.len) == 0);
}

static inline char
nj_ascii_lower (char c)
{
  return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
}

/* Size of the block an arena starts with when the caller lends none; bytes. */
#define NJ_ARENA_BLOCK 4096

typedef struct NjArenaBlock NjArenaBlock;

/* A bump allocator for what lives exactly as long as one exchange. */
typedef struct
{
  char         *next;   /* where the next allocation starts */
  char         *end;    /* one past the current block */
  NjArenaBlock *blocks; /* (nullable) owned: blocks beyond the one lent */
} NjArena;

gboolean nj_bytes_equal_nocase (NjBytes a, NjBytes b);
gboolean nj_bytes_ends_with    (NjBytes text, NjBytes suffix);
gssize   nj_bytes_find         (NjBytes text, NjBytes needle);
NjBytes  nj_bytes_trim         (NjBytes text);
gboolean nj_bytes_parse_u64    (NjBytes text, guint64 max, guint64 *ret_value);
char    *nj_bytes_dup          (NjBytes text) G_GNUC_WARN_UNUSED_RESULT;

void     nj_arena_init   (NjArena *arena, void *lent, gsize size);
void    *nj_arena_grow   (NjArena *arena, gsize size);
NjBytes  nj_arena_copy   (NjArena *arena, NjBytes text);
NjBytes  nj_arena_join   (NjArena *arena, NjBytes a, NjBytes b);
NjBytes  nj_arena_printf (NjArena *arena, const char *format, ...) G_GNUC_PRINTF (2, 3);
void     nj_arena_clear  (NjArena *arena);

/* Memory not cleared, aligned to 8, valid until the arena is cleared. The thread that uses it. */
static inline void *
nj_arena_alloc (NjArena *arena, gsize size)
{
  gsize need = (size + 7) & ~(gsize) 7;
  void *memory = arena->next;

  if (G_UNLIKELY (memory == NULL || need > (gsize) (arena->end - arena->next)))
    return nj_arena_grow (arena, need);

  arena->next += need;
  return memory;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NjArena, nj_arena_clear)

G_END_DECLS
