/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What unpacking looks back at. A body says in its first bytes how far that may be, up to 16 MiB, but what is taken follows
 * what has come: a page of 500 KiB takes 512 KiB, whatever it says. Most pages are shorter. What longer ones take beyond that
 * comes out of one store for all responses, so that no page, and no hundred frames of one, take more than it. Large blocks
 * are the system's own: it has them back at once. For coding.c, on any thread.
 */
#include "http/coding-window.h"

#include <stdatomic.h>
#include <sys/mman.h>

/* Before each block: its size, and so much that what follows is aligned. */
#define FRONT 64
/* The decoder of brotli writes a little past its window, RFC 7932 has no name for it. */
#define BLOCK_SMALL (NJ_CODING_SMALL + 65536)

static _Atomic gint64 in_use;

/**
 * nj_coding_window_in_use:
 *
 * Any thread.
 *
 * Returns: bytes that were taken and not given back
 */
gint64
nj_coding_window_in_use (void)
{
  return atomic_load_explicit (&in_use, memory_order_relaxed);
}

/**
 * nj_coding_window_take:
 * @size: bytes
 *
 * Any thread.
 *
 * Returns: whether that much was left
 */
gboolean
nj_coding_window_take (gsize size)
{
  if (atomic_fetch_add_explicit (&in_use, (gint64) size, memory_order_relaxed) + (gint64) size <= NJ_CODING_WINDOW_ALL)
    return TRUE;
  nj_coding_window_give (size);
  return FALSE;
}

/**
 * nj_coding_window_give:
 * @size: bytes that were taken
 *
 * Any thread.
 */
void
nj_coding_window_give (gsize size)
{
  atomic_fetch_sub_explicit (&in_use, (gint64) size, memory_order_relaxed);
}

/**
 * nj_coding_window_alloc:
 * @unused: nothing
 * @size: bytes
 *
 * Any thread.
 *
 * Returns: (nullable): a block; %NULL when a large one is not left
 */
void *
nj_coding_window_alloc (void *unused, size_t size)
{
  char *block;

  if (size <= BLOCK_SMALL)
    block = g_try_malloc (size + FRONT);
  else if (!nj_coding_window_take (size))
    return NULL;
  else
    {
      block = mmap (NULL, size + FRONT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (block == MAP_FAILED)
        nj_coding_window_give (size);
    }
  if (block == NULL || block == MAP_FAILED)
    return NULL;
  *(size_t *) block = size;
  return block + FRONT;
}

/**
 * nj_coding_window_free:
 * @unused: nothing
 * @memory: (nullable): a block
 *
 * Any thread.
 */
void
nj_coding_window_free (void *unused, void *memory)
{
  char  *block;
  size_t size;

  if (memory == NULL)
    return;
  block = (char *) memory - FRONT;
  size = *(size_t *) block;
  if (size <= BLOCK_SMALL)
    {
      g_free (block);
      return;
    }
  munmap (block, size + FRONT);
  nj_coding_window_give (size);
}

/* RFC 7932 §9.1. */
static gsize
window_of_brotli (guint8 first)
{
  guint bits = 16;

  if ((first & 1) != 0)
    {
      guint high = (first >> 1) & 7, low = (first >> 4) & 7;

      bits = high != 0 ? 17 + high : low == 0 ? 17 : low == 1 ? 30 : 8 + low;
    }
  return (gsize) 1 << bits;
}

/* RFC 8878 §3.1.1.1. One without a window has the size of what is in it. */
static gsize
window_of_zstd (const guint8 *head, gsize len)
{
  static const guint id_sizes[] = { 0, 1, 2, 4 }, length_sizes[] = { 1, 2, 4, 8 };
  guint              at = 5, n;
  guint64            size = 0;

  if (len < 6)
    return 0;
  if ((head[4] & 0x20) == 0)
    {
      gsize base = (gsize) 1 << (10 + (head[5] >> 3));

      return base + base / 8 * (head[5] & 7);
    }

  at += id_sizes[head[4] & 3];
  n = length_sizes[head[4] >> 6];
  if (len < at + n)
    return 0;
  for (guint i = 0; i < n; i++)
    size |= (guint64) head[at + i] << (8 * i);
  return (gsize) MIN (size + (n == 2 ? 256 : 0), G_MAXINT64);
}

/**
 * nj_coding_window:
 * @coding: how a body is packed
 * @start: its first bytes, as many as have come
 *
 * Any thread.
 *
 * Returns: how far its decoder may have to look back, bytes; 0 when that is not far, or cannot be told from so few
 */
gsize
nj_coding_window (NjCoding coding, NjBytes start)
{
  const guint8 *head = (const guint8 *) start.data;

  if (coding == NJ_CODING_BROTLI && start.len > 0)
    return window_of_brotli (head[0]);
  return coding == NJ_CODING_ZSTD ? window_of_zstd (head, start.len) : 0;
}

/**
 * nj_coding_window_fits:
 * @coding: how a body is packed
 * @start: its first bytes, as many as have come
 *
 * To be asked before anything of the body is changed. Any thread.
 *
 * Returns: whether there is room for what its decoder may have to look back at
 */
gboolean
nj_coding_window_fits (NjCoding coding, NjBytes start)
{
  gsize window = nj_coding_window (coding, start);

  if (window > (coding == NJ_CODING_ZSTD ? NJ_CODING_WINDOW_ZSTD : NJ_CODING_WINDOW_BROTLI))
    return FALSE;
  /* While a window grows, the one before it is there, too. */
  return window <= NJ_CODING_SMALL || nj_coding_window_in_use () + 2 * (gint64) window <= NJ_CODING_WINDOW_ALL;
}
