/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desktop/trust-store.h"

G_BEGIN_DECLS

/* Where browsers keep what they trust, below a home folder. */
void nj_trust_store_places_add (GPtrArray *places, const char *home);

G_END_DECLS
