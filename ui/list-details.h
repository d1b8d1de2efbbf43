/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gtk/gtk.h>

#define NJ_TYPE_LIST_DETAILS (nj_list_details_get_type ())
G_DECLARE_FINAL_TYPE (NjListDetails, nj_list_details, NJ, LIST_DETAILS, GtkPopover)

GtkWidget *nj_list_details_new (NjRemote *remote, const char *id);
void       nj_list_details_set (NjListDetails *self, const NjStatusList *list);
