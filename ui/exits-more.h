/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gtk/gtk.h>

#define NJ_TYPE_EXITS_MORE (nj_exits_more_get_type ())
G_DECLARE_FINAL_TYPE (NjExitsMore, nj_exits_more, NJ, EXITS_MORE, GtkBin)

GtkWidget *nj_exits_more_new  (NjRemote *remote);
void       nj_exits_more_menu (NjExitsMore *self, GtkMenuButton *button);
void       nj_exits_more_show (NjExitsMore *self, const NjStatus *status);
