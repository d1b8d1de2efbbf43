/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* JavaScript of ours, and the parts it stands on: bit i of @uses for part i, all of them, below ones too. */
typedef struct
{
  NjBytes text;
  guint32 uses;
} NjScriptletPart;

/* A name that lists use. */
typedef struct
{
  const char *name;
  const char *told; /* what the function is told it was called by; "" when it need not know */
  guint       scriptlet;
  gboolean    is_trusted; /* only for lists that may rewrite */
} NjScriptlet;

const NjScriptlet     *nj_scriptlet_table_find (NjBytes name);
const NjScriptletPart *nj_scriptlet_table_get  (guint scriptlet);
const NjScriptletPart *nj_scriptlet_table_part (guint part);

G_END_DECLS
