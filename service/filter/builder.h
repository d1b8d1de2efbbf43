/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/buffer.h"
#include "filter/image.h"

G_BEGIN_DECLS

/* Host rules of one kind at most; a byte in each rule names its class. */
#define NJ_BUILDER_MAX_CLASSES 255

/* A host rule waiting for its table. */
typedef struct
{
  guint64 hash;
  guint32 rule;
  guint32 realm;
} NjPendingHost;

/* Any other rule waiting for a bucket. */
typedef struct
{
  guint32 rule;
  guint16 cond;
  guint8  realm;
  guint8  spare;
} NjPendingRule;

/* The image while it is made: its parts grow apart and are joined at the end. */
typedef struct
{
  NjBuffer lists;      /* NjImageList */
  NjBuffer classes;    /* NjImageClass */
  NjBuffer rules;
  NjBuffer anchors;
  NjBuffer conditions;
  NjBuffer name_at;
  NjBuffer name_len;
  NjBuffer blob;
  NjBuffer regexes;
  NjBuffer hosts;      /* NjPendingHost */
  NjBuffer pending;    /* NjPendingRule */
  guint32 *name_slots; /* owned: as in the image */
  guint    n_name_slots;
  guint    n_names;
  guint16 *use_counts; /* owned: of nj_token_count() */
  guint64  asks;         /* NJ_IMAGE_ASKS_ */
  guint    since_anchor; /* rules since the last anchor */
  guint    last_line;
  guint    list;
} NjBuilder;

void    nj_builder_init       (NjBuilder *self, gsize text_size);
void    nj_builder_clear      (NjBuilder *self);
guint8  nj_builder_count_line (NjBuilder *self, guint line);
guint32 nj_builder_add_name   (NjBuilder *self, NjBytes name, guint32 at);
guint32 nj_builder_add_regex  (NjBuilder *self, NjBytes source, guint flags);
NjImageSpan nj_builder_add_text (NjBuilder *self, NjBytes text);
gint    nj_builder_find_class (NjBuilder *self, guint16 cond, gboolean is_exception, NjBytes prefix, NjBytes suffix);
void    nj_builder_add_host   (NjBuilder *self, NjBytes host, guint8 class, guint line, guint32 realms);
guint16 nj_builder_condition  (const NjRule *rule, NjRealm realm);

G_END_DECLS
