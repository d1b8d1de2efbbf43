/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What exit-server.c, exit-server-guest.c and exit-server-target.c share. */

#include "exits/exit-server.h"
#include "net/stream.h"

#include <stdatomic.h>

G_BEGIN_DECLS

/* Counts that workers add to. */
typedef enum
{
  NJ_EXIT_COUNT_CONNECTIONS,
  NJ_EXIT_COUNT_CONNECTIONS_OPEN,
  NJ_EXIT_COUNT_TUNNELS,
  NJ_EXIT_COUNT_TUNNELS_OPEN,
  NJ_EXIT_COUNT_TUNNELS_FAILED,
  NJ_EXIT_COUNT_TARGETS_REFUSED,
  NJ_EXIT_COUNT_STRANGERS,
  NJ_EXIT_COUNT_BYTES_UP,
  NJ_EXIT_COUNT_BYTES_DOWN,
  NJ_EXIT_COUNT_LAST
} NjExitCount;

struct NjExitServer
{
  NjExitServerConfig config;
  int                fd;
  guint16            port;
  GPtrArray         *doors; /* owned: one for each worker */
  _Atomic gint64     counts[NJ_EXIT_COUNT_LAST];
};

/* What reaching a target came to, as the status that says so. */
typedef enum
{
  NJ_EXIT_TARGET_OK = 200,
  NJ_EXIT_TARGET_BAD = 400,     /* not host:port */
  NJ_EXIT_TARGET_PRIVATE = 403, /* on this machine or its networks */
  NJ_EXIT_TARGET_FAILED = 502,
  NJ_EXIT_TARGET_TIMEOUT = 504
} NjExitTarget;

void         nj_exit_server_add    (NjExitServer *server, NjExitCount count, gint64 n);
NjExitTarget nj_exit_server_reach  (NjExitServer *server, NjWorker *worker, NjBytes authority, NjStream **ret_stream);
void         nj_exit_server_greet  (NjExitServer *server, NjWorker *worker, int fd, const NjAddress *peer);

G_END_DECLS
