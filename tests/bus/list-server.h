/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "tests/support/test-certificate.h"

#include <gio/gio.h>

/* A web server on loopback that says, byte for byte, what the test wants it to say. */
typedef struct ListServer ListServer;

ListServer *list_server_new      (const TestCertificate *certificate); /* (nullable): then it speaks TLS */
void        list_server_free     (ListServer *server);
char       *list_server_address  (ListServer *server, const char *path);
void        list_server_say      (ListServer *server, const char *path, const char *head, const char *body, gssize len);
void        list_server_give     (ListServer *server, const char *path, const char *text, const char *etag);
void        list_server_stall    (ListServer *server, const char *path); /* begins, and says no more for some seconds */
void        list_server_flood    (ListServer *server, const char *path, guint megabytes);
guint       list_server_requests (ListServer *server, const char *path);
guint       list_server_unchanged (ListServer *server, const char *path); /* how often it answered 304 */
guint       list_server_connections (ListServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ListServer, list_server_free)
