/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gtk/gtk.h>

#define NJ_TYPE_OVERVIEW_PAGE (nj_overview_page_get_type ())
G_DECLARE_FINAL_TYPE (NjOverviewPage, nj_overview_page, NJ, OVERVIEW_PAGE, GtkBin)

void nj_overview_page_set_remote (NjOverviewPage *self, NjRemote *remote);
