/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

gboolean nj_tracking_names_has (NjBytes name);

G_END_DECLS
