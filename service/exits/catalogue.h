/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/exit.h"

G_BEGIN_DECLS

/* Bounds on what a catalogue takes in. */
#define NJ_CATALOGUE_MAX        10000             /* exits */
#define NJ_CATALOGUE_IMPORT_MAX (4 * 1024 * 1024) /* bytes of text */
#define NJ_CATALOGUE_FAVOURITES 50                /* places that are starred */
#define NJ_CATALOGUE_RECENTS    5                 /* places that were used last */
#define NJ_CATALOGUE_GROUPS     100

/* What people choose: text that is one of these. */
typedef enum
{
  NJ_PLACE_NONE,
  NJ_PLACE_COUNTRY, /* ISO 3166 alpha-2, in capitals */
  NJ_PLACE_EXIT,    /* an exit's id */
  NJ_PLACE_GROUP    /* "@" and the name of a group of the user's own */
} NjPlace;

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

/* Places, those that are starred, those that were used last. */
NjPlace    nj_catalogue_place_kind      (const char *place);
GPtrArray *nj_catalogue_at              (NjCatalogue *catalogue, const char *place) G_GNUC_WARN_UNUSED_RESULT;
gboolean   nj_catalogue_has             (NjCatalogue *catalogue, const char *place);
NjExit    *nj_catalogue_best            (NjCatalogue *catalogue, const char *place, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean   nj_catalogue_set_favourite   (NjCatalogue *catalogue, const char *place, gboolean is_favourite, GError **error);
gboolean   nj_catalogue_is_favourite    (const NjCatalogue *catalogue, const char *place);
char     **nj_catalogue_favourites      (NjCatalogue *catalogue) G_GNUC_WARN_UNUSED_RESULT;
/* (element-type NjExit) what would be used at each place that is starred: for warm connections */
GPtrArray *nj_catalogue_favourite_exits (NjCatalogue *catalogue) G_GNUC_WARN_UNUSED_RESULT;
void       nj_catalogue_note_used       (NjCatalogue *catalogue, const char *place);
char     **nj_catalogue_recents         (NjCatalogue *catalogue) G_GNUC_WARN_UNUSED_RESULT;

/* Groups of the user's own. */
gboolean   nj_catalogue_group_is_name   (const char *name);
gboolean   nj_catalogue_set_group       (NjCatalogue *catalogue, const char *name, const char *const *ids, GError **error);
char     **nj_catalogue_groups          (const NjCatalogue *catalogue) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *nj_catalogue_group_exits     (NjCatalogue *catalogue, const char *name) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *nj_catalogue_group_others    (NjCatalogue *catalogue, const char *name, NjExit *exit) G_GNUC_WARN_UNUSED_RESULT;
NjExit    *nj_catalogue_best_in_group   (NjCatalogue *catalogue, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Returns how many came in, 0 with error set when a line is wrong: then nothing came in. */
guint      nj_catalogue_import (NjCatalogue *catalogue, const char *text, GError **error);
guint      nj_catalogue_import_exits (NjCatalogue *catalogue, GPtrArray *fresh, GError **error);
char      *nj_catalogue_export (NjCatalogue *catalogue) G_GNUC_WARN_UNUSED_RESULT; /* with passwords */
char      *nj_catalogue_print_exits (GPtrArray *exits, gboolean with_passwords) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjCatalogue, nj_catalogue_free)

G_END_DECLS
