/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The name server that settings name, put in force. Who is asked and how is exits/dns.c's. Main thread.
 */
#include "settings/settings-dns.h"

#include "exits/dns.h"

/* As the file has them, in the order of NjDnsMode. */
static const char *const modes[] = { "system", "dot", "doh", NULL };
static const char *const fallbacks[] = { "none", "system", NULL };

static gboolean
find_word (const char *const *words, const char *word, gint64 *ret_at)
{
  for (gint64 i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], word))
      {
        *ret_at = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
put_in_force (const NjSettings *settings, GError **error)
{
  const NjDnsConfig config = {
    .mode = (NjDnsMode) settings->dns_mode,
    .server = settings->dns_server,
    .bootstrap = (const char *const *) settings->dns_bootstrap,
    .may_fall_back = settings->dns_fallback != 0,
  };

  return nj_dns_configure (&config, error);
}

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
  if (put_in_force (settings, error))
    return TRUE;

  g_prefix_error (error, "[dns]: ");
  return FALSE;
}

/**
 * nj_settings_dns_set:
 * @settings: settings
 * @mode: "system", "dot" or "doh"
 * @server: host[:port], or an https URL; nothing to "system"
 * @bootstrap: (nullable): its addresses
 * @fallback: "none" or "system": who is asked where the server cannot be had
 * @error: %NJ_DNS_ERROR
 *
 * Puts it in force, if it holds, and into @settings, which are not saved. The main thread.
 *
 * Returns: whether it holds; when not, what was before still does
 */
gboolean
nj_settings_dns_set (NjSettings *settings, const char *mode, const char *server, const char *const *bootstrap,
                     const char *fallback, GError **error)
{
  NjSettings candidate = { .dns_server = (char *) server, .dns_bootstrap = (char **) bootstrap };

  if (!find_word (modes, mode, &candidate.dns_mode))
    {
      g_set_error (error, NJ_DNS_ERROR, NJ_DNS_ERROR_BAD_SERVER, "“%s” is none of system, dot and doh", mode);
      return FALSE;
    }
  if (!find_word (fallbacks, fallback, &candidate.dns_fallback))
    {
      g_set_error (error, NJ_DNS_ERROR, NJ_DNS_ERROR_BAD_SERVER, "“%s” is none of none and system", fallback);
      return FALSE;
    }
  if (candidate.dns_mode == NJ_DNS_SYSTEM)
    candidate = (NjSettings){ .dns_server = (char *) "", .dns_fallback = candidate.dns_fallback };
  if (!put_in_force (&candidate, error))
    return FALSE;

  settings->dns_mode = candidate.dns_mode;
  settings->dns_fallback = candidate.dns_fallback;
  g_free (settings->dns_server);
  settings->dns_server = g_strdup (candidate.dns_server);
  g_strfreev (settings->dns_bootstrap);
  settings->dns_bootstrap = candidate.dns_bootstrap != NULL ? g_strdupv (candidate.dns_bootstrap) : g_new0 (char *, 1);
  return TRUE;
}

/**
 * nj_settings_dns_mode:
 * @settings: settings
 *
 * Returns: (transfer none): "system", "dot" or "doh"
 */
const char *
nj_settings_dns_mode (const NjSettings *settings)
{
  return modes[settings->dns_mode];
}

/**
 * nj_settings_dns_fallback:
 * @settings: settings
 *
 * Returns: (transfer none): "none" or "system"
 */
const char *
nj_settings_dns_fallback (const NjSettings *settings)
{
  return fallbacks[settings->dns_fallback != 0];
}
