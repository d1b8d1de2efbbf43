/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/catalogue.h"

G_BEGIN_DECLS

/* Most of them in a catalogue, and bytes of an address. */
#define NJ_SUBSCRIPTIONS_MAX        100
#define NJ_SUBSCRIPTION_ADDRESS_MAX 2048

/* A list of exits that somebody else keeps at an address, and how it went. Owned by the catalogue; main thread only. */
typedef struct
{
  char       *id;            /* owned, from the address */
  char       *address;       /* owned */
  char       *name;          /* owned, its host when nobody named it */
  char       *etag;          /* (nullable) owned: of what we have */
  char       *last_modified; /* (nullable) owned */
  char       *problem;       /* owned: why the last attempt failed, "" when it did not */
  gint64      last_success;  /* these in seconds since 1970, 0 never */
  gint64      last_attempt;
  gint64      next_update;
  guint       failures;      /* one after the other */
  GHashTable *exits;         /* (element-type utf8) owned: ids of those that are here because of it */
} NjSubscription;

NjSubscription  *nj_subscription_add    (NjCatalogue *catalogue, const char *address, const char *name, GError **error);
NjSubscription  *nj_subscription_find   (const NjCatalogue *catalogue, const char *id);
const GPtrArray *nj_subscription_all    (const NjCatalogue *catalogue); /* (element-type NjSubscription) */
const char      *nj_subscription_of     (const NjCatalogue *catalogue, const char *exit_id); /* its id, "" for the user's own */
char            *nj_subscription_id     (const char *address) G_GNUC_WARN_UNUSED_RESULT;
/* kept: (element-type utf8) ids of exits that stay whatever the list says */
gboolean         nj_subscription_apply  (NjCatalogue *catalogue, NjSubscription *subscription, GPtrArray *fresh, GHashTable *kept, GError **error);
gboolean         nj_subscription_remove (NjCatalogue *catalogue, const char *id, gboolean keeps_exits, GHashTable *kept);

G_END_DECLS
