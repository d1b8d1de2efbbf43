/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "proxy/session.h"
#include "proxy/verdict.h"

G_BEGIN_DECLS

/* What a tunnel's asker is told, in the protocol it speaks. */
typedef struct
{
  NjBytes method; /* for the journal: "CONNECT", "SOCKS5", "SOCKS4" */
  gboolean says_why; /* its no has room for the reason */
  /* The way is open: the protocol's yes. stream leads there. */
  gboolean (*accept) (NjSession *session, NjStream *stream, gint64 deadline);
  /* It is not: blocked when verdict says so, else failure tells why. Returns the status for the journal. */
  guint (*refuse) (NjSession *session, const NjPolicy *policy, const NjVerdict *verdict, const NjDialFailure *failure, NjBytes host, NjArena *arena);
} NjTunnelVoice;

void nj_tunnel_open  (NjSession *session, const NjTunnelVoice *voice, NjBytes host, guint16 port, NjArena *arena);
void nj_tunnel_leave_exit (NjLane *lane, const NjExit *exit);
void nj_tunnel_leave_direct (NjLane *lane);
void nj_tunnel_relay (NjSession *session, NjStream *stream, const NjLogRecord *record);

/* For a client that was already told yes: over what was dialled, or over a way dialled now. */
void nj_tunnel_hand_over (NjSession *session, NjStream *stream, gint64 deadline, NjLogRecord *record);
void nj_tunnel_go_on     (NjSession *session, const NjPolicy *policy, const NjVerdict *verdict, NjBytes host, guint16 port,
                          NjArena *arena, NjLogRecord *record);

G_END_DECLS
