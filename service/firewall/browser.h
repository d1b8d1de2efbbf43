/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

/* Bytes of a program's name, with the nil behind it. */
#define NJ_BROWSER_NAME_MAX 64

gboolean nj_browser_is_name (const char *name);
gboolean nj_browser_look    (guint process, char ret_name[NJ_BROWSER_NAME_MAX]);

G_END_DECLS
