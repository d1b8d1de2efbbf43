/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gtk/gtk.h>

#define NJ_TYPE_EXITS_PAGE (nj_exits_page_get_type ())
G_DECLARE_FINAL_TYPE (NjExitsPage, nj_exits_page, NJ, EXITS_PAGE, GtkBin)

void nj_exits_page_set_remote (NjExitsPage *self, NjRemote *remote);
void nj_exits_page_focus_search (NjExitsPage *self);
