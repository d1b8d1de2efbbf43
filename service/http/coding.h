/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* How a body is packed: the value of Content-Encoding. */
typedef enum
{
  NJ_CODING_IDENTITY,
  NJ_CODING_GZIP,
  NJ_CODING_DEFLATE,
  NJ_CODING_BROTLI,
  NJ_CODING_ZSTD,
  NJ_CODING_OTHER /* several, one after the other, or one that we do not know */
} NjCoding;

/* What a step of unpacking came to. */
typedef enum
{
  NJ_DECODE_MORE, /* all given bytes are used up, or the room is */
  NJ_DECODE_END,  /* the packed body is whole; what follows is not part of it */
  NJ_DECODE_BAD   /* not what it says it is, or unpacks to more than any page is */
} NjDecodeResult;

/* A packed body while it is unpacked. */
typedef struct NjDecoder NjDecoder;

NjCoding       nj_coding_parse (NjBytes content_encoding);
gboolean       nj_coding_looks_right (NjCoding coding, NjBytes start);

/* What a decoder may take, bytes: with all else that belongs to a response it is less than 1 MiB. Those of gzip and deflate
 * take 40 KiB. */
#define NJ_CODING_MEMORY_MAX (656 << 10)
/* How far one may look back whose whole length is known. */
#define NJ_CODING_WINDOW_ZSTD (8 << 20)

NjDecoder     *nj_decoder_new  (NjCoding coding) G_GNUC_WARN_UNUSED_RESULT;
void           nj_decoder_free (NjDecoder *decoder);
gsize          nj_decoder_peak (const NjDecoder *decoder);
gboolean       nj_decoder_was_refused (const NjDecoder *decoder);
NjDecodeResult nj_decoder_next (NjDecoder *decoder, NjBytes *bytes, char *room, gsize size, gsize *ret_n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjDecoder, nj_decoder_free)

G_END_DECLS
