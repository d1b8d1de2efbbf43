/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/buffer.h"
#include "filter/page-rules.h"

G_BEGIN_DECLS

gboolean nj_page_sheet_add (NjBuffer *sheet, const NjPageRule *rule);

G_END_DECLS
