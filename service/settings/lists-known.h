/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A list that comes with Nightjar or with the system. */
typedef struct
{
  const char *id;
  const char *title;
  const char *path;       /* (nullable) below a folder of nj_lists_known_folders(); NULL: built in */
  gboolean    is_trusted; /* may rewrite what pages get */
} NjListsKnown;

#define NJ_LISTS_STARTER "starter"

const NjListsKnown *nj_lists_known_all  (guint *ret_n);
char               *nj_lists_known_path (const NjListsKnown *known) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
