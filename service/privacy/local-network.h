/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/head.h"
#include "privacy/scrub-context.h"

G_BEGIN_DECLS

gboolean    nj_local_network_has       (NjBytes host);
gboolean    nj_local_network_is_own_wish (NjHead *head, const NjScrubContext *context);
const char *nj_local_network_refusal   (NjHead *head, const NjScrubContext *context);
const char *nj_local_network_rebinding (NjHead *head, const NjScrubContext *context, NjScope reach, gboolean was_global);

G_END_DECLS
