/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/h1.h"
#include "proxy/inspected.h"
#include "proxy/lane.h"

G_BEGIN_DECLS

typedef struct NjProgramWay NjProgramWay;

/* One client connection while a fiber serves it. */
struct NjSession
{
  NjLane    *lane;   /* borrowed */
  NjH1       client; /* its stream is NULL once a tunnel has taken it */
  NjFiber   *fiber;  /* borrowed */
  guint16    port;   /* of the client: leads to its program */
  NjProgramWay *program; /* (nullable) owned: what that is called; looked up when somebody must know */
  guint32    agent;  /* what it called itself when it asked for a tunnel; 0 nothing */
  const NjTlsMirror *mirror; /* (nullable) how it most likely says hello, when it asked so */
  const NjExit *over; /* (nullable) borrowed from what it waits for: the exit that the request in hand went through */
  NjInspected *inspected; /* (nullable) counted: the client's stream is inside TLS of ours */
  gboolean   is_h2;      /* the client's stream is one of an HTTP/2 connection, and carries one exchange */
  gboolean   is_idle;    /* waits for a request: may be cut when the service ends */
  gboolean   must_linger; /* an answer was given before all was read: let it arrive before closing */
  NjSession *previous;
  NjSession *next;
};

void nj_session_accept (NjWorker *worker, int fd, const NjAddress *peer, gpointer shared);
void nj_session_serve  (NjSession *session);
void nj_session_serve_h2 (NjLane *lane, NjStream *stream, guint16 port, NjInspected *inspected);
void nj_session_let_go (NjSession *session);
void nj_session_drain  (NjLane *lane);
void nj_session_leave_exit (NjLane *lane, const NjExit *exit);
void nj_session_leave_direct (NjLane *lane);

G_END_DECLS
