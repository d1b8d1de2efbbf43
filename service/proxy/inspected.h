/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "proxy/upstream.h"

G_BEGIN_DECLS

/* A connection that is looked into: who it leads to, and what is ready for its first request. Counted, for
 * an HTTP/2 connection carries many exchanges at a time; belongs to one worker. */
typedef struct
{
  guint       refs;
  NjBytes     authority; /* owned: host[:port], as URLs have it */
  NjBytes     host;      /* slice of authority */
  NjBytes     target;    /* owned: where it is dialled, an address or the host again */
  guint16     port;
  guint32     client;    /* its kind */
  const NjTlsMirror *mirror; /* (nullable) as which kind of client the origin was told hello */
  NjUpstream *upstream;  /* (nullable) owned: verified, not used yet */
  gint64      since;     /* when it was dialled, monotonic µs */
  gboolean    has_served; /* a request was read */
} NjInspected;

NjInspected *nj_inspected_new  (NjBytes host, NjBytes target, guint16 port, guint32 client, NjUpstream *upstream, gint64 now);
NjInspected *nj_inspected_ref  (NjInspected *inspected);
void         nj_inspected_unref (NjInspected *inspected);

/* The connection that waits for its first request, or NULL when it is not for this one. */
NjUpstream  *nj_inspected_take_upstream (NjInspected *inspected, const NjUpstreamKey *key, gboolean may_reuse, gint64 now);

G_END_DECLS
