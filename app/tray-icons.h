/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

char     *nj_tray_icons_folder (void);
gboolean  nj_tray_icons_prefer_colour (void);
GVariant *nj_tray_icons_paint (const char *icon);
