/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"
#include "net/worker.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A listening loopback port, shared by all workers. */
typedef struct NjListener NjListener;

/* A connection was accepted; fd is owned by the callee. On a worker's thread. */
typedef void (*NjListenerAccepted) (NjWorker *worker, int fd, const NjAddress *peer, gpointer user_data);

NjListener *nj_listener_new    (NjBytes host, guint16 port, NjListenerAccepted accepted, gpointer user_data, GError **error);
guint16     nj_listener_port   (const NjListener *listener);
void        nj_listener_attach (NjListener *listener, NjWorker *worker);
void        nj_listener_stop   (NjListener *listener);
void        nj_listener_free   (NjListener *listener);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjListener, nj_listener_free)

G_END_DECLS
