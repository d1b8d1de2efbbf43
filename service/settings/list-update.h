/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/filter-lists.h"

G_BEGIN_DECLS

/* Why nothing can leave just now, in words: (transfer full) (nullable). */
typedef char *(*NjListUpdateBarred) (gpointer user_data);

/* How an update is made; copied. */
typedef struct
{
  const char        *proxy;       /* our own port, as http://127.0.0.1:8642 */
  gboolean           is_forced;   /* the whole list, also when it shrank */
  NjListUpdateBarred barred;      /* (nullable) */
  gpointer           barred_data;
  GCancellable      *cancellable; /* counted */
} NjListUpdateTerms;

/* It ended; how is in the list. The list may be gone. */
typedef void (*NjListUpdateDone) (const char *id, gboolean is_changed, gpointer user_data);

void nj_list_update_start (NjFilterLists *lists, NjList *list, const NjListUpdateTerms *terms, NjListUpdateDone done, gpointer user_data);

G_END_DECLS
