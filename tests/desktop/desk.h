/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

typedef struct
{
  char      *folder;   /* everything of it, removed at the end */
  char      *profile;  /* the service's */
  char      *bus_name; /* the service's */
  GPid       panel;
  GPtrArray *pids;     /* (element-type GPid) the programs, in the order of their start */
} Desk;

Desk *desk_open (const char *service, char *(*bus_name) (const char *profile), char **ret_reason);
GPid  desk_start (Desk *self, const char *const *arguments);
GPid  desk_start_panel (Desk *self);
void  desk_end (Desk *self, GPid pid);
void  desk_close (Desk *self);
