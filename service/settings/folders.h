/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where one service keeps what is its own. Two services with two profiles share none of these. */
typedef struct
{
  char *profile; /* (nullable) owned: absolute path of --profile, NULL for the user's own folders */
  char *config;  /* owned: settings.ini, exits.ini */
  char *data;    /* owned: lists that were added */
  char *cache;   /* owned: what can be made again */
  char *state;   /* owned: journals */
} NjFolders;

NjFolders *nj_folders_new      (const char *profile);
void       nj_folders_free     (NjFolders *folders);
gboolean   nj_folders_make     (const NjFolders *folders, GError **error);
char      *nj_folders_bus_name (const NjFolders *folders) G_GNUC_WARN_UNUSED_RESULT;
char      *nj_folders_settings (const NjFolders *folders) G_GNUC_WARN_UNUSED_RESULT;
char      *nj_folders_exits    (const NjFolders *folders) G_GNUC_WARN_UNUSED_RESULT;
char      *nj_folders_own_rules (const NjFolders *folders) G_GNUC_WARN_UNUSED_RESULT;
char      *nj_folders_engine   (const NjFolders *folders) G_GNUC_WARN_UNUSED_RESULT;
char      *nj_folders_journal  (const NjFolders *folders) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjFolders, nj_folders_free)

G_END_DECLS
