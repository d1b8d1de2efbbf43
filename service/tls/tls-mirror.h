/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tls/client-hello.h"

G_BEGIN_DECLS

/* How one kind of client says hello, for us to say it alike; lives as long as the process. */
typedef struct NjTlsMirror NjTlsMirror;

/* Kinds of clients that are told apart; there are few browsers on one machine. */
#define NJ_TLS_MIRRORS_MAX 24

const NjTlsMirror *nj_tls_mirror_of (const NjClientHello *hello); /* (nullable) */

G_END_DECLS
