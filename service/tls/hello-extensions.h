/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tls/client-hello.h"

#include <openssl/ssl.h>

G_BEGIN_DECLS

void    nj_hello_extensions_follow (SSL_CTX *context, const NjClientHello *hello);
guint32 nj_hello_extensions_kind   (const NjClientHello *hello); /* what of them is followed, as a number */

G_END_DECLS
