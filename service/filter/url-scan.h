/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/token.h"

G_BEGIN_DECLS

guint nj_url_scan (NjBytes url, const guint64 *map, char *ret_lower, NjToken *ret_tokens);

G_END_DECLS
