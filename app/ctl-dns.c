/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nightjarctl dns: who resolves the names of what goes direct.
 */
#include "ctl.h"

#include <glib/gi18n.h>
#include <stdio.h>

static int
show (NjCtl *ctl)
{
  const char *mode = nj_dbus_nightjar1_get_dns_mode (ctl->service);
  const char *server = nj_dbus_nightjar1_get_dns_server (ctl->service);
  const char *fallback = nj_dbus_nightjar1_get_dns_fallback (ctl->service);
  const char *const *addresses = nj_dbus_nightjar1_get_dns_addresses (ctl->service);

  if (ctl->is_json)
    {
      nj_ctl_print_json (g_variant_new_parsed ("{'mode': <%s>, 'server': <%s>, 'addresses': <%^as>, 'fallback': <%s>}", mode, server,
                                               addresses, fallback));
      return NJ_CTL_OK;
    }

  printf ("%s", mode);
  if (!g_str_equal (mode, "system"))
    {
      putchar (' ');
      nj_ctl_print_text (server);
      for (guint i = 0; addresses[i] != NULL; i++)
        {
          putchar (' ');
          nj_ctl_print_text (addresses[i]);
        }
      if (g_str_equal (fallback, "system"))
        printf (" fallback");
    }
  putchar ('\n');
  return NJ_CTL_OK;
}

static int
test (NjCtl *ctl)
{
  g_autoptr (GError) error = NULL;
  guint latency_ms;

  if (!nj_dbus_nightjar1_call_test_dns_sync (ctl->service, &latency_ms, NULL, &error))
    return nj_ctl_fail (error);

  if (ctl->is_json)
    nj_ctl_print_json (g_variant_new_parsed ("{'latency': <%u>}", latency_ms));
  else
    printf (_("answered within %u ms\n"), latency_ms);
  return NJ_CTL_OK;
}

/**
 * nj_ctl_dns:
 * @ctl: the command line
 * @arguments: nothing; "system"; "test"; or "dot" or "doh", a server, its addresses and perhaps "fallback"
 *
 * Returns: an exit status
 */
int
nj_ctl_dns (NjCtl *ctl, char **arguments)
{
  g_autoptr (GError) error = NULL;
  guint       n = g_strv_length (arguments);
  gboolean    is_system = n == 1 && g_str_equal (arguments[0], "system");
  gboolean    is_test = n == 1 && g_str_equal (arguments[0], "test");
  gboolean    is_server = n >= 2 && (g_str_equal (arguments[0], "dot") || g_str_equal (arguments[0], "doh"));
  gboolean    falls_back = n >= 3 && g_str_equal (arguments[n - 1], "fallback");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) addresses = NULL;
  int         status;

  if (n != 0 && !is_system && !is_server && !is_test)
    return nj_ctl_misused (_("dns wants nothing, test, system, dot and a host, or doh and an https:// address"));

  status = nj_ctl_open (ctl, FALSE);
  if (status != NJ_CTL_OK)
    return status;
  if (n == 0)
    return show (ctl);
  if (is_test)
    return test (ctl);

  for (guint i = 2; i < n - (falls_back ? 1 : 0); i++)
    g_strv_builder_add (builder, arguments[i]);
  addresses = g_strv_builder_end (builder);
  return nj_ctl_done (nj_dbus_nightjar1_call_set_dns_sync (ctl->service, arguments[0], is_server ? arguments[1] : "",
                                                           (const char *const *) addresses, falls_back ? "system" : "none", NULL, &error),
                      &error);
}
