/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/stream.h"

/* A stream over another that does as little at a time as it may, and sometimes nothing; or one that only counts.
 * below is taken; writes (nullable) counts what goes below. */
NjStream *choppy_stream_new (NjStream *below, gboolean is_choppy, guint *writes);
