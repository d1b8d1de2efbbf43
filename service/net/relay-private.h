/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/relay.h"
#include "net/worker.h"

/* One direction of a relay. */
typedef struct
{
  NjStream *from;    /* borrowed from the relay */
  NjStream *to;      /* borrowed from the relay */
  char     *held;    /* (nullable) owned: bytes that to would not take yet */
  guint32   held_start;
  guint32   held_end;
  int       pipe[2]; /* ours while has_pipe */
  guint32   in_pipe; /* bytes */
  guint8    small;   /* little splices in a row */
  gboolean  has_pipe : 1;
  gboolean  is_bulk : 1;    /* splice rather than copy */
  gboolean  got_end : 1;    /* from has closed its side */
  gboolean  is_shut : 1;    /* to knows it */
  guint64   bytes;
} NjRelayWay;

/* What a pump came to. */
typedef enum
{
  NJ_PUMP_IDLE,  /* nothing more to do until an event */
  NJ_PUMP_BUSY,  /* had its share of this turn, wants another */
  NJ_PUMP_FAILED
} NjPump;

/* relay-pump.c */
NjPump nj_relay_pump_run   (NjRelayWay *way);
void   nj_relay_pump_clear (NjRelayWay *way);
