/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a session knows of a connection that is looked into: the one host that its requests may be
 * for, and the verified connection that waits for the first of them. Made by inspection.c, asked by
 * exchanges. On the session's worker.
 */
#include "proxy/inspected.h"

/* How long a verified connection may have waited and still carry what must not be sent twice. */
#define FRESH_US (5 * (gint64) G_USEC_PER_SEC)

/**
 * nj_inspected_new:
 * @host: in whose name the client is answered
 * @target: where it is dialled: what the client named to us
 * @port: its port
 * @client: which kind of client it is
 * @upstream: (transfer full): a verified connection to it
 * @now: monotonic µs
 *
 * Returns: (transfer full): a connection that is looked into
 */
NjInspected *
nj_inspected_new (NjBytes host, NjBytes target, guint16 port, guint32 client, NjUpstream *upstream, gint64 now)
{
  NjInspected *inspected = g_new0 (NjInspected, 1);
  char        *text = port != 443 ? g_strdup_printf ("%.*s:%u", NJ_BYTES_ARGS (host), port) : nj_bytes_dup (host);

  inspected->refs = 1;
  inspected->authority = nj_bytes_from_string (text);
  inspected->host = nj_bytes (text, host.len);
  inspected->target = nj_bytes (nj_bytes_dup (target), target.len);
  inspected->port = port;
  inspected->client = client;
  inspected->upstream = upstream;
  inspected->mirror = upstream->mirror;
  inspected->since = now;
  return inspected;
}

/**
 * nj_inspected_ref:
 * @inspected: a connection that is looked into
 *
 * The worker's thread.
 *
 * Returns: (transfer full): @inspected
 */
NjInspected *
nj_inspected_ref (NjInspected *inspected)
{
  inspected->refs++;
  return inspected;
}

/**
 * nj_inspected_unref:
 * @inspected: (transfer full) (nullable): a connection that was looked into
 *
 * The worker's thread.
 */
void
nj_inspected_unref (NjInspected *inspected)
{
  if (inspected == NULL || --inspected->refs > 0)
    return;

  if (inspected->upstream != NULL)
    nj_upstream_close (inspected->upstream);
  g_free ((char *) inspected->authority.data);
  g_free ((char *) inspected->target.data);
  g_free (inspected);
}

/**
 * nj_inspected_take_upstream:
 * @inspected: a connection that is looked into
 * @key: where the exchange goes
 * @may_reuse: whether its request may be sent twice
 * @now: monotonic µs
 *
 * Returns: (transfer full) (nullable): the verified connection that no request has used yet, when it
 *   leads there and is still good for it
 */
NjUpstream *
nj_inspected_take_upstream (NjInspected *inspected, const NjUpstreamKey *key, gboolean may_reuse, gint64 now)
{
  NjUpstream *upstream = g_steal_pointer (&inspected->upstream);

  if (upstream == NULL)
    return NULL;
  /* Others share it meanwhile, and so will this one. */
  if (upstream->is_h2)
    {
      nj_upstream_close (upstream);
      return NULL;
    }

  /* It may have waited long: it is treated as a kept one, which may have died meanwhile. */
  if (nj_upstream_is_for (upstream, key) && !upstream->h1.stream->ready->broken &&
      (may_reuse || (!upstream->is_reused && now - inspected->since < FRESH_US)))
    {
      upstream->is_reused = may_reuse;
      return upstream;
    }
  nj_upstream_close (upstream);
  return NULL;
}
