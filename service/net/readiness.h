/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What an I/O attempt came to. The byte path has no other errors. */
typedef enum
{
  NJ_OK,      /* done, at least in part */
  NJ_AGAIN,   /* would block: wait for the readiness */
  NJ_EOF,     /* the peer closed its side in order */
  NJ_FAILED,  /* reset, protocol error: the stream is of no more use */
  NJ_TIMEOUT, /* the deadline passed (only from calls that wait) */
  NJ_CANCELLED /* the fiber was cancelled (only from calls that wait) */
} NjIo;

/* Whether something can be read or written, as last heard from the kernel or from the stream
 * below: sticky until a call comes back with NJ_AGAIN. One waiter at a time: a fiber or a relay.
 * Belongs to one worker thread. */
typedef struct
{
  gboolean readable : 1;
  gboolean writable : 1;
  gboolean peer_shut : 1; /* the peer closed its sending side: a short read does not mean drained */
  gboolean broken : 1;    /* error or hang-up was signalled */
  void (*notify) (gpointer user_data); /* (nullable) called after a flag was raised */
  gpointer notify_data;
  /* (nullable) Registers with the poller before the first wait: a socket that is read, answered and
   * closed without waiting costs no epoll_ctl. Cleared by itself. */
  void (*arm) (gpointer arm_data);
  gpointer arm_data;
  /* (nullable) Told of the next bytes that are written, before anybody can know whether they arrive. Cleared by itself. */
  void (*wrote) (gpointer wrote_data);
  gpointer wrote_data;
} NjReadiness;

static inline void
nj_readiness_arm (NjReadiness *ready)
{
  if (G_UNLIKELY (ready->arm != NULL))
    ready->arm (ready->arm_data);
}

static inline void
nj_readiness_note_written (NjReadiness *ready)
{
  void (*wrote) (gpointer wrote_data) = ready->wrote;

  if (G_LIKELY (wrote == NULL))
    return;
  ready->wrote = NULL;
  wrote (ready->wrote_data);
}

static inline void
nj_readiness_raise (NjReadiness *ready)
{
  if (ready->notify != NULL)
    ready->notify (ready->notify_data);
}

G_END_DECLS
