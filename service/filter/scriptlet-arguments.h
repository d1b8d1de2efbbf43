/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/buffer.h"
#include "base/bytes.h"

G_BEGIN_DECLS

/* More than any list has. */
#define NJ_SCRIPTLET_ARGUMENTS 24

/* A scriptlet rule taken apart. */
typedef struct
{
  NjBytes name;
  NjBytes items[NJ_SCRIPTLET_ARGUMENTS];
  guint   n;
} NjScriptletArguments;

gboolean nj_scriptlet_arguments_parse (NjBytes body, NjArena *arena, NjScriptletArguments *ret_arguments);
void     nj_scriptlet_arguments_print (NjBytes text, NjBuffer *buffer);

G_END_DECLS
