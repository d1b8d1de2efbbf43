/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/stream.h"

G_BEGIN_DECLS

/* Where a transfer stopped. */
typedef enum
{
  NJ_TRANSFER_DONE,
  NJ_TRANSFER_SOURCE_END,    /* the source closed in order before all was moved */
  NJ_TRANSFER_SOURCE_FAILED, /* reset, or silent for too long */
  NJ_TRANSFER_SINK_FAILED,   /* the sink is gone, or would not read for too long */
  NJ_TRANSFER_CANCELLED
} NjTransfer;

NjTransfer nj_transfer_bytes (NjStream *from, NjStream *to, guint64 n, gint64 idle_us, guint64 *ret_moved);

G_END_DECLS
