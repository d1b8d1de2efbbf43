/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gtk/gtk.h>

#define NJ_TYPE_STAR_BUTTON (nj_star_button_get_type ())
G_DECLARE_FINAL_TYPE (NjStarButton, nj_star_button, NJ, STAR_BUTTON, GtkToggleButton)

GtkWidget *nj_star_button_new (NjRemote *remote, const char *place, const char *name);
void       nj_star_button_set (NjStarButton *self, gboolean is_favourite);
