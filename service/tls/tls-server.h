/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

G_BEGIN_DECLS

#define NJ_TLS_ERROR (nj_tls_error_quark ())

typedef enum
{
  NJ_TLS_ERROR_CERTIFICATE, /* cannot be read, or its key is another's */
} NjTlsError;

/* How we answer as a server: certificate, key, protocols. Counted; any thread. */
typedef struct NjTlsServer NjTlsServer;

GQuark nj_tls_error_quark (void);

NjTlsServer *nj_tls_server_new   (const char *certificate_path, const char *key_path, NjBytes alpn, GError **error);
NjTlsServer *nj_tls_server_ref   (NjTlsServer *server);
void         nj_tls_server_unref (NjTlsServer *server);
void         nj_tls_server_require_tls13 (NjTlsServer *server); /* before its first use */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjTlsServer, nj_tls_server_unref)

G_END_DECLS
