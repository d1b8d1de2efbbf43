/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a catalogue is made of: for catalogue.c and catalogue-file.c only. */

#include "exits/catalogue.h"

G_BEGIN_DECLS

struct NjCatalogue
{
  GPtrArray *exits;       /* (element-type NjExit) counted, in the user's order, ids differ */
  char      *unread_path; /* (nullable) owned: a file that is there but could not be read, never overwritten */
};

gboolean nj_catalogue_put (GPtrArray *exits, GHashTable *places, NjExit *exit, GError **error);

G_END_DECLS
