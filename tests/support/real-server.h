/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exits/dial.h"
#include "tests/support/test-certificate.h"

#include <gio/gio.h>

/* A target on loopback: whoever connects gets back what it says. */
typedef struct
{
  int      listener;
  guint16  port;
  GThread *thread;
} Echo;

/* A program of the distribution's that listens, with a folder of its own. */
typedef struct
{
  GSubprocess *process; /* (nullable) owned */
  guint16      port;
  char        *folder;  /* owned */
} Server;

typedef struct
{
  NjRoute       route;
  const char   *host;
  guint16       port;
  NjIo          io;
  NjDialFailure failure;
  char          said[8]; /* what came back for "ping" */
} Dial;

/* Of all servers inside TLS; made by the test's main(). */
extern TestCertificate *real_certificate;

void echo_start (Echo *echo);
void echo_stop  (Echo *echo);

/* A Server as a fixture. */
void real_set_up    (Server *server, gconstpointer data);
void real_tear_down (Server *server, gconstpointer data);

/* Starts "name arguments…" where CONFIG is a file with text, PORT where it shall listen, CERTIFICATE and KEY files. FALSE: skipped. */
gboolean real_start (Server *server, const char *text, const char *const *arguments);

void    dial_fiber (gpointer dial);
NjExit *exit_at    (const char *scheme, const char *credentials, guint16 port) G_GNUC_WARN_UNUSED_RESULT;
Dial    dial_by    (const char *scheme, const char *credentials, guint16 exit_port, const char *host, guint16 port);
void    assert_serves (const Server *server, const char *scheme, const char *credentials);
void    assert_denies (const Server *server, const char *scheme, const char *credentials);
