/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames that cost us work and the peer none: resets of streams just begun, settings, pings, empty
 * data. Each costs some of a budget that grows again with time; what goes on beyond it is told to
 * calm down and left. From nghttp2's callbacks, on the worker's thread.
 */
#include "http/h2-private.h"

/* A browser that leaves a page with a hundred requests open needs 300 at once, and never much more
 * again; the attacks send a hundred thousand a second. */
#define MOST       1000
#define PER_SECOND 50

/**
 * nj_h2_patience_try: (skip)
 * @h2: a connection
 * @cost: what the peer did, in units of which there are 1000 and 50 more each second
 * @problem: static text, for when it was once too often
 *
 * Source: RFC 9113 §10.5.
 */
void
nj_h2_patience_try (NjH2 *h2, gint cost, const char *problem)
{
  NjH2Patience *patience = &h2->patience;
  gint64        now = nj_worker_now (h2->worker);
  gint64        earned;

  if (patience->since == 0)
    *patience = (NjH2Patience){ MOST, now };
  earned = (now - patience->since) * PER_SECOND / G_USEC_PER_SEC;
  if (earned > 0)
    {
      patience->left = (gint) MIN (MOST, patience->left + earned);
      patience->since = now;
    }

  if (patience->left < 0)
    return;
  patience->left -= cost;
  if (patience->left >= 0)
    return;

  h2->problem = problem;
  nghttp2_session_terminate_session (h2->session, NGHTTP2_ENHANCE_YOUR_CALM);
}
