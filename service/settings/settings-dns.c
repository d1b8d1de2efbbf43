/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The name server that settings name, put in force. Who is asked and how is exits/dns.c's. Main thread.
 */
#include "settings/settings-dns.h"

#include "exits/dns.h"

/**
 * nj_settings_dns_apply:
 * @settings: settings
 * @error: why there is no such name server; %NJ_DNS_ERROR
 *
 * From the next name on. When it does not hold nothing may be asked instead: who wants his names encrypted
 * must not have them said in the clear for a slip of the pen.
 *
 * Returns: whether it holds
 */
gboolean
nj_settings_dns_apply (const NjSettings *settings, GError **error)
{
  const NjDnsConfig config = {
    .mode = (NjDnsMode) settings->dns_mode,
    .server = settings->dns_server,
    .bootstrap = (const char *const *) settings->dns_bootstrap,
    .may_fall_back = settings->dns_fallback != 0,
  };

  if (nj_dns_configure (&config, error))
    return TRUE;

  g_prefix_error (error, "[dns]: ");
  return FALSE;
}
