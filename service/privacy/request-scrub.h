/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "privacy/response-scrub.h"
#include "privacy/scrub-context.h"

G_BEGIN_DECLS

guint       nj_request_scrub                   (NjHead *head, NjArena *arena, const NjScrubContext *context);
gboolean    nj_request_scrub_strips_parameters (const NjScrubContext *context, NjMethod method);
const char *nj_request_scrub_refusal           (NjHead *head, const NjScrubContext *context);

G_END_DECLS
