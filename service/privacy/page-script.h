/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"
#include "privacy/profiles.h"

G_BEGIN_DECLS

NjBytes nj_page_script (NjProfile profile);

G_END_DECLS
