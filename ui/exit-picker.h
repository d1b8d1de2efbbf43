/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/status.h"

#include <gtk/gtk.h>

#define NJ_TYPE_EXIT_PICKER (nj_exit_picker_get_type ())
G_DECLARE_FINAL_TYPE (NjExitPicker, nj_exit_picker, NJ, EXIT_PICKER, GtkBox)

GtkWidget *nj_exit_picker_new  (void);
void       nj_exit_picker_show (NjExitPicker *self, const NjStatus *status, char **picked);
char     **nj_exit_picker_ids  (NjExitPicker *self);
