/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

char *nj_amount_count (guint64 count);
char *nj_amount_bytes (guint64 bytes);
char *nj_amount_latency (guint latency_ms);
char *nj_amount_link    (guint latency_ms, guint loss);
char *nj_amount_clock (gint64 time_s);
char *nj_amount_left (gint64 until_s, gint64 now_s);
char *nj_amount_ago (gint64 time_s, gint64 now_s);
