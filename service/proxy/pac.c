/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file for proxy auto-configuration. Its path is a secret made at each start, so that a web page
 * cannot ask for it and learn that we are here. It never says DIRECT for a site: a browser would
 * take that as leave to go past a proxy that is busy. Made on the main thread.
 */
#include "proxy/pac.h"

#include <sys/random.h>

/**
 * nj_pac_new_path:
 *
 * Returns: (transfer full): "/TOKEN/proxy.pac" with 128 bits of randomness
 */
char *
nj_pac_new_path (void)
{
  guint8             noise[16];
  g_autoptr (GString) path = g_string_new ("/");

  if (getrandom (noise, sizeof noise, 0) != sizeof noise)
    g_error ("the system gives no randomness");
  for (guint i = 0; i < sizeof noise; i++)
    g_string_append_printf (path, "%02x", noise[i]);
  g_string_append (path, "/proxy.pac");
  return g_string_free (g_steal_pointer (&path), FALSE);
}

/**
 * nj_pac_answer:
 * @address: where we listen
 *
 * Returns: (transfer full): a whole HTTP response with the file
 */
char *
nj_pac_answer (const NjAddress *address)
{
  g_autofree char *where = nj_address_to_text (address);
  g_autofree char *script = g_strdup_printf (
      "function FindProxyForURL (url, host) {\n"
      "  if (isPlainHostName (host) || host === \"127.0.0.1\" || host === \"[::1]\" ||\n"
      "      dnsDomainIs (host, \".localhost\") || dnsDomainIs (host, \".local\"))\n"
      "    return \"DIRECT\";\n"
      "  return \"PROXY %s\";\n"
      "}\n",
      where);

  return g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Type: application/x-ns-proxy-autoconfig\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n%s",
                          strlen (script), script);
}
