/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/engine.h"
#include "filter/image.h"
#include "filter/regex.h"

#include <stdatomic.h>

G_BEGIN_DECLS

struct NjEngine
{
  atomic_int            count;
  const guint8         *image;    /* the whole; from file or owned */
  guint8               *memory;   /* (nullable) owned: the image, if it was made here */
  GMappedFile          *file;     /* (nullable) counted: the image, if it was read */
  gsize                 size;     /* bytes of image */
  guint64               serial;   /* never the same for two engines of one process */
  const NjImageHeader  *header;
  const guint8         *rules;
  const guint32        *conditions;
  guint32               realms;    /* a bit for each realm with rules, in the engine below too */
  const guint64        *host_map;
  guint32               host_map_bits;
  const guint64        *token_map;
  const guint32        *name_slots;
  guint32               name_mask;
  const guint32        *name_at;
  const guint8         *name_len;
  const char           *blob;
  const NjImageClass   *classes;
  const NjImageEntry   *entries;
  const NjImageRegex   *regex_table;
  guint                 n_regexes;
  _Atomic (NjRegex *)  *regexes;  /* owned: compiled when first asked for */
  NjEngine             *base;     /* (nullable) counted: an engine these rules come on top of */
  NjListSummary        *lists;    /* owned, with its texts */
  guint                 n_lists;
};

NjEngine      *nj_engine_new_from_memory (guint8 *image, gsize size) G_GNUC_WARN_UNUSED_RESULT;
NjEngine      *nj_engine_new_from_file   (GMappedFile *file) G_GNUC_WARN_UNUSED_RESULT;
const NjRegex *nj_engine_regex           (const NjEngine *engine, guint32 number);

/* Marks a rule of the upper of two engines. */
#define NJ_ENGINE_UPPER 0x80000000u

#define NJ_ENGINE_REALM(realm) (1u << (realm))

static inline const void *
nj_engine_part (const NjEngine *engine, NjImageSpan span)
{
  return engine->image + span.at;
}

/* The bucket with that key, or NJ_IMAGE_NONE. */
static inline guint32
nj_engine_bucket (const NjEngine *engine, NjImageSpan span, guint32 key)
{
  return nj_image_bucket (nj_engine_part (engine, span), span.size / sizeof (NjImageSlot), key);
}

G_END_DECLS
