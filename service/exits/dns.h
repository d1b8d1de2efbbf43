/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"
#include "net/stream.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define NJ_DNS_ERROR (nj_dns_error_quark ())

typedef enum
{
  NJ_DNS_ERROR_BAD_SERVER,   /* not a name server of the mode's kind */
  NJ_DNS_ERROR_BAD_BOOTSTRAP /* not an address, or none for a server that is a name */
} NjDnsError;

/* Who resolves the names of direct traffic. */
typedef enum
{
  NJ_DNS_SYSTEM,
  NJ_DNS_TLS,  /* DNS over TLS, RFC 7858 */
  NJ_DNS_HTTPS /* DNS over HTTPS, RFC 8484 */
} NjDnsMode;

/* As settings have it. All is borrowed for the call. */
typedef struct
{
  NjDnsMode          mode;
  const char        *server;       /* DoT: host[:port]; DoH: an https URL; nothing to NJ_DNS_SYSTEM */
  const char *const *bootstrap;    /* (nullable) NULL-terminated addresses of the server, in the order to try */
  gboolean           may_fall_back; /* where the server cannot be had the system's resolver is asked; else nobody */
} NjDnsConfig;

/* Most addresses of a server. */
#define NJ_DNS_BOOTSTRAP_MAX 8

GQuark   nj_dns_error_quark (void);
gboolean nj_dns_configure   (const NjDnsConfig *config, GError **error);

NjIo nj_dns_probe (NjWorker *worker, gint64 deadline, const char **ret_problem);

G_END_DECLS
