/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "desk.h"
#include "hand.h"

#include "nightjar-dbus.h"
#include "ui/remote.h"

#define SESSION_ROOT "/org/nightjar/Nightjar1"
#define SESSION_DEADLINE_S 60

/* What all cases of a program share: one desktop, one service, one program in it. */
typedef struct
{
  Desk            *desk; /* (nullable) */
  GDBusConnection *bus;
  NjDBusNightjar1 *service;
  NjRemote        *remote;
  GPid             app;
  char            *skip_reason; /* (nullable) */
} Session;

extern Session session;

/* Polls, because half of what is waited for lies in other programs' windows. */
#define WAIT_FOR(condition)                                                        \
  G_STMT_START                                                                     \
  {                                                                                \
    gint64   end_ = g_get_monotonic_time () + SESSION_DEADLINE_S * G_USEC_PER_SEC; \
    gboolean is_true_ = (condition);                                               \
    while (!is_true_ && g_get_monotonic_time () < end_)                            \
      {                                                                            \
        hand_rests (20);                                                           \
        is_true_ = (condition);                                                    \
      }                                                                            \
    if (!is_true_)                                                                 \
      g_error ("%s:%d: waited in vain for %s", __FILE__, __LINE__, #condition);    \
  }                                                                                \
  G_STMT_END

void                session_open (gboolean in_tray);
int                 session_close (int code);
gboolean            session_is_skipped (void);
void                session_ask (const char *method, GVariant *arguments);
gboolean            session_is_state (const char *state);
void                session_begin (void);
void                session_go_to (const char *page);
const NjStatusList *session_list_by_title (const char *title);
gboolean            session_is_list_enabled (const char *title);
