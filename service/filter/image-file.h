/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

gboolean nj_image_file_write (const char *path, const NjBytes *parts, guint n, const char *what, GError **error);

G_END_DECLS
