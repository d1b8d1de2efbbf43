/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who resolves the names of what goes direct: what the bus says of it, in words, and the servers that are known by
 * name. No bus and no widget here. Main thread.
 */
#include "ui/name-server.h"

#include <glib/gi18n.h>
#include <string.h>

/* The variants without a filter of their own, where there are several: filtering is the lists' work. */
static const NjNameServerProvider providers[] = {
  { "Quad9", "dns10.quad9.net", "https://dns10.quad9.net/dns-query", "9.9.9.10 149.112.112.10 2620:fe::10" },
  { "Mullvad", "dns.mullvad.net", "https://dns.mullvad.net/dns-query", "194.242.2.2 2a07:e340::2" },
  { "Cloudflare", "one.one.one.one", "https://cloudflare-dns.com/dns-query", "1.1.1.1 1.0.0.1 2606:4700:4700::1111" },
};

/**
 * nj_name_server_new:
 *
 * Main thread.
 *
 * Returns: (transfer full): one of which nothing is known
 */
NjNameServer *
nj_name_server_new (void)
{
  NjNameServer *server = g_new0 (NjNameServer, 1);

  server->mode = g_strdup ("");
  server->server = g_strdup ("");
  server->addresses = g_new0 (char *, 1);
  return server;
}

/**
 * nj_name_server_free:
 * @server: (transfer full): a name server
 *
 * Main thread.
 */
void
nj_name_server_free (NjNameServer *server)
{
  g_free (server->mode);
  g_free (server->server);
  g_strfreev (server->addresses);
  g_free (server);
}

/**
 * nj_name_server_provider:
 * @i: from 0
 *
 * Main thread.
 *
 * Returns: (transfer none) (nullable): a server that is known by name
 */
const NjNameServerProvider *
nj_name_server_provider (guint i)
{
  return i < G_N_ELEMENTS (providers) ? &providers[i] : NULL;
}

/**
 * nj_name_server_provider_of:
 * @server: a name server
 *
 * Main thread.
 *
 * Returns: which of those that are known it is, -1 for none
 */
int
nj_name_server_provider_of (const NjNameServer *server)
{
  for (guint i = 0; i < G_N_ELEMENTS (providers); i++)
    if (strcmp (server->server, providers[i].host) == 0 || strcmp (server->server, providers[i].url) == 0)
      return (int) i;

  return -1;
}

/**
 * nj_name_server_words:
 * @server: a name server
 *
 * Main thread.
 *
 * Returns: (transfer full): who is asked, and how, on one line
 */
char *
nj_name_server_words (const NjNameServer *server)
{
  int         i = nj_name_server_provider_of (server);
  const char *who = i >= 0 ? providers[i].name : server->server;

  if (strcmp (server->mode, "dot") == 0)
    return g_strdup_printf (_ ("%s, encrypted (DNS over TLS)"), who);
  if (strcmp (server->mode, "doh") == 0)
    return g_strdup_printf (_ ("%s, encrypted (DNS over HTTPS)"), who);

  return g_strdup (_ ("As this system does, mostly not encrypted"));
}
