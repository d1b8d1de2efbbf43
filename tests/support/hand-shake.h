/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <openssl/ssl.h>

/* A whole handshake in memory; FALSE when either side gives up. What the client writes later stays in its BIO. */
gboolean hand_shake (SSL *client, SSL *server);
