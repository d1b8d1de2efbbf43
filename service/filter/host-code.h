/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* A byte from here on stands for the end of a host name. */
#define NJ_HOST_CODE_FIRST 0x80

typedef struct
{
  guint8 len;
  char   text[11];
} NjHostCodeEnd;

extern const NjHostCodeEnd nj_host_code_ends[];

gsize nj_host_code_encode (NjBytes host, guint8 *ret_code);
gsize nj_host_code_decode (const guint8 *code, gsize len, char *ret_host);

/* Whether @code stands for @host; what matching a host costs in the end. */
static inline gboolean
nj_host_code_is (const guint8 *code, gsize len, const char *host, gsize host_len)
{
  const NjHostCodeEnd *end;

  if (code[len - 1] < NJ_HOST_CODE_FIRST)
    return len == host_len && memcmp (code, host, len) == 0;

  end = &nj_host_code_ends[code[len - 1] - NJ_HOST_CODE_FIRST];
  return len - 1 + end->len == host_len && memcmp (code, host, len - 1) == 0
         && memcmp (host + len - 1, end->text, end->len) == 0;
}

G_END_DECLS
