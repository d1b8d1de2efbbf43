/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "privacy/scrub-context.h"

G_BEGIN_DECLS

/* For whom a field is dropped. */
typedef enum
{
  NJ_FIELD_FOR_ALL,
  NJ_FIELD_FOR_THIRD,           /* third parties */
  NJ_FIELD_FOR_STRICT_THIRD,    /* third parties under the strict profile */
  NJ_FIELD_FOR_THIRD_OR_STRICT  /* third parties, and everybody under the strict profile */
} NjFieldFor;

/* Names without an id of their own that are dropped, and what their going is called. */
typedef struct
{
  NjBytes       name; /* lower case; one that ends in "-*" means all that begin so */
  NjScrubChange change;
  NjFieldFor    whom;
} NjFieldRow;

/* Several for each row, so that nearly every field of no interest meets an empty one. */
#define NJ_FIELD_TABLE_BUCKETS 512
#define NJ_FIELD_TABLE_MAX 254

/* Rows and the way into them, made at the first look-up. */
typedef struct
{
  const NjFieldRow *rows;
  gsize             n_rows;
  gsize             is_ready; /* for g_once_init_enter() */
  guint8            first[NJ_FIELD_TABLE_BUCKETS]; /* index + 1, 0 none */
  guint8            next[NJ_FIELD_TABLE_MAX];
  guint8            first_family; /* the rows that end in "-*" hang on a chain of their own */
} NjFieldTable;

#define NJ_FIELD_TABLE(table_rows) { .rows = (table_rows), .n_rows = G_N_ELEMENTS (table_rows) }

guint nj_field_table_change (NjFieldTable *table, NjBytes name, const NjScrubContext *context);

G_END_DECLS
