/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "settings/filter-list.h"

G_BEGIN_DECLS

GPtrArray *nj_list_catalogue_read (const char *const *languages) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
