/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/status.h"

#include <gio/gio.h>

typedef struct
{
  NjState  last;
} NjNotices;

void nj_notices_follow (NjNotices *self, GApplication *application, const NjStatus *status, gboolean is_window_visible);
void nj_notices_refuse (GApplication *application, const char *site, const char *problem);
void nj_notices_tell (GApplication *application, const char *id, const char *title, const char *body);
