/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

gboolean panel_has_icon (GDBusConnection *bus);
void     panel_clicks (int button);
void     panel_chooses (GDBusConnection *bus, const char *first, ...) G_GNUC_NULL_TERMINATED;
