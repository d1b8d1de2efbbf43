/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where time comes from; tests put their own behind it and never sleep. */
typedef struct
{
  gint64 (*monotonic) (void); /* µs, never goes back */
  gint64 (*wall) (void);      /* µs since 1970 */
} NjClock;

gint64 nj_clock_monotonic (void);
gint64 nj_clock_wall      (void);
void   nj_clock_replace   (const NjClock *clock);

G_END_DECLS
