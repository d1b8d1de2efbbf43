/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/dial.h"
#include "http/h1.h"
#include "net/worker.h"
#include "tls/tls-stream.h"

G_BEGIN_DECLS

/* A connection to an origin, over a route. */
typedef struct NjUpstream NjUpstream;

/* The kept ones of a worker. */
typedef struct NjUpstreamPool NjUpstreamPool;

/* What a pool looks a connection up by: exit, host and port. */
typedef struct
{
  const NjRoute *route; /* borrowed for the call */
  NjBytes        host;
  guint16        port;
  gboolean       is_secure; /* TLS, and verified */
  NjBytes        name;      /* whom the certificate must be for; none: the host, and for a look-up any */
  const NjTlsMirror *mirror; /* (nullable) say hello as this kind of client does; what was told otherwise is not for it */
  gboolean       any_mirror; /* for a look-up: however hello was said */
  GByteArray    *chain;     /* (nullable) for a new one: gets the certificates that it shows */
  gint64         patience;  /* for a new one: within how many µs it must have said something; 0: within the deadline */
  gboolean       offers_h2; /* for a new one: HTTP/2 will do as well as 1.1 */
  gboolean       needs_websocket; /* it is to become one: HTTP/1.1, or HTTP/2 that has them */
} NjUpstreamKey;

struct NjUpstream
{
  NjH1            h1;
  gboolean        is_reused; /* was kept: it may have died meanwhile, and what is sent on it may be sent twice */
  gboolean        is_h2;     /* its stream is one of many in an HTTP/2 connection */
  NjExit         *exit;      /* (nullable) counted; NULL: direct */
  char           *host;      /* owned, in the same block */
  char           *name;      /* whom its certificate is for; owned, in the same block */
  char           *canonical; /* (nullable) owned: what the host is an alias of, when its name was resolved here */
  NjAddress       peer;      /* direct and over TLS: whom it is connected to; its len is 0 otherwise */
  NjScope         reach;     /* of the address its name was resolved to here; global through an exit */
  guint16         port;
  gboolean        is_secure;
  const NjTlsMirror *mirror; /* (nullable) as which kind of client we said hello */
  guint32         hash;
  NjUpstreamPool *pool;      /* borrowed */
  NjUpstream     *next;      /* in its bucket, newest first */
  NjUpstream    **link;      /* (nullable) who points to us: NULL while in use */
  NjTimer         timer;
};

NjUpstreamPool *nj_upstream_pool_new       (NjWorker *worker);
void            nj_upstream_pool_free      (NjUpstreamPool *pool);
void            nj_upstream_pool_close_idle (NjUpstreamPool *pool, const NjExitChoice *except);
void            nj_upstream_pool_close_exit (NjUpstreamPool *pool, const NjExit *exit);

NjUpstream *nj_upstream_take  (NjUpstreamPool *pool, const NjUpstreamKey *key);
NjIo        nj_upstream_dial  (NjUpstreamPool *pool, const NjUpstreamKey *key, gint64 deadline, NjUpstream **ret_upstream, NjDialFailure *ret_failure);
void        nj_upstream_keep  (NjUpstream *upstream, gint64 idle_us);
void        nj_upstream_close (NjUpstream *upstream);
NjStream   *nj_upstream_steal (NjUpstream *upstream);
NjUpstream *nj_upstream_adopt (NjUpstreamPool *pool, const NjUpstreamKey *key, NjStream *stream);
gboolean    nj_upstream_is_for (const NjUpstream *upstream, const NjUpstreamKey *key);

NjIo        nj_upstream_dial_one (NjUpstreamPool *pool, const NjUpstreamKey *key, gint64 deadline, NjUpstream **ret_upstream, NjDialFailure *ret_failure);

/* upstream-h2.c: connections that many exchanges share. */
NjUpstream *nj_upstream_share     (NjUpstreamPool *pool, const NjUpstreamKey *key, gboolean may_repeat, gint64 deadline);
gboolean    nj_upstream_is_undone (NjUpstream *upstream);
gboolean    nj_upstream_wants_h1  (NjUpstreamPool *pool, const NjUpstreamKey *key);

/* upstream-tls.c: TLS over a stream that was dialled. */
NjIo nj_upstream_secure (NjStream *below, const NjUpstreamKey *key, gint64 deadline, NjStream **ret_stream, NjTlsFailure *ret_failure);
void nj_upstream_explain (const NjTlsFailure *tls, NjDialFailure *ret_failure);

G_END_DECLS
