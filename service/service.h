/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Exit statuses, of sysexits.h; a contract with scripts and units. */
#define NJ_SERVICE_OK          0
#define NJ_SERVICE_USAGE       64
#define NJ_SERVICE_UNAVAILABLE 69 /* the port is taken, or the bus is lost */
#define NJ_SERVICE_CONFIG      78 /* the settings cannot be read */

/* What the command line said. */
typedef struct
{
  char    *profile;    /* (nullable) owned */
  char    *listen;     /* (nullable) owned: HOST:PORT */
  char    *bus;        /* (nullable) owned: "session", "none" or an address */
  gint     workers;    /* 0: as the settings say */
  gboolean no_desktop;
} NjServiceOptions;

int nj_service_run (const NjServiceOptions *options);

G_END_DECLS
