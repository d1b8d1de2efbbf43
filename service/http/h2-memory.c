/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory for nghttp2. Each of its sessions holds a frame's worth of bytes, of which most write a few
 * hundred: from the heap those are 16 KiB that somebody else has touched before, in pages of their own
 * only what is used costs. For h2-frames.c; any thread.
 */
#include "http/h2-memory.h"

#include <string.h>
#include <sys/mman.h>

/* From here on pages of its own. */
#define LARGE 16384

/* What stands before each piece, and keeps it aligned. */
typedef struct
{
  gsize size;   /* of the piece */
  gsize mapped; /* bytes that were mapped, 0: it is from the heap */
} Piece;

static void *
on_malloc (size_t size, void *unused)
{
  Piece *piece;
  gsize  whole = size + sizeof (Piece);

  if (size > G_MAXSIZE - sizeof (Piece))
    return NULL;
  if (size < LARGE)
    piece = malloc (whole);
  else
    {
      void *pages = mmap (NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

      piece = pages != MAP_FAILED ? pages : NULL;
    }
  if (piece == NULL)
    return NULL;

  *piece = (Piece){ size, size < LARGE ? 0 : whole };
  return piece + 1;
}

static void
on_free (void *pointer, void *unused)
{
  Piece *piece = pointer;

  if (pointer == NULL)
    return;
  piece--;
  if (piece->mapped > 0)
    munmap (piece, piece->mapped);
  else
    free (piece);
}

static void *
on_calloc (size_t n, size_t size, void *unused)
{
  gsize whole;
  void *pointer = g_size_checked_mul (&whole, n, size) ? on_malloc (whole, NULL) : NULL;

  if (pointer != NULL && whole < LARGE)
    memset (pointer, 0, whole);
  return pointer;
}

static void *
on_realloc (void *pointer, size_t size, void *unused)
{
  void *larger = on_malloc (size, NULL);

  if (larger == NULL || pointer == NULL)
    return larger;
  memcpy (larger, pointer, MIN (size, ((Piece *) pointer - 1)->size));
  on_free (pointer, NULL);
  return larger;
}

/**
 * nj_h2_memory: (skip)
 *
 * Returns: (transfer none): how nghttp2 is to take and give back memory
 */
nghttp2_mem *
nj_h2_memory (void)
{
  static nghttp2_mem memory = { NULL, on_malloc, on_free, on_calloc, on_realloc };

  return &memory;
}
