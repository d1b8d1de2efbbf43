/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/exit-import.h"

/* For exit-import.c and its readers of formats only. */

/* How deep what is read may be nested. */
#define NJ_EXIT_IMPORT_DEPTH 16

/* Most fields of one entry. */
#define NJ_EXIT_IMPORT_FIELDS 200

/* One entry of a file, before anybody knows what it means. */
typedef struct
{
  char       *place;  /* owned: "entry 3", for people */
  GHashTable *fields; /* (element-type utf8 utf8) owned: what lies deeper has its names joined by dots */
} NjExitImportEntry;

NjExitImportEntry *nj_exit_import_entry_new  (GPtrArray *entries, guint line);
gboolean           nj_exit_import_entry_put  (NjExitImportEntry *entry, const char *name, const char *value, GError **error);
NjExit            *nj_exit_import_entry_exit (const NjExitImportEntry *entry, gboolean *ret_is_ours, GError **error);

/* Each adds what it finds to entries (element-type NjExitImportEntry). */
gboolean nj_exit_import_json (const char *text, GPtrArray *entries, GError **error);
gboolean nj_exit_import_yaml (const char *text, GPtrArray *entries, GError **error);
