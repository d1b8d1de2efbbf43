/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gtk/gtk.h>

#define NJ_TYPE_LEVEL_CARD (nj_level_card_get_type ())
G_DECLARE_FINAL_TYPE (NjLevelCard, nj_level_card, NJ, LEVEL_CARD, GtkBin)

GtkWidget *nj_level_card_new  (NjRemote *remote);
void       nj_level_card_show (NjLevelCard *self, const NjStatus *status);
