/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* A URL to match against, in lower case; one byte behind it can be read. */
typedef struct
{
  const char *text;
  gsize       len;
  gsize       authority; /* after "://"; 0: there is none */
} NjGlobText;

/* Longest pattern of nj_glob_find(); bytes. */
#define NJ_GLOB_FIND_MAX 256

gboolean nj_glob_match (NjBytes pattern, guint anchors, const NjGlobText *url, gsize *ret_end);
gboolean nj_glob_find  (NjBytes pattern, NjBytes text);

G_END_DECLS
