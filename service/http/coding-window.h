/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/coding.h"

G_BEGIN_DECLS

/* All that is more than that, of all responses together; bytes. */
#define NJ_CODING_WINDOW_ALL (G_GINT64_CONSTANT (96) << 20)

/* What browsers take, RFC 7932 §9.1, RFC 9659; bytes. */
#define NJ_CODING_WINDOW_BROTLI (1 << 24)
#define NJ_CODING_WINDOW_ZSTD (1 << 23)

gboolean nj_coding_window_take   (gsize size);
void     nj_coding_window_give   (gsize size);

/* As a decoder of brotli asks for memory. */
void *nj_coding_window_alloc (void *unused, size_t size);
void  nj_coding_window_free  (void *unused, void *memory);

G_END_DECLS
