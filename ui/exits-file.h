/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gtk/gtk.h>

void nj_exits_file_read (GtkWindow *parent, NjRemote *remote);
void nj_exits_file_save (GtkWindow *parent, NjRemote *remote);
