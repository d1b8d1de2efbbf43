/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How the parts of one list are fetched; copied. */
typedef struct
{
  const char   *text;        /* the copy of the list */
  const char   *folder;      /* where its parts lie */
  const char   *part;        /* the file that a part goes into until it is found good */
  const char   *address;     /* where the list is from */
  const char   *proxy;       /* our own port, as http://127.0.0.1:8642 */
  guint         timeout_s;   /* for each part */
  gboolean      is_forced;   /* also what shrank, and without asking whether it changed */
  GCancellable *cancellable; /* counted */
} NjListPartsTerms;

/* It ended: @is_changed when some part is another one now; @problem (nullable) is of the first that could not be had. */
typedef void (*NjListPartsDone) (gboolean is_changed, const char *problem, gpointer user_data);

void  nj_list_parts_fetch   (const NjListPartsTerms *terms, NjListPartsDone done, gpointer user_data);
char *nj_list_parts_address (const char *list_address, const char *path) G_GNUC_WARN_UNUSED_RESULT;
void  nj_list_parts_remove  (const char *folder);

G_END_DECLS
