/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

#define NJ_LIST_READER_DEPTH 16

/* What a list says about itself. */
typedef struct
{
  NjBytes title;
  NjBytes homepage;
  NjBytes licence;
  NjBytes diff_path;
  NjBytes redirect;
  guint32 expires_s; /* 0: not said */
} NjListFacts;

/* Goes through the lines of a list that count in our environment. */
typedef struct
{
  const char *at;
  const char *end;
  guint       line;    /* 1-based number of the line just read */
  guint       depth;   /* of !#if */
  guint64     is_off;  /* bit n: the block at depth n is left out */
  gboolean    takes_includes; /* set after init: stop at "!#include" with an empty line */
  NjBytes     include; /* what the line just read asks for; empty: it does not */
  NjListFacts facts;
  NjArena    *arena;   /* for joined lines */
} NjListReader;

void     nj_list_reader_init        (NjListReader *self, NjBytes text, NjArena *arena);
gboolean nj_list_reader_next        (NjListReader *self, NjBytes *ret_line);
gboolean nj_list_reader_is_true     (NjBytes expression);
guint32  nj_list_reader_parse_span  (NjBytes text);

G_END_DECLS
