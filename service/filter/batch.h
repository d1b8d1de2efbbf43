/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/engine.h"

#include <stdio.h>

G_BEGIN_DECLS

int      nj_batch_run        (const char *const *list_paths, FILE *in, FILE *out, FILE *err);
gboolean nj_batch_split_url  (NjBytes url, NjArena *arena, NjFilterRequest *ret_request);

G_END_DECLS
