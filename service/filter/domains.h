/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/rule.h"

G_BEGIN_DECLS

enum
{
  NJ_DOMAINS_NEGATION = 1,
  NJ_DOMAINS_ENTITY = 2,
  NJ_DOMAINS_REGEX = 4
};

gboolean  nj_domains_is_host (NjBytes text);
NjBytes   nj_domains_host    (NjBytes text, NjArena *arena);
NjRefusal nj_domains_parse   (NjBytes value, guint allowed, NjArena *arena, NjDomainList *ret_list);

G_END_DECLS
