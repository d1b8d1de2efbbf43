/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"

G_BEGIN_DECLS

#define NJ_EXIT_ERROR (nj_exit_error_quark ())

typedef enum
{
  NJ_EXIT_ERROR_BAD_URI,    /* not an exit URI; the message says what is wrong */
  NJ_EXIT_ERROR_NO_EXIT,    /* no exit answers this choice */
  NJ_EXIT_ERROR_BAD_FILE    /* the catalogue could not be read */
} NjExitError;

/* Longest URI of one exit or chain; bytes. */
#define NJ_EXIT_URI_MAX 2048

/* How an exit is spoken to. */
typedef enum
{
  NJ_EXIT_HTTP,    /* CONNECT in the clear */
  NJ_EXIT_HTTPS,   /* CONNECT inside TLS */
  NJ_EXIT_H2,      /* HTTP/2 CONNECT inside TLS */
  NJ_EXIT_SOCKS5,
  NJ_EXIT_SOCKS5S, /* SOCKS5 inside TLS */
  NJ_EXIT_SOCKS4A,
  NJ_EXIT_TOR      /* SOCKS5 with stream isolation */
} NjExitKind;

/*             dial ok              dial ok
 *   IDLE ───────────────▶ ALIVE ◀─────────── SUSPECT     SUSPECT: one failure, still used
 *    ▲  dial failed          │ dial failed      ▲        DEAD: a dial is tried at most every 2 s, everything else is refused at once
 *    └────────▶ SUSPECT      └──────────────────┘
 *                  └── dial failed again ──▶ DEAD ── dial ok ──▶ ALIVE
 */
typedef enum
{
  NJ_EXIT_STATE_IDLE,
  NJ_EXIT_STATE_ALIVE,
  NJ_EXIT_STATE_SUSPECT,
  NJ_EXIT_STATE_DEAD
} NjExitState;

/* One exit: its description never changes; its health is told by atomics. Counted, shared by all threads. */
typedef struct NjExit NjExit;

GQuark nj_exit_error_quark (void);

NjExit     *nj_exit_new_from_uri (const char *uri, const char *country, const char *name, GError **error);
NjExit     *nj_exit_ref          (NjExit *exit);
void        nj_exit_unref        (NjExit *exit);
char       *nj_exit_to_uri       (const NjExit *exit) G_GNUC_WARN_UNUSED_RESULT; /* with user and password */
char       *nj_exit_to_public_uri (const NjExit *exit) G_GNUC_WARN_UNUSED_RESULT; /* with user, without password */

const char *nj_exit_id           (const NjExit *exit); /* stable: from kind, user, host and port */
const char *nj_exit_name         (const NjExit *exit);
const char *nj_exit_country      (const NjExit *exit); /* ISO 3166 alpha-2 in capitals, "" unknown */
NjExitKind  nj_exit_kind         (const NjExit *exit);
const char *nj_exit_kind_name    (NjExitKind kind);
NjBytes     nj_exit_host         (const NjExit *exit);
guint16     nj_exit_port         (const NjExit *exit);
gboolean    nj_exit_is_link_encrypted (const NjExit *exit);
gboolean    nj_exit_is_tls       (const NjExit *exit); /* spoken to inside TLS */
const char *nj_exit_user         (const NjExit *exit); /* (nullable) percent-decoded */
const char *nj_exit_password     (const NjExit *exit); /* (nullable) percent-decoded */
NjExit     *nj_exit_via          (const NjExit *exit); /* (nullable) borrowed: the exit this one is reached through */

/* Bytes of a certificate fingerprint (SHA-256 of its DER form). */
#define NJ_EXIT_FINGERPRINT 32
const guint8 *nj_exit_fingerprint (const NjExit *exit); /* (nullable) the only certificate accepted; NULL: system roots */

NjExitState nj_exit_state        (const NjExit *exit);
const char *nj_exit_state_name   (NjExitState state);
guint       nj_exit_latency_ms   (const NjExit *exit);
guint       nj_exit_loss         (const NjExit *exit); /* percent of the last dials */
char       *nj_exit_problem      (const NjExit *exit) G_GNUC_WARN_UNUSED_RESULT; /* "" for none */
void        nj_exit_dial_succeeded (NjExit *exit, gint64 took_us);
void        nj_exit_dial_failed    (NjExit *exit, const char *problem);
void        nj_exit_dial_failed_since (NjExit *exit, gint64 begun, const char *problem);
void        nj_exit_dial_doubted   (NjExit *exit);
gboolean    nj_exit_is_doubted     (const NjExit *exit);
void        nj_exit_dial_stalled   (NjExit *exit, const char *problem);
gboolean    nj_exit_may_dial       (NjExit *exit, gint64 now);

/* Hears each change of state; process-wide, any thread, must not block. NULL to end. Set while no worker runs. */
typedef void (*NjExitChanged) (NjExit *exit, NjExitState state, gpointer user_data);
void        nj_exit_watch          (NjExitChanged changed, gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjExit, nj_exit_unref)

G_END_DECLS
