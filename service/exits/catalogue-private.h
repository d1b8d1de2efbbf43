/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a catalogue is made of: for the files of the catalogue only. */

#include "exits/catalogue-secrets.h"

G_BEGIN_DECLS

/* Exits under a name of the user's. */
typedef struct
{
  char      *name; /* owned, UTF-8 */
  GPtrArray *ids;  /* (element-type utf8) owned: its exits; one that is not there counts again when it comes back */
} NjCatalogueGroup;

struct NjCatalogue
{
  GPtrArray *exits;       /* (element-type NjExit) counted, in the user's order, ids differ */
  char      *unread_path; /* (nullable) owned: a file that is there but could not be read, never overwritten */
  GPtrArray *favourites;  /* (element-type utf8) owned: places, in the order in which they were starred */
  GPtrArray *recents;     /* (element-type utf8) owned: places, the last one first */
  GPtrArray *groups;      /* (element-type NjCatalogueGroup) owned, in the user's order */
  GHashTable *kept;         /* (element-type utf8 utf8) owned: URIs with passwords that somebody else keeps, by id */
  GHashTable *awaited;      /* (element-type utf8) owned: ids of exits that are without such a password yet */
  GPtrArray *subscriptions; /* (element-type NjSubscription) owned */
};

gboolean nj_catalogue_put (GPtrArray *exits, GHashTable *places, NjExit *exit, GError **error);

void              nj_catalogue_places_clear  (NjCatalogue *catalogue);
void              nj_catalogue_places_forget (NjCatalogue *catalogue, const char *place);
void              nj_catalogue_places_print  (const NjCatalogue *catalogue, GKeyFile *file);
gboolean          nj_catalogue_places_parse  (NjCatalogue *catalogue, GKeyFile *file, const char *group);
void              nj_catalogue_groups_print  (const NjCatalogue *catalogue, GKeyFile *file);
gboolean          nj_catalogue_groups_parse  (NjCatalogue *catalogue, GKeyFile *file, const char *group);
NjCatalogueGroup *nj_catalogue_groups_find   (const NjCatalogue *catalogue, const char *name);
void              nj_catalogue_groups_clear  (NjCatalogue *catalogue);

void              nj_catalogue_secrets_clear        (NjCatalogue *catalogue);
void              nj_catalogue_secrets_await        (NjCatalogue *catalogue, const char *id);
gboolean          nj_catalogue_secrets_is_elsewhere (const NjCatalogue *catalogue, const NjExit *exit);
void              nj_subscription_clear_all  (NjCatalogue *catalogue);
void              nj_subscription_let_go (NjCatalogue *catalogue, const char *exit_id);
void              nj_subscription_print_all  (const NjCatalogue *catalogue, GKeyFile *file);
gboolean          nj_subscription_parse  (NjCatalogue *catalogue, GKeyFile *file, const char *group);

guint64           nj_catalogue_rank          (const NjExit *exit);

G_END_DECLS
