/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

char    *nj_launch_find (const char *name);
char    *nj_launch_translations (void);
gboolean nj_launch_service (const char *profile, GError **error);
