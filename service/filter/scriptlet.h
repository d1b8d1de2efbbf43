/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

typedef struct NjScriptletCall NjScriptletCall;

/* What became of a rule. */
typedef enum
{
  NJ_SCRIPTLET_TAKEN,
  NJ_SCRIPTLET_UNKNOWN,   /* nobody knows the name, or the operator */
  NJ_SCRIPTLET_UNTRUSTED, /* only for lists that may rewrite */
  NJ_SCRIPTLET_MALFORMED, /* quotes or brackets that do not close, no argument where one must be */
  NJ_SCRIPTLET_TOO_MUCH,  /* more than one page gets */
  NJ_N_SCRIPTLET_RESULTS
} NjScriptletResult;

/* What one page gets, gathered rule by rule. */
typedef struct
{
  NjArena         *arena; /* borrowed */
  NjScriptletCall *calls; /* in the arena, as is all the rest */
  guint            n_calls;
  guint            n_calls_room;
  NjBytes         *procedural; /* rules of the procedural kind */
  guint            n_procedural;
  guint            n_procedural_room;
  gsize            size; /* of all arguments, bytes */
} NjScriptletPage;

void              nj_scriptlet_page_init           (NjScriptletPage *self, NjArena *arena);
NjScriptletResult nj_scriptlet_page_add            (NjScriptletPage *self, NjBytes body, gboolean is_trusted);
NjScriptletResult nj_scriptlet_page_add_procedural (NjScriptletPage *self, NjBytes body);
gboolean          nj_scriptlet_page_is_empty       (const NjScriptletPage *self);
NjBytes           nj_scriptlet_page_print          (const NjScriptletPage *self);

NjScriptletResult nj_scriptlet_check            (NjBytes body, gboolean is_trusted, NjArena *arena, NjBytes *ret_name);
NjBytes           nj_scriptlet_key              (NjBytes body, NjArena *arena);
NjScriptletResult nj_scriptlet_check_procedural (NjBytes body, NjBytes *ret_operator);
NjBytes           nj_scriptlet_procedural_key   (NjBytes body, NjArena *arena);
const char       *nj_scriptlet_result_name      (NjScriptletResult result);

G_END_DECLS
