/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/resolver.h"

G_BEGIN_DECLS

/* Asks for both families at once over a transport. A fiber's call; keep_us is how long the answer holds. */
NjResolveResult nj_resolver_ask_both (NjWorker *worker, NjResolverAsk ask, NjBytes host, NjResolved *ret_resolved, gint64 *ret_keep_us);
gboolean        nj_resolver_is_local_name (NjBytes host);
GHashTable     *nj_resolver_hosts_read    (const char *path);

G_END_DECLS
