/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"
#include "net/stream.h"

G_BEGIN_DECLS

/* Somebody who looks at a socket from beside; embed it. */
typedef struct NjSocketWatch NjSocketWatch;
struct NjSocketWatch
{
  void (*closing) (NjSocketWatch *watch);
};

NjStream *nj_socket_new        (NjWorker *worker, int fd);
NjIo      nj_socket_connect    (NjWorker *worker, const NjAddress *address, gint64 deadline, NjStream **ret_stream, int *ret_errno);
NjIo      nj_socket_connect_start  (NjWorker *worker, const NjAddress *address, NjStream **ret_stream, int *ret_errno);
NjIo      nj_socket_connect_finish (NjStream *stream, int *ret_errno);
gboolean  nj_socket_is_fresh   (NjStream *stream);
gboolean  nj_socket_local      (NjStream *stream, NjAddress *ret_address);
gboolean  nj_socket_peer       (NjStream *stream, NjAddress *ret_address);
void      nj_socket_set_watch  (NjStream *stream, NjSocketWatch *watch);
void      nj_socket_abort      (NjStream *stream);

G_END_DECLS
