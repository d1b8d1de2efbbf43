/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/coding.h"

G_BEGIN_DECLS

/* What the blocks of one decoder take together. */
typedef struct
{
  gsize    used;
  gsize    peak;
  gboolean was_refused; /* it wanted more */
} NjCodingMemory;

/* As a decoder of brotli asks for memory: @memory is an NjCodingMemory. */
void *nj_coding_window_alloc (void *memory, size_t size);
void  nj_coding_window_free  (void *memory, void *block);

/* A frame of zstd says the most by these many first bytes, RFC 8878 §3.1.1.1. */
#define NJ_CODING_ZSTD_HEAD 18

gboolean nj_coding_window_zstd (const guint8 *head, gsize len, gsize *ret_need);

G_END_DECLS
