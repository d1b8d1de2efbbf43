/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gtk/gtk.h>

#define NJ_TYPE_FILTERS_PAGE (nj_filters_page_get_type ())
G_DECLARE_FINAL_TYPE (NjFiltersPage, nj_filters_page, NJ, FILTERS_PAGE, GtkBin)

void nj_filters_page_set_remote (NjFiltersPage *self, NjRemote *remote);
