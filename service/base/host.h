/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/bytes.h"

#include <sys/socket.h>
#include <netinet/in.h>

G_BEGIN_DECLS

/* Longest host name in ASCII form, RFC 1035 §2.3.4; bytes without a NUL. */
#define NJ_HOST_MAX 253

/* How far an address reaches. */
typedef enum
{
  NJ_SCOPE_LOOPBACK,    /* this machine */
  NJ_SCOPE_LINK_LOCAL,  /* this cable */
  NJ_SCOPE_PRIVATE,     /* this site: RFC 1918, RFC 4193, RFC 6598 */
  NJ_SCOPE_UNSPECIFIED, /* 0.0.0.0, :: */
  NJ_SCOPE_MULTICAST,   /* and broadcast */
  NJ_SCOPE_GLOBAL
} NjScope;

/* A network address with its port. */
typedef struct
{
  union
  {
    struct sockaddr     any;
    struct sockaddr_in  v4;
    struct sockaddr_in6 v6;
  };
  socklen_t len; /* bytes of the member in use; 0 for none */
} NjAddress;

/* A host name as it may stand in a URL: RFC 952 letters, digits and hyphen, and the underscore that real names
 * hold. By byte: its lower case, 0 for what may not stand there. */
extern const char nj_host_bytes[256];

gsize    nj_host_normalize      (NjBytes host, char ret_host[NJ_HOST_MAX + 1]);
gboolean nj_host_is_address     (NjBytes host);
NjBytes  nj_host_registrable    (NjBytes host);
gboolean nj_host_is_same_site   (NjBytes a, NjBytes b);
gboolean nj_host_is_below       (NjBytes host, NjBytes domain);

gboolean nj_address_parse   (NjBytes text, guint16 port, NjAddress *ret_address);
char    *nj_address_to_text (const NjAddress *address) G_GNUC_WARN_UNUSED_RESULT;
gboolean nj_address_equal   (const NjAddress *a, const NjAddress *b);
guint16  nj_address_port    (const NjAddress *address);
NjScope  nj_address_scope   (const NjAddress *address);

G_END_DECLS
