/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes ready what all TLS clients of the process share; done by itself on first use. */
void nj_tls_context_prepare (void);

/* For tests: trust these roots (PEM file) and no others; NULL for the system's again. */
gboolean nj_tls_context_trust_only (const char *path);

/* Forgets every session that could be resumed. */
void nj_tls_context_forget_sessions (void);

G_END_DECLS
