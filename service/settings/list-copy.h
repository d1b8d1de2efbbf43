/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* What a downloaded text says about itself. */
typedef struct
{
  char   *title;          /* (nullable) owned */
  char   *diff_path;      /* (nullable) owned: where its next patch lies, below its address */
  char   *redirect;       /* (nullable) owned: the address it moved to */
  guint32 expires_s;      /* 0: not said */
  guint32 diff_expires_s; /* 0: not said */
  guint   n_rules;        /* lines that say something */
} NjListCopy;

gboolean nj_list_copy_read  (NjBytes text, gboolean is_included, NjListCopy *ret_copy, char **ret_problem);
void     nj_list_copy_clear (NjListCopy *copy);
guint    nj_list_copy_count (NjBytes text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NjListCopy, nj_list_copy_clear)

G_END_DECLS
