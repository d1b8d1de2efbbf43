/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "proxy/plane.h"
#include "settings/settings.h"

G_BEGIN_DECLS

/* How exits look from outside. */
typedef struct NjExitSeen NjExitSeen;

/* Something was measured. */
typedef void (*NjExitSeenChanged) (NjExit *exit, gpointer user_data);

NjExitSeen *nj_exit_seen_new     (const NjSettings *settings, NjPlane *plane, NjExitSeenChanged changed, gpointer user_data);
void        nj_exit_seen_free    (NjExitSeen *seen);
void        nj_exit_seen_measure (NjExitSeen *seen, NjExit *exit);
const char *nj_exit_seen_address (NjExitSeen *seen, const NjExit *exit); /* "" not measured */
const char *nj_exit_seen_country (NjExitSeen *seen, const NjExit *exit); /* "" not measured or not known */
char       *nj_exit_seen_problem (NjExitSeen *seen, const NjExit *exit) G_GNUC_WARN_UNUSED_RESULT; /* "" for none */

G_END_DECLS
