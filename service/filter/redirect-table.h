/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/redirect.h"

G_BEGIN_DECLS

/* A name that lists use, and the resource it stands for. */
typedef struct
{
  const char *name; /* NULL ends the table */
  guint       resource;
} NjRedirectName;

extern const NjRedirectName nj_redirect_table_names[];

const NjRedirectResource *nj_redirect_table_get (guint resource);

G_END_DECLS
