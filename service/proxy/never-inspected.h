/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"

G_BEGIN_DECLS

/* Whether the built-in list has host: banks, health, government, update servers, messengers. */
gboolean nj_never_inspected_has   (NjBytes host);
guint    nj_never_inspected_count (void);

G_END_DECLS
