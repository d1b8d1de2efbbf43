/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

#include <gio/gio.h>

typedef enum
{
  NJ_TRAY_LOOKING,
  NJ_TRAY_PANEL,  /* StatusNotifierItem */
  NJ_TRAY_XEMBED, /* GtkStatusIcon */
  NJ_TRAY_NONE,
} NjTrayHost;

#define NJ_TYPE_TRAY (nj_tray_get_type ())
G_DECLARE_FINAL_TYPE (NjTray, nj_tray, NJ, TRAY, GObject)

NjTray    *nj_tray_new (NjRemote *remote, GDBusConnection *connection);
NjTrayHost nj_tray_host (NjTray *self);
