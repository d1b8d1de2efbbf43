/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <handy.h>

#define NJ_TYPE_EXIT_ROW (nj_exit_row_get_type ())
G_DECLARE_FINAL_TYPE (NjExitRow, nj_exit_row, NJ, EXIT_ROW, HdyActionRow)

GtkWidget  *nj_exit_row_new (NjRemote *remote, const NjStatusExit *exit);
const char *nj_exit_row_id (NjExitRow *self);
const char *nj_exit_row_country (NjExitRow *self);
void        nj_exit_row_set (NjExitRow *self, const NjStatusExit *exit);
