/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"
#include "net/stream.h"

G_BEGIN_DECLS

#define NJ_RESOLVER_ADDRESSES_MAX 16
/* All names of a chain together with their NULs; bytes. A longer chain is no answer. */
#define NJ_RESOLVER_NAMES_SIZE    1024

/* What a name resolved to. */
typedef struct
{
  guint     n;
  NjAddress addresses[NJ_RESOLVER_ADDRESSES_MAX]; /* port 0; in the order to try: families alternate */
  /* The names that the asked one is an alias of, in order, each ended by NUL. The system's resolver tells
   * the last of them only. */
  guint     n_names;
  char      names[NJ_RESOLVER_NAMES_SIZE];
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

/* Longest answer that is taken; bytes. */
#define NJ_RESOLVER_ANSWER_MAX 16384

/* Carries one DNS message to a name server and brings its answer, which need not be one. A fiber's call. */
typedef NjIo (*NjResolverAsk) (NjWorker *worker, const guint8 *question, gsize len, gint64 deadline, guint8 ret_answer[NJ_RESOLVER_ANSWER_MAX], gsize *ret_len);

/* Asks that way from now on; NULL for the system's resolver. Where that way fails, the system's is asked only if
 * may_fall_back. Names of this machine and network are always the system's: a name server elsewhere knows none. */
void nj_resolver_set_transport (NjResolverAsk ask, gboolean may_fall_back);

/* For tests: answers in place of the system's; NULL for the system's. Called on a helper thread. */
typedef NjResolveResult (*NjResolveFunc) (const char *host, NjResolved *ret_resolved);
void nj_resolver_replace (NjResolveFunc func);

/* Connects to the first of some addresses that answers. A fiber's call. */
NjIo nj_resolver_connect_to (NjWorker *worker, const NjResolved *resolved, guint16 port, gint64 deadline, NjStream **ret_stream, int *ret_errno);

/* Resolves and connects, both address families raced (RFC 8305). */
NjIo nj_resolver_connect (NjWorker *worker, NjBytes host, guint16 port, gint64 deadline, NjStream **ret_stream, NjResolveResult *ret_resolve, int *ret_errno);

G_END_DECLS
