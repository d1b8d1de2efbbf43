/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * TLS to an origin, over whatever route was dialled: its name verified, HTTP/2 offered, and
 * sessions resumed only over the same route. In fibers, on workers.
 */
#include "proxy/upstream.h"

/**
 * nj_upstream_secure:
 * @below: (transfer full): a stream to the origin
 * @key: who it should be
 * @deadline: monotonic µs
 * @ret_stream: (out) (transfer full): TLS over it
 * @ret_failure: (out): why not
 *
 * A fiber's call.
 *
 * Returns: as nj_tls_connect()
 */
NjIo
nj_upstream_secure (NjStream *below, const NjUpstreamKey *key, gint64 deadline, NjStream **ret_stream,
                    NjTlsFailure *ret_failure)
{
  const NjTlsClientConfig config = {
    .server_name = key->name.len > 0 ? key->name : key->host,
    .port = key->port,
    .chain = key->chain,
    .mirror = key->mirror,
    .patience = key->patience,
    .alpn = key->offers_h2 ? NJ_BYTES ("h2,http/1.1") : NJ_BYTES ("http/1.1"),
    .partition = key->route->kind == NJ_ROUTE_EXIT ? nj_bytes_from_string (nj_exit_id (key->route->exit)) : NJ_BYTES ("direct"),
  };

  return nj_tls_connect (below, &config, deadline, ret_stream, ret_failure);
}

/**
 * nj_upstream_explain:
 * @tls: why there is no TLS
 * @ret_failure: (out): the same as a dial's failure
 */
void
nj_upstream_explain (const NjTlsFailure *tls, NjDialFailure *ret_failure)
{
  ret_failure->result = tls->is_certificate ? NJ_DIAL_CERTIFICATE : NJ_DIAL_TLS;
  g_strlcpy (ret_failure->detail, tls->text, sizeof ret_failure->detail);
}
