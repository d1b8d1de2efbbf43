/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <handy.h>

#define NJ_TYPE_LIST_ROW (nj_list_row_get_type ())
G_DECLARE_FINAL_TYPE (NjListRow, nj_list_row, NJ, LIST_ROW, HdyActionRow)

GtkWidget *nj_list_row_new (NjRemote *remote, const NjStatusList *list);
void       nj_list_row_set (NjListRow *self, const NjStatusList *list);
