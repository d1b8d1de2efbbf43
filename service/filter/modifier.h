/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/match.h"

G_BEGIN_DECLS

/* Modifiers of one kind that may apply to one request. */
#define NJ_MODIFIER_MAX 64

typedef struct
{
  const NjEngine *engine; /* that the rule is of */
  guint32        rule;
  guint32        regex;   /* number of the value's expression, NJ_IMAGE_NONE */
  NjBytes        value;
  const guint32 *conditions;
  gboolean       is_exception;
  gboolean       is_important;
} NjModifierHit;

typedef struct
{
  guint          n;
  guint          room;
  NjModifierHit *hits; /* in the match's arena; a fiber's stack is small */
} NjModifierList;

void nj_modifier_collect     (NjMatch *match, NjRealm realm, NjModifierList *ret_list);
void nj_modifier_collect_all (NjMatch *match, NjRealm realm, NjModifierList *ret_list);

G_END_DECLS
