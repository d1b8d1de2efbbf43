/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/tray-menu.h"

#include <gio/gio.h>

#define NJ_TYPE_TRAY_DBUSMENU (nj_tray_dbusmenu_get_type ())
G_DECLARE_FINAL_TYPE (NjTrayDbusmenu, nj_tray_dbusmenu, NJ, TRAY_DBUSMENU, GObject)

#define NJ_TRAY_DBUSMENU_PATH "/org/nightjar/Nightjar/menu"

NjTrayDbusmenu *nj_tray_dbusmenu_new (GDBusConnection *connection, GError **error);
void            nj_tray_dbusmenu_set (NjTrayDbusmenu *self, NjTrayLine *root);
