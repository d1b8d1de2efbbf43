/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "privacy/scrub-context.h"

G_BEGIN_DECLS

guint nj_cookies_scrub_request  (NjHead *head, const NjScrubContext *context);
gboolean nj_cookies_outlives (NjBytes cookie, gint64 longest_s);
guint nj_cookies_scrub_response (NjHead *head, NjArena *arena, const NjScrubContext *context);

G_END_DECLS
