/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/modifier.h"

G_BEGIN_DECLS

/* What is answered in place of a blocked request. */
typedef struct
{
  const char *name;
  const char *content_type;
  NjBytes     body;
} NjRedirectResource;

gboolean                  nj_redirect_choose (NjMatch *match, NjBytes *ret_name, guint32 *ret_rule);
const NjRedirectResource *nj_redirect_find   (NjBytes name);

G_END_DECLS
