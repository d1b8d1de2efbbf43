/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/host.h"

G_BEGIN_DECLS

/* An absolute URL taken apart and put into the one form that the whole service uses. */
typedef struct
{
  NjBytes  text;      /* scheme://host[:port]/path?query, no fragment, no user; scheme and host lower case, punycode, default port left out */
  NjBytes  scheme;    /* slice of text: "http", "https", "ws", "wss" */
  NjBytes  host;      /* slice of text; IPv6 in brackets */
  NjBytes  authority; /* slice of text: host[:port] */
  NjBytes  path;      /* slice of text: path with query, begins with "/" */
  NjBytes  query;     /* slice of text, without "?"; data NULL when there is none */
  guint16  port;      /* explicit or the scheme's */
  gboolean is_secure; /* https, wss */
} NjUrl;

/* Why a target was refused. */
typedef enum
{
  NJ_URL_OK,
  NJ_URL_BAD,           /* not a URL we take: bytes, brackets, port */
  NJ_URL_UNKNOWN_SCHEME,
  NJ_URL_HAS_USER       /* user:password@ in it: RFC 9110 §4.2.4 */
} NjUrlResult;

NjUrlResult nj_url_parse           (NjBytes text, NjArena *arena, NjUrl *ret_url);
gboolean    nj_url_parse_authority (NjBytes text, gint default_port, NjArena *arena, NjBytes *ret_host, guint16 *ret_port);

G_END_DECLS
