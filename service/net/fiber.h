/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "net/readiness.h"

G_BEGIN_DECLS

typedef struct NjWorker NjWorker;

/* One conversation: straight-down code on a stack of its own, bound to one worker for life. */
typedef struct NjFiber NjFiber;

typedef void (*NjFiberFunc) (gpointer user_data);

/* Reserved for each stack; only touched pages cost memory. PCRE2's JIT alone takes 32 KiB. */
#define NJ_FIBER_STACK (256 * 1024)

NjFiber *nj_fiber_spawn        (NjWorker *worker, NjFiberFunc func, gpointer user_data);
NjFiber *nj_fiber_self         (void);
NjIo     nj_fiber_park         (gint64 deadline);
void     nj_fiber_wake         (NjFiber *fiber);
void     nj_fiber_yield        (void);
NjIo     nj_fiber_sleep        (gint64 until);
void     nj_fiber_cancel       (NjFiber *fiber);
gboolean nj_fiber_is_cancelled (void);
NjFiber *nj_fiber_ref          (NjFiber *fiber);
void     nj_fiber_unref        (NjFiber *fiber);
NjIo     nj_fiber_join         (NjFiber *fiber, gint64 deadline);
void     nj_fiber_rest         (void); /* before a long wait */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (NjFiber, nj_fiber_unref)

G_END_DECLS
