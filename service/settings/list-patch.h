/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

char *nj_list_patch_apply (NjBytes old, NjBytes patch, NjBytes name, gsize limit, gsize *ret_len, const char **ret_problem) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
