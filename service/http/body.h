/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/head.h"

G_BEGIN_DECLS

/* What one step through chunked bytes came to. */
typedef enum
{
  NJ_CHUNK_MORE,     /* all given bytes are used up (or kept for a line that is not whole) */
  NJ_CHUNK_BYTES,    /* a span of body bytes */
  NJ_CHUNK_TRAILERS, /* the last chunk was seen: nj_head_parse_trailers goes on from here */
  NJ_CHUNK_BAD
} NjChunkResult;

/* Where we are in a chunked body. RFC 9112 §7.1, strict: CRLF only, no blanks, extensions bounded and dropped. */
typedef struct
{
  guint64     left;      /* bytes of the current chunk still to come */
  guint8      state;
  guint       line;      /* bytes of the current size line */
  guint       digits;
  guint64     extensions; /* bytes of extensions so far, bounded for the whole body */
  const char *problem;   /* static text after NJ_CHUNK_BAD */
} NjChunked;

/* What changes a body on its way. Embed it as the first member. */
typedef struct NjBodyChange NjBodyChange;

struct NjBodyChange
{
  /* Takes from the front of @bytes, and gives what goes out, to be used before the next call. Called until it has taken
   * all and gives nothing; with @is_last nothing comes after @bytes. FALSE: what came is broken, and what goes out must not
   * look whole. Never waits. */
  gboolean (*next) (NjBodyChange *change, NjBytes *bytes, gboolean is_last, NjBytes *ret_out);
  gboolean has_ended; /* nothing comes after what was given out last */
};

void          nj_chunked_init (NjChunked *chunked);
NjChunkResult nj_chunked_next (NjChunked *chunked, const char *bytes, gsize len, gsize *ret_used, NjBytes *ret_span);

G_END_DECLS
