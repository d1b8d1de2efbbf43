/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <atspi/atspi.h>

gboolean         hand_begin (void);
AtspiAccessible *hand_find (const char *program, AtspiRole role, const char *name);
gboolean         hand_sees (const char *program, AtspiRole role, const char *name);
gboolean         hand_presses (const char *program, AtspiRole role, const char *name);
gboolean         hand_is_checked (const char *program, AtspiRole role, const char *name);
gboolean         hand_presses_in (const char *program, const char *title, AtspiRole role, const char *name);
gboolean         hand_types (const char *program, const char *entry, const char *text);
gboolean         hand_picks (const char *program, const char *combo, const char *entry);
char            *hand_description (const char *program, AtspiRole role, const char *name);
GPtrArray       *hand_nameless (const char *program);
char            *hand_focused (const char *program);
void             hand_clicks (int x, int y, int button);
void             hand_taps (guint keysym);
guint            hand_popups (void);
void             hand_rests (guint ms);
