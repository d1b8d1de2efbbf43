/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/route.h"
#include "net/resolver.h"
#include "net/stream.h"

G_BEGIN_DECLS

/* Why a dial came to nothing. */
typedef enum
{
  NJ_DIAL_OK,
  NJ_DIAL_REFUSED_BY_ROUTE, /* the kill switch: nothing was sent anywhere */
  NJ_DIAL_NO_SUCH_NAME,
  NJ_DIAL_NAME_FAILED,
  NJ_DIAL_CONNECTION_REFUSED,
  NJ_DIAL_UNREACHABLE,
  NJ_DIAL_TIMEOUT,
  NJ_DIAL_EXIT_DOWN,        /* the exit itself could not be reached, or broke its protocol */
  NJ_DIAL_EXIT_AUTH,        /* the exit wants other credentials */
  NJ_DIAL_EXIT_CERTIFICATE, /* the exit's certificate did not verify */
  NJ_DIAL_EXIT_REFUSED,     /* the exit could not or would not reach the target */
  NJ_DIAL_CANCELLED,
  NJ_DIAL_CERTIFICATE,      /* the target is not who it should be */
  NJ_DIAL_TLS               /* no TLS with the target */
} NjDialResult;

#define NJ_DIAL_DETAIL_MAX 160

typedef struct
{
  NjDialResult result;
  char         detail[NJ_DIAL_DETAIL_MAX]; /* for the page and the journal */
  gboolean     is_past_exit; /* on success: the exit is down, the user chose that this is no reason to wait, and the stream leads directly */
  NjExit      *used; /* (nullable) borrowed from the route: the exit that was dialled last; on success the stream goes through it */
} NjDialFailure;

/* Opens a stream to host:port over route; names are resolved at the exit when there is one. A fiber's call. */
NjIo nj_dial (NjWorker *worker, const NjRoute *route, NjBytes host, guint16 port, gint64 deadline, NjStream **ret_stream, NjDialFailure *ret_failure);

/* Whether an exit can be reached, and how long that takes: nothing is asked of it. One of kind h2 is warm then. A fiber's call. */
NjIo nj_dial_probe (NjWorker *worker, NjExit *exit, gint64 deadline, NjDialFailure *ret_failure);

const char *nj_dial_result_text (NjDialResult result);

/* What the journal says of what went past an exit. */
#define NJ_DIAL_PAST_EXIT "the exit is down, so it went directly"

G_END_DECLS
