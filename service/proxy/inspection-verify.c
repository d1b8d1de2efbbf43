/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Is an origin who it should be? TLS is spoken over what was dialled, at least as strict as a browser;
 * what it showed is kept for people to see, and of one that cannot be verified the user is told. In the
 * session's fiber.
 */
#include "proxy/inspection-verify.h"

#include "base/clock.h"
#include "proxy/inspection-choice.h"

/* More than this is no news. */
#define TELL_US G_USEC_PER_SEC

static void
tell_bad_site (NjLane *lane, NjBytes place, guint client_port)
{
  gint64 now = nj_clock_wall ();
  gint64 told = __atomic_load_n (&lane->shared->bad_site_told, __ATOMIC_RELAXED);

  if (now >= told && now - told < TELL_US)
    return;
  __atomic_store_n (&lane->shared->bad_site_told, now, __ATOMIC_RELAXED);
  lane->shared->tell (lane->shared->plane, NJ_PLANE_BAD_SITE, place, client_port);
}

static void
note_chain (NjSession *session, const NjUpstreamKey *key, const NjTlsFailure *failure, NjIo io)
{
  NjLane *lane = session->lane;
  NjBytes name = key->name.len > 0 ? key->name : key->host;
  char    buffer[NJ_INSPECTION_PLACE_MAX + 1];
  NjBytes place = nj_inspection_choice_place (name, key->port, buffer);

  if (io != NJ_OK && !failure->is_certificate)
    return;

  nj_seen_certificates_note (lane->shared->seen_certificates, place, io == NJ_OK ? "" : failure->text, key->chain,
                             nj_clock_wall () / G_USEC_PER_SEC);
  if (io != NJ_OK)
    tell_bad_site (lane, place, session->port);
}

/**
 * nj_inspection_verify:
 * @session: who wants it
 * @below: (transfer full): a stream to the origin
 * @key: who it should be
 * @deadline: monotonic µs
 * @ret_upstream: (out) (transfer full): a verified connection; %NULL when there is none
 * @ret_failure: (out): why there is none
 *
 * A fiber's call.
 *
 * Returns: what turned out to speak against looking into it, else %NJ_INSPECTION_LOOK, also when it
 *   could not be verified
 */
NjInspection
nj_inspection_verify (NjSession *session, NjStream *below, const NjUpstreamKey *key, gint64 deadline, NjUpstream **ret_upstream,
                      NjTlsFailure *ret_failure)
{
  g_autoptr (GByteArray) chain = g_byte_array_new ();
  NjUpstreamKey noting = *key;
  NjStream     *stream = NULL;
  NjIo          io;

  noting.chain = chain;
  noting.offers_h2 = !nj_upstream_wants_h1 (session->lane->upstreams, key);
  io = nj_upstream_secure (below, &noting, deadline, &stream, ret_failure);
  note_chain (session, &noting, ret_failure, io);

  if (io != NJ_OK)
    return ret_failure->is_not_tls               ? NJ_INSPECTION_NOT_TLS
           : ret_failure->is_certificate_wanted ? NJ_INSPECTION_CLIENT_CERTIFICATE
                                                 : NJ_INSPECTION_LOOK;
  if (nj_tls_is_certificate_wanted (stream))
    {
      nj_stream_close (stream);
      return NJ_INSPECTION_CLIENT_CERTIFICATE;
    }

  *ret_upstream = nj_upstream_adopt (session->lane->upstreams, key, stream);
  return NJ_INSPECTION_LOOK;
}
