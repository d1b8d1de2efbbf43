/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "proxy/session.h"

G_BEGIN_DECLS

void nj_socks5_serve (NjSession *session);
void nj_socks4_serve (NjSession *session);

G_END_DECLS
