/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "proxy/session.h"

G_BEGIN_DECLS

gboolean nj_exchange_run (NjSession *session);

G_END_DECLS
