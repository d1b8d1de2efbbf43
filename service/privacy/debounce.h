/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/url.h"
#include "privacy/profiles.h"

G_BEGIN_DECLS

/* Redirectors that one address may be wrapped in. */
#define NJ_DEBOUNCE_HOPS_MAX 5

gboolean nj_debounce      (const NjUrl *url, NjProfile profile, NjArena *arena, NjUrl *ret_target);
gboolean nj_debounce_step (const NjUrl *url, NjProfile profile, NjArena *arena, NjUrl *ret_target);

G_END_DECLS
