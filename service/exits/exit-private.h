/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What an exit is made of: for exit.c, exit-uri.c and exit-health.c only. */

#include "exits/digest.h"
#include "exits/exit.h"

#include <pthread.h>
#include <stdatomic.h>

G_BEGIN_DECLS

/* Dials that its loss is reckoned of. */
#define NJ_EXIT_DIALS 32

/* How one exit does. Workers write it while the main thread reads it. */
typedef struct
{
  atomic_int          state;      /* NjExitState */
  atomic_uint         latency_ms; /* of the last connect to the exit itself, 0 unknown */
  _Atomic guint64     dials;      /* the last ones: a bit each, 1 failed, newest lowest, below NJ_EXIT_DIALS; above it how many */
  _Atomic gint64      tried;      /* monotonic µs of the last dial let through while dead */
  _Atomic gint64      succeeded;  /* monotonic µs of the last dial that got through */
  _Atomic gint64      doubted;    /* monotonic µs of the last that had no answer for long */
  _Atomic gint64      lost;       /* monotonic µs of the last link that was given up */
  _Atomic gint64      probing;    /* monotonic µs until which one probe is on its way */
  _Atomic gint64      reached;    /* monotonic µs of the last probe that connected */
  _Atomic gint64      heard;      /* monotonic µs at which something last came from it, as far as anybody looked */
  atomic_bool         has_others; /* it was last dialled with others that stand in for it */
  pthread_mutex_t     lock;       /* over problem; never held over a wait */
  char               *problem;    /* (nullable) owned: why the last dial failed */
} NjExitHealth;

/* Whether an exit reads what is said to it before it was asked. */
typedef enum
{
  NJ_EXIT_PACE_UNKNOWN,
  NJ_EXIT_PACE_AT_ONCE, /* greeting, password and request may come together */
  NJ_EXIT_PACE_IN_TURN
} NjExitPace;

struct NjExit
{
  gatomicrefcount refs;
  NjExitKind      kind;
  char           *user;      /* (nullable) owned, decoded */
  char           *password;  /* (nullable) owned, decoded */
  char           *host;      /* owned, in its normal form */
  guint16         port;
  gboolean        has_fingerprint;
  guint8          fingerprint[NJ_EXIT_FINGERPRINT];
  NjExit         *via;       /* (nullable) counted: reached through this one */
  char           *id;        /* owned */
  char           *name;      /* owned, UTF-8 */
  char            country[3];
  NjExitHealth    health;
  atomic_int      pace;       /* NjExitPace: SOCKS5, as found out */
  NjDigestChallenge digest;   /* empty while it never asked; under health.lock */
  guint32         digest_count; /* how often its nonce was used; under health.lock */
};

/* One row for each kind of exit. */
typedef struct
{
  const char *scheme;
  const char *name;         /* for people */
  guint16     default_port;
  gboolean    is_tls;       /* the handshake is inside TLS */
} NjExitKindRow;

const NjExitKindRow *nj_exit_kind_row     (NjExitKind kind);
gboolean             nj_exit_kind_of      (NjBytes scheme, NjExitKind *ret_kind);
void                 nj_exit_health_init  (NjExitHealth *health);
void                 nj_exit_health_clear (NjExitHealth *health);

/* For link.c and those who dial. */
void     nj_exit_link_lost   (NjExit *exit, gint64 since, const char *problem);
gboolean nj_exit_may_probe   (NjExit *exit, gint64 now, gint64 patience);
void     nj_exit_note_reached (NjExit *exit, gint64 took_us);
gboolean nj_exit_was_reached (const NjExit *exit, gint64 since);
void     nj_exit_note_heard  (NjExit *exit, gint64 when);
void     nj_exit_note_others (NjExit *exit, gboolean has_others);
gboolean nj_exit_has_others  (const NjExit *exit);

gboolean             nj_exit_digest_learn  (NjExit *exit, NjDigestChallenge *challenge);
char                *nj_exit_digest_answer (NjExit *exit, const char *method, const char *uri);

G_END_DECLS
