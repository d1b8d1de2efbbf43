/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/status.h"

#include <gio/gio.h>

#define NJ_TYPE_REMOTE (nj_remote_get_type ())
G_DECLARE_FINAL_TYPE (NjRemote, nj_remote, NJ, REMOTE, GObject)

NjRemote       *nj_remote_new (const char *profile);
char           *nj_remote_bus_name (const char *profile);
const char     *nj_remote_profile (NjRemote *self);
const NjStatus *nj_remote_status (NjRemote *self);
gboolean        nj_remote_is_loading (NjRemote *self);

/* For ui/call.c only. */
gpointer nj_remote_service (NjRemote *self);
void     nj_remote_want_start (NjRemote *self);
void     nj_remote_report (NjRemote *self, const GError *error);
