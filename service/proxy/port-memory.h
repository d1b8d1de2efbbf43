/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tls/tls-mirror.h"

G_BEGIN_DECLS

/* What was heard on a port of a host when it was told hello. */
typedef enum
{
  NJ_PORT_UNKNOWN,
  NJ_PORT_TLS,
  NJ_PORT_OTHER /* something else than TLS, or nothing */
} NjPortSpeech;

#define NJ_PORT_MEMORY_SLOTS 1024

/* What is spoken on ports. All zeros knows nothing; shared by all lanes. */
typedef struct
{
  struct
  {
    guint64            place; /* hash of host:port */
    gint64             until; /* monotonic µs */
    NjPortSpeech       speech;
    const NjTlsMirror *mirror; /* (nullable) how the last client that was heard there says hello */
  } slots[NJ_PORT_MEMORY_SLOTS];
} NjPortMemory;

NjPortSpeech nj_port_memory_ask   (NjPortMemory *self, NjBytes host, guint16 port, const NjTlsMirror **ret_mirror);
void         nj_port_memory_learn (NjPortMemory *self, NjBytes host, guint16 port, NjPortSpeech speech, const NjTlsMirror *mirror);

G_END_DECLS
