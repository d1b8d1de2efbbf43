/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Borrowed text and the arena of one exchange. Nothing here knows a protocol.
 * Called from every room, on any thread; an arena belongs to one thread at a time.
 */
#include "base/bytes.h"

#include <stdio.h>

struct NjArenaBlock
{
  NjArenaBlock *older; /* (nullable) owned */
};

static inline guint64
load (const char *p, gsize len)
{
  guint64 word = 0;

  memcpy (&word, p, len);
  return word;
}

/* Where two texts of one length differ: a bit that is set is one in which some of their bytes do. The last bytes are
 * looked at twice, which costs less than one by one. */
static guint64
difference (const char *a, const char *b, gsize len)
{
  guint64 bits = 0;

  if (len >= 8)
    {
      for (gsize i = 0; i + 8 < len; i += 8)
        bits |= load (a + i, 8) ^ load (b + i, 8);
      return bits | (load (a + len - 8, 8) ^ load (b + len - 8, 8));
    }
  if (len >= 4)
    return (load (a, 4) ^ load (b, 4)) | (load (a + len - 4, 4) ^ load (b + len - 4, 4));

  for (gsize i = 0; i < len; i++)
    bits |= (guint64) (guchar) (a[i] ^ b[i]);
  return bits;
}

/**
 * nj_bytes_equal_nocase:
 * @a: text
 * @b: text
 *
 * Compares ignoring the case of ASCII letters. Any thread.
 *
 * Returns: whether they are the same
 */
gboolean
nj_bytes_equal_nocase (NjBytes a, NjBytes b)
{
  guint64 bits;

  if (a.len != b.len)
    return FALSE;

  bits = difference (a.data, b.data, a.len);
  if (bits == 0)
    return TRUE;
  /* Capitals differ from small letters in one bit. */
  if ((bits & ~G_GUINT64_CONSTANT (0x2020202020202020)) != 0)
    return FALSE;

  for (gsize i = 0; i < a.len; i++)
    if (nj_ascii_lower (a.data[i]) != nj_ascii_lower (b.data[i]))
      return FALSE;

  return TRUE;
}

/**
 * nj_bytes_ends_with:
 * @text: text
 * @suffix: what it may end with
 *
 * Any thread.
 *
 * Returns: whether @text ends with @suffix, case and all
 */
gboolean
nj_bytes_ends_with (NjBytes text, NjBytes suffix)
{
  return text.len >= suffix.len &&
         (suffix.len == 0 || memcmp (text.data + text.len - suffix.len, suffix.data, suffix.len) == 0);
}

/**
 * nj_bytes_find:
 * @text: text
 * @needle: what to look for
 *
 * Any thread.
 *
 * Returns: the offset of the first @needle in @text, or -1
 */
gssize
nj_bytes_find (NjBytes text, NjBytes needle)
{
  const char *hit;

  if (needle.len == 0)
    return 0;
  if (text.len < needle.len)
    return -1;

  hit = memmem (text.data, text.len, needle.data, needle.len);
  return hit == NULL ? -1 : hit - text.data;
}

static inline gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/**
 * nj_bytes_trim:
 * @text: text
 *
 * Any thread.
 *
 * Returns: @text without blanks, tabs and line ends around it
 */
NjBytes
nj_bytes_trim (NjBytes text)
{
  while (text.len > 0 && is_blank (text.data[0]))
    text.data++, text.len--;
  while (text.len > 0 && is_blank (text.data[text.len - 1]))
    text.len--;

  return text;
}

/**
 * nj_bytes_parse_u64:
 * @text: decimal digits and nothing else
 * @max: the largest value taken
 * @ret_value: (out): the number; untouched on failure
 *
 * Any thread.
 *
 * Returns: whether @text was a number of at most @max
 */
gboolean
nj_bytes_parse_u64 (NjBytes text, guint64 max, guint64 *ret_value)
{
  guint64 value = 0;

  if (text.len == 0)
    return FALSE;

  for (gsize i = 0; i < text.len; i++)
    {
      guint digit = (guchar) text.data[i] - '0';

      /* Nineteen digits are no more than 64 bits hold. */
      if (digit > 9 || (i >= 19 && value > (G_MAXUINT64 - digit) / 10))
        return FALSE;
      value = value * 10 + digit;
    }

  if (value > max)
    return FALSE;

  *ret_value = value;
  return TRUE;
}

/**
 * nj_bytes_dup:
 * @text: text
 *
 * Any thread.
 *
 * Returns: (transfer full): a NUL-terminated copy
 */
char *
nj_bytes_dup (NjBytes text)
{
  return g_strndup (text.len > 0 ? text.data : "", text.len);
}

/**
 * nj_arena_init:
 * @arena: an arena not in use
 * @lent: (nullable): a first block, which must outlive the arena
 * @size: bytes of @lent
 *
 * Makes an empty arena; it allocates only when @lent is used up. Any thread.
 */
void
nj_arena_init (NjArena *arena, void *lent, gsize size)
{
  gsize slip = (8 - (gsize) lent % 8) % 8;

  /* A caller's array of char may begin anywhere. */
  arena->next = lent != NULL && slip <= size ? (char *) lent + slip : NULL;
  arena->end = arena->next != NULL ? (char *) lent + size : NULL;
  arena->blocks = NULL;
}

/**
 * nj_arena_grow:
 * @arena: an arena whose block is used up
 * @size: bytes, a multiple of 8
 *
 * What nj_arena_alloc() does in a block of its own. The thread that uses @arena.
 *
 * Returns: (transfer none): memory not cleared, aligned to 8, valid until the arena is cleared
 */
void *
nj_arena_grow (NjArena *arena, gsize size)
{
  gsize         block_size = sizeof (NjArenaBlock) + MAX (size, NJ_ARENA_BLOCK - sizeof (NjArenaBlock));
  NjArenaBlock *block = g_malloc (block_size);
  void         *memory = block + 1;

  block->older = arena->blocks;
  arena->blocks = block;
  arena->next = (char *) memory + size;
  arena->end = (char *) block + block_size;
  return memory;
}

/**
 * nj_arena_copy:
 * @arena: an arena
 * @text: text
 *
 * The thread that uses @arena.
 *
 * Returns: a copy of @text in the arena, with a NUL behind it
 */
NjBytes
nj_arena_copy (NjArena *arena, NjBytes text)
{
  char *copy = nj_arena_alloc (arena, text.len + 1);

  if (text.len > 0)
    memcpy (copy, text.data, text.len);
  copy[text.len] = '\0';
  return nj_bytes (copy, text.len);
}

/**
 * nj_arena_join:
 * @arena: an arena
 * @a: text
 * @b: text
 *
 * The thread that uses @arena.
 *
 * Returns: @b behind @a in the arena, with a NUL behind them
 */
NjBytes
nj_arena_join (NjArena *arena, NjBytes a, NjBytes b)
{
  char *joined = nj_arena_alloc (arena, a.len + b.len + 1);

  if (a.len > 0)
    memcpy (joined, a.data, a.len);
  if (b.len > 0)
    memcpy (joined + a.len, b.data, b.len);
  joined[a.len + b.len] = '\0';
  return nj_bytes (joined, a.len + b.len);
}

/**
 * nj_arena_printf:
 * @arena: an arena
 * @format: as for printf
 * @...: its arguments
 *
 * The thread that uses @arena.
 *
 * Returns: the formatted text in the arena, with a NUL behind it
 */
NjBytes
nj_arena_printf (NjArena *arena, const char *format, ...)
{
  va_list arguments;
  va_list again;
  int     length;
  char   *text;

  g_assert (format != NULL);
  va_start (arguments, format);
  va_copy (again, arguments);
  length = vsnprintf (NULL, 0, format, arguments);
  va_end (arguments);
  if (length < 0)
    length = 0;

  text = nj_arena_alloc (arena, (gsize) length + 1);
  vsnprintf (text, (gsize) length + 1, format, again);
  va_end (again);
  return nj_bytes (text, (gsize) length);
}

/**
 * nj_arena_clear:
 * @arena: an arena
 *
 * Frees all that was allocated; the lent block stays the caller's, and the arena
 * holds nothing until it is initialised again. The thread that uses @arena.
 */
void
nj_arena_clear (NjArena *arena)
{
  while (arena->blocks != NULL)
    {
      NjArenaBlock *block = arena->blocks;

      arena->blocks = block->older;
      g_free (block);
    }

  arena->next = arena->end = NULL;
}
