/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/tray-menu.h"

#include <gtk/gtk.h>

#define NJ_TYPE_TRAY_STATUS_ICON (nj_tray_status_icon_get_type ())
G_DECLARE_FINAL_TYPE (NjTrayStatusIcon, nj_tray_status_icon, NJ, TRAY_STATUS_ICON, GObject)

gboolean          nj_tray_status_icon_has_host (void);
NjTrayStatusIcon *nj_tray_status_icon_new (void);
void              nj_tray_status_icon_set (NjTrayStatusIcon *self, const char *icon, const char *title, const char *text);
void              nj_tray_status_icon_set_menu (NjTrayStatusIcon *self, NjTrayLine *root);
