/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"
#include "net/stream.h"

G_BEGIN_DECLS

#define NJ_RESOLVER_ADDRESSES_MAX 16

/* What a name resolved to. */
typedef struct
{
  guint     n;
  NjAddress addresses[NJ_RESOLVER_ADDRESSES_MAX]; /* port 0; in the order to try: families alternate */
} NjResolved;

/* Why a name has no address. */
typedef enum
{
  NJ_RESOLVE_OK,
  NJ_RESOLVE_NO_SUCH_NAME,
  NJ_RESOLVE_FAILED,  /* no server answered, or it would not */
  NJ_RESOLVE_TIMEOUT,
  NJ_RESOLVE_CANCELLED
} NjResolveResult;

NjResolveResult nj_resolver_resolve (NjWorker *worker, NjBytes host, gint64 deadline, NjResolved *ret_resolved);
void            nj_resolver_flush   (void);

/* For tests: answers in place of the system's; NULL for the system's. Called on a helper thread. */
typedef NjResolveResult (*NjResolveFunc) (const char *host, NjResolved *ret_resolved);
void nj_resolver_replace (NjResolveFunc func);

/* Resolves and connects, both address families raced (RFC 8305). */
NjIo nj_resolver_connect (NjWorker *worker, NjBytes host, guint16 port, gint64 deadline, NjStream **ret_stream, NjResolveResult *ret_resolve, int *ret_errno);

G_END_DECLS
