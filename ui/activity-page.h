/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gtk/gtk.h>

#define NJ_TYPE_ACTIVITY_PAGE (nj_activity_page_get_type ())
G_DECLARE_FINAL_TYPE (NjActivityPage, nj_activity_page, NJ, ACTIVITY_PAGE, GtkBin)

void nj_activity_page_set_remote (NjActivityPage *self, NjRemote *remote);
void nj_activity_page_show_only (NjActivityPage *self, const char *filter);
void nj_activity_page_focus_filter (NjActivityPage *self);
