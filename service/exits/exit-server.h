/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/users.h"
#include "tls/tls-server.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The exit server that a user runs on a machine of his own: HTTP/1.1 and HTTP/2 CONNECT inside TLS, and to
 * everybody without credentials an empty web server. */
typedef struct NjExitServer NjExitServer;

/* All of it is borrowed and outlives the server. */
typedef struct
{
  NjAddress    address;       /* where it listens; port 0 for a free one */
  NjTlsServer *tls;           /* with ALPN "h2,http/1.1" */
  NjUsers     *users;
  gboolean     allow_private; /* targets on this machine and its networks too */
  guint        connections_max;
} NjExitServerConfig;

/* What happened since it began; no targets, no users. */
typedef struct
{
  guint64 connections;
  guint64 connections_open;
  guint64 tunnels;
  guint64 tunnels_open;
  guint64 tunnels_failed;
  guint64 targets_refused; /* private ones */
  guint64 strangers;       /* requests without credentials that are right */
  guint64 bytes_up;
  guint64 bytes_down;
} NjExitServerCounts;

NjExitServer *nj_exit_server_new    (const NjExitServerConfig *config, GError **error);
guint16       nj_exit_server_port   (const NjExitServer *server);
void          nj_exit_server_attach (NjExitServer *server, NjWorker *worker); /* before the worker runs */
void          nj_exit_server_free   (NjExitServer *server); /* after its workers have ended */
void          nj_exit_server_counts (NjExitServer *server, NjExitServerCounts *ret_counts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjExitServer, nj_exit_server_free)

G_END_DECLS
