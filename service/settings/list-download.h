/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/list-copy.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A file that was fetched, and what it should become. */
typedef struct
{
  char    *part;      /* owned: what was fetched */
  char    *old;       /* (nullable) owned: the copy that is used now */
  char    *copy;      /* owned: where the new one goes */
  char    *name;      /* owned: which list of a patch file, "" for the only one */
  gboolean is_patch;
  gboolean is_included; /* a part of a list, which need not hold a rule */
  gboolean is_forced; /* also when it shrank */
  NjListCopy facts;   /* results: set when it is in place */
  gboolean is_held;   /* it shrank */
  char    *problem;   /* (nullable) owned: why it is not in place */
} NjListDownload;

/* A list at most; bytes. */
#define NJ_LIST_DOWNLOAD_MAX (64 * 1024 * 1024)

void nj_list_download_free  (NjListDownload *download);
void nj_list_download_place (NjListDownload *download);
void nj_list_download_place_async (NjListDownload *download, GAsyncReadyCallback done, gpointer user_data);
NjListDownload *nj_list_download_place_finish (GAsyncResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjListDownload, nj_list_download_free)

G_END_DECLS
