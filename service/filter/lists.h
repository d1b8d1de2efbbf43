/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A list file that is installed on this machine. */
typedef struct
{
  char    *id;    /* owned; stable, also the name of the list in settings */
  char    *title; /* owned */
  char    *path;  /* owned */
  gboolean is_default;
  gboolean is_trusted; /* its rules may rewrite */
} NjListFile;

NjListFile *nj_list_file_new  (const char *id, const char *title, const char *path, gboolean is_default, gboolean is_trusted) G_GNUC_WARN_UNUSED_RESULT;
void        nj_list_file_free (NjListFile *file);
GPtrArray  *nj_lists_find     (void) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjListFile, nj_list_file_free)

G_END_DECLS
