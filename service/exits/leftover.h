/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"
#include "net/stream.h"

G_BEGIN_DECLS

/* A stream of which some bytes were read too early: they come first. */
NjStream *nj_leftover_new (NjStream *below, NjBytes bytes);

G_END_DECLS
