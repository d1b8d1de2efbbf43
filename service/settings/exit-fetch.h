/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/subscription.h"
#include "settings/settings.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* How a list of exits is fetched; all borrowed, and outliving the fetch. */
typedef struct
{
  const NjSettings *settings;
  NjCatalogue      *catalogue;
  const char       *folder; /* where what is fetched lies for a moment */
  const char       *proxy;  /* our own port, as http://127.0.0.1:8642 */
  GCancellable     *cancellable;
} NjExitFetchTerms;

/* It ended; problem is NULL when the catalogue is as the list wants it. */
typedef void (*NjExitFetchDone) (const char *id, const char *problem, gpointer user_data);

void        nj_exit_fetch_start    (const NjExitFetchTerms *terms, const char *address, const char *name, gboolean is_new,
                                    NjExitFetchDone done, gpointer user_data);
GHashTable *nj_exit_fetch_kept_ids (const NjSettings *settings) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
