/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* An origin on loopback, in threads of its own with blocking calls: it answers each request with "ok". */
typedef struct SmallOrigin SmallOrigin;

SmallOrigin *small_origin_new         (void);
void         small_origin_free        (SmallOrigin *origin);
guint16      small_origin_port        (const SmallOrigin *origin);
guint        small_origin_connections (SmallOrigin *origin); /* accepted so far */
guint        small_origin_requests    (SmallOrigin *origin); /* answered so far */
void         small_origin_set_delay   (SmallOrigin *origin, guint ms); /* before each answer */
void         small_origin_set_silent  (SmallOrigin *origin, gboolean is_silent); /* takes requests and says nothing */
