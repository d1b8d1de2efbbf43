/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

NjBytes nj_languages_of_country (NjBytes country, gboolean is_firefox, NjArena *arena);

G_END_DECLS
