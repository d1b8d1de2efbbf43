/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gtk/gtk.h>

void nj_certificates_sheet_open (GtkWindow *parent, NjRemote *remote, const char *site);
