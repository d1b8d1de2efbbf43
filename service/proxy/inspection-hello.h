/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "proxy/session.h"
#include "tls/client-hello.h"

G_BEGIN_DECLS

NjClientHelloResult nj_inspection_hello_peek  (NjSession *session, NjArena *arena, NjClientHello *ret_hello);
NjClientHelloResult nj_inspection_hello_read  (NjSession *session, const NjPolicy *policy, NjArena *arena, NjClientHello *ret_hello);
NjInspection        nj_inspection_hello_judge (NjSession *session, const NjPolicy *policy, NjBytes host, guint16 port, const NjClientHello *hello,
                                               char buffer[NJ_HOST_MAX + 1], NjBytes *ret_name);

G_END_DECLS
