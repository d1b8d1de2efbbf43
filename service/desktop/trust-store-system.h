/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desktop/trust-store.h"

G_BEGIN_DECLS

/* The certificates that all programs of this computer trust which have no list of their own. Changing it
 * wants root; a program is waited for. */
char    *nj_trust_store_system_folder  (void) G_GNUC_WARN_UNUSED_RESULT; /* (nullable): NULL when this system has none that we know */
gboolean nj_trust_store_system_has     (const char *pem);
gboolean nj_trust_store_system_install (const char *pem, GError **error);
gboolean nj_trust_store_system_remove  (GError **error);

G_END_DECLS
