/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What unpacking takes of memory, bounded. A frame of zstd says in its first bytes how much that will be; brotli, whose
 * tables grow with what it packs, is told no when it wants more. For coding.c, on any thread.
 */
#include "http/coding-window.h"

/* Before each block: its size, and so much that what follows is aligned. */
#define FRONT 16
/* What a decoder of zstd takes beside its window: itself, and a packed block. Measured. */
#define ZSTD_FIXED (226 << 10)
#define ZSTD_BLOCK (128 << 10)

/**
 * nj_coding_window_alloc:
 * @memory: an NjCodingMemory
 * @size: bytes
 *
 * Any thread.
 *
 * Returns: (nullable): a block; %NULL when it would be too much
 */
void *
nj_coding_window_alloc (void *memory, size_t size)
{
  NjCodingMemory *self = memory;
  char           *block = NULL;

  if (size <= NJ_CODING_MEMORY_MAX && self->used + size + FRONT <= NJ_CODING_MEMORY_MAX)
    block = g_try_malloc (size + FRONT);
  self->was_refused |= block == NULL;
  if (block == NULL)
    return NULL;
  *(size_t *) block = size + FRONT;
  self->used += size + FRONT;
  self->peak = MAX (self->peak, self->used);
  return block + FRONT;
}

/**
 * nj_coding_window_free:
 * @memory: an NjCodingMemory
 * @block: (nullable): a block of it
 *
 * Any thread.
 */
void
nj_coding_window_free (void *memory, void *block)
{
  NjCodingMemory *self = memory;
  char           *start;

  if (block == NULL)
    return;
  start = (char *) block - FRONT;
  self->used -= *(size_t *) start;
  g_free (start);
}

/* How long what is in a frame is, by its head; FALSE: it does not say. */
static gboolean
take_length (const guint8 *head, guint at, guint n, guint64 *ret_length)
{
  guint64 length = 0;

  for (guint i = 0; i < n; i++)
    length |= (guint64) head[at + i] << (8 * i);
  *ret_length = length + (n == 2 ? 256 : 0);
  return n > 0;
}

/**
 * nj_coding_window_zstd:
 * @head: the first bytes of a frame
 * @len: how many there are
 * @ret_need: (out): what its decoder takes of memory; more than %NJ_CODING_MEMORY_MAX may be any number
 *
 * Any thread. Source: RFC 8878 §3.1.1.1.
 *
 * Returns: whether it can be told from so few
 */
gboolean
nj_coding_window_zstd (const guint8 *head, gsize len, gsize *ret_need)
{
  static const guint id_sizes[] = { 0, 1, 2, 4 }, length_sizes[] = { 0, 2, 4, 8 };
  gboolean           is_single = len > 4 && (head[4] & 0x20) != 0;
  guint              n, at;
  guint64            need, length, window = 0;

  if (len < 5)
    return FALSE;
  n = is_single && head[4] >> 6 == 0 ? 1 : length_sizes[head[4] >> 6];
  at = 5 + (is_single ? 0 : 1) + id_sizes[head[4] & 3];
  if (len < at + n)
    return FALSE;

  if (!is_single)
    window = ((guint64) 1 << (10 + (head[5] >> 3))) / 8 * (8 + (head[5] & 7));
  need = is_single ? G_MAXUINT64 : window + 2 * MIN (window, ZSTD_BLOCK);
  if (take_length (head, at, n, &length))
    need = MIN (need, length);
  /* Browsers take no more than 8 MiB, whatever is in it. RFC 9659. */
  if (window > NJ_CODING_WINDOW_ZSTD)
    need = NJ_CODING_MEMORY_MAX;
  *ret_need = (gsize) MIN (need, NJ_CODING_MEMORY_MAX) + ZSTD_FIXED;
  return TRUE;
}
