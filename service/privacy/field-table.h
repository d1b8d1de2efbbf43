/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "privacy/scrub-context.h"

G_BEGIN_DECLS

/* Names without an id of their own that are dropped, and what their going is called. */
typedef struct
{
  NjBytes       name;   /* lower case */
  NjScrubChange change;
} NjFieldRow;

guint nj_field_table_change (const NjFieldRow *rows, gsize n_rows, NjBytes name);

G_END_DECLS
