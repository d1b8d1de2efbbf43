/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/status.h"

/* Where a place stands: what the user has starred and used first. */
typedef enum
{
  NJ_PLACES_FAVOURITE,
  NJ_PLACES_RECENT,
  NJ_PLACES_GROUP,
  NJ_PLACES_OTHER,
} NjPlacesPart;

typedef struct
{
  char        *key;   /* owned: what the service calls it: a country's code, an exit's id, "@" and a list's name */
  const char  *label; /* borrowed: the country's name, or the exit's, or the list's */
  NjPlacesPart part;
  guint        exits;
  guint        latency_ms; /* the least, 0 unknown */
  gboolean     is_chosen;
  gboolean     is_dead;           /* none of them answers */
  gboolean     is_link_encrypted; /* of every one of them */
} NjPlacesPlace;

GArray     *nj_places_list         (const NjStatus *status, guint most);
gboolean    nj_places_is_favourite (const NjStatus *status, const char *key);
const char *nj_places_action       (const char *key);
const char *nj_places_target       (const char *key);
