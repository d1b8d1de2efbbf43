/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "ui/remote.h"

/* What the service answered; or NULL, then what is wrong in the user's words and, as the bus names it, "BadValue". */
typedef void (*NjAskDone) (gpointer owner, GVariant *answer, const char *problem, const char *kind);

void nj_ask (NjRemote *remote, const char *method, GVariant *arguments, GCancellable *cancellable, NjAskDone done,
             gpointer owner);
