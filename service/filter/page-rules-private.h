/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/page-image.h"
#include "filter/page-rules.h"
#include "filter/regex.h"

#include <stdatomic.h>

G_BEGIN_DECLS

/* Bits that tell of most classes and ids that no rule waits for them. */
#define NJ_PAGE_TOKEN_BITS 17

struct NjPageRules
{
  atomic_int               count;
  guint8                  *memory; /* (nullable) owned: the image, if it was made here */
  GMappedFile             *file;   /* (nullable) counted: the image, if it was read */
  const guint8            *image;
  const NjPageImageHeader *header;
  const NjPageImageRule   *rules;
  const NjPageImageName   *names;
  const NjPageImageEntry  *entries;
  const char              *blob;
  guint64                 *token_map; /* owned: NJ_PAGE_TOKEN_BITS */
  _Atomic (NjPageSheet *)  common;   /* (nullable) owned: written when first asked for */
  _Atomic (NjRegex *)     *regexes; /* owned: compiled when first asked for */
};

gboolean nj_page_rules_common_holds (const NjPageRules *rules, guint32 key_at);

G_END_DECLS
