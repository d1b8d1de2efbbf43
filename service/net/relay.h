/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/stream.h"

G_BEGIN_DECLS

/* Two streams tied together without a stack: what one says the other hears. */
typedef struct NjRelay NjRelay;

/* How a relay ended. */
typedef struct
{
  guint64  bytes_up;   /* from a to b */
  guint64  bytes_down; /* from b to a */
  gboolean failed;     /* reset or broken rather than closed in order */
} NjRelayEnd;

typedef void (*NjRelayDone) (const NjRelayEnd *end, gpointer user_data);

NjRelay *nj_relay_start (NjStream *a, NjStream *b, gint64 idle_us, NjRelayDone done, gpointer user_data);
void     nj_relay_stop  (NjRelay *relay);

G_END_DECLS
