/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "filter/engine.h"

G_BEGIN_DECLS

/* Rules matched one by one, straight from the description of the syntax. */
typedef struct NaiveMatcher NaiveMatcher;

NaiveMatcher  *naive_matcher_new    (const char *rules);
NjFilterAction naive_matcher_decide (const NaiveMatcher *matcher, const char *url, const char *host, const char *source,
                                     NjRequestType type);
void           naive_matcher_free   (NaiveMatcher *matcher);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NaiveMatcher, naive_matcher_free)

G_END_DECLS
