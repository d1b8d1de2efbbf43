/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <handy.h>

#define NJ_TYPE_WINDOW (nj_window_get_type ())
G_DECLARE_FINAL_TYPE (NjWindow, nj_window, NJ, WINDOW, HdyApplicationWindow)

NjWindow *nj_window_new (GtkApplication *application, NjRemote *remote);
void      nj_window_show_page (NjWindow *self, const char *page);
void      nj_window_show_log (NjWindow *self, const char *filter);
void      nj_window_say (NjWindow *self, const char *text);
