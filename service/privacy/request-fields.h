/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/head.h"
#include "privacy/scrub-context.h"

G_BEGIN_DECLS

guint nj_request_fields_change (const NjField *field, const NjScrubContext *context);

G_END_DECLS
