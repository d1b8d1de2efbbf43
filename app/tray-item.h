/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#define NJ_TYPE_TRAY_ITEM (nj_tray_item_get_type ())
G_DECLARE_FINAL_TYPE (NjTrayItem, nj_tray_item, NJ, TRAY_ITEM, GObject)

#define NJ_TRAY_ITEM_PATH "/StatusNotifierItem"

/* Draws an icon of the icon theme as a(iiay), for panels that find no icon by its name. */
typedef GVariant *(*NjTrayItemPaint) (const char *icon);

NjTrayItem *nj_tray_item_new (GDBusConnection *connection, const char *menu_path, const char *icon_theme_path,
                              NjTrayItemPaint paint, GError **error);
void        nj_tray_item_set_icon (NjTrayItem *self, const char *icon);
void        nj_tray_item_set_words (NjTrayItem *self, const char *title, const char *text);
void        nj_tray_item_set_needs_attention (NjTrayItem *self, gboolean needs_attention);
gboolean    nj_tray_item_has_host (NjTrayItem *self);
