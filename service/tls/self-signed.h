/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tls/tls-server.h"

G_BEGIN_DECLS

/* Makes a key and a certificate that signs itself, for a server that is known by its fingerprint. */
gboolean nj_self_signed_make (const char *name, guint days, const char *certificate_path, const char *key_path, guint8 ret_fingerprint[32], GError **error);

G_END_DECLS
