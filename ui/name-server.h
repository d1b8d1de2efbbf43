/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* Who resolves the names of what goes direct, as the bus has it. */
typedef struct
{
  char    *mode;      /* "system", "dot", "doh", "" unknown */
  char    *server;    /* host[:port], or an https URL */
  char   **addresses; /* where it is */
  gboolean falls_back; /* to the system's, where it cannot be had */
} NjNameServer;

/* One that is known by name. */
typedef struct
{
  const char *name;
  const char *host;
  const char *url;
  const char *addresses; /* with blanks between them */
} NjNameServerProvider;

NjNameServer *nj_name_server_new  (void);
void          nj_name_server_free (NjNameServer *server);
char         *nj_name_server_words (const NjNameServer *server);

const NjNameServerProvider *nj_name_server_provider    (guint i);
int                         nj_name_server_provider_of (const NjNameServer *server);
