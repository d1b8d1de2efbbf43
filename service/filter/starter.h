/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

#define NJ_STARTER_ID "starter"

NjBytes nj_starter_text (void);

G_END_DECLS
