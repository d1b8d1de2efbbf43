/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/list-reader.h"

G_BEGIN_DECLS

/* Lists below the outermost: uBlock Origin's own go two deep. */
#define NJ_LIST_WALK_DEPTH 4
/* What one list may include, all together. */
#define NJ_LIST_WALK_PARTS 256
#define NJ_LIST_WALK_BYTES (64 * 1024 * 1024)
/* Longest path of a part, from the folder of the outermost list; bytes. */
#define NJ_LIST_WALK_PATH  255

/* Gives the text of a list that another includes. @path is clean: relative to the outermost list, with neither
 * "..", scheme nor backslash. @ret_text must stay as it is until compiling is over, and be the same if asked for
 * again. Returns FALSE if there is none. */
typedef gboolean (*NjListInclude) (NjBytes path, gpointer user_data, NjBytes *ret_text);

/* Goes through a list and what it includes, as if it were one. */
typedef struct
{
  NjListReader  readers[NJ_LIST_WALK_DEPTH + 1];
  guint8        folder_len[NJ_LIST_WALK_DEPTH + 1];
  char          path[NJ_LIST_WALK_DEPTH + 1][NJ_LIST_WALK_PATH + 1];
  guint         level;
  guint         line;      /* of the outermost list: for an included rule, where that asks for it */
  guint         n_parts;
  guint         n_missing; /* lists that were asked for in vain */
  gsize         size;      /* bytes included so far */
  NjListInclude include;   /* (nullable) */
  gpointer      user_data;
  guint64       hash;      /* of what was included so far */
} NjListWalk;

void         nj_list_walk_init     (NjListWalk *self, NjBytes text, NjListInclude include, gpointer user_data, NjArena *arena);
gboolean     nj_list_walk_next     (NjListWalk *self, NjBytes *ret_line);
NjListFacts *nj_list_walk_facts    (NjListWalk *self);
gboolean     nj_list_walk_includes (NjBytes text, NjListInclude include);
guint64      nj_list_walk_hash     (NjBytes text, NjListInclude include, gpointer user_data);

G_END_DECLS
