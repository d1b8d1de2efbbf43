/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gtk/gtk.h>

#define NJ_TYPE_ADD_EXIT_DIALOG (nj_add_exit_dialog_get_type ())
G_DECLARE_FINAL_TYPE (NjAddExitDialog, nj_add_exit_dialog, NJ, ADD_EXIT_DIALOG, GtkDialog)

GtkWidget *nj_add_exit_dialog_new (GtkWindow *parent, NjRemote *remote);
