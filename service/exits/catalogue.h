/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/exit.h"

G_BEGIN_DECLS

/* Bounds on what a catalogue takes in. */
#define NJ_CATALOGUE_MAX        10000             /* exits */
#define NJ_CATALOGUE_IMPORT_MAX (4 * 1024 * 1024) /* bytes of text */

/* All exits the user has, in his order. Main thread only; its exits are counted and shared with the workers.
 * What gives an exit gives a reference to it. */
typedef struct NjCatalogue NjCatalogue;

NjCatalogue *nj_catalogue_new  (void);
void         nj_catalogue_free (NjCatalogue *catalogue);

gboolean nj_catalogue_load (NjCatalogue *catalogue, const char *path, GError **error);
gboolean nj_catalogue_save (NjCatalogue *catalogue, const char *path, GError **error);

gboolean   nj_catalogue_add             (NjCatalogue *catalogue, NjExit *exit, GError **error);
gboolean   nj_catalogue_remove          (NjCatalogue *catalogue, const char *id);
NjExit    *nj_catalogue_find            (NjCatalogue *catalogue, const char *id) G_GNUC_WARN_UNUSED_RESULT;
NjExit    *nj_catalogue_best_in_country (NjCatalogue *catalogue, const char *country, GError **error) G_GNUC_WARN_UNUSED_RESULT;
NjExit    *nj_catalogue_fastest         (NjCatalogue *catalogue, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type NjExit) a new array that holds its own references */
GPtrArray *nj_catalogue_list            (NjCatalogue *catalogue) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type NjExit) what may stand in for exit, best first, of its country or of any: for NjExitChoice.others */
GPtrArray *nj_catalogue_others          (NjCatalogue *catalogue, NjExit *exit, gboolean any_country) G_GNUC_WARN_UNUSED_RESULT;
guint      nj_catalogue_size            (const NjCatalogue *catalogue);

/* Returns how many came in, 0 with error set when a line is wrong: then nothing came in. */
guint      nj_catalogue_import (NjCatalogue *catalogue, const char *text, GError **error);
guint      nj_catalogue_import_exits (NjCatalogue *catalogue, GPtrArray *fresh, GError **error);
char      *nj_catalogue_export (NjCatalogue *catalogue) G_GNUC_WARN_UNUSED_RESULT; /* with passwords */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjCatalogue, nj_catalogue_free)

G_END_DECLS
