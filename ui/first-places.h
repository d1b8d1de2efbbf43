/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gtk/gtk.h>

#define NJ_TYPE_FIRST_PLACES (nj_first_places_get_type ())
G_DECLARE_FINAL_TYPE (NjFirstPlaces, nj_first_places, NJ, FIRST_PLACES, GtkBox)

GtkWidget *nj_first_places_new  (NjRemote *remote);
void       nj_first_places_show (NjFirstPlaces *self, const NjStatus *status);
